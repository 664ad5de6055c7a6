"""For tests: a simulator on a free port, and a hand on its control plane.

>>> with simulator() as sim:                                  # doctest: +SKIP
...     location, code = sim.login("http://127.0.0.1/cb", scope="instagram_basic")
"""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2

from socialsim.core import Core
from socialsim.meta.seed import (
    DEFAULT_APP_ID,
    DEFAULT_APP_SECRET,
    DEFAULT_INSTAGRAM_APP_ID,
    DEFAULT_INSTAGRAM_APP_SECRET,
)
from socialsim.server import SimulatorServer
from socialsim.tiktok.seed import DEFAULT_CLIENT_KEY, DEFAULT_CLIENT_SECRET

Json = dict[str, Any]
MAYA = "9001000000000001"
TIKTOK_MAYA = "7100000000000000001"
ATELIER_MAYA = "17841400000000001"
_START_SECONDS = 20.0


class SimulatorHandle:
    """Addresses of a running simulator and its control plane. Calls are synchronous and short."""

    app_id = DEFAULT_APP_ID
    app_secret = DEFAULT_APP_SECRET
    client_key = DEFAULT_CLIENT_KEY
    client_secret = DEFAULT_CLIENT_SECRET
    instagram_app_id = DEFAULT_INSTAGRAM_APP_ID
    instagram_app_secret = DEFAULT_INSTAGRAM_APP_SECRET

    def __init__(self, url: str) -> None:
        self.url = url
        self.graph_url = f"{url}/graph.facebook.com"
        self.dialog_url = f"{url}/www.facebook.com"
        self.upload_url = f"{url}/rupload.facebook.com"
        self.tiktok_url = f"{url}/open.tiktokapis.com"
        self.tiktok_auth_url = f"{url}/www.tiktok.com"
        self.instagram_graph_url = f"{url}/graph.instagram.com"
        self.instagram_api_url = f"{url}/api.instagram.com"
        self.instagram_dialog_url = f"{url}/www.instagram.com"
        # It speaks plain HTTP on this machine: the public authorities need not be read
        self._client = httpx2.Client(base_url=url, trust_env=False, verify=False, timeout=30)

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def get(self, path: str) -> Any:
        """GET ``/_sim/…``; raises for an error status."""
        return self._answer(self._client.get(path))

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """POST JSON."""
        return self._answer(self._client.post(path, json=dict(body or {})))

    def put(self, path: str, body: Mapping[str, object]) -> Any:
        """PUT JSON: a snapshot."""
        return self._answer(self._client.put(path, json=dict(body)))

    def delete(self, path: str) -> Any:
        """DELETE."""
        return self._answer(self._client.delete(path))

    def _answer(self, response: httpx2.Response) -> Any:
        if response.is_error:
            raise RuntimeError(f"socialsim answered {response.status_code}: {response.text}")
        return response.json()

    def reset(self, seed: int | None = None) -> None:
        """The default world again."""
        self.post("/_sim/reset", {} if seed is None else {"seed": seed})

    def seed(self, scenario: Mapping[str, object]) -> Json:
        """Add people and accounts."""
        made: Json = self.post("/_sim/seed", scenario)
        return made

    def configure(self, change: Mapping[str, object]) -> Json:
        """Lay a change over the knobs."""
        config: Json = self.post("/_sim/config", change)
        return config

    def advance(self, seconds: float) -> None:
        """Push the virtual clock forward."""
        self.post("/_sim/clock", {"advance": seconds})

    def use_up(self, subject_id: str, percent: int = 100, *, kind: str = "instagram", minutes: float = 60.0) -> Json:
        """Lay a usage on a counter of Meta's call limits, of an account, a Page (``pages``) or a person (``user``)."""
        body = {"id": subject_id, "type": kind, "percent": percent, "minutes": minutes}
        counter: Json = self.post("/_sim/limits", body)
        return counter

    def now(self) -> float:
        """Virtual epoch seconds."""
        return float(self.get("/_sim/clock")["epoch"])

    def add_fault(self, rule: Mapping[str, object]) -> str:
        """Arm a rule; gives its id."""
        return str(self.post("/_sim/faults", rule)["rules"][0]["id"])

    def clear_faults(self) -> None:
        """Disarm all rules."""
        self.delete("/_sim/faults")

    def truth(self, kind: str = "", account_id: str = "") -> list[Json]:
        """Rows of the ledger."""
        rows: list[Json] = self.get(f"/_sim/truth?kind={kind}&accountId={account_id}")["rows"]
        return rows

    def containers(self, account_id: str = "") -> list[Json]:
        """Containers with the instant each became ready."""
        found: list[Json] = self.get(f"/_sim/truth/containers?accountId={account_id}")["containers"]
        return found

    def calls(self, account_id: str = "") -> dict[str, int]:
        """Calls per endpoint, of all accounts or of one."""
        counts: dict[str, int] = self.get(f"/_sim/calls?accountId={account_id}")["byEndpoint"]
        return counts

    def deliveries(self) -> list[Json]:
        """Webhooks that left or wait."""
        found: list[Json] = self.get("/_sim/deliveries")["deliveries"]
        return found

    def login(
        self,
        redirect_uri: str,
        *,
        scope: str = "",
        user_id: str = MAYA,
        state: str = "",
        decline: list[str] | None = None,
        page_ids: list[str] | None = None,
    ) -> tuple[str, str]:
        """Go through the dialog; gives the address returned to and the code."""
        body = {
            "redirectUri": redirect_uri,
            "scope": scope,
            "userId": user_id,
            "state": state,
            "decline": decline or [],
            "pageIds": page_ids,
        }
        made = self.post("/_sim/login", body)
        return str(made["location"]), str(made["code"])

    def tokens(self, user_id: str = MAYA, scopes: list[str] | None = None, page_ids: list[str] | None = None) -> Json:
        """Long-lived user token and Page tokens without a login."""
        made: Json = self.post("/_sim/tokens", {"userId": user_id, "scopes": scopes or [], "pageIds": page_ids})
        return made

    def instagram_login(
        self,
        redirect_uri: str,
        *,
        scope: str = "instagram_business_basic",
        account_id: str = ATELIER_MAYA,
        state: str = "",
        decline: list[str] | None = None,
    ) -> tuple[str, str]:
        """Go through Instagram's window; gives the address returned to and the code."""
        body = {
            "with": "instagram",
            "redirectUri": redirect_uri,
            "scope": scope,
            "accountId": account_id,
            "state": state,
            "decline": decline or [],
        }
        made = self.post("/_sim/login", body)
        return str(made["location"]), str(made["code"])

    def instagram_tokens(self, account_id: str = ATELIER_MAYA, scopes: list[str] | None = None) -> Json:
        """A long-lived token of Instagram Login at once: ``token``, ``userId``, ``scopedId``, ``permissions``."""
        body = {"with": "instagram", "accountId": account_id, "scopes": scopes or []}
        made: Json = self.post("/_sim/tokens", body)
        return made

    def tiktok_login(
        self,
        redirect_uri: str,
        *,
        scope: str = "user.info.basic",
        creator_id: str = TIKTOK_MAYA,
        client_key: str = DEFAULT_CLIENT_KEY,
        state: str | None = None,
        decline: list[str] | None = None,
    ) -> tuple[str, str]:
        """Go through TikTok's consent page; gives the address returned to and the code."""
        body = {
            "redirectUri": redirect_uri,
            "scope": scope,
            "creatorId": creator_id,
            "clientKey": client_key,
            "state": state,
            "decline": decline or [],
        }
        made = self.post("/_sim/tiktok/login", body)
        return str(made["location"]), str(made["code"])

    def tiktok_tokens(
        self, creator_id: str = TIKTOK_MAYA, scopes: list[str] | None = None, client_key: str = ""
    ) -> Json:
        """A pair of TikTok tokens without a login: accessToken, refreshToken, openId, …"""
        body = {"creatorId": creator_id, "scopes": scopes or [], "clientKey": client_key}
        made: Json = self.post("/_sim/tiktok/tokens", body)
        return made

    def comment(self, account_id: str, media_id: str, username: str, text: str) -> str:
        """A follower comments; gives the comment's id."""
        body = {"accountId": account_id, "mediaId": media_id, "username": username, "text": text}
        return str(self.post("/_sim/act/comment", body)["id"])


