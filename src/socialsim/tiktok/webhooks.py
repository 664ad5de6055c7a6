"""Webhooks: one envelope per event, signed over its raw bytes, tried again for up to 72 h (tiktok.md §6)."""

import json
from collections.abc import Callable, Mapping

from socialsim.kernel.deliveries import Delivery, Terms
from socialsim.kernel.services import Services
from socialsim.tiktok.model import Client
from socialsim.tiktok.signing import signature

RETRY_LADDER = tuple(15.0 * 2**step for step in range(14))
"""Exponential waits after the first failure; the last try is at 68 h, below the 72 h of §6.1. The steps are assumed."""
UNKNOWN_EVENT = "post.publish.not_known_yet"
_CORRECTED = {"post.publish.no_longer_publicaly_available": "post.publish.no_longer_publicly_available"}
_STRICT_ACKNOWLEDGEMENT = 200


class Webhooks:
    """Tells an app's one callback address whatever happens; there is no choice of events (§6.1)."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def tell(
        self, client: Client, event: str, open_id: str, content: Mapping[str, object], *, at: float | None = None
    ) -> None:
        """An event of one creator at ``at`` (epoch seconds, default now). ``content`` leaves as JSON in a string."""
        services, knobs = self._services, self._services.config.tiktok.webhooks
        at = services.clock.epoch() if at is None else at
        if not _may_be_called(client.callback_url, strict=services.config.strict_media):
            return
        events = [event] * (1 + knobs.duplicates) + [UNKNOWN_EVENT] * knobs.unknown
        for name in events:
            late = knobs.delay + (services.dice.random() if knobs.shuffle else 0.0)
            self._send(client, self._body(client, name, open_id, content, int(at)), name, open_id, at + late)

    def _body(self, client: Client, event: str, open_id: str, content: Mapping[str, object], created_at: int) -> str:
        knobs = self._services.config.tiktok.webhooks
        inner = dict(content)
        post_id = str(inner.get("post_id", ""))
        if post_id.isdecimal():
            inner["post_id"] = post_id if knobs.post_id == "string" else int(post_id)
        if knobs.failure_key != "reason" and isinstance(inner.get("reason"), str):
            inner = {knobs.failure_key if key == "reason" else key: value for key, value in inner.items()}
        outer: dict[str, object] = {
            "client_key": client.key,
            "event": _CORRECTED.get(event, event) if knobs.spelling == "corrected" else event,
            "create_time": created_at,
        }
        if knobs.user_openid:
            outer["user_openid"] = open_id
        return compact({**outer, "content": compact(inner)})

    def _send(self, client: Client, body: str, event: str, open_id: str, due: float) -> None:
        services = self._services
        delivery = Delivery(
            id=f"delivery-{services.mint.number('delivery')}",
            url=client.callback_url,
            field=event,
            account_id=open_id,
            body=body,
            headers={},
        )
        terms = Terms(RETRY_LADDER, _is_200, self._seal(client, body.encode()))
        services.postman.post(delivery, terms, delay=due - services.clock.epoch())

    def _seal(self, client: Client, body: bytes) -> Callable[[float], dict[str, str]]:
        """Headers of each attempt. Whether a retry is signed anew is not documented (§6.4)."""
        first: list[int] = []

        def headers(due: float) -> dict[str, str]:
            first.append(int(due))
            knobs = self._services.config.tiktok.webhooks
            secret = f"{client.secret}-wrong" if knobs.wrong_signature else client.secret
            return {
                "content-type": "application/json",
                "user-agent": "TikTok-Webhooks/1.0",
                "tiktok-signature": signature(secret, int(due) if knobs.resign else first[0], body),
            }

        return headers


def compact(value: object) -> str:
    """JSON without blanks, other letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _is_200(status: int) -> bool:
    """Anything but 200 is a failed delivery (§6.1)."""
    return status == _STRICT_ACKNOWLEDGEMENT


def _may_be_called(url: str, *, strict: bool) -> bool:
    """HTTPS only (§6.1); plain http to wherever the tester listens, unless the simulator is strict."""
    return url.startswith("https://") or (url.startswith("http://") and not strict)
