"""The default creators: names and ids are part of the documentation."""

from dataclasses import dataclass

from socialsim.tiktok.job import Privacy


@dataclass(frozen=True, slots=True)
class CastVideo:
    """A past post: days ago, cover, words, views; likes and the rest follow from those."""

    days_ago: float
    cover: str
    title: str
    views: int
    privacy: Privacy = "PUBLIC_TO_EVERYONE"
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CastCreator:
    """An account with its settings and its past."""

    id: str
    username: str
    nickname: str
    bio: str
    followers: int
    following: int
    likes: int
    videos: tuple[CastVideo, ...]
    verified: bool = False
    private: bool = False
    interactions_disabled: bool = False
    posting_banned: bool = False
    max_video_seconds: int = 600


CREATORS: tuple[CastCreator, ...] = (
    CastCreator(
        "7100000000000000001",
        "atelier.maya",
        "Atelier Maya",
        "Linocuts from a small press by the sea. New prints on Fridays.",
        12_480,
        96,
        184_210,
        (
            CastVideo(
                1.2, "print-tt-gull", "Pulling the first gull of the autumn. Sound on for the peel. #linocut", 48_120
            ),
            CastVideo(4.4, "sea-tt-morning", "Ink dries slower by the sea. I have stopped arguing with it.", 21_904),
            CastVideo(9.1, "leaf-tt-fern", "Carving a fern in 30 strokes. #printmaking #slowcraft", 96_450),
            CastVideo(
                13.6,
                "print-tt-proofs",
                "Seven proofs, one keeper.",
                8_730,
                photos=("print-tt-proof-1", "print-tt-proof-2"),
            ),
            CastVideo(20.3, "shapes-tt-rollers", "What ten years of rollers look like on a wall.", 15_388),
            CastVideo(26.8, "still-tt-test", "Colour test, not for you yet.", 12, "SELF_ONLY"),
        ),
        verified=True,
    ),
    CastCreator(
        "7100000000000000002",
        "ines.a.table",
        "Inès Carvalho",
        "A long table in Lyon. Family and friends only, sorry.",
        312,
        288,
        2_140,
        (
            CastVideo(2.7, "still-tt-autumn", "The autumn table, before anyone sat down.", 190, "FOLLOWER_OF_CREATOR"),
            CastVideo(16.0, "plate-tt-caldo", "Caldo verde, filmed with greasy hands.", 214, "FOLLOWER_OF_CREATOR"),
        ),
        private=True,
        max_video_seconds=180,
    ),
    CastCreator(
        "7100000000000000003",
        "tom.keller.rides",
        "Tom Keller",
        "Night trains and quiet roads. Comments are off, the views are on.",
        4_906,
        51,
        37_800,
        (
            CastVideo(3.3, "road-tt-pass", "The pass at five in the morning. Nobody, then a cow.", 11_240),
            CastVideo(11.5, "hills-tt-train", "Out of the window between Chur and Tirano.", 30_771),
            CastVideo(33.0, "road-tt-rain", "Two hours of rain in twelve seconds.", 7_062),
        ),
        interactions_disabled=True,
        max_video_seconds=300,
    ),
    CastCreator(
        "7100000000000000004",
        "jonas.berg.loud",
        "Jonas Berg",
        "Back soon, they say.",
        880,
        1_204,
        9_512,
        (CastVideo(41.0, "shapes-tt-loud", "LOUDER", 5_310),),
        posting_banned=True,
    ),
)
