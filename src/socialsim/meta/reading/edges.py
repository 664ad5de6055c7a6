"""Reading nodes and their lists (instagram.md §1.4, §4.1 to §4.3)."""

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError
from socialsim.meta.fields import Field, parse
from socialsim.meta.paging import connection, window_of
from socialsim.meta.reading import accounts as ig
from socialsim.meta.reading import media as posts
from socialsim.meta.reading import nodes


def _selection(context: Context, default: str) -> tuple[Field, ...]:
    return parse(context.call.params.get("fields") or default)


def _as_field(context: Context) -> Field:
    """The call's own parameters as if it were an expanded field, so that edges read the same both ways."""
    params = context.call.params
    arguments = tuple((key, params[key]) for key in ("limit", "after", "before", "since", "until") if params.get(key))
    text = params.get("fields", "")
    return Field("", arguments, parse(text) if text else (), text)


async def person(context: Context, user_id: str) -> object:
    """``GET /me`` or ``/{user}`` with a user token."""
    if context.person.id != user_id or context.scoped_page:
        raise GraphError(errors.NOT_VISIBLE)
    return nodes.person_node(context, context.person, _with_id(_selection(context, "id,name")))


async def accounts(context: Context, user_id: str) -> object:
    """``GET /me/accounts``."""
    if context.scoped_page or context.person.id != user_id:
        raise GraphError(errors.NOT_VISIBLE)
    return nodes.page_list(context, nodes.own_pages(context, context.person), "/me/accounts", _as_field(context))


async def businesses(context: Context, user_id: str) -> object:
    """``GET /me/businesses``; needs business_management (T14)."""
    context.need("business_management")
    world = context.world
    fields = _selection(context, "id,name")
    return connection(
        context,
        [(float(index), biz_id) for index, biz_id in enumerate(context.person.portfolios)],
        window_of(context.call.params),
        lambda biz_id: nodes.portfolio_node(context, world.portfolios[biz_id], fields),
        edge="/me/businesses",
        fields=context.call.params.get("fields", ""),
        newest_first=False,
    )


async def portfolio(context: Context, biz_id: str) -> object:
    """``GET /{business}``."""
    _portfolio_pages(context, biz_id, [])
    return nodes.portfolio_node(context, context.world.portfolios[biz_id], _selection(context, "id,name"))


async def owned_pages(context: Context, biz_id: str) -> object:
    """``GET /{business}/owned_pages``."""
    pages = _portfolio_pages(context, biz_id, context.world.portfolios[biz_id].owned_pages)
    return nodes.page_list(context, pages, f"/{biz_id}/owned_pages", _as_field(context))


async def client_pages(context: Context, biz_id: str) -> object:
    """``GET /{business}/client_pages``."""
    pages = _portfolio_pages(context, biz_id, context.world.portfolios[biz_id].client_pages)
    return nodes.page_list(context, pages, f"/{biz_id}/client_pages", _as_field(context))


def _portfolio_pages(context: Context, biz_id: str, page_ids: list[str]) -> list[str]:
    context.need("business_management")
    if biz_id not in context.person.portfolios:
        raise GraphError(errors.NOT_VISIBLE)
    return [page_id for page_id in page_ids if context.page_visible(context.world.pages[page_id])]


async def page(context: Context, page_id: str) -> object:
    """``GET /{page}``, or ``/me`` with a Page token."""
    found = context.page(page_id)
    return nodes.page_node(context, found, _with_id(_selection(context, "id,name")))


async def account(context: Context, account_id: str) -> object:
    """``GET /{ig}``."""
    return ig.account_node(context, context.account(account_id), _with_id(_selection(context, "id")))


async def media_of_account(context: Context, account_id: str) -> object:
    """``GET /{ig}/media``."""
    found = context.account(account_id)
    return posts.media_list(context, found.timeline, f"/{account_id}/media", _with_id_below(_as_field(context)))


async def stories(context: Context, account_id: str) -> object:
    """``GET /{ig}/stories``: only those of the last 24 h."""
    found = context.account(account_id)
    timeline = ig.living_stories(context, found)
    return posts.media_list(context, timeline, f"/{account_id}/stories", _with_id_below(_as_field(context)))


async def container(context: Context, container_id: str) -> object:
    """``GET /{container}``; while containers are out it is not there (§3.7, T8)."""
    if context.services.config.container_outage:
        raise GraphError(errors.NOT_VISIBLE)
    found = context.container(container_id)
    return nodes.container_node(context, found, _with_id(_selection(context, "id")))


async def medium(context: Context, media_id: str) -> object:
    """``GET /{media}``."""
    return posts.media_node(context, context.media(media_id), _with_id(_selection(context, "id")))


async def children(context: Context, media_id: str) -> object:
    """``GET /{media}/children``."""
    found = context.media(media_id)
    below = _with_id(_selection(context, "id"))
    return {"data": [posts.media_node(context, context.world.media[child], below) for child in found.children]}


async def comments(context: Context, media_id: str) -> object:
    """``GET /{media}/comments``: top level, newest first."""
    found = context.media(media_id)
    context.need("instagram_manage_comments")
    field = _with_id_below(_as_field(context))
    return posts.comment_list(context, found.comments, f"/{media_id}/comments", field)


async def comment(context: Context, comment_id: str) -> object:
    """``GET /{comment}``."""
    found = context.comment(comment_id)
    return posts.comment_node(context, found, _with_id(_selection(context, "timestamp,text,id")))


async def replies(context: Context, comment_id: str) -> object:
    """``GET /{comment}/replies``."""
    found = context.comment(comment_id)
    field = _with_id_below(_as_field(context))
    return posts.comment_list(context, found.replies, f"/{comment_id}/replies", field)


_ID = Field("id")


def _with_id(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The id comes along whether asked for or not."""
    return fields if any(field.name == "id" for field in fields) else (*fields, _ID)


def _with_id_below(field: Field) -> Field:
    return field if not field.below else Field(field.name, field.arguments, _with_id(field.below), field.text_below)
