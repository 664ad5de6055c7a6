"""Reading nodes and their lists (instagram.md §1.4, §4.1 to §4.3)."""

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError
from socialsim.meta.fields import Field, parse
from socialsim.meta.paging import connection, window_of
from socialsim.meta.reading import accounts as ig
from socialsim.meta.reading import media as posts
from socialsim.meta.reading import mentions, nodes
from socialsim.meta.reading.budget import entries_of, keep_in_budget
from socialsim.meta.reading.insights.account import account_insights
from socialsim.meta.reading.insights.media import media_insights


def _selection(context: Context, default: str) -> tuple[Field, ...]:
    return parse(context.call.params.get("fields") or default)


def _as_field(context: Context) -> Field:
    """The call's own parameters as if it were an expanded field, so that edges read the same both ways."""
    params = context.call.params
    arguments = tuple((key, params[key]) for key in ("limit", "after", "before", "since", "until") if params.get(key))
    text = params.get("fields", "")
    below = parse(text) if text else ()
    keep_in_budget(context, below, entries_of(params.get("limit", "")))
    return Field("", arguments, below, text)


async def person(context: Context, user_id: str) -> object:
    """``GET /me`` or ``/{user}`` with a user token."""
    keep_in_budget(context, _selection(context, "id"))
    if context.person.id != user_id or context.scoped_page:
        raise GraphError(errors.NOT_VISIBLE)
    return nodes.person_node(context, context.person, _selection(context, "id,name"))


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
    keep_in_budget(context, _selection(context, "id"))
    found = context.page(page_id)
    return nodes.page_node(context, found, _selection(context, "id,name"))


async def account(context: Context, account_id: str) -> object:
    """``GET /{ig}``."""
    fields = _selection(context, "id")
    keep_in_budget(context, fields)
    return ig.account_node(context, context.account(account_id), fields)


async def media_of_account(context: Context, account_id: str) -> object:
    """``GET /{ig}/media``."""
    found = context.account(account_id)
    return posts.media_list(context, found.timeline, f"/{account_id}/media", _as_field(context))


async def stories(context: Context, account_id: str) -> object:
    """``GET /{ig}/stories``: only those of the last 24 h."""
    found = context.account(account_id)
    timeline = ig.living_stories(context, found)
    return posts.media_list(context, timeline, f"/{account_id}/stories", _as_field(context))


async def container(context: Context, container_id: str) -> object:
    """``GET /{container}``; while containers are out it is not there (§3.7, T8)."""
    if context.services.config.container_outage:
        raise GraphError(errors.NOT_VISIBLE)
    found = context.container(container_id)
    return nodes.container_node(context, found, _selection(context, "id"))


async def medium(context: Context, media_id: str) -> object:
    """``GET /{media}``."""
    fields = _selection(context, "id")
    keep_in_budget(context, fields)
    return posts.media_node(context, context.media(media_id), fields)


async def children(context: Context, media_id: str) -> object:
    """``GET /{media}/children``."""
    found = context.media(media_id)
    below = _selection(context, "id")
    return {"data": [posts.media_node(context, context.world.media[child], below) for child in found.children]}


async def comments(context: Context, media_id: str) -> object:
    """``GET /{media}/comments``: top level, newest first."""
    found = context.media(media_id)
    context.need("instagram_manage_comments")
    field = _as_field(context)
    return posts.comment_list(context, posts.visible_comments(context, found), f"/{media_id}/comments", field)


async def comment(context: Context, comment_id: str) -> object:
    """``GET /{comment}``; those of restricted people are not returned (§4.3)."""
    found = context.comment(comment_id)
    media = context.world.media[found.media_id]
    if found.username in context.world.accounts[media.account_id].silenced:
        raise GraphError(errors.NOT_VISIBLE)
    return posts.comment_node(context, found, _selection(context, "timestamp,text,id"))


async def replies(context: Context, comment_id: str) -> object:
    """``GET /{comment}/replies``."""
    found = context.comment(comment_id)
    field = _as_field(context)
    replies = posts.without_silenced(context, context.world.media[found.media_id], found.replies)
    return posts.comment_list(context, replies, f"/{comment_id}/replies", field)


# --- What an account has only sometimes --------------------------------------------------------------------------


async def live_media(context: Context, account_id: str) -> object:
    """``GET /{ig}/live_media``: only while broadcasting."""
    found = context.account(account_id)
    edge = f"/{account_id}/live_media"
    return posts.media_list(context, ig.on_air(context, found), edge, _as_field(context))


async def tags(context: Context, account_id: str) -> object:
    """``GET /{ig}/tags``: media of others in which the account is tagged."""
    return mentions.tags(context, context.account(account_id), _as_field(context))


async def collaborative_media(context: Context, account_id: str) -> object:
    """``GET /{ig}/collaborative_media``."""
    return mentions.collaborative_media(context, context.account(account_id), _as_field(context))


async def collaboration_invites(context: Context, account_id: str) -> object:
    """``GET /{ig}/collaboration_invites``."""
    return {"data": mentions.invitations(context, context.account(account_id))}


async def collaborators(context: Context, media_id: str) -> object:
    """``GET /{m}/collaborators``."""
    return {"data": posts.partners(context, context.media(media_id))}


async def boost_ads_list(context: Context, media_id: str) -> object:
    """``GET /{m}/boost_ads_list``."""
    return {"data": posts.boosts(context.media(media_id))}


async def none_of_them(context: Context, account_id: str) -> object:
    """Lists that are empty for every account here: scheduled media, events to come, a connected Threads user."""
    context.account(account_id)
    return {"data": []}


# --- Insights ----------------------------------------------------------------------------------------------------


async def insights_of_media(context: Context, media_id: str) -> object:
    """``GET /{m}/insights``."""
    return media_insights(context, context.media(media_id), context.call.params, _keys(context))


async def insights_of_account(context: Context, account_id: str) -> object:
    """``GET /{ig}/insights``."""
    return account_insights(context, context.account(account_id), context.call.params, _keys(context))


async def no_insights(context: Context, node_id: str) -> object:
    """A node that is not supported (§4.4)."""
    _ = context.actor
    raise GraphError(errors.NOT_VISIBLE)


def _keys(context: Context) -> list[str]:
    text = context.call.params.get("fields", "")
    return [field.name for field in parse(text)] if text else []
