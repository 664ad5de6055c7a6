"""Work on comments: the states of a deed in one table, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from huntaze.kit.text import N_, Text, read_text
from huntaze.once import FINAL, CallAction, CallFace, CallRow, CallState, Faces
from huntaze.platforms.contract import CommentDeed

FACES = Faces({CallState.FAILED: CallFace(N_("Failed"), "bad", "circle-alert", (CallAction.RETRY, CallAction.DISMISS))})

VISIBILITY = frozenset({CommentDeed.HIDE, CommentDeed.UNHIDE, CommentDeed.DELETE})
"""Deeds that may be asked for again at the platform: reading the comment proves how it stands."""
WRITTEN = frozenset({CommentDeed.REPLY, CommentDeed.PRIVATE_REPLY})
"""Deeds that bring a text and cannot be taken back."""


@dataclass(frozen=True, slots=True)
class DeedRow(CallRow):
    id: UUID
    comment_id: UUID
    comment_ref: str
    thread_ref: str
    media_ref: str
    person_ref: str
    commented_at: datetime
    kind: str
    text: str
    asked_by: str
    form_key: str | None
    created_at: datetime
    sent_at: datetime | None
    result_ref: str
    dismissed_at: datetime | None

    @property
    def call_id(self) -> UUID:
        """Its key."""
        return self.id

    @property
    def now_state(self) -> CallState:
        """The state as a ``CallState``."""
        return CallState(self.state)

    @property
    def deed(self) -> CommentDeed:
        """The kind as a ``CommentDeed``."""
        return CommentDeed(self.kind)

    @property
    def open(self) -> bool:
        """Whether something will still happen by itself."""
        return self.now_state not in FINAL


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


def allows(row: DeedRow, action: CallAction) -> bool:
    """Whether a person may do this now; what was dismissed is over."""
    return row.dismissed_at is None and FACES.allows(row.now_state, action)
