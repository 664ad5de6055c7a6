"""TikTok's open API in few words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from socialsim.testing import TIKTOK_MAYA, SimulatorHandle
from tests.socialsim.parts import submit

BACK = "http://127.0.0.1:9/callback"
MAYA = TIKTOK_MAYA
INES = "7100000000000000002"
"""Her account is private."""
TOM = "7100000000000000003"
"""Comments, duet and stitch are switched off."""
JONAS = "7100000000000000004"
"""May not post."""


@dataclass
class OpenApi:
    """Calls with an access token; every answer is parsed JSON."""

    sim: SimulatorHandle
    client: httpx2.Client
    token: str
    open_id: str
    refresh_token: str

    @classmethod
    def of(
        cls, sim: SimulatorHandle, creator_id: str = MAYA, scopes: list[str] | None = None, client_key: str = ""
    ) -> Self:
        """Connected as that creator, with all scopes if none are named."""
        made = sim.tiktok_tokens(creator_id, scopes, client_key)
        client = httpx2.Client(base_url=sim.tiktok_url, trust_env=False, verify=False, timeout=10)
        return cls(sim, client, made["accessToken"], made["openId"], made["refreshToken"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()

    def raw(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        token: str | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """An answer as it came."""
        sent = {"Authorization": f"Bearer {self.token if token is None else token}", **(headers or {})}
        if content is not None:
            return self.client.request(method, path, content=content, headers=sent)
        return self.client.request(method, path, json=dict(body) if body is not None else None, headers=sent)

    def get(self, path: str, /, **query: str) -> Any:
        """GET."""
        return self.raw("GET", _with(path, query)).json()

    def post(self, path: str, body: Mapping[str, object] | None = None, /, **query: str) -> Any:
        """POST JSON."""
        return self.raw("POST", _with(path, query), body).json()

    def code(
        self, method: str, path: str, body: Mapping[str, object] | None = None, *, token: str | None = None
    ) -> tuple[int, str]:
        """The status and ``error.code`` of an answer in the envelope."""
        return enveloped(self.raw(method, path, body, token=token))

    def user(self, fields: str) -> Any:
        """``data.user`` of user info."""
        return self.get("/v2/user/info/", fields=fields)["data"]["user"]

    def videos(self, fields: str = "id", **body: object) -> Any:
        """``data`` of a page of the list."""
        return self.post("/v2/video/list/", body, fields=fields)["data"]


def _with(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def enveloped(response: httpx2.Response) -> tuple[int, str]:
    """Status and ``error.code``; the log id stands in body and header."""
    error = response.json()["error"]
    assert error["log_id"] == response.headers["x-tt-logid"]
    assert set(error) == {"code", "message", "log_id"}
    return response.status_code, error["code"]


def oauth(sim: SimulatorHandle, path: str = "token", /, **form: str) -> httpx2.Response:
    """A form to ``/v2/oauth/…/`` with key and secret of the default app unless others are named."""
    sent = {"client_key": sim.client_key, "client_secret": sim.client_secret, **form}
    return submit(f"{sim.tiktok_url}/v2/oauth/{path}/", {key: value for key, value in sent.items() if value})


def redeem(sim: SimulatorHandle, code: str, /, **form: str) -> httpx2.Response:
    """Exchange a code."""
    return oauth(sim, **{"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **form})


def renew(sim: SimulatorHandle, refresh_token: str, /, **form: str) -> httpx2.Response:
    """Refresh."""
    return oauth(sim, **{"grant_type": "refresh_token", "refresh_token": refresh_token, **form})


def word(response: httpx2.Response) -> str:
    """The ``error`` of the flat shape."""
    answer = response.json()
    assert set(answer) == {"error", "error_description", "log_id"}
    assert answer["log_id"] == response.headers["x-tt-logid"]
    return str(answer["error"])


def authorize_url(sim: SimulatorHandle, /, **query: str) -> str:
    """The consent page's address; an empty value leaves a parameter out."""
    asked = {
        "client_key": sim.client_key,
        "response_type": "code",
        "scope": "user.info.basic,video.list",
        "redirect_uri": BACK,
        "state": "s t/1",
        "disable_auto_auth": "1",
        **query,
    }
    asked = {key: value for key, value in asked.items() if value}
    return f"{sim.tiktok_auth_url}/v2/auth/authorize/?{urlencode(asked)}"


def returned(response: httpx2.Response, back: str = BACK) -> dict[str, str]:
    """The query of the address a page leads back to."""
    assert response.status_code == 303, response.text
    location = response.headers["location"]
    assert location.startswith(back + "?")
    return {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}


def make_client(sim: SimulatorHandle, **change: object) -> dict[str, Any]:
    """An app of the developer portal."""
    made: dict[str, Any] = sim.post("/_sim/tiktok/clients", change)
    return made
