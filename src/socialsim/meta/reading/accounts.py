"""IG User (instagram.md §4.1)."""

from socialsim.meta.access import Context
from socialsim.meta.fields import Field
from socialsim.meta.model import Account, Timeline
from socialsim.meta.reading.media import media_list
from socialsim.meta.reading.projection import OMIT, Table, legacy_id, media_link, or_omit, project


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
    "media": _media_edge,
    "stories": _stories_edge,
}
