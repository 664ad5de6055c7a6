"""The room's front door: connected accounts, and the right to act for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huntaze.accounts import span_store, store
from huntaze.accounts.access import Opening, not_connected
from huntaze.accounts.apps import Apps
from huntaze.accounts.connecting import Connecting
from huntaze.accounts.errors import AccountUnavailable, Throttled
from huntaze.accounts.governor import CallKind, Governor, Wait
from huntaze.accounts.health import Health
from huntaze.accounts.leaving import Leaving
from huntaze.accounts.model import AccountRow, AccountSpan, Addresses, Connected, GrantRow, PendingGrant
from huntaze.accounts.quotas import Quotas
from huntaze.accounts.refreshing import Refreshing
from huntaze.accounts.removing import Removing
from huntaze.accounts.tools import Measures, Tools
from huntaze.accounts.vault import Vault
from huntaze.identity import Actor
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.metrics import Metrics
from huntaze.outbox import ErasedAccount
from huntaze.platforms.contract import Access, AuthorizationRemoved, Denied, Discovery
from huntaze.platforms.errors import PlatformError
from huntaze.platforms.registry import Platforms


class Accounts:
    """Built once, in wiring. Its parts (``health``, ``refreshing``, ``leaving``) are for the room's own jobs;
    ``governor`` is asked before many calls, ``quotas`` before something is planned."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ring: KeyRing,
        platforms: Platforms,
        apps: Apps,
        jobs: Jobs,
        checkpoints: Checkpoints,
        metrics: Metrics,
        addresses: Addresses,
        governor: Governor,
    ) -> None:
        tools = Tools(database, clock, Vault(ring), platforms, apps, jobs, checkpoints, Measures(metrics), addresses)
        self.database = database
        self.clock = clock
        self.apps = apps
        self.platforms = platforms
        self.addresses = addresses
        self.refreshing = Refreshing(tools, governor)
        self._opening = Opening(tools, self.refreshing)
        self._connecting = Connecting(tools)
        self.health = Health(tools, self._opening, self.refreshing)
        self.leaving = Leaving(tools)
        self.removing = Removing(tools)
        self.governor = governor
        self.quotas = Quotas(tools, self._opening, governor)

    async def start(
        self, actor: Actor, platform: str, login: str, *, account_id: UUID | None = None, ask_again: bool = False
    ) -> str:
        """The address of the platform's dialog. ``account_id``: the account to connect again; ``ask_again`` asks for
        what was declined. Raises ``SwitchedOff``, ``Forbidden`` (no browser session), ``LookupError``."""
        return await self._connecting.start(actor, platform, login, account_id=account_id, ask_again=ask_again)

    async def callback(self, actor: Actor, platform: str, query: Mapping[str, str]) -> PendingGrant | Denied:
        """What came back. Raises ``StateRefused``, ``SwitchedOff``, ``PlatformError``."""
        return await self._connecting.callback(actor, platform, query)

    async def grant(self, workspace_id: UUID, grant_id: UUID) -> GrantRow:
        """A grant that accounts may be chosen from. Raises ``GrantGone``."""
        return await self._connecting.grant(workspace_id, grant_id)

    async def discovery(self, workspace_id: UUID, grant_id: UUID) -> Discovery:
        """What the grant reaches, as the platform tells it now. Raises ``GrantGone``, ``PlatformError``."""
        return await self._connecting.discovery(workspace_id, grant_id)

    async def connect(
        self, actor: Actor, grant_id: UUID, account_refs: Collection[str], *, take_over: Collection[str] = ()
    ) -> Connected:
        """Connect what was chosen; ``take_over`` are the accounts whose present sign-in, another person's, is
        replaced on purpose. Raises ``NothingChosen``, ``GrantGone``, ``PlatformError``."""
        return await self._connecting.connect(actor, grant_id, account_refs, take_over)

    async def access(self, account_id: UUID) -> Access:
        """The right to act for an account. Raises ``AccountUnavailable``."""
        return await self._opening.access(account_id)

    async def may_publish(self, workspace_id: UUID, account_id: UUID) -> None:
        """Raises ``Throttled`` while the platform has blocked this account; no percentage below stops publishing."""
        answer = await self.governor.allow(CallKind.PUBLISH, workspace_id, account_id)
        if isinstance(answer, Wait):
            raise Throttled(answer.until)

    async def needs_reconnect(self, account_id: UUID, error: PlatformError) -> None:
        """The platform said that a person must act."""
        await self._opening.needs_reconnect(account_id, error)

    async def disconnect(self, actor: Actor, account_id: UUID) -> AccountRow | None:
        """Disconnect a live account of the workspace; None when there is none."""
        return await self.leaving.disconnect(actor, account_id)

    async def forget_user(self, platform: str, user_ref: str, before: datetime | None = None) -> int:
        """A person took our rights away at the platform; how many accounts were disconnected. What they granted after
        ``before`` stays."""
        return await self.leaving.forget_user(platform, user_ref, before)

    async def authorization_removed(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, events: Sequence[AuthorizationRemoved]
    ) -> None:
        """The platform told that our right to act for an account is gone: it waits for somebody who connects it."""
        await self.removing.take(tx, workspace_id, account_id, events)

    async def get(self, connection: Connection, workspace_id: UUID, account_id: UUID) -> AccountRow | None:
        """One account of the workspace, also a disconnected one."""
        return await store.account_of(connection, workspace_id, account_id)

    async def standing(self, connection: Connection, workspace_id: UUID, account_id: UUID) -> AccountRow:
        """One account that is connected and has nothing known against it. Raises ``AccountUnavailable``."""
        account = await self.get(connection, workspace_id, account_id)
        if account is None or not account.stands:
            note = account.note if account else None
            raise AccountUnavailable(account, note.reason, note.remedy) if note else not_connected(account)
        return account

    async def list_accounts(self, connection: Connection, workspace_id: UUID) -> list[AccountRow]:
        """The workspace's live accounts, by network and name."""
        return await store.accounts(connection, workspace_id)

    async def find_by_ref(self, connection: Connection, platform: str, account_ref: str) -> list[AccountRow]:
        """worker: who connected this account, or the one behind this Page, in every workspace."""
        return await store.accounts_by_ref(connection, platform, account_ref)

    async def spans(self, connection: Connection, workspace_id: UUID) -> list[AccountSpan]:
        """Every account that the workspace has or had, and until when."""
        return await span_store.account_spans(connection, workspace_id)

    async def every_span(self, connection: Connection) -> list[AccountSpan]:
        """worker: every account that anybody has or had."""
        return await span_store.every_account_span(connection)

    async def spans_of_user(
        self, connection: Connection, platform: str, user_ref: str, before: datetime
    ) -> list[AccountSpan]:
        """worker: the accounts, live or not, that live by what a person granted ``before``."""
        return await span_store.account_spans_of_user(connection, platform, user_ref, before)

    async def erase_account(self, connection: Connection, account: ErasedAccount) -> int:
        """worker: nothing tells any more who a disconnected account was; how many rows told it."""
        return await span_store.erase_account(connection, account.workspace_id, account.account_id)

    async def erase_user(self, connection: Connection, platform: str, user_ref: str, before: datetime) -> int:
        """worker: what a person granted ``before`` does not tell any more who they are; how many grants."""
        return await span_store.erase_user(connection, platform, user_ref, before)

    async def grants_behind(self, connection: Connection, workspace_id: UUID) -> dict[UUID, GrantRow]:
        """The grants of the workspace's live accounts by id, for showing ends and permissions."""
        return {grant.id: grant for grant in await store.grants_of(connection, workspace_id)}
