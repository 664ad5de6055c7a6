"""The developer apps through which we ask: set by the operator in the environment, else sealed rows."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from huntaze.accounts import store
from huntaze.accounts.model import AppCredentialRow
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.kit.ids import new_id
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import App


@dataclass(frozen=True, slots=True)
class WebhookKeys:
    """What the operator set for a platform's webhooks, beside the apps' own secrets."""

    verify_token: Secret | None = None
    extra_secrets: tuple[Secret, ...] = ()


class Apps:
    """The one provider of app ids and secrets. A platform without an app is switched off."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ring: KeyRing,
        operator: Mapping[tuple[str, str], App],
        webhooks: Mapping[str, WebhookKeys],
    ) -> None:
        self._database = database
        self._clock = clock
        self._ring = ring
        self._operator = dict(operator)
        self._webhooks = dict(webhooks)

    def set_by_operator(self, platform: str, login: str) -> bool:
        """Whether the environment names this app, so that nobody can change it in the UI."""
        return (platform, login) in self._operator

    async def app(self, platform: str, login: str) -> App | None:
        """The app for a platform's login; None: switched off."""
        if (platform, login) in self._operator:
            return self._operator[platform, login]
        return (await self._kept(platform)).get(login)

    async def webhook_secrets(self, platform: str) -> list[Secret]:
        """Every secret that may have signed a webhook, the apps' own first; empty: none is accepted."""
        set_apps = {login: app for (name, login), app in self._operator.items() if name == platform}
        apps = await self._kept(platform) | set_apps
        extra = self._webhooks.get(platform, WebhookKeys()).extra_secrets
        return list(dict.fromkeys([*(app.secret for app in apps.values()), *extra]))

    def verify_token(self, platform: str) -> Secret:
        """What a platform must say in its handshake: configured, else our own, which nobody needs to know."""
        configured = self._webhooks.get(platform, WebhookKeys()).verify_token
        if configured:
            return configured
        derived = self._ring.derive(f"webhook verify token:{platform}", self._ring.primary_id)
        return Secret(base64.urlsafe_b64encode(derived).rstrip(b"=").decode())

    async def save(self, platform: str, login: str, app_id: str, secret: Secret) -> None:
        """Keep an app that was entered in the UI, in place of an earlier one."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            row_id = await store.claim_app_credential(tx, new_id(now), platform, login, now)
            sealed = self._ring.seal(secret, table="app_credential", row=row_id, column="secret", workspace=None)
            await store.set_app_credential(tx, row_id, app_id, sealed)

    async def _kept(self, platform: str) -> dict[str, App]:
        async with self._database.transaction() as tx:
            rows = await store.app_credentials(tx, platform)
        return {row.login: App(row.app_id, self._open(row)) for row in rows}

    def _open(self, row: AppCredentialRow) -> Secret:
        return self._ring.open(row.secret, table="app_credential", row=row.id, column="secret", workspace=None)
