"""What apps answered to requests to delete somebody's data (instagram.md §7)."""

import json

from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import Endpoints, answer
from socialsim.core import Core
from socialsim.kernel.deliveries import Delivery
from socialsim.meta.webhooks.compliance import DATA_DELETION


class Deletions:
    """``GET /_sim/deletions``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [("/_sim/deletions", {"GET": self.deletions})]

    async def deletions(self, request: Request) -> Response:
        """Each request with its ``url`` and ``confirmationCode``, or with what was wrong with the answer."""
        log = self._core.services.postman.log.values()
        return answer({"deletions": [_judged(delivery) for delivery in log if delivery.field == DATA_DELETION]})


def _judged(delivery: Delivery) -> dict[str, str]:
    out = {"userId": delivery.account_id, "url": "", "confirmationCode": "", "problem": "", "state": delivery.state}
    if delivery.state != "delivered":
        return out
    try:
        told = json.loads(delivery.attempts[-1].answer)
    except (ValueError, RecursionError):
        return out | {"problem": "the answer is no JSON"}
    url, code = (told.get("url"), told.get("confirmation_code")) if isinstance(told, dict) else (None, None)
    if not isinstance(url, str) or not isinstance(code, str) or not url or not code:
        return out | {"problem": "the answer lacks url or confirmation_code"}
    return out | {"url": url, "confirmationCode": code}
