"""The first comment of a publication as people and programs see it, also before it has begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huntaze.kit.text import N_, Text
from huntaze.once import CallState, problem
from huntaze.publishing.first_comments.model import POSTED, FirstCommentRow

UNKNOWN_POST = problem(
    "unlinked",
    Text(N_("Nobody knows which post of the account this is, so the first comment waits.")),
    Text(N_("Say which post it is, or write the comment in the app.")),
)


@dataclass(frozen=True, slots=True)
class FirstComment:
    """What is known of it. ``can_act`` is False while no row stands that a person could decide about."""

    state: CallState
    text: str
    comment_ref: str = ""
    problem: dict[str, Any] | None = None
    can_act: bool = True

    @property
    def told(self) -> str:
        """The state as programs know it."""
        return POSTED if self.state is CallState.DONE else self.state.value


def first_comment_of(row: FirstCommentRow | None, wanted: str, *, unlinked: bool) -> FirstComment | None:
    """What is known of the first comment of a publication; None when none is wanted. ``unlinked``: nobody can tell
    which post of the account the publication is."""
    if row is not None:
        return FirstComment(row.now_state, row.text, row.comment_ref, row.problem)
    if not wanted:
        return None
    return FirstComment(CallState.WAITING, wanted, problem=UNKNOWN_POST if unlinked else None, can_act=False)
