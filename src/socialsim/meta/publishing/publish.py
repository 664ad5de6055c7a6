"""Publishing and what may be done to a medium afterwards (instagram.md §3.5, §3.6, §3.8)."""

import bisect

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.company import tell_company
from socialsim.meta.errors import GraphError, Problem, bad_parameter
from socialsim.meta.fields import parse
from socialsim.meta.model import Account, Container, Media, World, put, take
from socialsim.meta.publishing.containers import PUBLISH_TASKS
from socialsim.meta.publishing.states import refusal, status_code

DAY = 86400.0
_KINDS = {"IMAGE": "IMAGE", "CAROUSEL_ITEM": "IMAGE", "VIDEO": "VIDEO", "REELS": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}


async def publish(context: Context, account_id: str) -> object:
    """``POST /{ig}/media_publish``: at most once per container, in one step without waiting in between."""
    account = context.account(account_id)
    context.need("instagram_content_publish")
    context.role(account, PUBLISH_TASKS)
    now = context.services.clock.epoch()
    container = context.world.containers.get(context.parameter("creation_id"))
    if container is None or container.account_id != account.id or container.app_id != context.actor.app.id:
        raise GraphError(errors.CONTAINER_UNKNOWN)
    _check_publishable(context, account, container, now)
    media = _commit(context, account, container, now)
    return {"id": media.id}


def _check_publishable(context: Context, account: Account, container: Container, now: float) -> None:
    config = context.services.config
    match status_code(container, now):
        case "PUBLISHED":
            raise GraphError(Problem(config.republish_code, config.republish_subcode, errors.NOT_READY.message))
        case "EXPIRED":
            message = errors.CONTAINER_UNKNOWN.message
            raise GraphError(Problem(config.expired_code, config.expired_subcode, message))
        case "IN_PROGRESS":
            raise GraphError(errors.NOT_READY)
        case "ERROR":
            raise GraphError(refusal(container))
    if container.is_item:
        raise GraphError(errors.VIDEO_ALONE if container.kind == "VIDEO" else errors.NOT_READY)
    if account.restricted:
        raise GraphError(errors.RESTRICTED)
    page = None if context.by_instagram else context.world.pages[account.page_id]
    if page is not None and page.needs_publishing_authorization:
        raise GraphError(errors.PUBLISHING_AUTHORIZATION)
    if page is not None and page.needs_two_factor:
        raise GraphError(errors.TWO_FACTOR)
    if quota_usage(account, now - DAY) >= config.quota_of(account.id):
        raise GraphError(errors.QUOTA)


def _commit(context: Context, account: Account, container: Container, now: float) -> Media:
    media = _media_of(context, container, now)
    if container.kind == "STORIES":
        put(account.stories, now, media.id)
    else:
        put(account.timeline, now, media.id)
    tell_company(context.world, media)
    account.published.append(now)
    container.media_id = media.id
    container.published_at = now
    context.services.ledger.write(
        "meta",
        "media.published",
        account_id=account.id,
        object_id=media.id,
        request_id=context.call.request_id,
        source="api",
        container_id=container.id,
        text=container.caption,
        at=now,
    )
    return media


def _media_of(context: Context, container: Container, now: float, parent_id: str = "") -> Media:
    world, mint = context.world, context.services.mint
    story = container.kind == "STORIES"
    kind = ("VIDEO" if container.blob.endswith(".mp4") else "IMAGE") if story else _KINDS[container.kind]
    media = Media(
        id=mint.id("18000"),
        account_id=container.account_id,
        kind=kind,
        product="STORY" if story else "REELS" if container.kind == "REELS" else "FEED",
        timestamp=now,
        shortcode=mint.opaque("shortcode", 11),
        caption=container.caption,
        blob=container.blob,
        cover=container.cover or (f"still-{container.id}.jpg" if kind == "VIDEO" else ""),
        alt_text=container.alt_text,
        parent_id=parent_id,
        shared_to_feed=container.share_to_feed,
        extras=container.extras,
    )
    world.media[media.id] = media
    world.shortcodes[media.shortcode] = media.id
    for child in container.children:
        media.children.append(_media_of(context, world.containers[child], now, media.id).id)
    return media


def quota_usage(account: Account, since: float) -> int:
    """Posts published after ``since``."""
    return len(account.published) - bisect.bisect_right(account.published, since)


async def limit(context: Context, account_id: str) -> object:
    """``GET /{ig}/content_publishing_limit``; without ``fields`` only the usage (§3.6)."""
    account = context.account(account_id)
    context.need("instagram_content_publish")
    now = context.call.at
    since = context.call.params.get("since", "")
    if since and not (since.isascii() and since.isdigit()):
        raise bad_parameter("since must be a time stamp")
    known: dict[str, object] = {
        "quota_usage": quota_usage(account, max(now - DAY, float(since or 0))),
        "config": {"quota_total": context.services.config.quota_of(account.id), "quota_duration": int(DAY)},
    }
    names = [field.name for field in parse(context.call.params.get("fields") or "quota_usage")]
    for name in names:
        if name not in known:
            raise bad_parameter(f"Tried accessing nonexisting field ({name}) on node type (ContentPublishingLimit)")
    return {"data": [{name: known[name] for name in names}]}


async def scheduled(context: Context, account_id: str) -> object:
    """``GET /{ig}/scheduled_media``: always empty, because nothing can be scheduled through the API (§3.2)."""
    context.account(account_id)
    return {"data": []}


async def change(context: Context, media_id: str) -> object:
    """``POST /{m}?comment_enabled=``: the only thing that can be changed (§3.8)."""
    media = context.media(media_id)
    context.need("instagram_manage_comments")
    media.comments_enabled = context.parameter("comment_enabled").lower() == "true"
    context.record("media.changed", account_id=media.account_id, object_id=media.id)
    return {"success": True}


async def delete(context: Context, media_id: str) -> object:
    """``DELETE /{m}`` (§3.8, Facebook Login only)."""
    media = context.media(media_id)
    context.need("instagram_manage_contents")
    if media.parent_id:
        raise GraphError(errors.NOT_VISIBLE)
    remove(context.world, media)
    context.services.ledger.write(
        "meta",
        "media.deleted",
        account_id=media.account_id,
        object_id=media.id,
        request_id=context.call.request_id,
        source="api",
    )
    return {"success": True}


def remove(world: World, media: Media) -> None:
    """Take a medium, its children and its comments out of the world."""
    account = world.accounts[media.account_id]
    take(account.timeline, media.timestamp, media.id)
    take(account.stories, media.timestamp, media.id)
    for _, comment_id in (*media.comments, *media.ad_comments):
        for _, reply_id in world.comments[comment_id].replies:
            del world.comments[reply_id]
        del world.comments[comment_id]
    for media_id in (media.id, *media.children):
        world.shortcodes.pop(world.media.pop(media_id).shortcode, None)
