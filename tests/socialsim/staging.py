"""Where recipes are tried: a simulator with fresh tokens, and the requests that are sent to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx2

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, Listener, Reply, Seen

FACEBOOK, INSTAGRAM = "graph.facebook.com", "graph.instagram.com"
TIKTOK, UPLOADS = "open.tiktokapis.com", ("open-upload.tiktokapis.com", "upload.us.tiktokapis.com")
BACK = "http://127.0.0.1/back"
APP_TOKEN = f"{SimulatorHandle.app_id}|{SimulatorHandle.app_secret}"


@dataclass(frozen=True)
class Shot:
    """A request and what must stand in the ledger once it was taken: exactly one row of ``kind``."""

    method: str
    url: str
    kind: str
    form: Mapping[str, str | list[str]] = field(default_factory=dict)
    document: Mapping[str, object] | None = None
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Stage:
    """A simulator with fresh tokens for each shot. Whatever a recipe does to prepare is done before the fault."""

    def __init__(self, sim: SimulatorHandle, listener: Listener) -> None:
        self.sim = sim
        self.client = httpx2.Client(trust_env=False, verify=False, timeout=10)
        self._count = 0
        listener.answers["/hook"] = lambda seen: Reply(body=_challenge(seen))
        self.hook = f"{listener.url}/hook"
        self._media = [row["id"] for row in sim.get(f"/_sim/truth/media?accountId={IG}")["media"]]

    def next(self) -> int:
        """Counts shots and what they need, so that no two get the same thing."""
        self._count += 1
        return self._count

    def url(self, host: str, path: str) -> str:
        """An address on a host of the simulator."""
        return f"{self.sim.url}/{host}/{path.lstrip('/')}"

    def token(self, host: str) -> str:
        """A Page's, an account's or a creator's token, as the host wants it."""
        if host == FACEBOOK:
            return str(self.sim.tokens()["pages"][0]["pageToken"])
        if host == INSTAGRAM:
            return str(self.sim.instagram_tokens()["token"])
        return str(self.sim.tiktok_tokens()["accessToken"])

    def bearer(self, host: str) -> dict[str, str]:
        """As a header."""
        return {"authorization": f"Bearer {self.token(host)}"}

    def medium(self) -> str:
        """A medium of @atelier.maya that no shot has had yet."""
        return str(self._media.pop())

    def comment(self) -> str:
        """A follower's comment under one of its media."""
        return self.sim.comment(IG, self._media[0], f"fan.{self.next()}", "bonjour")

    def graph(self, method: str, host: str, path: str, kind: str, **form: str) -> Shot:
        """A form to a Graph API; DELETE and GET carry it in the query."""
        if method == "POST":
            return Shot(method, self.url(host, path), kind, form=form, headers=self.bearer(host))
        query = "&".join(f"{key}={value}" for key, value in form.items())
        return Shot(method, f"{self.url(host, path)}?{query}", kind, headers=self.bearer(host))

    def fire(self, shot: Shot) -> httpx2.Response:
        """Send it and take the answer as it comes."""
        return self.client.request(
            shot.method,
            shot.url,
            data=dict(shot.form) or None,
            json=shot.document,
            content=shot.content or None,
            headers=dict(shot.headers),
        )

    def made(self, shot: Shot, *path: str) -> str:
        """Send what prepares another shot; gives a word of its answer."""
        response = self.fire(shot)
        assert response.is_success, response.text
        found = response.json()
        for key in path or ("id",):
            found = found[key]
        return str(found)


def _challenge(seen: Seen) -> bytes:
    return seen.query.get("hub.challenge", [""])[0].encode()


Recipe = Callable[[Stage, str], Shot]
"""Given the stage and the host."""
