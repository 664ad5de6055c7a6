"""Containers: invisible drafts that fetch their media and ripen with time (instagram.md §3.1 to §3.3)."""

import bisect
import io
import json
import re

from socialsim.kernel.fetching import Download, FetchFailed
from socialsim.kernel.services import Services
from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.model import Account, Container

LIFETIME = 86400.0
IMAGE_CAP = 8 * 1024 * 1024
VIDEO_CAPS = {"REELS": 300 * 1024 * 1024, "VIDEO": 100 * 1024 * 1024, "STORIES": 100 * 1024 * 1024}
PUBLISH_TASKS = frozenset({"MANAGE", "CREATE_CONTENT", "PROFILE_PLUS_FULL_CONTROL", "PROFILE_PLUS_CREATE_CONTENT"})
_NARROWEST, _WIDEST, _ROUNDING = 0.8, 1.91, 0.005
_HASHTAG = re.compile(r"(?<!\w)#\w+")
_MENTION = re.compile(r"(?<!\w)@[\w.]+")
_FAILURES = {
    "2207077": "Error: Media download has failed. The media URI could not be read, error code 2207077",
    "2207076": "Error: Media upload has failed with error code 2207076",
}
_REFUSED = {
    "IMAGE": ("share_to_feed", "cover_url", "thumb_offset", "trial_params"),
    "CAROUSEL_ITEM": ("collaborators", "is_ai_generated", "cover_url", "location_id"),
    "VIDEO": ("collaborators", "is_ai_generated", "user_tags", "cover_url", "location_id"),
    "CAROUSEL": ("user_tags", "image_url", "video_url", "cover_url", "trial_params"),
    "REELS": ("image_url",),
    "STORIES": ("collaborators", "location_id", "trial_params", "product_tags"),
}
"""Parameters a kind may not carry (§3.2, T38); anything unknown is ignored as the platform does."""


def status_code(container: Container, now: float) -> str:
    """The state at an instant: a matter of time alone, never of being asked."""
    if container.media_id:
        return "PUBLISHED"
    if container.failed_at is not None and now >= container.failed_at:
        return "ERROR"
    if now >= container.created_at + LIFETIME:
        return "EXPIRED"
    if container.ready_at is not None and now >= container.ready_at:
        return "FINISHED"
    return "IN_PROGRESS"


def status_text(container: Container, now: float) -> str:
    """The human ``status`` beside the code."""
    match status_code(container, now):
        case "PUBLISHED":
            return "Published: Media has been successfully published."
        case "FINISHED":
            return "Finished: Media has been uploaded and it is ready to be published."
        case "EXPIRED":
            return "Expired: The container was not published within 24 hours."
        case "ERROR":
            return _FAILURES[container.failure]
        case _:
            return "In Progress: Media is still being processed."


async def create(context: Context, account_id: str) -> object:
    """``POST /{ig}/media``."""
    account = context.account(account_id)
    context.need("instagram_content_publish")
    context.role(account, PUBLISH_TASKS)
    if account.restricted:
        raise GraphError(errors.RESTRICTED)
    now = context.call.at
    recent = len(account.containers) - bisect.bisect_right(account.containers, (now - LIFETIME, "~"))
    if recent >= context.services.config.container_limit:
        raise GraphError(errors.TOO_MANY_CONTAINERS)
    kind = _kind(context)
    _check_parameters(context, kind)
    container = Container(
        id="",
        account_id=account.id,
        app_id=context.actor.app.id,
        kind=kind,
        created_at=now,
        request_id=context.call.request_id,
        caption="" if kind in {"STORIES", "CAROUSEL_ITEM", "VIDEO"} else context.call.params.get("caption", ""),
        alt_text=context.call.params.get("alt_text", ""),
        is_item=kind in {"CAROUSEL_ITEM", "VIDEO"},
        share_to_feed=context.call.params.get("share_to_feed", "true").lower() != "false",
    )
    await _fill(context, account, container)
    context.record("container.created", account_id=account.id, object_id=container.id, text=container.kind)
    return {"id": container.id}


