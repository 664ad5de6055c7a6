"""The simulator's control plane as the benches use it, and connecting its accounts to a demo."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from bench.demo import Demo

_FIELD = re.compile(r'<input[^>]*name="csrf_token"[^>]*value="([^"]+)"')
_ACCOUNT = re.compile(r'<input[^>]*name="account"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Control:
    """`/_sim` of a running simulator."""

    base: str

    def get(self, path: str) -> Any:
        """What the control plane answers to a GET."""
        return self._answer(httpx2.get(self.base + path, timeout=60))

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        """What it answers to a POST of JSON."""
        return self._answer(httpx2.post(self.base + path, json=body, timeout=60))

    def ready_after(self, seconds: Mapping[str, float], spread: float = 0.2) -> None:
        """Ready times of containers by kind, drawn evenly within ± ``spread`` of them."""
        drawn = {kind: {"around": value, "spread": spread} for kind, value in seconds.items()}
        self.post("/_sim/config", {"ready": drawn})

    def containers(self) -> dict[str, dict[str, Any]]:
        """Every container by its id: ``finishedAt`` and ``publishedAt`` in epoch seconds, ``reads``, ``caption``."""
        return {one["id"]: one for one in self.get("/_sim/truth/containers")["containers"]}

    def published(self) -> dict[str, float]:
        """The ledger: container id → the instant it became public, in epoch seconds."""
        rows = self.get("/_sim/truth?kind=media.published")["rows"]
        return {row["containerId"]: row["atEpoch"] for row in rows if row.get("containerId")}

    @staticmethod
    def _answer(response: httpx2.Response) -> Any:
        response.raise_for_status()
        return response.json()


def connect_many(demo: Demo, count: int) -> list[str]:
    """Make ``count`` new accounts in the simulator and connect them as a person would; our ids of the accounts."""
    control = Control(demo.simulator)
    user_id = control.post("/_sim/seed", {"accounts": count, "media": 0, "comments": 0})["userId"]
    with httpx2.Client(follow_redirects=True, timeout=60) as browser:
        browser.get(demo.owner_link()).raise_for_status()
        dialog = browser.get(f"{demo.url}/api/auth/instagram", follow_redirects=False).headers["location"]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(dialog).query).items()}
        login = control.post(
            "/_sim/login",
            {
                "clientId": asked["client_id"],
                "redirectUri": asked["redirect_uri"],
                "state": asked["state"],
                "scope": asked["scope"],
                "userId": user_id,
            },
        )
        choose = browser.get(login["location"])
        found = _ACCOUNT.findall(choose.text)
        form = {"csrf_token": _FIELD.findall(choose.text)[0], "account": found}
        browser.post(str(choose.url), data=form, headers={"Origin": demo.url}).raise_for_status()
        listed = browser.get(f"{demo.url}/api/v1/accounts").json()["items"]
    ours = [str(account["id"]) for account in listed if account["accountRef"] in set(found)]
    if len(ours) != count:
        raise RuntimeError(f"{len(ours)} of {count} accounts were connected")
    return ours
