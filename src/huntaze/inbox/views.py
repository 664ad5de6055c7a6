"""What a list of comments holds: each with what may be done with it, and what is being done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huntaze.crm import CommentRow
from huntaze.inbox.model import DeedRow, LineRow
from huntaze.inbox.rules import Permission, Subject
from huntaze.kit.cursors import Place
from huntaze.platforms.contract import CommentDeed


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment. ``lines`` is the course of its deeds, where that was asked for."""

    subject: Subject
    permitted: Mapping[CommentDeed, Permission]
    lines: Sequence[LineRow] = ()

    @property
    def comment(self) -> CommentRow:
        """The comment itself."""
        return self.subject.comment

    @property
    def place(self) -> Place:
        """In lists, newest first."""
        return self.comment.place

    @property
    def deeds(self) -> Sequence[DeedRow]:
        """What was asked to be done with it, oldest first."""
        return self.subject.deeds

    def may(self, deed: CommentDeed) -> bool:
        """Whether it may be done now."""
        return self.permitted[deed].given


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread by its last word; ``said`` from the top comment on, ``cut`` when older replies are left out."""

    last: CommentRow
    said: Sequence[CommentView]
    cut: bool = False

    @property
    def place(self) -> Place:
        """In lists, that with the newest word first."""
        return self.last.place
