"""The states of a call that is made once: how they look, and what a person may do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from huntaze.kit.text import N_
from huntaze.ui.parts import Tone


class CallState(StrEnum):
    WAITING = "WAITING"
    ARMED = "ARMED"
    SENT = "SENT"
    UNKNOWN = "UNKNOWN"
    DONE = "DONE"
    FAILED = "FAILED"
    UNCONFIRMED = "UNCONFIRMED"


FINAL = frozenset({CallState.DONE, CallState.FAILED, CallState.UNCONFIRMED})
"""Nothing happens by itself any more."""


class CallAction(StrEnum):
    """What a person may do about a call."""

    RETRY = "retry"
    RETRY_LOOKED = "retry_looked"
    """Again after having looked: «I looked, it is not there» (invariant I10)."""
    CONFIRM = "confirm"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class CallFace:
    """How a state looks and what it allows."""

    word: str
    tone: Tone
    icon: str
    actions: tuple[CallAction, ...] = ()


class Faces:
    """The table of a room: its own words over the common ones."""

    def __init__(self, own: Mapping[CallState, CallFace]) -> None:
        self._faces = {**_COMMON, **own}

    def __getitem__(self, state: CallState) -> CallFace:
        return self._faces[state]

    def allows(self, state: CallState, action: CallAction) -> bool:
        """Whether a person may do this now."""
        return action in self._faces[state].actions

    def that_allow(self, action: CallAction) -> Sequence[CallState]:
        """The states in which a person may do this."""
        return [state for state in CallState if self.allows(state, action)]


_SENDING = CallFace(N_("Sending"), "accent", "send")
_COMMON = MappingProxyType(
    {
        CallState.WAITING: _SENDING,
        CallState.ARMED: _SENDING,
        CallState.SENT: _SENDING,
        CallState.UNKNOWN: CallFace(N_("Checking"), "warn", "search"),
        CallState.DONE: CallFace(N_("Sent"), "good", "circle-check"),
        CallState.FAILED: CallFace(N_("Failed"), "bad", "circle-alert", (CallAction.RETRY,)),
        CallState.UNCONFIRMED: CallFace(
            N_("Unconfirmed"), "bad", "circle-dashed", (CallAction.RETRY_LOOKED, CallAction.CONFIRM)
        ),
    }
)
