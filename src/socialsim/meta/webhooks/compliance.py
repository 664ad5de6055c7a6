"""Callbacks about people's data: an app was removed, somebody wants to be forgotten (instagram.md §7)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import urlencode

from socialsim.kernel.deliveries import Delivery, Terms
from socialsim.kernel.services import Services
from socialsim.meta.model import App

DEAUTHORIZE, DATA_DELETION = "deauthorize", "data_deletion"
_TERMS = Terms((5.0, 60.0, 600.0, 3600.0))
"""Waits between attempts; the documents say nothing of them."""
_WRONG_SECRET = "not the secret of this app"  # noqa: S105  for signatures that must fail


class Callbacks:
    """Posts a ``signed_request`` to the addresses that an app has set."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def removed(self, app: App, user_id: str, secret: str, *, ask_deletion: bool) -> None:
        """Someone removed the app; ``user_id`` is the id that this app sees, ``secret`` signs."""
        if app.deauthorize_url:
            self._send(DEAUTHORIZE, app.deauthorize_url, user_id, secret)
        if ask_deletion and app.data_deletion_url:
            self._send(DATA_DELETION, app.data_deletion_url, user_id, secret)

    def _send(self, kind: str, url: str, user_id: str, secret: str) -> None:
        services, config = self._services, self._services.config.compliance
        payload = {
            "algorithm": "HMAC-SHA256",
            "expires": 0,
            "issued_at": int(services.clock.epoch()),
            "user_id": user_id,
        }
        word = signed_request(_WRONG_SECRET if config.bad_signature else secret, payload)
        for _ in range(1 + config.repeats):
            delivery = Delivery(
                id=f"delivery-{services.mint.number('delivery')}",
                url=url,
                field=kind,
                account_id=user_id,
                body=urlencode({"signed_request": word}),
                headers={"content-type": "application/x-www-form-urlencoded", "user-agent": "facebookexternalua"},
            )
            services.postman.post(delivery, _TERMS)


def signed_request(secret: str, payload: Mapping[str, object]) -> str:
    """``base64url(signature).base64url(payload)`` without padding; the *encoded* payload is what is signed."""
    encoded = _base64url(json.dumps(payload, separators=(",", ":"), sort_keys=True).encode())
    signature = hmac.new(secret.encode(), encoded.encode(), hashlib.sha256).digest()
    return f"{_base64url(signature)}.{encoded}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
