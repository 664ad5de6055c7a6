"""What Instagram takes, as data, and the check of a post against it (instagram.md §3.2, §3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import (
    Finding,
    Limits,
    MediaFacts,
    MediaRules,
    PostContent,
    PostType,
    Severity,
)

MB = 1_000_000
VIDEO_MIMES = ("video/mp4", "video/quicktime")

INSTAGRAM_LIMITS = Limits(
    types=(PostType.IMAGE, PostType.CAROUSEL, PostType.REELS),
    caption_chars=2200,
    hashtags=30,
    mentions=20,
    carousel_min=2,
    carousel_max=10,
    image=MediaRules(mimes=("image/jpeg",), max_bytes=8 * 1024 * 1024, min_aspect=0.8, max_aspect=1.91),
    reel=MediaRules(VIDEO_MIMES, 300 * MB, min_aspect=0.01, max_aspect=10.0, min_seconds=3.0, max_seconds=900.0),
    carousel_video=MediaRules(
        VIDEO_MIMES, 100 * MB, min_aspect=0.01, max_aspect=10.0, min_seconds=3.0, max_seconds=60.0
    ),
)
"""Captions count code points; the sheet does not know Meta's unit (T39). The size and length of a carousel's video
are not confirmed by Meta's pages, so :func:`check` only advises on them."""

MIN_FPS, MAX_FPS = 23.0, 60.0
VIDEO_CODECS = frozenset({"h264", "avc", "avc1", "hevc", "h265", "hvc1", "hev1"})
"""H.264 and HEVC under the names that probes use."""
AUDIO_CODECS = frozenset({"aac", "mp4a", "mp4a-40-2"})
MIN_IMAGE_WIDTH = 320

_ASPECT_SLACK = 0.002
"""1200 by 628 is called 1.91:1, and is 1.9108."""
_FPS_SLACK = 0.01
_HASHTAG = re.compile(r"(?<![\w&])#[^\s#.,;:!?()\[\]{}'\"@]")
_MENTION = re.compile(r"(?<![\w.@])@\w")
_CHOOSE = N_("Choose another file.")


def check(content: PostContent, limits: Limits = INSTAGRAM_LIMITS) -> list[Finding]:
    """What Instagram would refuse (errors) or change (advice); asks nobody."""
    if content.type not in limits.types:
        return [
            _error(
                "type",
                "type_unsupported",
                Text(N_("This kind of post cannot be published to Instagram from here.")),
                Text(N_("Choose an image, a carousel or a reel.")),
            )
        ]
    return [*_caption(content, limits), *_count(content, limits), *_files(content, limits), *_extras(content)]


def _caption(content: PostContent, limits: Limits) -> Iterator[Finding]:
    counted = (
        (
            len(content.caption),
            limits.caption_chars,
            "caption_too_long",
            N_("The caption has %(n)s of %(max)s characters."),
        ),
        (
            len(_HASHTAG.findall(content.caption)),
            limits.hashtags,
            "too_many_hashtags",
            N_("The caption has %(n)s of %(max)s hashtags."),
        ),
        (
            len(_MENTION.findall(content.caption)),
            limits.mentions,
            "too_many_mentions",
            N_("The caption has %(n)s of %(max)s mentions."),
        ),
    )
    for number, most, code, message in counted:
        if number > most:
            yield _error("caption", code, Text(message, {"n": number, "max": most}), Text(N_("Shorten the caption.")))


def _count(content: PostContent, limits: Limits) -> Iterator[Finding]:
    number = len(content.media)
    if content.type is PostType.CAROUSEL:
        if not limits.carousel_min <= number <= limits.carousel_max:
            yield _error(
                "media",
                "carousel_count",
                Text(
                    N_("A carousel holds %(min)s to %(max)s files; this one has %(n)s."),
                    {"min": limits.carousel_min, "max": limits.carousel_max, "n": number},
                ),
                Text(N_("Add or remove files.")),
            )
    elif number == 0:
        yield _error("media", "media_count", Text(N_("No photo or video is chosen.")), Text(N_("Add the file.")))
    elif number > 1:
        yield _error(
            "media",
            "media_count",
            Text(N_("This kind of post holds one file; this one has %(n)s."), {"n": number}),
            Text(N_("Keep one file, or make it a carousel.")),
        )


def _files(content: PostContent, limits: Limits) -> Iterator[Finding]:
    wanted = {PostType.IMAGE: "image", PostType.REELS: "video"}.get(content.type)
    for index, file in enumerate(content.media):
        if wanted is not None and file.kind != wanted:
            yield _error(
                "media",
                "media_kind",
                Text(N_("A reel needs a video.") if wanted == "video" else N_("An image post needs an image.")),
                Text(N_("Choose another file, or another kind of post.")),
                index,
            )
        elif file.kind == "image":
            yield from _image(file, index, limits.image)
        elif content.type is PostType.REELS:
            yield from _video(file, index, limits.reel, Severity.ERROR)
        else:
            yield from _video(file, index, limits.carousel_video, Severity.ADVICE)
    yield from _crop(content)


