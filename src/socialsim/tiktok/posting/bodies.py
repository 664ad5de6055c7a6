"""What init calls carry, decoded and held against their limits (tiktok.md §4.2 to §4.4)."""

from typing import Literal

from msgspec import Struct, field

from socialsim.kernel.tiktok_config import PostingConfig
from socialsim.tiktok.access import Context
from socialsim.tiktok.errors import ApiError, invalid
from socialsim.tiktok.job import Privacy, Wishes
from socialsim.tiktok.posting.chunks import Plan

CAPTION_UNITS = 2200
PHOTO_TITLE_UNITS = 90
PHOTO_DESCRIPTION_UNITS = 4000
MOST_PHOTOS = 35
_INT32 = 2**31


class PostInfo(Struct):
    """``post_info`` of all inits; null counts as left out."""

    privacy_level: str | None = None
    title: str | None = None
    description: str | None = None
    disable_duet: bool | None = None
    disable_stitch: bool | None = None
    disable_comment: bool | None = None
    video_cover_timestamp_ms: int | None = None
    brand_content_toggle: bool | None = None
    brand_organic_toggle: bool | None = None
    is_aigc: bool | None = None
    auto_add_music: bool | None = None


class SourceInfo(Struct):
    """``source_info`` of all inits."""

    source: str | None = None
    video_size: int | None = None
    chunk_size: int | None = None
    total_chunk_count: int | None = None
    video_url: str | None = None
    photo_images: list[str] | None = None
    photo_cover_index: int | None = None


class Init(Struct):
    """The body of all three inits."""

    post_info: PostInfo | None = None
    source_info: SourceInfo = field(default_factory=SourceInfo)
    media_type: str | None = None
    post_mode: str | None = None


class PublishId(Struct):
    """The body of status/fetch and cancel."""

    publish_id: str


def read_video(context: Context, *, direct: bool) -> Init:
    """The body of a video init whose fields are all right in themselves; raises 400 otherwise."""
    init = context.read(Init)
    if direct:
        info = _required_info(init, context.services.config.tiktok.posting)
        _at_most(info.title, CAPTION_UNITS, "title")
        if not 0 <= (info.video_cover_timestamp_ms or 0) < _INT32:
            raise invalid("The video_cover_timestamp_ms is invalid")
    source = init.source_info
    match source.source:
        case "FILE_UPLOAD":
            if source.video_size is None or source.chunk_size is None or source.total_chunk_count is None:
                raise invalid("video_size, chunk_size and total_chunk_count are required for FILE_UPLOAD")
        case "PULL_FROM_URL":
            if not source.video_url:
                raise invalid("video_url is required for PULL_FROM_URL")
        case _:
            raise invalid("source must be FILE_UPLOAD or PULL_FROM_URL")
    return init


def read_photos(context: Context) -> Init:
    """The body of a photo init, likewise."""
    init = context.read(Init)
    if init.media_type != "PHOTO":
        raise invalid("media_type must be PHOTO")
    if init.post_mode not in {"DIRECT_POST", "MEDIA_UPLOAD"}:
        raise invalid("post_mode must be DIRECT_POST or MEDIA_UPLOAD")
    info = init.post_info or PostInfo()
    if init.post_mode == "DIRECT_POST":
        info = _required_info(init, context.services.config.tiktok.posting)
    _at_most(info.title, PHOTO_TITLE_UNITS, "title")
    _at_most(info.description, PHOTO_DESCRIPTION_UNITS, "description")
    source = init.source_info
    if source.source == "FILE_UPLOAD":
        raise ApiError("invalid_file_upload", "Photos can only be posted with PULL_FROM_URL", 400)
    if source.source != "PULL_FROM_URL":
        raise invalid("source must be PULL_FROM_URL")
    images = source.photo_images or []
    if not 1 <= len(images) <= MOST_PHOTOS:
        raise invalid(f"photo_images must hold 1 to {MOST_PHOTOS} addresses")
    if source.photo_cover_index is None or not 0 <= source.photo_cover_index < len(images):
        raise invalid("photo_cover_index is missing or out of range")
    return init


def plan_of(source: SourceInfo, knobs: PostingConfig) -> Plan:
    """The chunk plan of a FILE_UPLOAD; 400 if it breaks a rule of §4.5."""
    assert source.video_size is not None
    assert source.chunk_size is not None
    assert source.total_chunk_count is not None
    plan = Plan(source.video_size, source.chunk_size, source.total_chunk_count)
    problem = plan.problem(knobs.megabyte)
    if problem:
        raise invalid(problem)
    return plan


def wishes_of(init: Init, privacy: Privacy | Literal[""] = "") -> Wishes:
    """How it shall be posted; the level is the one that was checked."""
    info = init.post_info or PostInfo()
    return Wishes(
        title=info.title or "",
        description=info.description or "",
        privacy=privacy,
        disable_comment=bool(info.disable_comment),
        disable_duet=bool(info.disable_duet),
        disable_stitch=bool(info.disable_stitch),
        cover_ms=info.video_cover_timestamp_ms or 0,
        cover_index=init.source_info.photo_cover_index or 0,
        brand_content=bool(info.brand_content_toggle),
        brand_organic=bool(info.brand_organic_toggle),
        aigc=bool(info.is_aigc),
        music=bool(info.auto_add_music),
    )


def units(text: str) -> int:
    """UTF-16 code units, which is what limits count (§4.2)."""
    return len(text.encode("utf-16-le")) // 2


def _required_info(init: Init, knobs: PostingConfig) -> PostInfo:
    info = init.post_info
    if info is None:
        raise invalid("post_info is required")
    if knobs.toggles_required and (info.brand_content_toggle is None or info.brand_organic_toggle is None):
        raise invalid("brand_content_toggle and brand_organic_toggle are required")
    return info


def _at_most(text: str | None, most: int, name: str) -> None:
    if text is not None and units(text) > most:
        raise invalid(f"The {name} is longer than {most} UTF-16 units")
