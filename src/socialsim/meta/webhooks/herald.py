"""Webhooks of the Instagram object: who is told, in which shape, signed how (instagram.md §6.1 to §6.4)."""

import hashlib
import hmac
import json

from msgspec import Struct

from socialsim.kernel.deliveries import Delivery, Terms
from socialsim.kernel.services import Services
from socialsim.meta.model import App, World

RETRY_LADDER = (5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 28800.0, 28800.0, 14400.0)
"""Waits after the first failure; their sum stays below 36 h (§6.4). The steps themselves are not documented."""
_FLUSH_AFTER = 0.2
_USER_AGENT = "facebookexternalua"


class _Event(Struct):
    account_id: str
    field: str
    value: dict[str, object]


class Herald:
    """Turns what happened into signed POSTs to every app that is subscribed twice: itself and on the Page."""

    def __init__(self, services: Services, world: World) -> None:
        self._services = services
        self._world = world
        self._waiting: dict[str, list[_Event]] = {}

    def tell(self, account_id: str, field: str, value: dict[str, object]) -> None:
        """An event of one account's ``field``."""
        account = self._world.accounts[account_id]
        page = self._world.pages.get(account.page_id)
        if page is None:
            return
        config = self._services.config.webhooks
        for app_id in page.subscribed:
            app = self._world.apps[app_id]
            if not listens(app, field):
                continue
            for _ in range(1 + config.duplicates):
                self._gather(app, _Event(account_id, field, value))

    def _gather(self, app: App, event: _Event) -> None:
        services, config = self._services, self._services.config.webhooks
        if config.batch <= 1:
            self._send(app, [event])
            return
        waiting = self._waiting.setdefault(app.id, [])
        waiting.append(event)
        if len(waiting) >= config.batch:
            self._flush(app)
        elif len(waiting) == 1:

            async def flush_later(_: float) -> None:
                self._flush(app)

            services.timers.at(services.clock.epoch() + _FLUSH_AFTER, flush_later)

    def _flush(self, app: App) -> None:
        events = self._waiting.pop(app.id, [])
        if events:
            self._send(app, events)

    def _send(self, app: App, events: list[_Event]) -> None:
        services, config = self._services, self._services.config.webhooks
        body = self._body(events)
        delay = config.delay + (services.dice.random() if config.shuffle else 0.0)
        delivery = Delivery(
            id=f"delivery-{services.mint.number('delivery')}",
            url=app.subscriptions["instagram"].callback_url,
            field=events[0].field,
            account_id=events[0].account_id,
            body=body,
            headers=signed_headers(app.secret, body.encode()),
        )
        services.postman.post(delivery, Terms(RETRY_LADDER), delay=delay)

    def _body(self, events: list[_Event]) -> str:
        """One entry per account; ``time`` in seconds, as it is for changes (§6.4)."""
        now = int(self._services.clock.epoch())
        entries: list[dict[str, object]] = []
        if self._services.config.webhooks.shape == "flat":
            entries = [{"id": e.account_id, "time": now, "field": e.field, "value": e.value} for e in events]
        else:
            by_account: dict[str, list[dict[str, object]]] = {}
            for event in events:
                by_account.setdefault(event.account_id, []).append({"field": event.field, "value": event.value})
            entries = [{"id": key, "time": now, "changes": changes} for key, changes in by_account.items()]
        return escaped_json({"object": "instagram", "entry": entries})


def listens(app: App, field: str) -> bool:
    """Whether the app is Live and subscribed to that field of the Instagram object."""
    subscription = app.subscriptions.get("instagram")
    return app.live and subscription is not None and subscription.active and field in subscription.fields


def escaped_json(value: object) -> str:
    """Compact JSON in ASCII: ``é`` leaves as ``\\u00e9``, and that is what is signed (§6.3)."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def signed_headers(secret: str, body: bytes) -> dict[str, str]:
    """Both signatures over the exact bytes (§6.3)."""
    key = secret.encode()
    return {
        "content-type": "application/json",
        "user-agent": _USER_AGENT,
        "x-hub-signature": "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest(),
        "x-hub-signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
    }
