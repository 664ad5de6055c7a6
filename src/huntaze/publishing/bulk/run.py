"""The rows of one file, rehearsed or made: each under its idempotency key, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from huntaze.identity import Actor
from huntaze.kit.text import N_, Text, normal
from huntaze.library import Library, LibraryError, stand_in
from huntaze.platforms.contract import PostType
from huntaze.publishing.bulk.rows import Wanted
from huntaze.publishing.creating import Creating, answered, check_key
from huntaze.publishing.errors import Fault, Invalid, PublishingError
from huntaze.publishing.idempotency import Answer
from huntaze.publishing.model import PostDraft

ROUTE = "POST /api/v1/posts/import"
_FETCHING = 4
"""Rows whose media are fetched side by side."""
_LOOKING_UP = 16
"""Addresses that are checked side by side."""
_TWIN_WITHIN = timedelta(hours=24)
"""As far as the content guard looks (the query `twins`)."""


@dataclass(frozen=True, slots=True)
class RowPost:
    """A row that was taken. ``answer``: of the post it made, now or (``replayed``) before; None in a rehearsal."""

    row: int
    draft: PostDraft
    answer: Answer | None = None
    replayed: bool = False


Outcome = RowPost | PublishingError
"""What became of a row."""


class Keys:
    """Under which idempotency key each row is made: its own, else its place in a file that has one."""

    def __init__(self, file_key: str | None) -> None:
        if file_key is not None:
            check_key(file_key)
        self._file_key = file_key
        self._first: dict[str, int] = {}

    def admit(self, wanted: Wanted) -> None:
        """Raises ``Invalid`` for a row whose own key cannot be used."""
        if not wanted.key:
            return
        try:
            check_key(wanted.key)
        except Invalid as refused:
            raise _wrong("key", refused.message, refused.remedy) from None
        first = self._first.setdefault(wanted.key, wanted.row.number)
        if first != wanted.row.number:
            message = Text(N_("Row %(row)s has this key already."), {"row": first})
            raise _wrong("key", message, Text(N_("Give each row a key of its own.")))

    def of(self, wanted: Wanted) -> tuple[str, str] | None:
        """Route and key, or None for a row that has none."""
        if wanted.key:
            return f"{ROUTE} key", wanted.key
        return None if self._file_key is None else (f"{ROUTE} row {wanted.row.number}", self._file_key)


class Run:
    """One file in hand."""

    def __init__(self, creating: Creating, library: Library, actor: Actor, keys: Keys) -> None:
        self.creating = creating
        self.publishing = creating.publishing
        self.library = library
        self.actor = actor
        self.keys = keys
        self._copies: dict[str, UUID] = {}

    async def rehearse_all(self, wanted: Sequence[Wanted]) -> list[Outcome]:
        """What would become of each row. Nothing is written, and of an address only the name is looked up."""
        refused = await self._refused_addresses({url for one in wanted for url in one.addresses.values()})
        twins = _Twins(self.publishing.clock.now())
        outcomes: list[Outcome] = []
        for one in wanted:
            try:
                outcomes.append(await self._made_before(one) or await self._rehearsed(one, refused, twins))
            except PublishingError as error:
                outcomes.append(error)
        return outcomes

    async def make_all(self, wanted: Sequence[Wanted]) -> list[Outcome]:
        """Make each row's post, in the order of the file; media of later rows are fetched meanwhile."""
        places = asyncio.Semaphore(_FETCHING)

        async def in_turn(one: Wanted) -> Outcome:
            async with places:
                try:
                    return await self._made_before(one) or await self._with_copies(one)
                except PublishingError as error:
                    return error

        fetching = [asyncio.create_task(in_turn(one)) for one in wanted]
        try:
            return [await self._made(one, await ready) for one, ready in zip(wanted, fetching, strict=True)]
        finally:
            for task in fetching:
                task.cancel()

    async def _made_before(self, one: Wanted) -> RowPost | None:
        """The post that the row made under its key. Raises ``KeyReused``."""
        named = self.keys.of(one)
        if named is None:
            return None
        answer = await self.creating.idempotency.answer(self.actor.workspace_id, *named, one.body)
        return None if answer is None else RowPost(one.row.number, one.draft, answer, replayed=True)

    async def _rehearsed(self, one: Wanted, refused: Mapping[str, LibraryError], twins: _Twins) -> RowPost:
        for asset_id, address in one.addresses.items():
            if address in refused:
                raise _unfetched(refused[address], one.draft.asset_ids.index(asset_id))
        await self._rehearse(one)
        twins.admit(one)
        return RowPost(one.row.number, one.draft)

    async def _rehearse(self, one: Wanted) -> None:
        """Every check that needs no file from an address."""
        kind = "video" if one.draft.type is PostType.REELS else "image"
        now = self.publishing.clock.now()
        unseen = [stand_in(self.actor.workspace_id, asset_id, kind, now) for asset_id in one.addresses]
        await self.publishing.rehearse(self.actor, one.draft, unseen)

    async def _with_copies(self, one: Wanted) -> RowPost:
        """The row with our own copies of its media. Nothing is fetched for a row that is refused anyway, and no key is
        held meanwhile: a large video takes longer than a key waits for its request."""
        if not one.addresses:
            return RowPost(one.row.number, one.draft)
        await self._rehearse(one)
        copies = {}
        for asset_id, address in one.addresses.items():
            copies[asset_id] = await self._copy(address, one.draft.asset_ids.index(asset_id))
        asset_ids = tuple(copies.get(asset_id, asset_id) for asset_id in one.draft.asset_ids)
        return RowPost(one.row.number, replace(one.draft, asset_ids=asset_ids))

    async def _copy(self, address: str, position: int) -> UUID:
        if address not in self._copies:
            try:
                self._copies[address] = (await self.library.import_url(self.actor.workspace_id, address)).id
            except LibraryError as error:
                raise _unfetched(error, position) from error
        return self._copies[address]

    async def _made(self, one: Wanted, ready: Outcome) -> Outcome:
        if isinstance(ready, PublishingError) or ready.replayed:
            return ready
        route, key = self.keys.of(one) or (ROUTE, None)
        try:
            async with self.creating.once(self.actor, route, key, one.body) as held:
                if isinstance(held, Answer):
                    return replace(ready, answer=held, replayed=True)
                return replace(ready, answer=answered(await self.creating.make(self.actor, ready.draft, held)))
        except PublishingError as error:
            return error

    async def _refused_addresses(self, addresses: set[str]) -> dict[str, LibraryError]:
        """Those that may not be asked, with the reason."""
        places = asyncio.Semaphore(_LOOKING_UP)
        refused: dict[str, LibraryError] = {}

        async def look(address: str) -> None:
            async with places:
                try:
                    await self.library.check_address(address)
                except LibraryError as error:
                    refused[address] = error

        await asyncio.gather(*(look(address) for address in addresses))
        return refused


