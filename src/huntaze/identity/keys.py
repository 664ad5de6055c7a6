"""API keys: made once, shown once, kept as a hash, ended at any time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from huntaze.identity import store
from huntaze.identity.errors import BadInput
from huntaze.identity.model import Actor, KeyRow
from huntaze.identity.rights import KEY, KEY_SCOPES
from huntaze.identity.tokens import KeyText, new_key, read_key, same_hash, token_hash
from huntaze.kit.clock import Clock
from huntaze.kit.db import Database
from huntaze.kit.ids import new_id
from huntaze.kit.text import N_, Text

_LONGEST_NAME = 100
_USED_EVERY = timedelta(minutes=1)


class Keys:
    """The API keys of all workspaces."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(self, workspace_id: UUID, name: str, scopes: Iterable[str]) -> tuple[KeyRow, KeyText]:
        """A new key and its text, which nobody can show again. Raises ``BadInput``."""
        wanted = sorted(set(scopes))
        faults: dict[str, Text] = {}
        if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
            faults["name"] = Text(N_("Enter a name, up to %(count)d characters."), {"count": _LONGEST_NAME})
        if not wanted or not KEY_SCOPES.issuperset(wanted):
            faults["scopes"] = Text(N_("Choose what the key may do."))
        if faults:
            raise BadInput(faults)
        now = self._clock.now()
        text = new_key()
        key = KeyRow(new_id(now), name, text.prefix, wanted, now, None, None)
        async with self._database.transaction() as tx:
            await store.add_key(tx, workspace_id, key, token_hash(text.secret))
        return key, text

    async def all(self, workspace_id: UUID) -> list[KeyRow]:
        """The workspace's keys, those that work first."""
        async with self._database.transaction() as tx:
            return await store.list_keys(tx, workspace_id)

    async def revoke(self, workspace_id: UUID, key_id: UUID) -> bool:
        """End a key at once; False when this workspace has none of this id that works."""
        async with self._database.transaction() as tx:
            return await store.revoke_key(tx, workspace_id, key_id, self._clock.now())

    async def holder(self, presented: str) -> Actor | None:
        """Who acts by a presented key, or None. That it was used is written once a minute."""
        text = read_key(presented)
        if text is None:
            return None
        async with self._database.transaction() as tx:
            row = await store.key_holder(tx, text.prefix)
            if row is None or not same_hash(row.key_hash, token_hash(text.secret)):
                return None
            now = self._clock.now()
            if row.used_at is None or now - row.used_at >= _USED_EVERY:
                await store.touch_key(tx, row.workspace_id, row.id, now)
        return Actor(
            workspace_id=row.workspace_id,
            person_id=None,
            key_id=row.id,
            name=row.name,
            role=KEY,
            scopes=frozenset(row.scopes),
            locale=row.workspace_locale,
            zone=row.zone,
            session_hash=None,
            workspace_name=row.workspace_name,
        )
