"""Work on comments: the states of a deed in one table, and what is known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from huntaze.kit.text import N_, Text, read_text
from huntaze.platforms.contract import CommentDeed
from huntaze.ui.parts import Tone


class DeedState(StrEnum):
    WAITING = "WAITING"
    ARMED = "ARMED"
    SENT = "SENT"
    UNKNOWN = "UNKNOWN"
    DONE = "DONE"
    FAILED = "FAILED"
    UNCONFIRMED = "UNCONFIRMED"


class DeedAction(StrEnum):
    """What a person may do about a deed."""

    RETRY = "retry"
    RETRY_LOOKED = "retry_looked"
    """Again after having looked: «I looked, it is not there» (invariant I10)."""
    CONFIRM = "confirm"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class DeedFace:
    """How a state looks and what it allows."""

    word: str
    tone: Tone
    icon: str
    actions: tuple[DeedAction, ...] = ()
    final: bool = False


FACES: Mapping[DeedState, DeedFace] = MappingProxyType(
    {
        DeedState.WAITING: DeedFace(N_("Sending"), "accent", "send"),
        DeedState.ARMED: DeedFace(N_("Sending"), "accent", "send"),
        DeedState.SENT: DeedFace(N_("Sending"), "accent", "send"),
        DeedState.UNKNOWN: DeedFace(N_("Checking"), "warn", "search"),
        DeedState.DONE: DeedFace(N_("Sent"), "good", "circle-check", final=True),
        DeedState.FAILED: DeedFace(
            N_("Failed"), "bad", "circle-alert", (DeedAction.RETRY, DeedAction.DISMISS), final=True
        ),
        DeedState.UNCONFIRMED: DeedFace(
            N_("Unconfirmed"), "bad", "circle-dashed", (DeedAction.RETRY_LOOKED, DeedAction.CONFIRM), final=True
        ),
    }
)

VISIBILITY = frozenset({CommentDeed.HIDE, CommentDeed.UNHIDE, CommentDeed.DELETE})
"""Deeds that may be asked for again at the platform: reading the comment proves how it stands."""
WRITTEN = frozenset({CommentDeed.REPLY, CommentDeed.PRIVATE_REPLY})
"""Deeds that bring a text and cannot be taken back."""


@dataclass(frozen=True, slots=True)
class DeedRow:
    id: UUID
    workspace_id: UUID
    account_id: UUID
    platform: str
    comment_id: UUID
    comment_ref: str
    thread_ref: str
    media_ref: str
    person_ref: str
    commented_at: datetime
    kind: str
    text: str
    state: str
    next_check_at: datetime | None
    lease_until: datetime | None
    fence: int
    tries: int
    sends: int
    request_hash: bytes | None
    asked_by: str
    form_key: str | None
    created_at: datetime
    wanted_at: datetime
    armed_at: datetime | None
    sent_at: datetime | None
    unknown_since: datetime | None
    looks: int
    answers: int
    result_ref: str
    problem: dict[str, Any] | None
    dismissed_at: datetime | None

    @property
    def now_state(self) -> DeedState:
        """The state as a ``DeedState``."""
        return DeedState(self.state)

    @property
    def deed(self) -> CommentDeed:
        """The kind as a ``CommentDeed``."""
        return CommentDeed(self.kind)

    @property
    def open(self) -> bool:
        """Whether something will still happen by itself."""
        return not FACES[self.now_state].final


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of the course of a deed. ``raw`` is the platform's own answer."""

    id: UUID
    workspace_id: UUID
    deed_id: UUID
    at: datetime
    kind: str
    words: dict[str, Any]
    raw: str

    @property
    def text(self) -> Text:
        """The words, untranslated."""
        return read_text(self.words)


def allows(row: DeedRow, action: DeedAction) -> bool:
    """Whether a person may do this now; what was dismissed is over."""
    return row.dismissed_at is None and action in FACES[row.now_state].actions


def states_that_allow(action: DeedAction) -> Sequence[DeedState]:
    """The states in which a person may do this."""
    return [state for state, face in FACES.items() if action in face.actions]


def request_hash(row: DeedRow) -> bytes:
    """What the request says, as it is kept with the intent."""
    return hashlib.sha256("\0".join((row.kind, row.comment_ref, row.text)).encode()).digest()
