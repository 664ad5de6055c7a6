"""The first comment of a publication as people and programs see it, also before it has begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huntaze.kit.text import N_, Text
from huntaze.publishing.first_comment_model import CommentState
from huntaze.publishing.model import PostView, PublicationRow
from huntaze.publishing.record import problem
from huntaze.publishing.states import State

UNKNOWN_POST = problem(
    "unlinked",
    Text(N_("Nobody knows which post of the account this is, so the first comment waits.")),
    Text(N_("Say which post it is, or write the comment in the app.")),
)


@dataclass(frozen=True, slots=True)
class FirstComment:
    """What is known of it. ``can_act`` is False while no row stands that a person could decide about."""

    state: CommentState
    text: str
    comment_ref: str = ""
    problem: dict[str, Any] | None = None
    can_act: bool = True


def first_comment_of(view: PostView, row: PublicationRow) -> FirstComment | None:
    """The first comment of a publication; None when none is wanted."""
    for one in view.first_comments:
        if one.publication_id == row.id:
            return FirstComment(one.now_state, one.text, one.comment_ref, one.problem)
    if not view.post.first_comment or row.now_state is State.CANCELLED:
        return None
    if row.asks_which:
        return FirstComment(CommentState.WAITING, view.post.first_comment, problem=UNKNOWN_POST, can_act=False)
    return FirstComment(CommentState.WAITING, view.post.first_comment, can_act=False)
