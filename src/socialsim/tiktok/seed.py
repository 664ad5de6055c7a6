"""Filling TikTok's world: the default app and creators, or as many generic ones as a test asks for."""

from msgspec import Struct

from socialsim.kernel.pictures import CLIP
from socialsim.kernel.services import Services
from socialsim.tiktok.cast import CREATORS, CastCreator, CastVideo
from socialsim.tiktok.model import Client, Creator, Post, TikTokWorld

DEFAULT_CLIENT_KEY = "simck0000000001"
DEFAULT_CLIENT_SECRET = "socialsim-tiktok-client-secret"  # noqa: S105  a made-up app of the simulator
DAY = 86_400.0
_CLIP_SECONDS, _CLIP_WIDTH, _CLIP_HEIGHT = 4, 540, 960
_SCENES = ("sea", "hills", "print", "leaf", "still", "road", "plate", "shapes")
_TITLES = (
    "Day one of many. #slow",
    "This took longer than it looks.",
    "Which one would you keep?",
    "Back to where it began.",
    "Good light, no plan.",
)


class TikTokScenario(Struct, rename="camel", forbid_unknown_fields=True):
    """The ``tiktok`` part of ``POST /_sim/seed``: ``creators`` generic ones with ``videos`` past videos each."""

    creators: int = 0
    videos: int = 9
    followers: int = 1200
    private: bool = False


class SeededCreator(Struct, rename="camel"):
    """What came of a scenario."""

    creator_id: str
    username: str


class TikTokSeeder:
    """Puts apps, creators and their past into a world. The past is not in the truth ledger."""

    def __init__(self, services: Services, world: TikTokWorld) -> None:
        self._services = services
        self._world = world

    def default_client(self) -> Client:
        """The app that the demo uses."""
        client = Client(DEFAULT_CLIENT_KEY, DEFAULT_CLIENT_SECRET, "Huntaze demo")
        self._world.clients[client.key] = client
        return client

    def cast(self) -> None:
        """The default creators."""
        for cast in CREATORS:
            creator = self._creator(cast)
            self._world.creators[creator.id] = creator
            for video in cast.videos:
                self._video(creator, video)

    def scenario(self, scenario: TikTokScenario) -> list[SeededCreator]:
        """Make what is asked for."""
        return [self._generic(scenario) for _ in range(scenario.creators)]

    def _creator(self, cast: CastCreator) -> Creator:
        return Creator(
            cast.id,
            cast.username,
            cast.nickname,
            f"avatar-{cast.username}.jpg",
            cast.bio,
            verified=cast.verified,
            followers=cast.followers,
            following=cast.following,
            likes=cast.likes,
            private=cast.private,
            comment_disabled=cast.interactions_disabled,
            duet_disabled=cast.interactions_disabled,
            stitch_disabled=cast.interactions_disabled,
            max_video_seconds=cast.max_video_seconds,
            posting_banned=cast.posting_banned,
        )

    def _video(self, creator: Creator, cast: CastVideo) -> None:
        at = self._services.clock.epoch() - cast.days_ago * DAY
        post = self._post(creator, at, cast.cover, cast.title, cast.views)
        post.privacy = cast.privacy
        if cast.photos:
            post.kind, post.blob, post.duration = "PHOTO", "", 0
            post.images = [f"{name}.jpg" for name in cast.photos]

    def _generic(self, scenario: TikTokScenario) -> SeededCreator:
        mint, dice = self._services.mint, self._services.dice
        number = mint.number("tiktok-generic")
        creator = Creator(
            mint.id("7200", 19),
            f"maker.{number:03d}",
            f"Maker {number}",
            f"avatar-maker-{number}.jpg",
            "Made by the simulator.",
            followers=scenario.followers,
            following=scenario.followers // 10,
            likes=scenario.followers * 8,
            private=scenario.private,
        )
        self._world.creators[creator.id] = creator
        now = self._services.clock.epoch()
        for index in range(scenario.videos):
            at = now - (scenario.videos - index) * 0.5 * DAY + dice.random() * 3600
            scene = _SCENES[(index + number) % len(_SCENES)]
            views = dice.randrange(50, 51 + scenario.followers * 4)
            self._post(creator, at, f"{scene}-{creator.username}-{index}", _TITLES[index % len(_TITLES)], views)
        return SeededCreator(creator.id, creator.username)

    def _post(self, creator: Creator, at: float, cover: str, title: str, views: int) -> Post:
        post = Post(
            id=self._services.mint.id("75", 19),
            creator_id=creator.id,
            created_at=at,
            public_from=at,
            title=title,
            blob=CLIP,
            cover=f"{cover}.jpg",
            duration=_CLIP_SECONDS,
            width=_CLIP_WIDTH,
            height=_CLIP_HEIGHT,
            views=views,
            likes=views // 11,
            comments=views // 320,
            shares=views // 210,
        )
        self._world.add_post(post)
        return post
