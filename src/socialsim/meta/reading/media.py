"""IG Media and IG Comment (instagram.md §4.2, §4.3)."""

from socialsim.meta.access import Context
from socialsim.meta.fields import Field, parse
from socialsim.meta.model import Comment, Media, Timeline
from socialsim.meta.paging import connection, window_of_field
from socialsim.meta.reading.insights.media import current_figures, expanded
from socialsim.meta.reading.projection import (
    OMIT,
    Resolver,
    Table,
    facebook_only,
    graph_time,
    legacy_id,
    media_link,
    or_omit,
    permalink,
    project,
)

COMMENTS_PER_PAGE = 50
ADMIN_TASKS = frozenset({"MANAGE", "PROFILE_PLUS_FULL_CONTROL"})


def media_node(
    context: Context, media: Media, fields: tuple[Field, ...], table: Table[Media] | None = None
) -> dict[str, object]:
    """An IG Media (§4.2), through the eyes of its owner unless another ``table`` says what is shown."""
    return project(context, media, "IGMedia", MEDIA if table is None else table, fields)


def media_list(
    context: Context, timeline: Timeline, edge: str, field: Field, table: Table[Media] | None = None
) -> dict[str, object]:
    """A list of media, newest first, as far back as the platform goes (§4.2)."""
    below = field.below or parse("id")
    world = context.world
    return connection(
        context,
        timeline,
        window_of_field(field),
        lambda media_id: media_node(context, world.media[media_id], below, table),
        edge=edge,
        fields=field.text_below,
        newest=context.services.config.reading.newest,
    )


def still_there(context: Context, timeline: Timeline) -> Timeline:
    """Without what its owner has deleted since."""
    return [entry for entry in timeline if entry[1] in context.world.media]


def children_edge(table: Table[Media] | None = None) -> Resolver[Media]:
    """The items of a carousel; plainly they give only ids."""

    def resolve(context: Context, media: Media, field: Field) -> object:
        if not media.children:
            return OMIT
        below = field.below or parse("id")
        items = (context.world.media[child] for child in media.children)
        return {"data": [media_node(context, item, below, table) for item in items]}

    return resolve


def _comments_edge(context: Context, media: Media, field: Field) -> object:
    context.need("instagram_manage_comments")
    return comment_list(context, visible_comments(context, media), f"/{media.id}/comments", field)


def visible_comments(context: Context, media: Media) -> Timeline:
    """Not under age-gated media, not of a broadcast that is over, not by people the account has restricted (§4.3)."""
    if media.age_gated or (media.product == "LIVE" and not media.broadcasting):
        return []
    return without_silenced(context, media, media.comments)


def without_silenced(context: Context, media: Media, timeline: Timeline) -> Timeline:
    """Comments of people whom the account has not restricted."""
    silenced = context.world.accounts[media.account_id].silenced
    if not silenced:
        return timeline
    return [entry for entry in timeline if context.world.comments[entry[1]].username not in silenced]


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


def username(context: Context, media: Media, field: Field) -> object:
    """Of the owner."""
    return context.world.accounts[media.account_id].username


def media_url(context: Context, media: Media, field: Field) -> object:
    """Signed and expiring; missing on the parent of a carousel and once a rights holder has claimed it."""
    shown = media.blob and not media.children and not media.claimed
    return media_link(context, media.blob) if shown else OMIT


def caption(context: Context, media: Media, field: Field) -> object:
    """Without its ``@`` for a person who has no admin-like task on the Page (§4.2)."""
    page_id = context.world.accounts[media.account_id].page_id
    person = context.actor.person
    if person is None or page_id not in person.roles or ADMIN_TASKS.intersection(person.roles[page_id]):
        return or_omit(media.caption)
    return or_omit(media.caption.replace("@", ""))


def _copyright(context: Context, media: Media, field: Field) -> object:
    if media.kind != "VIDEO":
        return OMIT
    check: dict[str, object] = {"status": {"status": "completed", "matches_found": media.claimed}}
    if media.claimed:
        check["copyright_matches"] = [
            {"content_title": "Claimed work", "owner_copyright_policy": {"actions": [{"action": "BLOCK"}]}}
        ]
    return check


