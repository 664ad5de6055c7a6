"""Containers: invisible drafts that fetch their media and ripen with time (instagram.md §3.1 to §3.4)."""

import asyncio
import bisect

from socialsim.kernel.fetching import Download, FetchFailed
from socialsim.kernel.services import Services
from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError
from socialsim.meta.model import Account, Container, Upload
from socialsim.meta.publishing.parameters import Draft, check_parameters, json_list, true
from socialsim.meta.publishing.pulling import pull_image, pull_video, save
from socialsim.meta.publishing.specs import BROKEN, TRIAL, VIDEO_CAPS, flaw
from socialsim.meta.publishing.states import LIFETIME, status_code

PUBLISH_TASKS = frozenset({"MANAGE", "CREATE_CONTENT", "PROFILE_PLUS_FULL_CONTROL", "PROFILE_PLUS_CREATE_CONTENT"})
_KEPT_APART = frozenset({"image_url", "video_url", "cover_url", "caption", "alt_text", "share_to_feed", "upload_type"})
_DOWNLOAD_FAILED = "2207077"


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
    kept = check_parameters(Draft(context, account, kind))
    container = Container(
        id="",
        account_id=account.id,
        app_id=context.actor.app.id,
        kind=kind,
        created_at=now,
        request_id=context.call.request_id,
        caption=kept.get("caption", ""),
        alt_text=kept.get("alt_text", ""),
        is_item=kind in {"CAROUSEL_ITEM", "VIDEO"},
        share_to_feed=true(kept.get("share_to_feed", "true")),
        extras={name: value for name, value in kept.items() if name not in _KEPT_APART},
    )
    await _fill(context, account, container, kept)
    context.record("container.created", account_id=account.id, object_id=container.id, text=container.kind)
    if container.id in context.world.uploads and context.services.config.upload.tells_uri:
        return {"id": container.id, "uri": _upload_uri(context, container)}
    return {"id": container.id}


async def _fill(context: Context, account: Account, container: Container, kept: dict[str, str]) -> None:
    """Fetch what the container is made of, or wait for it, then let it ripen."""
    services = context.services
    if container.kind == "CAROUSEL":
        container.children = _children(context, account)
    elif "upload_type" in kept or "video_url" in kept:
        if "cover_url" in kept:
            container.cover = await pull_image(services, kept["cover_url"], feed=False)
        download = await pull_video(services, kept["video_url"]) if "video_url" in kept else None
        _store(context, account, container)
        if download is None:
            context.world.uploads[container.id] = Upload(container.id)
        else:
            _fetch_on(services, container, download)
        return
    else:
        container.blob = await pull_image(services, kept["image_url"], feed=container.kind != "STORIES")
    _store(context, account, container)
    container.ready_at = container.created_at + ripening(services, container)


def _store(context: Context, account: Account, container: Container) -> None:
    services = context.services
    container.id = services.mint.id("17900")
    container.created_at = services.clock.epoch()
    context.world.containers[container.id] = container
    account.containers.append((container.created_at, container.id))


def ripening(services: Services, container: Container) -> float:
    """Seconds until it is ready, drawn once."""
    return services.config.ready_after(container.account_id, container.kind, services.dice)


def _upload_uri(context: Context, container: Container) -> str:
    """Where the bytes go: the same simulator under the name of the upload host."""
    base = context.call.base.replace("graph.facebook.com", "rupload.facebook.com")
    return f"{base}/ig-api-upload/{context.version or 'v26.0'}/{container.id}"


def _kind(context: Context) -> str:
    params = context.call.params
    resumable = bool(params.get("upload_type"))
    match params.get("media_type", "").upper():
        case "" | "IMAGE":
            context.parameter("image_url")
            return "CAROUSEL_ITEM" if true(params.get("is_carousel_item", "")) else "IMAGE"
        case "VIDEO" | "REELS" as kind:
            if not resumable:
                context.parameter("video_url")
            return kind
        case "STORIES":
            if not (params.get("video_url") or resumable):
                context.parameter("image_url")
            return "STORIES"
        case "CAROUSEL":
            context.parameter("children")
            return "CAROUSEL"
        case _:
            raise GraphError(errors.UNKNOWN_MEDIA_TYPE)


def _children(context: Context, account: Account) -> list[str]:
    text = context.parameter("children").strip()
    raw = json_list(text, "children") if text.startswith("[") else text.split(",")
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


# --- Videos, beside the answer -----------------------------------------------------------------------------------


def _fetch_on(services: Services, container: Container, download: Download) -> None:
    """Read the rest of a video; the container is ready when both fetch and ripening are over."""
    ripe = container.created_at + ripening(services, container)

    async def finish(_: float) -> None:
        name = f"pull-{container.id}.part"
        try:
            await save(services, download, name, VIDEO_CAPS[container.kind])
        except FetchFailed as error:
            services.blobs.drop(name)
            container.failure = BROKEN if error.reason == "too-large" else _DOWNLOAD_FAILED
            container.failed_at = services.clock.epoch()
            return
        await process(services, container, name, ripe)

    services.timers.at(0.0, finish)


async def process(services: Services, container: Container, name: str, ripe: float) -> None:
    """Hold a video that has come in whole, as the file ``name``, against its specification; done at ``ripe``."""
    container.blob = await asyncio.to_thread(services.blobs.adopt, name, "mp4")
    clip = await services.prober.clip(container.blob)
    failure = flaw(clip, container, strict_edit_lists=services.config.strict_edit_lists)
    own = services.config.accounts.get(container.account_id)
    if not failure and "trial_params" in container.extras and own is not None and not own.trial_reels:
        failure = TRIAL
    if failure:
        container.failure, container.failed_at = failure, max(ripe, services.clock.epoch())
    else:
        container.ready_at = max(ripe, services.clock.epoch())
