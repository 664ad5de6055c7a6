"""No door reads more of an endless body than it needs, whoever sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import httpx2
import pytest
from starlette.routing import BaseRoute
from starlette.types import Message, Scope

from huntaze.identity import LARGEST_BODY, every_route
from huntaze.webhooks.web import LARGEST as LARGEST_DELIVERY
from tests.journeys.house import House

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
DOORS_FOR_FILES = frozenset({"/media", "/api/v1/assets"})
"""They count for themselves, file by file: tests/library/test_receive.py."""
CHUNK = 64 * 1024
PATIENCE = 16 * LARGEST_BODY
"""After so many bytes the sender stops: no door may have waited for that."""
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")


@dataclass
class Flood:
    """A sender who does not stop, and what was answered."""

    opening: bytes
    sent: int = 0
    status: int = 0
    body: bytearray = field(default_factory=bytearray)

    async def receive(self) -> Message:
        """The next piece."""
        piece = self.opening if self.sent == 0 else b"x" * CHUNK
        self.sent += len(piece)
        return {"type": "http.request", "body": piece, "more_body": self.sent < PATIENCE}

    async def send(self, message: Message) -> None:
        """Hear the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.body += message.get("body", b"")


FORM = b'--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
JSON = b'{"caption": "'


def writing_doors(house: House) -> Iterator[tuple[str, str, BaseRoute]]:
    """Everything that may bring a body; signing out comes last."""
    for path, route in sorted(every_route(house.app.routes), key=lambda door: door[0] == "/sign-out"):
        for method in sorted((getattr(route, "methods", None) or frozenset()) & UNSAFE):
            yield method, path, route


async def flooded(house: House, method: str, path: str, headers: dict[str, str], opening: bytes) -> Flood:
    """Pour a body without end or declared length into a door."""
    values = {"platform": "instagram", "token": "x" * 43}
    address = _PARAMETER.sub(lambda found: values.get(found[1], str(uuid4())), path)
    raw = [(name.encode(), text.encode()) for name, text in {"host": "localhost", **headers}.items()]
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": address, "raw_path": address.encode(), "query_string": b"", "root_path": "", "headers": raw,
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    flood = Flood(opening)
    await house.app(scope, flood.receive, flood.send)
    return flood


@pytest.mark.parametrize("with_token", [True, False], ids=["with-token", "without-token"])
async def test_no_door_reads_an_endless_body_to_its_end(house: House, with_token: bool) -> None:
    person = await house.person()
    cookies = await house.cookies(person)
    async with httpx2.AsyncClient(base_url=house.url, cookies=cookies, trust_env=False) as browser:
        page = await browser.get("/settings/keys", headers={"accept": "text/html"})
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "origin": house.url}
    headers |= {"x-csrf-token": token[1]} if with_token else {}
    greedy, asked = [], 0
    for method, path, route in writing_doors(house):
        if path in DOORS_FOR_FILES:
            continue
        asked += 1
        json = hasattr(route, "dependant")
        kind = "application/json" if json else "multipart/form-data; boundary=b"
        flood = await flooded(house, method, path, {**headers, "content-type": kind}, JSON if json else FORM)
        most = LARGEST_DELIVERY if path.startswith("/api/webhooks/") else LARGEST_BODY
        if flood.sent > most + 2 * CHUNK or not 200 <= flood.status < 500:
            greedy.append(f"{method} {path}: {flood.sent} bytes, {flood.status}")
    assert greedy == []
    assert asked > 20


async def test_a_program_is_told_that_its_body_is_too_large(house: House) -> None:
    key = await house.key(await house.person())
    bearer = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    flood = await flooded(house, "POST", "/api/v1/posts", bearer, JSON)
    assert (flood.status, b"too_large" in flood.body) == (413, True)
    async with httpx2.AsyncClient(base_url=house.url, trust_env=False) as program:
        declared = await program.post("/api/v1/posts", content=b" " * (LARGEST_BODY + 1), headers=bearer)
    assert declared.status_code == 413
