"""What each kind of node answers to ``fields`` (instagram.md §4.1 to §4.3). A field without a value is left out."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from socialsim.meta.access import Context
from socialsim.meta.errors import bad_parameter
from socialsim.meta.fields import Field, parse
from socialsim.meta.login.tokens import page_token
from socialsim.meta.model import Account, Comment, Container, Media, Page, Person, Portfolio, Timeline
from socialsim.meta.paging import connection, window_of_field
from socialsim.meta.publishing.containers import status_code, status_text

T = TypeVar("T")


class _Omitted:
    """A field that has no value."""


OMIT: Final = _Omitted()
Resolver = Callable[[Context, T, Field], object]
Table = Mapping[str, Resolver[T]]
COMMENTS_PER_PAGE = 50


def project(context: Context, node: T, type_name: str, table: Table[T], fields: tuple[Field, ...]) -> dict[str, object]:
    """The selected fields of a node; an unknown one gives code 100 (§5.2, §8.3)."""
    out: dict[str, object] = {}
    for field in fields:
        resolver = table.get(field.name)
        if resolver is None:
            raise bad_parameter(f"Tried accessing nonexisting field ({field.name}) on node type ({type_name})")
        value = resolver(context, node, field)
        if value is not OMIT:
            out[field.name] = value
    return out


def _or_omit(value: object) -> object:
    return value if value else OMIT


def graph_time(epoch: float) -> str:
    """``2026-01-31T08:00:00+0000``: no colon in the offset."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def media_link(context: Context, name: str) -> str:
    """A link with a signature and an end, as the platform's CDN gives; the simulator serves it (§4.1, T37)."""
    services = context.services
    lifetime = services.config.media_link_lifetime
    ends = f"{int((context.call.at // 3600) * 3600 + lifetime):X}"
    return f"{services.home}/_sim/media/{name}?_nc_cat=1&oh={link_signature(services.seed, name, ends)}&oe={ends}"


def link_signature(seed: int, name: str, ends: str) -> str:
    """The ``oh`` of a media link."""
    return hmac.new(str(seed).encode(), f"{name}/{ends}".encode(), hashlib.sha256).hexdigest()[:32]


def permalink(home: str, media: Media) -> str:
    """Where a person sees it; answered by the simulator's own pages."""
    kind = "reel" if media.product == "REELS" else "p"
    return f"{home}/www.instagram.com/{kind}/{media.shortcode}/"


# --- Instagram account -------------------------------------------------------------------------------------------


def account_node(context: Context, account: Account, fields: tuple[Field, ...]) -> dict[str, object]:
    """An IG User (§4.1)."""
    return project(context, account, "IGUser", ACCOUNT, fields)


def _media_edge(context: Context, account: Account, field: Field) -> object:
    return media_list(context, account.timeline, f"/{account.id}/media", field)


def _stories_edge(context: Context, account: Account, field: Field) -> object:
    return media_list(context, living_stories(context, account), f"/{account.id}/stories", field)


def living_stories(context: Context, account: Account) -> Timeline:
    """Stories of the last 24 hours."""
    return [entry for entry in account.stories if entry[0] > context.call.at - 86400]


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


ACCOUNT: Table[Account] = {
    "id": lambda c, a, f: a.id,
    "username": lambda c, a, f: a.username,
    "name": lambda c, a, f: _or_omit(a.name),
    "biography": lambda c, a, f: _or_omit(a.biography),
    "website": lambda c, a, f: _or_omit(a.website),
    "profile_picture_url": lambda c, a, f: media_link(c, a.picture) if a.picture else OMIT,
    "followers_count": lambda c, a, f: a.followers,
    "follows_count": lambda c, a, f: a.follows,
    "media_count": lambda c, a, f: len(a.timeline),
    "has_profile_pic": lambda c, a, f: bool(a.picture),
    "is_published": lambda c, a, f: True,
    "ig_id": lambda c, a, f: a.id[-11:].lstrip("0"),
    "legacy_instagram_user_id": lambda c, a, f: a.id[-11:].lstrip("0"),
    "media": _media_edge,
    "stories": _stories_edge,
}

# --- Media -------------------------------------------------------------------------------------------------------


def media_node(context: Context, media: Media, fields: tuple[Field, ...]) -> dict[str, object]:
    """An IG Media (§4.2)."""
    return project(context, media, "IGMedia", MEDIA, fields)


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
    "ig_id": lambda c, m, f: m.id[-11:].lstrip("0"),
    "shortcode": lambda c, m, f: m.shortcode,
    "permalink": lambda c, m, f: permalink(c.services.home, m),
    "timestamp": lambda c, m, f: graph_time(m.timestamp),
    "username": _username,
    "owner": lambda c, m, f: {"id": m.account_id},
    "caption": lambda c, m, f: _or_omit(m.caption),
    "media_type": lambda c, m, f: m.kind,
    "media_product_type": lambda c, m, f: m.product,
    "media_url": _media_url,
    "thumbnail_url": lambda c, m, f: media_link(c, m.cover) if m.kind == "VIDEO" and m.cover else OMIT,
    "like_count": lambda c, m, f: m.likes,
    "comments_count": lambda c, m, f: m.comment_count,
    "is_comment_enabled": lambda c, m, f: m.comments_enabled,
    "is_shared_to_feed": lambda c, m, f: m.shared_to_feed if m.product == "REELS" else OMIT,
    "alt_text": lambda c, m, f: _or_omit(m.alt_text),
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
    "parent_id": lambda c, o, f: _or_omit(o.parent_id),
    "media": _comment_media,
    "replies": _replies_edge,
}