def _image(file: MediaFacts, index: int, rules: MediaRules) -> Iterator[Finding]:
    if file.mime not in rules.mimes:
        yield _error("media", "image_format", Text(N_("Instagram takes JPEG images only.")), Text(_CHOOSE), index)
    yield from _size(file, index, rules, Severity.ERROR)
    yield from _aspect(file, index, rules, Text(N_("Crop it to a shape between 4:5 and 1.91:1.")))
    if 0 < file.width < MIN_IMAGE_WIDTH:
        message = Text(N_("The image is only %(n)s pixels wide: Instagram enlarges it."), {"n": file.width})
        yield Finding(Severity.ADVICE, "media", message, Text(N_("Use a larger image.")), index, "image_small")


def _video(file: MediaFacts, index: int, rules: MediaRules, unsure: Severity) -> Iterator[Finding]:
    """``unsure`` is how grave it is to pass limits that Meta's pages confirm for reels only (size, length)."""
    if file.mime not in rules.mimes:
        yield _error(
            "media", "video_format", Text(N_("Instagram takes MP4 and MOV videos only.")), Text(_CHOOSE), index
        )
    yield from _size(file, index, rules, unsure)
    yield from _aspect(file, index, rules, Text(N_("Crop it; 9:16 fills the screen.")))
    if file.duration is not None and not rules.min_seconds <= file.duration <= rules.max_seconds:
        yield Finding(
            unsure,
            "media",
            Text(
                N_("The video lasts %(n)s seconds; Instagram takes %(min)s to %(max)s."),
                {"n": round(file.duration, 1), "min": round(rules.min_seconds), "max": round(rules.max_seconds)},
            ),
            Text(N_("Cut the video.")),
            index,
            "video_duration",
        )
    yield from _stream(file, index)


def _stream(file: MediaFacts, index: int) -> Iterator[Finding]:
    """What the probe did not tell is not judged."""
    if file.fps is not None and not MIN_FPS - _FPS_SLACK <= file.fps <= MAX_FPS + _FPS_SLACK:
        message = Text(N_("The video has %(n)s frames a second; Instagram takes 23 to 60."), {"n": round(file.fps, 2)})
        yield _error("media", "video_fps", message, Text(N_("Convert the video.")), index)
    if file.video_codec and file.video_codec.lower() not in VIDEO_CODECS:
        message = Text(N_("Instagram takes H.264 and HEVC video, not %(codec)s."), {"codec": file.video_codec})
        yield _error("media", "video_codec", message, Text(N_("Convert the video.")), index)
    if file.audio_codec and file.audio_codec.lower() not in AUDIO_CODECS:
        message = Text(N_("Instagram takes AAC sound, not %(codec)s."), {"codec": file.audio_codec})
        yield _error("media", "audio_codec", message, Text(N_("Convert the video.")), index)


def _size(file: MediaFacts, index: int, rules: MediaRules, severity: Severity) -> Iterator[Finding]:
    if file.size > rules.max_bytes:
        message = Text(
            N_("The file has %(n)s MB; Instagram takes %(max)s."),
            {"n": round(file.size / MB, 1), "max": rules.max_bytes // MB},
        )
        yield Finding(severity, "media", message, Text(N_("Use a smaller file.")), index, "file_too_large")


def _aspect(file: MediaFacts, index: int, rules: MediaRules, remedy: Text) -> Iterator[Finding]:
    if not rules.min_aspect - _ASPECT_SLACK <= file.aspect <= rules.max_aspect + _ASPECT_SLACK:
        tall = file.aspect < rules.min_aspect
        message = Text(N_("The file is too tall.") if tall else N_("The file is too wide."))
        yield _error("media", "aspect", message, remedy, index)


def _crop(content: PostContent) -> Iterator[Finding]:
    """The first file of a carousel decides the crop of all (§3.3)."""
    if content.type is not PostType.CAROUSEL:
        return
    first = content.media[0].aspect if content.media else 0.0
    for index, file in enumerate(content.media):
        if abs(file.aspect - first) > _ASPECT_SLACK * 5:
            yield Finding(
                Severity.ADVICE,
                "media",
                Text(N_("This file has another shape than the first: Instagram crops it.")),
                Text(N_("Crop it yourself if the edges matter.")),
                index,
                "carousel_crop",
            )


def _extras(content: PostContent) -> Iterator[Finding]:
    if content.location_id and not (content.location_id.isascii() and content.location_id.isdigit()):
        yield _error(
            "location", "location_id", Text(N_("This is not the id of a place.")), Text(N_("Choose the place again."))
        )
    if content.has_cover and content.type is not PostType.REELS:
        yield Finding(
            Severity.ADVICE,
            "media",
            Text(N_("Only reels have a cover: this one is not used.")),
            Text(N_("Remove the cover, or make it a reel.")),
            code="cover_unused",
        )


def _error(field: str, code: str, message: Text, remedy: Text, file: int | None = None) -> Finding:
    return Finding(Severity.ERROR, field, message, remedy, file, code)