@contextlib.contextmanager
def simulator(seed: int = 1, *, process: bool = False) -> Iterator[SimulatorHandle]:
    """A simulator on a free port of loopback: in a thread of this process, or as ``python -m socialsim``."""
    with _process(seed) if process else _thread(seed) as url:
        handle = SimulatorHandle(url)
        try:
            yield handle
        finally:
            handle.close()


@contextlib.contextmanager
def _thread(seed: int) -> Iterator[str]:
    ready = threading.Event()
    server = SimulatorServer(Core(seed), "127.0.0.1", 0, on_ready=lambda url: ready.set())
    thread = threading.Thread(target=server.run, name="socialsim", daemon=True)
    thread.start()
    try:
        if not ready.wait(_START_SECONDS):
            raise RuntimeError("the simulator did not start")
        yield server.url
    finally:
        server.stop()
        thread.join(_START_SECONDS)


@contextlib.contextmanager
def _process(seed: int) -> Iterator[str]:
    command = [sys.executable, "-m", "socialsim", "--port", "0", "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603  our own command
        try:
            assert child.stdout is not None
            line = child.stdout.readline()
            if not line.startswith("socialsim: ready on "):
                raise RuntimeError("the simulator did not start")
            yield line.removeprefix("socialsim: ready on ").strip()
        finally:
            child.terminate()
            child.wait(_START_SECONDS)
