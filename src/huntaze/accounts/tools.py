"""What the parts of the room work with."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntaze.accounts.apps import Apps
from huntaze.accounts.errors import GrantGone, SwitchedOff
from huntaze.accounts.model import Addresses, GrantRow
from huntaze.accounts.vault import Vault
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import SealBroken
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.log import get_logger
from huntaze.kit.metrics import Metrics
from huntaze.outbox import tell
from huntaze.platforms.contract import App, Grant, Login
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)


class Measures:
    """The room's figures."""

    def __init__(self, metrics: Metrics) -> None:
        self._oauth = metrics.counter(
            "oauth_total", "Sign-ins at a platform, by how they ended", ("platform", "outcome")
        )
        self._refresh = metrics.counter(
            "token_refresh_total", "Refreshes of a grant, by how they ended", ("platform", "outcome")
        )

    def oauth(self, platform: str, outcome: str) -> None:
        """A sign-in ended."""
        self._oauth.labels(platform=platform, outcome=outcome).inc()

    def refresh(self, platform: str, outcome: str) -> None:
        """A refresh ended."""
        self._refresh.labels(platform=platform, outcome=outcome).inc()


@dataclass(frozen=True, slots=True)
class Tools:
    """The collaborators, and the three things every part does with them."""

    database: Database
    clock: Clock
    vault: Vault
    platforms: Platforms
    apps: Apps
    jobs: Jobs
    checkpoints: Checkpoints
    measures: Measures
    addresses: Addresses

    def login(self, platform: str, login: str) -> Login:
        """Raises ``LookupError`` for a platform or a login that nobody knows."""
        return self.platforms[platform].logins[login]

    async def app(self, platform: str, login: str) -> App:
        """Raises ``SwitchedOff``."""
        app = await self.apps.app(platform, login)
        if app is None:
            raise SwitchedOff(platform, login)
        return app

    def open_grant(self, row: GrantRow) -> Grant:
        """Raises ``GrantGone`` when its seal is broken, and logs it: somebody moved or changed the row."""
        try:
            return self.vault.open_grant(row)
        except SealBroken:
            log.error("seal_broken", table="grants", row=str(row.id))
            raise GrantGone from None

    async def tell_changed(self, tx: Connection, workspace_id: UUID, account_id: UUID, what: str) -> None:
        """An account has changed; ``what`` is one word for it."""
        await tell(
            tx,
            workspace_id=workspace_id,
            topic="account.changed",
            ref=str(account_id),
            account_id=account_id,
            body={"what": what},
            at=self.clock.now(),
        )
