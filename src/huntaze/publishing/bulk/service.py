"""Posts in bulk: a CSV file in, row by row and never one twice, and the same file out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from huntaze.accounts import Accounts
from huntaze.identity import Actor
from huntaze.kit.text import Text
from huntaze.library import Library
from huntaze.publishing.bulk.file import header_line, read_file, written
from huntaze.publishing.bulk.rows import Names, RowReader, Wanted, cells_of, column_of
from huntaze.publishing.bulk.run import Keys, Outcome, RowPost, Run
from huntaze.publishing.creating import Creating
from huntaze.publishing.errors import Duplicate, Fault, Invalid, KeyReused, KeyRunning, PublishingError, UnsupportedType
from huntaze.publishing.states import State

_PAGE = 200


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was not taken: which cell, and what to do. ``column`` "": the row as a whole."""

    row: int
    column: str
    message: Text
    remedy: Text
    file: int | None = None
    """Index of the media item to blame."""
    post_id: str = ""
    """For a duplicate, the post that stands already."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file, or would."""

    dry_run: bool
    posts: tuple[RowPost, ...]
    errors: tuple[RowError, ...]

    @property
    def made(self) -> int:
        """New posts."""
        return sum(not post.replayed for post in self.posts)

    @property
    def replayed(self) -> int:
        """Rows that had made their post before."""
        return len(self.posts) - self.made

    @property
    def refused(self) -> int:
        """Rows that were not taken."""
        return len({error.row for error in self.errors})


class Bulk:
    """Import and export of one installation."""

    def __init__(self, creating: Creating, accounts: Accounts, library: Library) -> None:
        self.creating = creating
        self.publishing = creating.publishing
        self.accounts = accounts
        self.library = library

    async def bring_in(self, actor: Actor, content: bytes, *, dry_run: bool = False, key: str | None = None) -> Report:
        """Make the posts of a file; with ``dry_run`` only say what would be made, writing and fetching nothing. ``key``
        stands for the file: what is sent again with it is not made again. Raises ``Invalid`` for an unreadable file."""
        keys = Keys(key)
        rows = await asyncio.to_thread(read_file, content)
        async with self.publishing.database.transaction() as tx:
            reader = RowReader(await self.accounts.list_accounts(tx, actor.workspace_id), actor.zone)
        wanted: list[Wanted] = []
        outcomes: dict[int, Outcome] = {}
        for row in rows:
            try:
                one = reader.read(row)
                keys.admit(one)
                wanted.append(one)
            except Invalid as refused:
                outcomes[row.number] = refused
        run = Run(self.creating, self.library, actor, keys)
        done = await (run.rehearse_all(wanted) if dry_run else run.make_all(wanted))
        outcomes |= {one.row.number: outcome for one, outcome in zip(wanted, done, strict=True)}
        return _report(dry_run, outcomes)

    async def export(self, workspace_id: UUID, states: Sequence[State] | None = None) -> AsyncIterator[str]:
        """The posts as a file, newest first, piece by piece; only those with a publication in one of ``states``."""
        async with self.publishing.database.transaction() as tx:
            names = Names(await self.accounts.list_accounts(tx, workspace_id))
        yield header_line()
        before: UUID | None = None
        while views := await self.publishing.recent(workspace_id, before, states, _PAGE):
            yield written([cells_of(view, names) for view in views])
            before = views[-1].post.id


def _report(dry_run: bool, outcomes: dict[int, Outcome]) -> Report:
    posts: list[RowPost] = []
    errors: list[RowError] = []
    for row, outcome in sorted(outcomes.items()):
        if isinstance(outcome, RowPost):
            posts.append(outcome)
        else:
            errors += _row_errors(row, outcome)
    return Report(dry_run, tuple(posts), tuple(errors))


def _row_errors(row: int, error: PublishingError) -> list[RowError]:
    """The faults of a row, each at its cell."""
    faults = error.faults or (Fault(_column(error), error.message, error.remedy),)
    post_id = error.post_id if isinstance(error, Duplicate) else ""
    return [RowError(row, column_of(fault.field), fault.message, fault.remedy, fault.file, post_id) for fault in faults]


def _column(error: PublishingError) -> str:
    """The cell behind a refusal that names no field."""
    match error:
        case UnsupportedType():
            return "type"
        case KeyReused() | KeyRunning():
            return "key"
    return ""