async def _fill(context: Context, account: Account, container: Container) -> None:
    """Fetch what the container is made of, then let it ripen."""
    params = context.call.params
    if container.kind == "CAROUSEL":
        container.children = _children(context, account)
    elif params.get("video_url"):
        if params.get("cover_url"):
            container.cover = await _image(context, params["cover_url"], feed=False)
        download = await _video(context, params["video_url"])
        _store(context.services, context, account, container)
        _fetch_on(context.services, container, download)
        return
    else:
        container.blob = await _image(context, params["image_url"], feed=container.kind != "STORIES")
    _store(context.services, context, account, container)
    container.ready_at = container.created_at + _ripening(context.services, container)


def _store(services: Services, context: Context, account: Account, container: Container) -> None:
    container.id = services.mint.id("17900")
    container.created_at = services.clock.epoch()
    context.world.containers[container.id] = container
    account.containers.append((container.created_at, container.id))


def _ripening(services: Services, container: Container) -> float:
    return services.config.ready_after(container.account_id, container.kind, services.dice)


def _kind(context: Context) -> str:
    params = context.call.params
    is_item = params.get("is_carousel_item", "").lower() in {"true", "1"}
    match params.get("media_type", "").upper():
        case "" | "IMAGE":
            context.parameter("image_url")
            return "CAROUSEL_ITEM" if is_item else "IMAGE"
        case "VIDEO":
            context.parameter("video_url")
            return "VIDEO"
        case "REELS":
            context.parameter("video_url")
            return "REELS"
        case "STORIES":
            if not params.get("video_url"):
                context.parameter("image_url")
            return "STORIES"
        case "CAROUSEL":
            context.parameter("children")
            return "CAROUSEL"
        case _:
            raise GraphError(errors.UNKNOWN_MEDIA_TYPE)


def _check_parameters(context: Context, kind: str) -> None:
    params = context.call.params
    if params.get("upload_type"):
        raise bad_parameter("socialsim: resumable upload is not simulated")
    for name in _REFUSED[kind]:
        if params.get(name):
            raise bad_parameter(f"param {name} is not allowed for this media type")
    caption = params.get("caption", "")
    if len(caption) > 2200 or len(_HASHTAG.findall(caption)) > 30 or len(_MENTION.findall(caption)) > 20:
        raise GraphError(errors.CAPTION_LONG)
    if len(params.get("alt_text", "")) > 1000:
        raise bad_parameter("alt_text is longer than 1000 characters")
    location = params.get("location_id", "")
    if location and not location.isdigit():
        raise GraphError(errors.LOCATION)
    _check_user_tags(params.get("user_tags", ""), kind)
    collaborators = _json_list(params.get("collaborators", ""), "collaborators")
    if len(collaborators) > 3:
        raise bad_parameter("At most 3 collaborators")


def _check_user_tags(text: str, kind: str) -> None:
    tags = _json_list(text, "user_tags")
    if len(tags) > 20:
        raise GraphError(errors.TAGS_TOO_MANY)
    for tag in tags:
        if not isinstance(tag, dict) or not tag.get("username"):
            raise bad_parameter("user_tags need a username")
        placed = "x" in tag and "y" in tag
        if kind == "REELS" and ("x" in tag or "y" in tag):
            raise bad_parameter("user_tags positions are not allowed on reels")
        if kind in {"IMAGE", "CAROUSEL_ITEM"} and not placed:
            raise bad_parameter("user_tags need x and y between 0 and 1")
        if placed and not all(0 <= float(tag[axis]) <= 1 for axis in ("x", "y")):
            raise bad_parameter("user_tags need x and y between 0 and 1")


def _json_list(text: str, name: str) -> list[object]:
    if not text:
        return []
    try:
        value = json.loads(text)
    except ValueError as error:
        raise bad_parameter(f"param {name} must be a JSON array") from error
    if not isinstance(value, list):
        raise bad_parameter(f"param {name} must be a JSON array")
    return value


