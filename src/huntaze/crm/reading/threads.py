"""Comments over all accounts: one by one, or by thread with the newest word first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntaze.crm.model import CommentRow, MediaRow
from huntaze.crm.queries import Q
from huntaze.kit.cursors import Place
from huntaze.kit.db import Connection, fetch, fetch_optional

Thread = tuple[UUID, str]
"""(account_id, id of the top comment at the platform)"""


@dataclass(frozen=True, slots=True)
class Own:
    """By what an account's own comments are known: Meta names the author by id, by name, or by both."""

    account_id: UUID
    ref: str
    username: str

    def wrote(self, comment: CommentRow) -> bool:
        """Whether the account wrote a comment itself."""
        named = bool(self.username) and comment.username.casefold() == self.username.casefold()
        return comment.account_id == self.account_id and (comment.person_ref == self.ref or named)


@dataclass(frozen=True, slots=True)
class CommentFilter:
    """Which comments; None and empty ask for all. ``unanswered`` needs the ``own`` of the accounts that may answer."""

    account_ids: tuple[UUID, ...] = ()
    media_ref: str = ""
    unanswered: bool | None = None
    hidden: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Written at ``since`` or later, before ``until``; threads are not asked for these."""
    words: str = ""
    """Stand in the name or the text, whatever their case."""
    own: tuple[Own, ...] = ()

    def accounts(self) -> list[UUID] | None:
        """As a query wants them."""
        return list(self.account_ids) or None

    def owners(self) -> tuple[list[UUID], list[str], list[str]]:
        """The same of ``own``."""
        return (
            [one.account_id for one in self.own],
            [one.ref for one in self.own],
            [one.username for one in self.own],
        )


def thread_of(comment: CommentRow) -> Thread:
    """Where a comment stands."""
    return comment.account_id, comment.parent_ref or comment.comment_ref


async def comment(tx: Connection, workspace_id: UUID, comment_id: UUID) -> CommentRow | None:
    """One comment, also one that is gone."""
    return await fetch_optional(tx, Q.comment_by_id, CommentRow, workspace_id, comment_id)


async def comment_named(tx: Connection, workspace_id: UUID, account_id: UUID, comment_ref: str) -> CommentRow | None:
    """The same by the platform's id."""
    return await fetch_optional(tx, Q.comments_by_ref, CommentRow, workspace_id, account_id, [comment_ref])


async def comments(
    tx: Connection, workspace_id: UUID, wanted: CommentFilter, before: Place | None, limit: int
) -> list[CommentRow]:
    """Comments and replies, newest first."""
    place = before or (None, None)
    return await fetch(
        tx, Q.list_comments, CommentRow, workspace_id, wanted.accounts(), wanted.media_ref, wanted.hidden, wanted.since,
        wanted.until, wanted.words, *place, wanted.unanswered, *wanted.owners(), limit,
    )  # fmt: skip


async def threads(
    tx: Connection, workspace_id: UUID, wanted: CommentFilter, before: Place | None, limit: int
) -> list[CommentRow]:
    """The last word of each thread, newest first."""
    place = before or (None, None)
    return await fetch(
        tx, Q.list_threads, CommentRow, workspace_id, wanted.accounts(), wanted.media_ref, wanted.hidden, wanted.words,
        *place, wanted.unanswered, *wanted.owners(), limit,
    )  # fmt: skip


async def spoken_in(
    tx: Connection, workspace_id: UUID, wanted: Collection[Thread], replies: int
) -> dict[Thread, list[CommentRow]]:
    """What was said in these threads, oldest first: the top comment and at most so many of the newest replies."""
    accounts, refs = [account for account, _ in wanted], [ref for _, ref in wanted]
    found: dict[Thread, list[CommentRow]] = {one: [] for one in wanted}
    for row in await fetch(tx, Q.thread_comments, CommentRow, workspace_id, accounts, refs, replies + 1):
        found[thread_of(row)].append(row)
    return found


async def media_of(tx: Connection, workspace_id: UUID, said: Sequence[CommentRow]) -> dict[tuple[UUID, str], MediaRow]:
    """The posts under which these were said, by account and the platform's id."""
    accounts, refs = {row.account_id for row in said}, {row.media_ref for row in said}
    rows = await fetch(tx, Q.media_named, MediaRow, workspace_id, sorted(accounts), sorted(refs))
    return {(row.account_id, row.media_ref): row for row in rows}
