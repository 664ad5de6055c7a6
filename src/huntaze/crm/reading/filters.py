"""What a list of the mirror is asked for: which rows, and where it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from huntaze.kit.cursors import Place

BEGINNING = Place(datetime(9000, 1, 1, tzinfo=UTC), UUID(int=(1 << 128) - 1))
"""Before everything: the first page begins behind it."""


@dataclass(frozen=True, slots=True)
class MediaFilter:
    """Which posts of the accounts. Empty and None ask for all."""

    account_ids: tuple[UUID, ...] = ()
    types: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    """Published at ``since`` or later, before ``until``."""
    removed: bool | None = None
    made_here: bool | None = None
    words: str = ""
    """Stand in the caption, in this order, whatever their case."""


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people. Empty and None ask for all."""

    account_ids: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    """Last seen at ``since`` or later, before ``until``."""
    wrote: bool | None = None
    """Whether they wrote a message."""
    words: str = ""
    """Stand in the user name or the name, whatever their case."""
