"""Browser sessions: a random token in the cookie, its hash in a row, an idle and an absolute end."""

from __future__ import annotations

from datetime import datetime, timedelta

from huntaze.identity import store
from huntaze.identity.model import PersonRow, SessionRow
from huntaze.identity.tokens import new_token, token_hash
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection
from huntaze.kit.secret import Secret

IDLE_LIMIT = timedelta(days=14)
ABSOLUTE_LIMIT = timedelta(days=90)
_SEEN_EVERY = timedelta(minutes=5)


class Sessions:
    """Begins, finds and ends sessions, always in the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def begin(self, connection: Connection, person: PersonRow, *, instead_of: Secret | None) -> Secret:
        """A new session with a new token; the browser's old one ends, so that a token known before sign-in is worth
        nothing after it."""
        if instead_of is not None:
            await self.end(connection, instead_of)
        token = new_token()
        now = self._clock.now()
        await store.add_session(
            connection, token_hash(token), person.workspace_id, person.id, now, now + ABSOLUTE_LIMIT
        )
        return token

    async def find(self, connection: Connection, token: Secret) -> SessionRow | None:
        """The live session of a token. A removed member has none. That it was seen is written every five minutes."""
        now = self._clock.now()
        row = await store.live_session(connection, token_hash(token), now, now - IDLE_LIMIT)
        if row is not None and now - row.seen_at >= _SEEN_EVERY:
            await store.touch_session(connection, token_hash(token), now)
        return row

    async def end(self, connection: Connection, token: Secret) -> None:
        """End a session; one that is not there is no error."""
        await store.end_session(connection, token_hash(token))


def forgotten_before(now: datetime) -> datetime:
    """Sessions not seen since then have ended by idleness."""
    return now - IDLE_LIMIT
