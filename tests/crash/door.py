"""The API of a house whose processes may be killed under a request: what is answered, and what may be refused."""

from __future__ import annotations

import contextlib
import time

import httpx2

from tests.crash.field import Field, answering
from tests.publishing.ground import Json

SHAKEN = 10.0
"""Seconds after a crash of the database or of the web process in which an answer may be missing."""
REFUSALS = frozenset({"invalid", "duplicate", "too_late", "conflict", "idempotency_key_running"})
"""What a request of a life may be refused with (docs/look-up/api.md)."""


class Door:
    """Asks, with whatever was killed started again before."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.wrong: list[str] = []
        self._server = field.crew.postgres.pid
        self._shaken_at = 0.0

    async def request(self, method: str, path: str, body: Json | None, key: str = "") -> httpx2.Response | None:
        """The answer; None when the process or its database was killed under the request. Other failures, and
        refusals that are not documented, are ``wrong``."""
        await self.stand()
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = await self.field.ground.api.request(method, path, json=body, headers=headers)
        except httpx2.TransportError:
            self.shaken()
            return None
        self.tend()
        if answer.status_code >= 500 and time.monotonic() - self._shaken_at < SHAKEN:
            return None
        if answer.status_code >= 400 and not _documented(answer):
            self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    def shaken(self) -> None:
        """Something was killed just now."""
        self._shaken_at = time.monotonic()

    def tend(self) -> None:
        """Start again whatever is gone, and remember that the database was."""
        self.field.crew.tend()
        if self.field.crew.postgres.pid != self._server:
            self._server = self.field.crew.postgres.pid
            self.shaken()

    async def stand(self) -> None:
        """Return once the web process answers."""
        while True:
            self.tend()
            with contextlib.suppress(AssertionError):
                await answering(self.field.ground, seconds=2)
                return


def _documented(answer: httpx2.Response) -> bool:
    if "json" not in answer.headers.get("content-type", ""):
        return False
    problem = answer.json()
    return problem.get("code") in REFUSALS and bool(problem.get("detail"))
