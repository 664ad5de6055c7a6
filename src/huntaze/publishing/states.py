"""The states of a publication: one table that UI, API and docs read.

A publication is one post on one account. What may follow what is drawn in
``docs/understand/publishing.md``, made from this table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from huntaze.kit.text import N_


class State(StrEnum):
    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    SCHEDULED = "SCHEDULED"
    PREPARING = "PREPARING"
    PREPARED = "PREPARED"
    ARMED = "ARMED"
    SENT = "SENT"
    UNKNOWN = "UNKNOWN"
    RECONCILING = "RECONCILING"
    OBSERVING = "OBSERVING"
    PUBLISHED = "PUBLISHED"
    IN_USER_INBOX = "IN_USER_INBOX"
    FAILED = "FAILED"
    UNCONFIRMED = "UNCONFIRMED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"
    REMOVED = "REMOVED"


class Action(StrEnum):
    """What a person may do with a publication."""

    EDIT = "edit"
    MOVE = "move"
    CANCEL = "cancel"
    PUBLISH_NOW = "publish_now"
    RETRY = "retry"
    RETRY_LOOKED = "retry_looked"
    """Retry after having looked: «I looked, it is not there» (invariant I10)."""
    CONFIRM = "confirm"
    OPEN = "open"


Tone = Literal["neutral", "accent", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Face:
    """How a state looks and what it allows. ``final`` states are never worked on by themselves again."""

    word: str
    tone: Tone
    icon: str
    actions: tuple[Action, ...]
    follows: tuple[State, ...]
    final: bool = False


_BEFORE_ARMED = (Action.EDIT, Action.MOVE, Action.CANCEL, Action.PUBLISH_NOW)

FACES: dict[State, Face] = {
    State.DRAFT: Face(
        N_("Draft"), "neutral", "pencil", _BEFORE_ARMED, (State.IN_REVIEW, State.SCHEDULED, State.CANCELLED)
    ),
    State.IN_REVIEW: Face(
        N_("In review"), "neutral", "eye", (Action.EDIT, Action.CANCEL), (State.DRAFT, State.SCHEDULED, State.CANCELLED)
    ),
    State.SCHEDULED: Face(
        N_("Scheduled"), "neutral", "clock", _BEFORE_ARMED, (State.PREPARING, State.HELD, State.DRAFT, State.CANCELLED)
    ),
    State.PREPARING: Face(
        N_("Preparing"),
        "accent",
        "loader-circle",
        _BEFORE_ARMED,
        (State.PREPARED, State.SCHEDULED, State.PUBLISHED, State.FAILED, State.HELD, State.DRAFT, State.CANCELLED),
    ),
    State.PREPARED: Face(
        N_("Ready to go"),
        "accent",
        "circle-check",
        _BEFORE_ARMED,
        (
            State.ARMED,
            State.SCHEDULED,
            State.PUBLISHED,
            State.FAILED,
            State.UNCONFIRMED,
            State.HELD,
            State.DRAFT,
            State.CANCELLED,
        ),
    ),
    State.ARMED: Face(N_("Sending"), "accent", "send", (), (State.SENT, State.PUBLISHED, State.UNKNOWN)),
    State.SENT: Face(
        N_("Sending"),
        "accent",
        "send",
        (),
        (State.PUBLISHED, State.OBSERVING, State.PREPARED, State.SCHEDULED, State.HELD, State.FAILED, State.UNKNOWN),
    ),
    State.UNKNOWN: Face(N_("Checking"), "warn", "search", (), (State.RECONCILING, State.PUBLISHED, State.UNCONFIRMED)),
    State.RECONCILING: Face(
        N_("Checking"),
        "warn",
        "search",
        (),
        (State.PUBLISHED, State.SCHEDULED, State.PREPARED, State.FAILED, State.HELD, State.UNCONFIRMED),
    ),
    State.OBSERVING: Face(
        N_("Processing"),
        "accent",
        "loader-circle",
        (),
        (State.PUBLISHED, State.IN_USER_INBOX, State.FAILED, State.SCHEDULED, State.UNCONFIRMED),
    ),
    State.PUBLISHED: Face(N_("Published"), "good", "circle-check", (Action.OPEN,), (State.REMOVED,), final=True),
    State.IN_USER_INBOX: Face(N_("Waiting in your app"), "warn", "inbox", (), (State.PUBLISHED,), final=True),
    State.FAILED: Face(
        N_("Failed"),
        "bad",
        "circle-alert",
        (Action.RETRY, Action.EDIT),
        (State.SCHEDULED, State.DRAFT, State.PUBLISHED),
        final=True,
    ),
    State.UNCONFIRMED: Face(
        N_("Unconfirmed"),
        "bad",
        "circle-dashed",
        (Action.RETRY_LOOKED, Action.CONFIRM),
        (State.SCHEDULED, State.PUBLISHED, State.FAILED),
        final=True,
    ),
    State.HELD: Face(
        N_("On hold"), "warn", "triangle-alert", _BEFORE_ARMED, (State.SCHEDULED, State.DRAFT, State.CANCELLED)
    ),
    State.CANCELLED: Face(N_("Cancelled"), "neutral", "circle-x", (), (State.SCHEDULED, State.DRAFT), final=True),
    State.REMOVED: Face(N_("Removed"), "neutral", "trash-2", (), (), final=True),
}

BEFORE_ARMED = tuple(state for state, face in FACES.items() if Action.CANCEL in face.actions)
FINAL = tuple(state for state, face in FACES.items() if face.final)

# A post shows the state of its worst publication; what needs a person stands first.
_POST_ORDER = (
    State.UNCONFIRMED,
    State.FAILED,
    State.HELD,
    State.UNKNOWN,
    State.RECONCILING,
    State.SENT,
    State.ARMED,
    State.OBSERVING,
    State.PREPARING,
    State.PREPARED,
    State.SCHEDULED,
    State.IN_REVIEW,
    State.DRAFT,
    State.IN_USER_INBOX,
    State.PUBLISHED,
    State.REMOVED,
    State.CANCELLED,
)


class StrangeStep(Exception):
    """A step that the table of states does not know: a fault of ours, of which nothing is written."""


def check_step(before: State, after: State) -> None:
    """Raises ``StrangeStep`` unless ``after`` may follow ``before``, or is the same state with another next look."""
    if after is not before and after not in FACES[before].follows:
        raise StrangeStep(f"{before} -> {after}")


def allows(state: State, action: Action) -> bool:
    """Whether a person may do this now."""
    return action in FACES[state].actions


def post_state(states: Iterable[State]) -> State:
    """The state of a post, derived from its publications, never stored. A post without any is a draft."""
    present = set(states)
    return next((state for state in _POST_ORDER if state in present), State.DRAFT)
