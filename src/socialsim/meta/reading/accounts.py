"""IG User (instagram.md §4.1)."""

from socialsim.meta.access import Context
from socialsim.meta.fields import Field
from socialsim.meta.model import Account, Timeline
from socialsim.meta.reading import mentions
from socialsim.meta.reading.discovery import business_discovery
from socialsim.meta.reading.insights.account import account_insights
from socialsim.meta.reading.media import media_list
from socialsim.meta.reading.projection import OMIT, Table, facebook_only, legacy_id, media_link, or_omit, project

DAY = 86_400.0


def account_node(context: Context, account: Account, fields: tuple[Field, ...]) -> dict[str, object]:
    """An IG User (§4.1)."""
    return project(context, account, "IGUser", ACCOUNT, fields)


def _media_edge(context: Context, account: Account, field: Field) -> object:
    return media_list(context, account.timeline, f"/{account.id}/media", field)


def _stories_edge(context: Context, account: Account, field: Field) -> object:
    return media_list(context, living_stories(context, account), f"/{account.id}/stories", field)


def _live_edge(context: Context, account: Account, field: Field) -> object:
    return media_list(context, on_air(context, account), f"/{account.id}/live_media", field)


def living_stories(context: Context, account: Account) -> Timeline:
    """Stories of the last 24 hours."""
    return [entry for entry in account.stories if entry[0] > context.call.at - DAY]


def on_air(context: Context, account: Account) -> Timeline:
    """Broadcasts that are going on."""
    return [entry for entry in account.broadcasts if context.world.media[entry[1]].broadcasting]


def _insights(context: Context, account: Account, field: Field) -> object:
    return account_insights(context, account, dict(field.arguments), [below.name for below in field.below])


def _shopping(context: Context, account: Account, field: Field) -> object:
    """Whether products can be tagged; needs the shopping permissions."""
    context.need("catalog_management")
    context.need("instagram_shopping_tag_products")
    return account.has_shop


def _review(context: Context, account: Account, field: Field) -> object:
    context.need("instagram_shopping_tag_products")
    return "approved" if account.has_shop else OMIT


def _owner_business(context: Context, account: Account, field: Field) -> object:
    """The portfolio that owns the account's Page; needs business_management."""
    context.need("business_management")
    page = context.world.pages.get(account.page_id)
    portfolio = context.world.portfolios.get(page.portfolio_id) if page is not None else None
    return OMIT if portfolio is None else {"id": portfolio.id, "name": portfolio.name}


ACCOUNT: Table[Account] = {
    "id": lambda c, a, f: a.id,
    "username": lambda c, a, f: a.username,
    "name": lambda c, a, f: or_omit(a.name),
    "biography": lambda c, a, f: or_omit(a.biography),
    "website": lambda c, a, f: or_omit(a.website),
    "profile_picture_url": lambda c, a, f: media_link(c, a.picture) if a.picture else OMIT,
    "followers_count": lambda c, a, f: a.followers,
    "follows_count": lambda c, a, f: a.follows,
    "media_count": lambda c, a, f: len(a.timeline),
    "has_profile_pic": lambda c, a, f: bool(a.picture),
    "is_published": lambda c, a, f: True,
    "ig_id": lambda c, a, f: legacy_id(a.id),
    "legacy_instagram_user_id": lambda c, a, f: legacy_id(a.id),
    "shopping_product_tag_eligibility": facebook_only(_shopping),
    "shopping_review_status": facebook_only(_review),
    "owner_business": facebook_only(_owner_business),
    "business_discovery": facebook_only(business_discovery),
    "mentioned_media": facebook_only(mentions.mentioned_media),
    "mentioned_comment": facebook_only(mentions.mentioned_comment),
    "collaborative_media_search": facebook_only(mentions.collaborative_media_search),
    "insights": _insights,
    "media": _media_edge,
    "stories": _stories_edge,
    "live_media": _live_edge,
    "tags": mentions.tags,
    "collaborative_media": facebook_only(mentions.collaborative_media),
}