# --- Container ---------------------------------------------------------------------------------------------------


def container_node(context: Context, container: Container, fields: tuple[Field, ...]) -> dict[str, object]:
    """An IG Container (§3.1)."""
    container.reads += 1
    return project(context, container, "IGContainer", CONTAINER, fields)


def _copyright(context: Context, container: Container, field: Field) -> object:
    done = status_code(container, context.call.at) in {"FINISHED", "PUBLISHED"}
    return {"status": "completed" if done else "in_progress", "matches_found": False}


CONTAINER: Table[Container] = {
    "id": lambda c, o, f: o.id,
    "status_code": lambda c, o, f: status_code(o, c.call.at),
    "status": lambda c, o, f: status_text(o, c.call.at),
    "copyright_check_status": _copyright,
}

# --- People, Pages, portfolios -----------------------------------------------------------------------------------


def person_node(context: Context, person: Person, fields: tuple[Field, ...]) -> dict[str, object]:
    """A Facebook user."""
    return project(context, person, "User", PERSON, fields)


def page_node(context: Context, page: Page, fields: tuple[Field, ...]) -> dict[str, object]:
    """A Page (§1.4)."""
    return project(context, page, "Page", PAGE, fields)


def portfolio_node(context: Context, portfolio: Portfolio, fields: tuple[Field, ...]) -> dict[str, object]:
    """A business portfolio."""
    return project(context, portfolio, "Business", PORTFOLIO, fields)


def _first_name(context: Context, person: Person, field: Field) -> object:
    return person.name.partition(" ")[0]


def _picture(context: Context, name: str) -> object:
    return {"data": {"url": media_link(context, name), "is_silhouette": False, "width": 50, "height": 50}}


def _accounts_edge(context: Context, person: Person, field: Field) -> object:
    return page_list(context, own_pages(context, person), "/me/accounts", field)


def own_pages(context: Context, person: Person) -> list[str]:
    """Pages of ``/me/accounts``: needs pages_show_list; portfolio Pages are missing there (T14)."""
    if not context.may("pages_show_list"):
        return []
    pages = (context.world.pages[page_id] for page_id in person.roles)
    return [page.id for page in pages if not page.portfolio_id and context.page_visible(page)]


def page_list(context: Context, page_ids: list[str], edge: str, field: Field) -> dict[str, object]:
    """A list of Pages in their own order."""
    below = field.below or parse("access_token,category,name,id,tasks")
    pages = context.world.pages
    return connection(
        context,
        [(float(index), page_id) for index, page_id in enumerate(page_ids)],
        window_of_field(field),
        lambda page_id: page_node(context, pages[page_id], below),
        edge=edge,
        fields=field.text_below,
        newest_first=False,
    )


def _page_token(context: Context, page: Page, field: Field) -> object:
    token = context.actor.token
    return OMIT if token is None else page_token(context, page, token).value


def _business_account(context: Context, page: Page, field: Field) -> object:
    account = context.world.accounts.get(page.instagram_id)
    if account is None or account.personal or not context.may("instagram_basic"):
        return OMIT
    return account_node(context, account, field.below or parse("id"))


def _connected_account(context: Context, page: Page, field: Field) -> object:
    account = context.world.accounts.get(page.instagram_id)
    return OMIT if account is None else account_node(context, account, field.below or parse("id"))


def _portfolio(context: Context, page: Page, field: Field) -> object:
    portfolio = context.world.portfolios.get(page.portfolio_id)
    return OMIT if portfolio is None else portfolio_node(context, portfolio, field.below or parse("id,name"))


PERSON: Table[Person] = {
    "id": lambda c, p, f: p.id,
    "name": lambda c, p, f: p.name,
    "first_name": _first_name,
    "last_name": lambda c, p, f: p.name.partition(" ")[2],
    "picture": lambda c, p, f: _picture(c, p.picture),
    "accounts": _accounts_edge,
}

PAGE: Table[Page] = {
    "id": lambda c, p, f: p.id,
    "name": lambda c, p, f: p.name,
    "category": lambda c, p, f: p.category,
    "tasks": lambda c, p, f: c.person.roles.get(p.id, []),
    "access_token": _page_token,
    "instagram_business_account": _business_account,
    "connected_instagram_account": _connected_account,
    "picture": lambda c, p, f: _picture(c, f"avatar-{p.id}.jpg"),
    "business": _portfolio,
    "link": lambda c, p, f: f"https://www.facebook.com/{p.id}",
}

PORTFOLIO: Table[Portfolio] = {
    "id": lambda c, b, f: b.id,
    "name": lambda c, b, f: b.name,
}
