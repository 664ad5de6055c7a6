"""Business discovery: another professional account by its user name (instagram.md §4.6, Facebook Login only)."""

from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, Problem, bad_parameter
from socialsim.meta.fields import Field
from socialsim.meta.model import Account
from socialsim.meta.reading.media import media_list
from socialsim.meta.reading.projection import OMIT, Table, legacy_id, media_link, or_omit, project
from socialsim.meta.reading.public import DISCOVERED_MEDIA


def business_discovery(context: Context, account: Account, field: Field) -> object:
    """``business_discovery.username(NAME){…}``; 110/2207013 for a personal, age-gated or unknown account."""
    context.need("instagram_manage_insights")
    name = field.argument("username").strip().lower()
    if not name:
        raise bad_parameter("The parameter username is required")
    found = next((other for other in context.world.accounts.values() if other.username.lower() == name), None)
    if found is None or found.personal or found.age_gated:
        advice = f"The user with username {name} cannot be found."
        raise GraphError(Problem(110, 2207013, "Invalid user id", "Cannot find User", advice))
    return project(context, found, "IGUser", DISCOVERED, field.below)


def _media(context: Context, account: Account, field: Field) -> object:
    """Paged by cursors alone: there is no ``next`` link here, and no cursor where nothing follows."""
    listed = media_list(context, account.timeline, "", field, DISCOVERED_MEDIA)
    paging = listed.pop("paging", {})
    if not isinstance(paging, dict):
        return listed
    cursors = paging.get("cursors", {})
    kept = {side: cursors[side] for side, link in (("before", "previous"), ("after", "next")) if link in paging}
    return {**listed, "paging": {"cursors": kept}} if kept else listed


DISCOVERED: Table[Account] = {
    "id": lambda c, a, f: a.id,
    "ig_id": lambda c, a, f: legacy_id(a.id),
    "username": lambda c, a, f: a.username,
    "name": lambda c, a, f: or_omit(a.name),
    "biography": lambda c, a, f: or_omit(a.biography),
    "website": lambda c, a, f: or_omit(a.website),
    "profile_picture_url": lambda c, a, f: media_link(c, a.picture) if a.picture else OMIT,
    "followers_count": lambda c, a, f: a.followers,
    "follows_count": lambda c, a, f: a.follows,
    "media_count": lambda c, a, f: len(a.timeline),
    "media": _media,
}
