"""Making and changing webhooks: their address is checked, their secret is shown once and sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing, SealBroken
from huntaze.kit.db import Database
from huntaze.kit.http import FetchError
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import Jobs
from huntaze.kit.secret import Secret
from huntaze.kit.text import N_, Text
from huntaze.outbox.outgoing import store
from huntaze.outbox.outgoing.errors import BadTarget, NoSuchTarget, TooManyTargets, fault_of_address
from huntaze.outbox.outgoing.kinds import ALL_KINDS, BY_NAME
from huntaze.outbox.outgoing.model import LONGEST_NAME, LONGEST_URL, Off, TargetDraft, TargetPatch, TargetRow
from huntaze.outbox.outgoing.posting import Poster
from huntaze.outbox.outgoing.signing import new_secret
from huntaze.outbox.outgoing.waking import wake

MOST = 20
"""Webhooks of one workspace."""
BOTH_FOR = timedelta(hours=24)
"""How long the old secret signs beside a new one."""
_TABLE = "webhook_target"


class Targets:
    """The webhooks of all workspaces."""

    def __init__(self, database: Database, clock: Clock, ring: KeyRing, jobs: Jobs, poster: Poster) -> None:
        self._database = database
        self._clock = clock
        self._ring = ring
        self._jobs = jobs
        self._poster = poster

    async def all(self, workspace_id: UUID) -> list[TargetRow]:
        """Those of a workspace, oldest first."""
        async with self._database.transaction() as tx:
            return await store.targets(tx, workspace_id)

    async def off(self, workspace_id: UUID) -> list[TargetRow]:
        """Those that were switched off by themselves and wait for a person."""
        async with self._database.transaction() as tx:
            return await store.targets_off(tx, workspace_id)

    async def get(self, workspace_id: UUID, target_id: UUID) -> TargetRow:
        """One of them. Raises ``NoSuchTarget``."""
        async with self._database.transaction() as tx:
            return _there(await store.target(tx, workspace_id, target_id))

    async def create(self, workspace_id: UUID, draft: TargetDraft) -> tuple[TargetRow, Secret]:
        """A new webhook and its secret, which nobody can show again. Raises ``BadTarget``, ``TooManyTargets``."""
        draft = await self._sound(draft)
        now, secret = self._clock.now(), new_secret()
        row_id = new_id(now)
        row = TargetRow(
            row_id, workspace_id, draft.name, draft.url, sorted(draft.types), sorted(draft.account_ids),
            draft.include_content, self._seal(secret, workspace_id, row_id, "secret"), None, None, now, now,
            None, "", None, None,
        )  # fmt: skip
        async with self._database.transaction() as tx:
            if await store.count_targets(tx, workspace_id) >= MOST:
                raise TooManyTargets
            await store.insert_target(tx, row)
        return row, secret

    async def change(self, workspace_id: UUID, target_id: UUID, patch: TargetPatch) -> TargetRow:
        """What is given is changed. Raises ``NoSuchTarget``, ``BadTarget``."""
        row = await self.get(workspace_id, target_id)
        draft = await self._sound(
            TargetDraft(
                row.name if patch.name is None else patch.name,
                row.url if patch.url is None else patch.url,
                frozenset(row.types) if patch.types is None else patch.types,
                frozenset(row.account_ids) if patch.account_ids is None else patch.account_ids,
                row.include_content if patch.include_content is None else patch.include_content,
            ),
            # A name that is not known just now is no reason to refuse another change
            ask=patch.url is not None and patch.url != row.url,
        )
        changed = replace(
            row,
            name=draft.name,
            url=draft.url,
            types=sorted(draft.types),
            account_ids=sorted(draft.account_ids),
            include_content=draft.include_content,
        )
        async with self._database.transaction() as tx:
            await store.update_target(tx, changed)
            return _there(await store.target(tx, workspace_id, target_id))

    async def enable(self, workspace_id: UUID, target_id: UUID) -> TargetRow:
        """It is told again from now on, and what waited goes out. Raises ``NoSuchTarget``."""
        async with self._database.transaction() as tx:
            await store.enable_target(tx, workspace_id, target_id, self._clock.now())
            row = _there(await store.target(tx, workspace_id, target_id))
            await wake(tx, self._jobs, row.workspace_id, row.id)
            return row

    async def disable(self, workspace_id: UUID, target_id: UUID) -> TargetRow:
        """Nothing is sent to it until it is enabled; what waits stays. Raises ``NoSuchTarget``."""
        async with self._database.transaction() as tx:
            await store.disable_target(tx, workspace_id, target_id, self._clock.now(), Off.PAUSED)
            return _there(await store.target(tx, workspace_id, target_id))

    async def rotate(self, workspace_id: UUID, target_id: UUID) -> tuple[TargetRow, Secret]:
        """A new secret, shown this once; the old one signs beside it for a day. One that was older yet ends now.
        Raises ``NoSuchTarget``."""
        secret = new_secret()
        async with self._database.transaction() as tx:
            row = _there(await store.lock_target(tx, workspace_id, target_id))
            try:
                old = self._seal(self._open(row, row.secret, "secret"), workspace_id, target_id, "old_secret")
            except SealBroken:
                old = None  # whose key is lost signs nothing any more, and rotating is the way out
            sealed = self._seal(secret, workspace_id, target_id, "secret")
            await store.rotate_secret(tx, row, sealed, old, self._clock.now() + BOTH_FOR if old else None)
            return _there(await store.target(tx, workspace_id, target_id)), secret

    async def delete(self, workspace_id: UUID, target_id: UUID) -> None:
        """With all its deliveries. Raises ``NoSuchTarget``."""
        async with self._database.transaction() as tx:
            if not await store.delete_target(tx, workspace_id, target_id):
                raise NoSuchTarget

    def signing(self, row: TargetRow) -> list[Secret]:
        """The secrets that sign now: the present one, and the old one while its day lasts. Raises ``SealBroken``."""
        secrets = [self._open(row, row.secret, "secret")]
        if row.old_secret and row.old_secret_until and row.old_secret_until > self._clock.now():
            secrets.append(self._open(row, row.old_secret, "old_secret"))
        return secrets

    async def _sound(self, draft: TargetDraft, *, ask: bool = True) -> TargetDraft:
        """The draft without spaces around its words. Raises ``BadTarget`` with everything that is wrong."""
        draft = replace(draft, name=draft.name.strip(), url=draft.url.strip())
        faults: dict[str, Text] = {}
        if not 1 <= len(draft.name) <= LONGEST_NAME or not draft.name.isprintable():
            faults["name"] = Text(N_("Enter a name, up to %(count)d characters."), {"count": LONGEST_NAME})
        if unknown := sorted(draft.types - BY_NAME.keys() - {ALL_KINDS}):
            faults["types"] = Text(N_("%(name)s is no kind of event."), {"name": unknown[0]})
        elif not draft.types or (ALL_KINDS in draft.types and len(draft.types) > 1):
            faults["types"] = Text(N_("Choose what is to be sent."))
        if len(draft.url) > LONGEST_URL:
            faults["url"] = Text(N_("The address is too long: up to %(count)d characters."), {"count": LONGEST_URL})
        elif ask:
            try:
                await self._poster.check(draft.url)
            except FetchError as error:
                faults["url"] = fault_of_address(error)
        if faults:
            raise BadTarget(faults)
        return draft

    def _seal(self, secret: Secret, workspace_id: UUID, row_id: UUID, column: str) -> bytes:
        return self._ring.seal(secret, table=_TABLE, row=row_id, column=column, workspace=workspace_id)

    def _open(self, row: TargetRow, sealed: bytes, column: str) -> Secret:
        return self._ring.open(sealed, table=_TABLE, row=row.id, column=column, workspace=row.workspace_id)


def _there(row: TargetRow | None) -> TargetRow:
    if row is None:
        raise NoSuchTarget
    return row
