"""``/v2/video/list/`` and ``/v2/video/query/``: own public posts (tiktok.md §5)."""

import bisect
from collections.abc import Callable, Iterator
from html import escape
from typing import Annotated

from msgspec import Meta, Struct

from socialsim.tiktok.access import Context
from socialsim.tiktok.model import Post
from socialsim.tiktok.reading.fields import asked_fields
from socialsim.tiktok.reading.links import cover, embed, profile, share

_TEXT_UNITS = 150
_Reader = Callable[[Context, Post], object]


class ListBody(Struct):
    """What list takes. ``cursor`` is milliseconds UTC: only what is older comes."""

    cursor: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    max_count: Annotated[int, Meta(ge=1, le=20)] = 10


class Filters(Struct):
    """Which videos."""

    video_ids: Annotated[list[str], Meta(min_length=1, max_length=20)]


class QueryBody(Struct):
    """What query takes."""

    filters: Filters


def shortened(text: str) -> str:
    """At most 150 UTF-16 units, no pair split: less than may be posted (§5 title)."""
    return text.encode("utf-16-le")[: 2 * _TEXT_UNITS].decode("utf-16-le", "ignore")


def _embed_html(context: Context, post: Post) -> str:
    """Third-party HTML, script and all, as the platform gives it."""
    services, creator = context.services, context.actor.creator
    page = profile(services, creator)
    return (
        f'<blockquote class="tiktok-embed" cite="{page}/video/{post.id}" data-video-id="{post.id}">'
        f'<section><a target="_blank" href="{page}">@{escape(creator.username)}</a> {escape(shortened(post.title))}'
        "</section></blockquote>"
        f'<script async src="{services.home}/www.tiktok.com/embed.js"></script>'
    )


_READERS: dict[str, _Reader] = {
    "id": lambda c, p: p.id,
    "create_time": lambda c, p: int(p.created_at),
    "title": lambda c, p: shortened(p.title),
    "video_description": lambda c, p: shortened(p.description or p.title),
    "duration": lambda c, p: p.duration,
    "height": lambda c, p: p.height,
    "width": lambda c, p: p.width,
    "cover_image_url": lambda c, p: cover(c.services, p),
    "share_url": lambda c, p: share(c.services, c.actor.creator, p, c.actor.client),
    "embed_link": lambda c, p: embed(c.services, p, c.actor.client),
    "embed_html": _embed_html,
    "like_count": lambda c, p: p.likes,
    "comment_count": lambda c, p: p.comments,
    "share_count": lambda c, p: p.shares,
    "view_count": lambda c, p: p.views,
}


async def list_videos(context: Context) -> dict[str, object]:
    """Newest first. Where a page ends between two videos of one millisecond, the next begins with that one again."""
    fields = asked_fields(context, _READERS)
    body = context.read(ListBody)
    newest = _older(context, body.cursor)
    page = [post for _, post in zip(range(body.max_count), newest, strict=False)]
    following = next(newest, None)
    cursor = body.cursor
    if page:
        cursor = _milliseconds(page[-1])
        if following is not None and _milliseconds(following) == cursor:
            cursor += 1
    return {"videos": [_shown(context, post, fields) for post in page], "cursor": cursor, "has_more": bool(following)}


async def query_videos(context: Context) -> dict[str, object]:
    """Those of the asked ids that are public and the creator's own; of the others nothing is said."""
    fields = asked_fields(context, _READERS)
    world, now = context.world, context.call.at
    asked = [world.posts.get(video_id) for video_id in dict.fromkeys(context.read(QueryBody).filters.video_ids)]
    own = [post for post in asked if post is not None and post.creator_id == context.actor.creator.id]
    data: dict[str, object] = {"videos": [_shown(context, post, fields) for post in own if world.is_public(post, now)]}
    if context.services.config.tiktok.query_with_cursor:
        data |= {"cursor": 0, "has_more": False}
    return data


def _older(context: Context, cursor: int) -> Iterator[Post]:
    """Public posts from before a millisecond, or all, newest first."""
    world, now, timeline = context.world, context.call.at, context.actor.creator.posts
    end = len(timeline)
    if cursor:
        end = bisect.bisect_left(timeline, cursor, key=lambda entry: int(entry[0] * 1000))
    for index in range(end - 1, -1, -1):
        post = world.posts[timeline[index][1]]
        if world.is_public(post, now):
            yield post


def _milliseconds(post: Post) -> int:
    return int(post.created_at * 1000)


def _shown(context: Context, post: Post, fields: list[str]) -> dict[str, object]:
    return {name: _READERS[name](context, post) for name in fields}