def _children(context: Context, account: Account) -> list[str]:
    text = context.parameter("children").strip()
    raw = _json_list(text, "children") if text.startswith("[") else text.split(",")
    children = [str(child).strip() for child in raw]
    if not 2 <= len(children) <= 10:
        raise GraphError(errors.CAROUSEL_COUNT)
    for child_id in children:
        child = context.world.containers.get(child_id)
        if child is None or child.account_id != account.id or not child.is_item:
            raise GraphError(errors.CONTAINER_UNKNOWN)
        match status_code(child, context.services.clock.epoch()):
            case "IN_PROGRESS":
                raise GraphError(errors.NOT_READY)
            case "ERROR" | "EXPIRED":
                raise GraphError(errors.CONTAINER_UNKNOWN)
    return children


# --- Fetching ----------------------------------------------------------------------------------------------------


async def _image(context: Context, url: str, *, feed: bool) -> str:
    """Fetch and check a picture (§3.3); gives the name of its bytes."""
    download = await _open(context, url)
    kind = download.content_type.partition(";")[0].strip().lower()
    if kind and not kind.startswith(("image/", "application/octet-stream", "binary/octet-stream")):
        await download.drop()
        raise GraphError(errors.FETCH_FAILED)
    try:
        data = await download.read(IMAGE_CAP)
    except FetchFailed as error:
        problem = {"too-large": errors.IMAGE_TOO_LARGE, "slow": errors.DOWNLOAD_SLOW}
        raise GraphError(problem.get(error.reason, errors.FETCH_FAILED)) from error
    check_image(data, feed=feed)
    return context.services.blobs.put(data, "jpg")


def check_image(data: bytes, *, feed: bool) -> None:
    """JPEG by content and, for the feed, between 4:5 and 1.91:1."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
            kind = image.format
    except (UnidentifiedImageError, OSError) as error:
        raise GraphError(errors.FETCH_FAILED) from error
    if kind != "JPEG":
        raise GraphError(errors.IMAGE_FORMAT)
    if feed and not _NARROWEST - _ROUNDING <= width / height <= _WIDEST + _ROUNDING:
        raise GraphError(errors.IMAGE_ASPECT)


async def _video(context: Context, url: str) -> Download:
    """Begin to fetch a video; its first bytes must be an MP4 or MOV file's."""
    download = await _open(context, url)
    if not is_movie(download.head):
        await download.drop()
        kind = download.content_type.partition(";")[0].strip().lower()
        raise GraphError(errors.VIDEO_FORMAT if kind.startswith("video/") else errors.FETCH_FAILED)
    return download


def is_movie(head: bytes) -> bool:
    """Whether a file starts as MP4 or MOV does."""
    return head[4:8] in {b"ftyp", b"moov", b"wide", b"free", b"skip"}


async def _open(context: Context, url: str) -> Download:
    config = context.services.config
    try:
        return await context.services.fetcher.open(url, strict=config.strict_media, timeout=config.fetch_timeout)
    except FetchFailed as error:
        raise GraphError(errors.DOWNLOAD_SLOW if error.reason == "slow" else errors.FETCH_FAILED) from error


def _fetch_on(services: Services, container: Container, download: Download) -> None:
    """Read the rest of a video beside the answer; the container is ready when both fetch and ripening are over."""
    ripe = container.created_at + _ripening(services, container)

    async def finish(_: float) -> None:
        try:
            data = await download.read(VIDEO_CAPS[container.kind])
        except FetchFailed as error:
            container.failure = "2207076" if error.reason == "too-large" else "2207077"
            container.failed_at = services.clock.epoch()
            return
        container.blob = services.blobs.put(data, "mp4")
        container.ready_at = max(ripe, services.clock.epoch())

    services.timers.at(0.0, finish)
