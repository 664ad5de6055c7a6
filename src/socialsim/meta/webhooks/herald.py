"""Webhooks on their way to apps: gathered, worded, signed, tried again (instagram.md §6.1 to §6.4)."""

from msgspec import Struct

from socialsim.kernel.deliveries import Attempt, Delivery, Terms, any_success
from socialsim.kernel.services import Services
from socialsim.meta.model import App, World
from socialsim.meta.webhooks import envelopes
from socialsim.meta.webhooks.envelopes import Event, signed_headers
from socialsim.meta.webhooks.rules import Login, Product, Receiver, branch_of, receivers, stands_by
from socialsim.meta.webhooks.samples import TESTED_ACCOUNT, sample

RETRY_LADDER = (5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 28800.0, 28800.0, 14400.0)
"""Waits after the first failure; their sum stays below 36 h (§6.4). The steps themselves are not documented."""
MESSENGER_LADDER = (1.0, 2.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 3600.0, 3600.0, 7200.0, 14400.0, 28800.0)
"""Inbox events follow another cadence (§6.4); which one is not documented: denser at first here, over sooner."""
MOST_UPDATES = 1000
_FLUSH_AFTER = 0.2


class _Parcel(Struct):
    """The events of one POST."""

    receiver: Receiver
    events: list[Event]
    copy: int = 0


class Herald:
    """Turns what happened into signed POSTs to every app that is subscribed twice: itself and for the account."""

    def __init__(self, services: Services, world: World) -> None:
        self._services = services
        self._world = world
        self._waiting: dict[tuple[str, str, str], _Parcel] = {}

    def tell(
        self,
        account_id: str,
        field: str,
        value: dict[str, object],
        *,
        login: Login | None = None,
        owner_app: str = "",
        only_app: str = "",
    ) -> None:
        """An event of one account's ``field``: the value of a change, or the item of an inbox event.

        ``login`` narrows to apps of one login, ``only_app`` to one of them. Apps other than ``owner_app``, if there is
        one, hear it standing by.
        """
        settings = self._services.config.account(account_id)
        copies = 1 + self._services.config.webhooks.duplicates
        for receiver in receivers(self._world, self._world.accounts[account_id], field, settings):
            if (login and receiver.login != login) or (only_app and receiver.app.id != only_app):
                continue
            event = Event(account_id, field, value, branch_of(field))
            if owner_app and receiver.app.id != owner_app and event.branch == "messaging":
                if not stands_by(receiver):
                    continue
                event = Event(account_id, field, value, "standby")
            for copy in range(copies):
                self._gather(receiver, event, copy)

    def mentioned(
        self, account_id: str, *, media_id: str, author_id: str, username: str, text: str, comment_id: str = ""
    ) -> None:
        """A mention: ids in a field of its own, or a comment like any other with Instagram Login (§6.5, §6.7)."""
        ids: dict[str, object] = {"media_id": media_id}
        if comment_id:
            ids["comment_id"] = comment_id
        self.tell(account_id, "mentions", ids, login="facebook")
        value: dict[str, object] = {
            "id": comment_id or media_id,
            "text": text,
            "from": {"id": author_id, "username": username},
            "media": {"id": media_id, "media_product_type": "FEED"},
        }
        self.tell(account_id, "comments", value, login="instagram")

    def rehearse(self, app: App, field: str, login: Login, product: Product) -> Delivery:
        """The dashboard's Test button: a sample, whatever is switched on. KeyError without a callback or a sample."""
        receiver = Receiver(app, login, product, app.subscriptions[product])
        return self._send(_Parcel(receiver, [Event(TESTED_ACCOUNT, field, sample(field))]))

    # On the way

    def _gather(self, receiver: Receiver, event: Event, copy: int) -> None:
        services, batch = self._services, self._services.config.webhooks.batch
        if batch <= 1:
            self._send(_Parcel(receiver, [event], copy))
            return
        key = (receiver.app.id, receiver.login, receiver.product)
        parcel = self._waiting.setdefault(key, _Parcel(receiver, []))
        parcel.events.append(event)
        if len(parcel.events) >= batch:
            self._flush(key)
        elif len(parcel.events) == 1:

            async def flush_later(_: float) -> None:
                self._flush(key)

            services.timers.at(services.clock.epoch() + _FLUSH_AFTER, flush_later)

    def _flush(self, key: tuple[str, str, str]) -> None:
        parcel = self._waiting.pop(key, None)
        if parcel is None:
            return
        events = parcel.events
        for start in range(0, len(events), MOST_UPDATES):
            self._send(_Parcel(parcel.receiver, events[start : start + MOST_UPDATES]))

    def _send(self, parcel: _Parcel) -> Delivery:
        services, config = self._services, self._services.config.webhooks
        first = parcel.events[0]
        sent_at = services.clock.epoch() + (parcel.copy if config.new_time else 0)
        body = self._body(parcel, sent_at)
        delivery = Delivery(
            id=f"delivery-{services.mint.number('delivery')}",
            url=parcel.receiver.subscription.callback_url,
            field=first.field,
            account_id=first.account_id,
            body=body,
            headers=self._headers(parcel.receiver, body),
        )
        delay = config.delay + (services.dice.random() if config.shuffle else 0.0)
        services.postman.post(delivery, self._terms(parcel, delivery), delay=delay)
        return delivery

    def _body(self, parcel: _Parcel, now: float) -> str:
        """All of it as of ``now``, the time of sending."""
        receiver, config = parcel.receiver, self._services.config.webhooks
        values = receiver.subscription.include_values
        return envelopes.body(receiver.product, parcel.events, now, config, include_values=values)

    def _headers(self, receiver: Receiver, body: str) -> dict[str, str]:
        """Signed with the app secret; with Instagram Login the Instagram app secret unless a knob says so (§6.3)."""
        own = receiver.login == "instagram" and self._services.config.instagram.signed_with == "instagram"
        return signed_headers(receiver.app.instagram_secret if own else receiver.app.secret, body.encode())

    def _terms(self, parcel: _Parcel, delivery: Delivery) -> Terms:
        """A retry says the same, or has the time of its own sending (§6.4)."""
        renewed = self._services.config.webhooks.new_time
        receiver = parcel.receiver
        return Terms(
            RETRY_LADDER if parcel.events[0].branch == "changes" else MESSENGER_LADDER,
            body=(lambda due: self._body(parcel, due + parcel.copy)) if renewed else None,
            headers=(lambda _: self._headers(receiver, delivery.body)) if renewed else None,
            tried=lambda attempt, due: self._tried(receiver, delivery, attempt, due),
        )

    def _tried(self, receiver: Receiver, delivery: Delivery, attempt: Attempt, due: float) -> None:
        """Keep count of failures: a long one may end a subscription (§6.4)."""
        subscription, limit = receiver.subscription, self._services.config.webhooks.disable_after
        if any_success(attempt.status):
            subscription.failing_since = 0.0
            return
        subscription.failing_since = subscription.failing_since or due
        if limit and subscription.active and due - subscription.failing_since >= limit:
            subscription.active = False
            self._services.ledger.write(
                "meta",
                "subscription.disabled",
                account_id="",
                object_id=receiver.app.id,
                request_id=delivery.id,
                source="platform",
                text=receiver.product,
            )