def _boost(context: Context, media: Media, field: Field) -> object:
    return {"eligible_to_boost": media.product in {"FEED", "REELS"} and not media.claimed}


def boosts(media: Media) -> list[dict[str, str]]:
    """The advertisements made of it: those under which somebody wrote."""
    return [{"ad_id": ad_id, "ad_status": "ACTIVE"} for ad_id in media.ads]


def counted(metric: str, *, hidden_with_likes: bool = False) -> Resolver[Media]:
    """An engagement count of 22 Apr 2026: not on items of a carousel, not if it is hidden."""

    def resolve(context: Context, media: Media, field: Field) -> object:
        if media.parent_id or (hidden_with_likes and media.likes_hidden):
            return OMIT
        return current_figures(context, media)[metric]

    return facebook_only(resolve)


def partners(context: Context, media: Media) -> list[dict[str, str]]:
    """Invited collaborators with the state of their invitation."""
    known = {account.username: account.id for account in context.world.accounts.values()}
    return [
        {"id": known.get(name, ""), "username": name, "invite_status": state} for name, state in media.partners.items()
    ]


MEDIA: Table[Media] = {
    "id": lambda c, m, f: m.id,
    "ig_id": lambda c, m, f: legacy_id(m.id),
    "legacy_instagram_media_id": lambda c, m, f: legacy_id(m.id),
    "shortcode": lambda c, m, f: m.shortcode,
    "permalink": lambda c, m, f: permalink(c.services.home, m),
    "timestamp": lambda c, m, f: graph_time(m.timestamp),
    "username": username,
    "owner": lambda c, m, f: {"id": m.account_id},
    "caption": caption,
    "media_type": lambda c, m, f: m.kind,
    "media_product_type": lambda c, m, f: m.product,
    "media_url": media_url,
    "thumbnail_url": lambda c, m, f: media_link(c, m.cover) if m.kind == "VIDEO" and m.cover else OMIT,
    "like_count": lambda c, m, f: m.likes,
    "comments_count": lambda c, m, f: m.comment_count,
    "is_comment_enabled": lambda c, m, f: m.comments_enabled,
    "is_shared_to_feed": lambda c, m, f: m.shared_to_feed if m.product == "REELS" else OMIT,
    "alt_text": lambda c, m, f: or_omit(m.alt_text),
    "is_ai_generated": lambda c, m, f: or_omit(m.extras.get("is_ai_generated", "").lower() == "true"),
    "copyright_check_information": _copyright,
    "boost_ads_list": facebook_only(lambda c, m, f: or_omit(boosts(m))),
    "boost_eligibility_info": facebook_only(_boost),
    "view_count": facebook_only(lambda c, m, f: OMIT),
    "reposts_count": counted("reposts"),
    "saved_count": counted("saved"),
    "shares_count": counted("shares"),
    "total_like_count": counted("total_likes", hidden_with_likes=True),
    "total_comments_count": counted("total_comments"),
    "total_views_count": counted("total_views"),
    "collaborators": facebook_only(lambda c, m, f: {"data": partners(c, m)} if m.partners else OMIT),
    "insights": expanded,
    "children": children_edge(),
    "comments": _comments_edge,
}

# --- Comment -----------------------------------------------------------------------------------------------------


def comment_node(context: Context, comment: Comment, fields: tuple[Field, ...]) -> dict[str, object]:
    """An IG Comment (§4.3)."""
    return project(context, comment, "IGComment", COMMENT, fields)


def _replies_edge(context: Context, comment: Comment, field: Field) -> object:
    if not comment.replies:
        return OMIT
    replies = without_silenced(context, context.world.media[comment.media_id], comment.replies)
    return comment_list(context, replies, f"/{comment.id}/replies", field)


def _comment_media(context: Context, comment: Comment, field: Field) -> object:
    return media_node(context, context.world.media[comment.media_id], field.below or parse("id"))


def _comment_user(context: Context, comment: Comment, field: Field) -> object:
    account_id = context.world.media[comment.media_id].account_id
    return {"id": account_id} if comment.author_id == account_id else OMIT


COMMENT: Table[Comment] = {
    "id": lambda c, o, f: o.id,
    "legacy_instagram_comment_id": lambda c, o, f: legacy_id(o.id),
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
