"""People who take our rights away, or want to be forgotten (instagram.md §7)."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from huntaze.accounts import Accounts
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.log import get_logger
from huntaze.library import Library
from huntaze.outbox import ErasedAccount, Erasers
from huntaze.platforms.compliance import Callbacks, PersonAsked
from huntaze.webhooks import erasure_store
from huntaze.webhooks.model import ErasureRow

log = get_logger(__name__)

ERASE = "webhooks.erase"
CLOCKS_DIFFER = timedelta(hours=1)
"""What was granted later than this after a callback was signed is of a new sign-in: an old callback that is sent again
does not end it."""
_AT_ONCE = 20


class NothingSet(Exception):
    """No secret of this platform is set: nothing can be believed."""


class Compliance:
    """Requests are written down and worked off by a job; each step of it may be repeated."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ring: KeyRing,
        accounts: Accounts,
        library: Library,
        erasers: Erasers,
        jobs: Jobs,
        checkpoints: Checkpoints,
        callbacks: Mapping[str, Callbacks],
        public_url: str,
    ) -> None:
        self.database = database
        self.clock = clock
        self.accounts = accounts
        self.library = library
        self.erasers = erasers
        self.jobs = jobs
        self.checkpoints = checkpoints
        self.callbacks = callbacks
        self._public_url = public_url
        self._keys = [ring.derive("erasure", key_id) for key_id in ring.ids]

    def url(self, code: str) -> str:
        """The page on which a person sees what became of their request."""
        return f"{self._public_url}/deletion/{code}"

    async def read(self, platform: str, form: Mapping[str, str]) -> PersonAsked:
        """Who a callback is about. Raises ``LookupError`` for a platform without callbacks, ``NothingSet``,
        ``NotSigned``, ``ValueError``."""
        callbacks = self.callbacks[platform]
        known = await self.accounts.apps.webhook_secrets(platform)
        if not known:
            raise NothingSet
        return callbacks.read(form, known)

    async def deauthorize(self, platform: str, asked: PersonAsked) -> int:
        """The person took our rights away: their accounts are disconnected at once, in every workspace, and the
        tokens wiped; how many accounts."""
        gone = await self.accounts.forget_user(platform, asked.user_ref, asked.issued_at + CLOCKS_DIFFER)
        log.info("deauthorized", platform=platform, accounts=gone)
        return gone

    async def ask(self, platform: str, asked: PersonAsked) -> ErasureRow:
        """The person wants to be forgotten; a job does it. The same request again is the one that is there."""
        hashes = [self._hash(key, platform, asked.user_ref) for key in self._keys]
        now = self.clock.now()
        new = ErasureRow(_new_code(), platform, asked.user_ref, asked.issued_at, now, None, {})
        async with self.database.transaction() as tx:
            found = await erasure_store.asked(tx, platform, hashes, asked.issued_at)
            if found is None:
                await erasure_store.add(tx, new, hashes[0])
                found = await erasure_store.asked(tx, platform, hashes, asked.issued_at) or new
            if found.done_at is None:
                await self.jobs.enqueue(tx, ERASE, {}, dedupe=ERASE)
        return found

    async def find(self, code: str) -> ErasureRow | None:
        """The request behind a code."""
        async with self.database.transaction() as tx:
            return await erasure_store.find(tx, code)

    async def run(self) -> None:
        """Work off what is asked for."""
        async with self.database.transaction() as tx:
            codes = await erasure_store.waiting(tx, _AT_ONCE)
        for code in codes:
            await self._work_off(code)

    async def erase_account_events(self, tx: Connection, account: ErasedAccount) -> int:
        """The intake's eraser of accounts. What arrived is another workspace's too while it has the account."""
        gone = [ref for ref in account.refs if not await self.accounts.find_by_ref(tx, account.platform, ref)]
        return await erasure_store.erase_account(tx, account.platform, gone, self.clock.now())

    async def erase_person_events(self, tx: Connection, workspace_id: UUID, platform: str, person_ref: str) -> int:
        """The intake's eraser of people: also of what waits, or it would bring them back."""
        spans = [one for one in await self.accounts.spans(tx, workspace_id) if one.platform == platform]
        refs = [ref for one in spans for ref in one.refs]
        return await erasure_store.erase_person(tx, platform, refs, person_ref, self.clock.now())

    async def _work_off(self, code: str) -> None:
        """The person's accounts are disconnected, then forgotten one after the other, the sign-ins at last: whoever
        goes on after a crash finds by them what is left."""
        row = await self.find(code)
        if row is None or row.done_at is not None:
            return
        before = row.issued_at + CLOCKS_DIFFER
        await self.accounts.forget_user(row.platform, row.person_ref, before)
        async with self.database.transaction() as tx:
            spans = await self.accounts.spans_of_user(tx, row.platform, row.person_ref, before)
        for span in spans:
            account = ErasedAccount(span.workspace_id, span.id, span.platform, span.refs)
            await self._erase(code, account)
            self.checkpoints.reach("erasure.account")
        await self.library.end_deletions()
        async with self.database.transaction() as tx:
            waiting = await erasure_store.lock(tx, code)
            if waiting is not None:
                grants = await self.accounts.erase_user(tx, row.platform, row.person_ref, before)
                counts = Counter(waiting.counts) + Counter({"grants": grants})
                await erasure_store.end(tx, code, counts, self.clock.now())
        log.info("erased", platform=row.platform, accounts=len(spans))

    async def _erase(self, code: str, account: ErasedAccount) -> None:
        """One account, counted in the same transaction."""
        async with self.database.transaction() as tx:
            waiting = await erasure_store.lock(tx, code)
            if waiting is None:
                return
            erased = await self.erasers.erase_account(tx, account)
            await erasure_store.count(tx, code, Counter(waiting.counts) + Counter(erased))

    def _hash(self, key: bytes, platform: str, user_ref: str) -> bytes:
        return hmac.digest(key, f"{len(platform)}:{platform}{user_ref}".encode(), "sha256")


def _new_code() -> str:
    """128 bits in letters and digits that can be read out."""
    return base64.b32encode(secrets.token_bytes(20)).decode()[:26]
