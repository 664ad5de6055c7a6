"""IG Media and IG Comment (instagram.md §4.2, §4.3)."""

from socialsim.meta.access import Context
from socialsim.meta.fields import Field, parse
from socialsim.meta.model import Comment, Media, Timeline
from socialsim.meta.paging import connection, window_of_field
from socialsim.meta.reading.projection import (
    OMIT,
    Table,
    graph_time,
    legacy_id,
    media_link,
    or_omit,
    permalink,
    project,
)

COMMENTS_PER_PAGE = 50


def media_node(context: Context, media: Media, fields: tuple[Field, ...]) -> dict[str, object]:
    """An IG Media (§4.2)."""
    return project(context, media, "IGMedia", MEDIA, fields)


def media_list(context: Context, timeline: Timeline, edge: str, field: Field) -> dict[str, object]:
    """A list of media, newest first."""
    below = field.below or parse("id")
    world = context.world
    return connection(
        context,
        timeline,
        window_of_field(field),
        lambda media_id: media_node(context, world.media[media_id], below),
        edge=edge,
        fields=field.text_below,
    )


def _children_edge(context: Context, media: Media, field: Field) -> object:
    if not media.children:
        return OMIT
    below = field.below or parse("id")
    return {"data": [media_node(context, context.world.media[child], below) for child in media.children]}


def _comments_edge(context: Context, media: Media, field: Field) -> object:
    context.need("instagram_manage_comments")
    return comment_list(context, media.comments, f"/{media.id}/comments", field)


def comment_list(context: Context, timeline: Timeline, edge: str, field: Field) -> dict[str, object]:
    """Comments, newest first, at most 50 a page (§4.3)."""
    below = field.below or parse("timestamp,text,id")
    comments = context.world.comments
    return connection(
        context,
        timeline,
        window_of_field(field, largest=COMMENTS_PER_PAGE),
        lambda comment_id: comment_node(context, comments[comment_id], below),
        edge=edge,
        fields=field.text_below,
    )


def _username(context: Context, media: Media, field: Field) -> object:
    return context.world.accounts[media.account_id].username


def _media_url(context: Context, media: Media, field: Field) -> object:
    return media_link(context, media.blob) if media.blob and not media.children else OMIT


MEDIA: Table[Media] = {
    "id": lambda c, m, f: m.id,
    "ig_id": lambda c, m, f: legacy_id(m.id),
    "shortcode": lambda c, m, f: m.shortcode,
    "permalink": lambda c, m, f: permalink(c.services.home, m),
    "timestamp": lambda c, m, f: graph_time(m.timestamp),
    "username": _username,
    "owner": lambda c, m, f: {"id": m.account_id},
    "caption": lambda c, m, f: or_omit(m.caption),
    "media_type": lambda c, m, f: m.kind,
    "media_product_type": lambda c, m, f: m.product,
    "media_url": _media_url,
    "thumbnail_url": lambda c, m, f: media_link(c, m.cover) if m.kind == "VIDEO" and m.cover else OMIT,
    "like_count": lambda c, m, f: m.likes,
    "comments_count": lambda c, m, f: m.comment_count,
    "is_comment_enabled": lambda c, m, f: m.comments_enabled,
    "is_shared_to_feed": lambda c, m, f: m.shared_to_feed if m.product == "REELS" else OMIT,
    "alt_text": lambda c, m, f: or_omit(m.alt_text),
    "children": _children_edge,
    "comments": _comments_edge,
}

# --- Comment -----------------------------------------------------------------------------------------------------


def comment_node(context: Context, comment: Comment, fields: tuple[Field, ...]) -> dict[str, object]:
    """An IG Comment (§4.3)."""
    return project(context, comment, "IGComment", COMMENT, fields)


def _replies_edge(context: Context, comment: Comment, field: Field) -> object:
    if not comment.replies:
        return OMIT
    return comment_list(context, comment.replies, f"/{comment.id}/replies", field)


def _comment_media(context: Context, comment: Comment, field: Field) -> object:
    return media_node(context, context.world.media[comment.media_id], field.below or parse("id"))


def _comment_user(context: Context, comment: Comment, field: Field) -> object:
    account_id = context.world.media[comment.media_id].account_id
    return {"id": account_id} if comment.author_id == account_id else OMIT


COMMENT: Table[Comment] = {
    "id": lambda c, o, f: o.id,
    "text": lambda c, o, f: o.text,
    "timestamp": lambda c, o, f: graph_time(o.timestamp),
    "username": lambda c, o, f: o.username,
    "from": lambda c, o, f: {"id": o.author_id, "username": o.username},
    "user": _comment_user,
    "like_count": lambda c, o, f: o.likes,
    "hidden": lambda c, o, f: o.hidden,
    "parent_id": lambda c, o, f: or_omit(o.parent_id),
    "media": _comment_media,
    "replies": _replies_edge,
}
