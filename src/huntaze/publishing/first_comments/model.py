"""The first comment of a post: its states, and what is known of it on one account.

It is a step of its own after the post (instagram.md §3.4): whatever becomes of it, the post stays published.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntaze.kit.text import N_
from huntaze.once import CallFace, CallRow, CallState, Faces

POSTED = "POSTED"
"""What a first comment calls its «done», in its table and to programs."""

FACES = Faces(
    {
        CallState.WAITING: CallFace(N_("Waiting"), "neutral", "clock"),
        CallState.DONE: CallFace(N_("Posted"), "good", "circle-check"),
    }
)


@dataclass(frozen=True, slots=True)
class FirstCommentRow(CallRow):
    publication_id: UUID
    post_id: UUID
    media_ref: str
    text: str
    comment_ref: str

    @property
    def call_id(self) -> UUID:
        """A publication has one first comment."""
        return self.publication_id

    @property
    def now_state(self) -> CallState:
        """The state as a ``CallState``."""
        return CallState.DONE if self.state == POSTED else CallState(self.state)
