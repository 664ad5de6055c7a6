"""A post is checked against Instagram's limits before anything is sent (instagram.md §3.2, §3.3)."""

from dataclasses import replace

import pytest

from huntaze.platforms.contract import MediaFacts, PostContent, PostType, Severity
from huntaze.platforms.instagram.limits import INSTAGRAM_LIMITS, MB, check

PICTURE = MediaFacts("image", "image/jpeg", 2 * MB, 1080, 1350)
FILM = MediaFacts("video", "video/mp4", 40 * MB, 1080, 1920, 20.0, 29.97, "h264", "aac")


def post(kind: PostType = PostType.IMAGE, *media: MediaFacts, caption: str = "", **more: object) -> PostContent:
    location = str(more.get("location_id", ""))
    return PostContent(kind, caption, media or (PICTURE,), location, bool(more.get("has_cover")))


def codes(content: PostContent, severity: Severity = Severity.ERROR) -> list[tuple[str, int | None]]:
    return [(found.code, found.file) for found in check(content) if found.severity is severity]


@pytest.mark.parametrize(
    "content",
    [
        post(caption="é" * 2200),
        post(caption=" ".join(["#mer"] * 30)),
        post(caption=" ".join(["@ana"] * 20)),
        post(caption="ana@example.org & C#7 " * 40),
        post(PostType.IMAGE, replace(PICTURE, width=1200, height=628)),
        post(PostType.IMAGE, replace(PICTURE, size=8 * 1024 * 1024)),
        post(PostType.REELS, FILM, has_cover=True),
        post(PostType.REELS, replace(FILM, duration=3.0)),
        post(PostType.REELS, replace(FILM, duration=900.0, mime="video/quicktime", video_codec="HEVC")),
        post(PostType.REELS, replace(FILM, fps=23.976, audio_codec="")),
        post(PostType.REELS, replace(FILM, fps=None, duration=None, video_codec="")),
        post(PostType.CAROUSEL, *[PICTURE] * 2),
        post(PostType.CAROUSEL, *[PICTURE, FILM] * 5),
        post(location_id="106078429431815"),
    ],
)
def test_what_instagram_takes_is_not_refused(content: PostContent) -> None:
    assert codes(content) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (post(caption="é" * 2201), ("caption_too_long", None)),
        (post(caption=" ".join(["#mer"] * 31)), ("too_many_hashtags", None)),
        (post(caption="#❤️ " * 31), ("too_many_hashtags", None)),
        (post(caption=" ".join(["@ana"] * 21)), ("too_many_mentions", None)),
        (post(PostType.STORIES), ("type_unsupported", None)),
        (post(PostType.VIDEO, FILM), ("type_unsupported", None)),
        (PostContent(PostType.IMAGE, "", ()), ("media_count", None)),
        (post(PostType.IMAGE, PICTURE, PICTURE), ("media_count", None)),
        (post(PostType.IMAGE, FILM), ("media_kind", 0)),
        (post(PostType.REELS, PICTURE), ("media_kind", 0)),
        (post(PostType.CAROUSEL, PICTURE), ("carousel_count", None)),
        (post(PostType.CAROUSEL, *[PICTURE] * 11), ("carousel_count", None)),
        (post(PostType.CAROUSEL, PICTURE, replace(PICTURE, mime="image/png")), ("image_format", 1)),
        (post(PostType.IMAGE, replace(PICTURE, size=8 * 1024 * 1024 + 1)), ("file_too_large", 0)),
        (post(PostType.IMAGE, replace(PICTURE, width=1080, height=1440)), ("aspect", 0)),
        (post(PostType.IMAGE, replace(PICTURE, width=1080, height=560)), ("aspect", 0)),
        (post(PostType.REELS, replace(FILM, duration=2.9)), ("video_duration", 0)),
        (post(PostType.REELS, replace(FILM, duration=901.0)), ("video_duration", 0)),
        (post(PostType.REELS, replace(FILM, size=300 * MB + 1)), ("file_too_large", 0)),
        (post(PostType.REELS, replace(FILM, mime="video/webm")), ("video_format", 0)),
        (post(PostType.REELS, replace(FILM, fps=15.0)), ("video_fps", 0)),
        (post(PostType.REELS, replace(FILM, fps=120.0)), ("video_fps", 0)),
        (post(PostType.REELS, replace(FILM, video_codec="vp9")), ("video_codec", 0)),
        (post(PostType.REELS, replace(FILM, audio_codec="opus")), ("audio_codec", 0)),
        (post(location_id="Brest"), ("location_id", None)),
    ],
)
def test_what_instagram_would_refuse_is_an_error_with_a_remedy(
    content: PostContent, expected: tuple[str, int | None]
) -> None:
    assert codes(content) == [expected]
    assert all(str(found.message) and str(found.remedy) for found in check(content))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (post(PostType.CAROUSEL, PICTURE, replace(PICTURE, width=1080, height=1080)), ("carousel_crop", 1)),
        (post(PostType.CAROUSEL, FILM, replace(FILM, duration=70.0)), ("video_duration", 1)),
        (post(PostType.CAROUSEL, FILM, replace(FILM, size=101 * MB)), ("file_too_large", 1)),
        (post(PostType.IMAGE, replace(PICTURE, width=300, height=300)), ("image_small", 0)),
        (post(has_cover=True), ("cover_unused", None)),
    ],
)
def test_what_instagram_would_change_or_what_its_pages_do_not_confirm_is_advice(
    content: PostContent, expected: tuple[str, int | None]
) -> None:
    assert codes(content) == []
    assert codes(content, Severity.ADVICE) == [expected]


def test_what_is_offered_is_what_is_built() -> None:
    assert INSTAGRAM_LIMITS.types == (PostType.IMAGE, PostType.CAROUSEL, PostType.REELS)
