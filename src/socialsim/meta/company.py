"""Whom a medium names: invited partners and tagged accounts (instagram.md §3.2, §4.1)."""

import json

from socialsim.meta.model import Account, Media, World, put

MOST_PARTNERS = 5
PENDING, ACCEPTED, DECLINED = "Pending", "Accepted", "Declined"


def tell_company(world: World, media: Media) -> None:
    """Invite and tag whom the media's ``collaborators`` and ``user_tags`` name, as they were published."""
    for name in _names(media.extras.get("collaborators", "")):
        invite(world, media, name)
    for medium in (media, *(world.media[child] for child in media.children)):
        for name in _names(medium.extras.get("user_tags", "")):
            tag(world, media, name)


def invite(world: World, media: Media, username: str) -> None:
    """Ask an account to be a partner; at most five are told (§4.1)."""
    if len(media.partners) < MOST_PARTNERS and username not in media.partners:
        media.partners[username] = PENDING
        account = named(world, username)
        if account is not None:
            put(account.invited, media.timestamp, media.id)


def tag(world: World, media: Media, username: str) -> None:
    """Put an account's name on a medium."""
    account = named(world, username)
    entry = (media.timestamp, media.id)
    if account is not None and account.id != media.account_id and entry not in account.tagged:
        put(account.tagged, *entry)


def named(world: World, username: str) -> Account | None:
    """The account of that name, if it is part of this world."""
    wanted = username.lower().removeprefix("@")
    return next((account for account in world.accounts.values() if account.username.lower() == wanted), None)


def _names(text: str) -> list[str]:
    """User names of a list of names or of tags."""
    try:
        rows = json.loads(text or "[]")
    except (ValueError, RecursionError):
        rows = []
    rows = rows if isinstance(rows, list) else []
    found = (row.get("username", "") if isinstance(row, dict) else row for row in rows)
    return [name for name in found if isinstance(name, str) and name]
