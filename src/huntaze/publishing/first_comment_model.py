"""The first comment of a post: its states, and what is known of it on one account.

It is a step of its own after the post (instagram.md §3.4): whatever becomes of it, the post stays published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from huntaze.kit.text import N_
from huntaze.publishing.states import Tone


class CommentState(StrEnum):
    WAITING = "WAITING"
    ARMED = "ARMED"
    SENT = "SENT"
    UNKNOWN = "UNKNOWN"
    POSTED = "POSTED"
    FAILED = "FAILED"
    UNCONFIRMED = "UNCONFIRMED"


class CommentAction(StrEnum):
    """What a person may do with a first comment."""

    RETRY = "retry"
    RETRY_LOOKED = "retry_looked"
    """Again after having looked: «I looked, it is not there» (invariant I10)."""
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class CommentFace:
    """How a state looks and what it allows."""

    word: str
    tone: Tone
    icon: str
    actions: tuple[CommentAction, ...] = ()


COMMENT_FACES: dict[CommentState, CommentFace] = {
    CommentState.WAITING: CommentFace(N_("Waiting"), "neutral", "clock"),
    CommentState.ARMED: CommentFace(N_("Sending"), "accent", "send"),
    CommentState.SENT: CommentFace(N_("Sending"), "accent", "send"),
    CommentState.UNKNOWN: CommentFace(N_("Checking"), "warn", "search"),
    CommentState.POSTED: CommentFace(N_("Posted"), "good", "circle-check"),
    CommentState.FAILED: CommentFace(N_("Failed"), "bad", "circle-alert", (CommentAction.RETRY,)),
    CommentState.UNCONFIRMED: CommentFace(
        N_("Unconfirmed"), "bad", "circle-dashed", (CommentAction.RETRY_LOOKED, CommentAction.CONFIRM)
    ),
}


@dataclass(frozen=True, slots=True)
class FirstCommentRow:
    publication_id: UUID
    workspace_id: UUID
    post_id: UUID
    account_id: UUID
    platform: str
    media_ref: str
    text: str
    state: str
    next_check_at: datetime | None
    lease_until: datetime | None
    fence: int
    tries: int
    sends: int
    request_hash: bytes | None
    wanted_at: datetime
    armed_at: datetime | None
    unknown_since: datetime | None
    looks: int
    answers: int
    comment_ref: str
    problem: dict[str, Any] | None

    @property
    def now_state(self) -> CommentState:
        """The state as a ``CommentState``."""
        return CommentState(self.state)


def allows(state: CommentState, action: CommentAction) -> bool:
    """Whether a person may do this now."""
    return action in COMMENT_FACES[state].actions


def states_that_allow(action: CommentAction) -> Sequence[CommentState]:
    """The states in which a person may do this."""
    return [state for state in CommentState if allows(state, action)]


def request_hash(media_ref: str, text: str) -> bytes:
    """What the request says, as it is kept with the intent."""
    return hashlib.sha256(f"{media_ref}\0{text}".encode()).digest()
