"""What may be done with the comments that others write under an account's posts. Part of ``contract``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class CommentDeed(StrEnum):
    """Something that can be done with a comment."""

    REPLY = "reply"
    PRIVATE_REPLY = "private_reply"
    """A direct message to whoever wrote it."""
    HIDE = "hide"
    UNHIDE = "unhide"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class CommentAdvice:
    """What a comment should keep to, where nobody outside the platform knows the limit for sure."""

    characters: int
    hashtags: int
    links: int


@dataclass(frozen=True, slots=True)
class CommentRules:
    """What a platform permits, as data. A deed that is not in ``deeds`` cannot be done there."""

    deeds: frozenset[CommentDeed] = frozenset()
    never_live: frozenset[CommentDeed] = frozenset()
    """Not possible under a broadcast."""
    live_product: str = ""
    """The ``product_type`` of a broadcast."""
    private_bytes: int = 0
    """The longest private reply, in bytes of UTF-8."""
    private_within: timedelta = timedelta(0)
    """How long after a comment it may be answered in private; under a broadcast only while that lasts."""
    private_an_hour: int = 0
    """Private replies of one account in an hour."""


@dataclass(frozen=True, slots=True)
class CommentSeen:
    """A comment as it stands at the platform now. ``there`` False is proof: its post could be read."""

    there: bool
    hidden: bool | None = None
