"""Accounts and media through the eyes of others: discovery, tags, mentions, hashtags (instagram.md §4.2, §4.6)."""

from collections.abc import Mapping

from socialsim.meta.access import Context
from socialsim.meta.fields import Field, parse
from socialsim.meta.model import Media
from socialsim.meta.reading.insights.media import current_figures
from socialsim.meta.reading.media import children_edge, comment_node, media_url, username
from socialsim.meta.reading.projection import OMIT, Resolver, Table, graph_time, media_link, or_omit, permalink


def _likes(context: Context, media: Media, field: Field) -> object:
    """Missing if the owner hides them."""
    return OMIT if media.likes_hidden else media.likes


def _views(context: Context, media: Media, field: Field) -> object:
    return current_figures(context, media)["views"]


def _comments(context: Context, media: Media, field: Field) -> object:
    """The first comments of a medium that mentions the reader."""
    below = field.below or parse("timestamp,text,id")
    newest = [comment_id for _, comment_id in reversed(media.comments[-50:])]
    return {"data": [comment_node(context, context.world.comments[comment_id], below) for comment_id in newest]}


_EVERYBODY_SEES: Mapping[str, Resolver[Media]] = {
    "id": lambda c, m, f: m.id,
    "caption": lambda c, m, f: or_omit(m.caption),
    "comments_count": lambda c, m, f: m.comment_count,
    "like_count": _likes,
    "media_type": lambda c, m, f: m.kind,
    "media_url": media_url,
    "permalink": lambda c, m, f: permalink(c.services.home, m),
    "timestamp": lambda c, m, f: graph_time(m.timestamp),
}
_ITEM: Table[Media] = {
    name: _EVERYBODY_SEES[name] for name in ("id", "media_type", "media_url", "permalink", "timestamp")
}
HASHTAG_MEDIA: Table[Media] = {**_EVERYBODY_SEES, "children": children_edge(_ITEM)}
"""No user name and no owner (§4.6)."""
_LINKS: Mapping[str, Resolver[Media]] = {
    "shortcode": lambda c, m, f: m.shortcode,
    "thumbnail_url": lambda c, m, f: media_link(c, m.cover) if m.kind == "VIDEO" and m.cover else OMIT,
}
PUBLIC_MEDIA: Table[Media] = {
    **_EVERYBODY_SEES,
    **_LINKS,
    "children": children_edge({**_ITEM, **_LINKS}),
    "media_product_type": lambda c, m, f: m.product,
    "username": username,
}
"""Of a medium in which the account is tagged or a partner: the owner's id stays hidden."""
DISCOVERED_MEDIA: Table[Media] = {**PUBLIC_MEDIA, "owner": lambda c, m, f: {"id": m.account_id}, "view_count": _views}
"""Views are told in business discovery only (§4.2)."""
MENTIONING_MEDIA: Table[Media] = {**PUBLIC_MEDIA, "owner": lambda c, m, f: {"id": m.account_id}, "comments": _comments}