class _Twins:
    """The content guard among the rows of a rehearsal, none of which is stored."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._seen: dict[tuple[UUID, str, tuple[UUID, ...]], list[tuple[datetime, int]]] = {}

    def admit(self, one: Wanted) -> None:
        """Raises ``Invalid`` for a row that is the post of another row."""
        draft = one.draft
        if draft.draft:
            return
        due = draft.due_at or self._now
        for account_id in draft.account_ids:
            seen = self._seen.setdefault((account_id, normal(draft.caption), draft.asset_ids), [])
            twin = next((row for other, row in seen if abs(other - due) <= _TWIN_WITHIN), None)
            if twin is not None and not draft.allow_duplicate:
                raise _wrong(
                    "",
                    Text(N_("Row %(row)s is the same post on the same account within a day."), {"row": twin}),
                    Text(N_("Change one of them, or write yes in the column allowDuplicate.")),
                )
        for account_id in draft.account_ids:
            self._seen[account_id, normal(draft.caption), draft.asset_ids].append((due, one.row.number))


def _unfetched(error: LibraryError, position: int) -> Invalid:
    return Invalid(error.message, error.remedy, (Fault("media", error.message, error.remedy, position),))


def _wrong(column: str, message: Text, remedy: Text) -> Invalid:
    return Invalid(message, remedy, (Fault(column, message, remedy),))
