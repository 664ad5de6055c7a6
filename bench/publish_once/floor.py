"""A demo with many accounts, a key and a picture: what these figures ask of, and how they ask."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from bench.control import Control, connect_many
from bench.demo import Demo
from huntaze.kit.db import Connection, connect
from huntaze.kit.postgres import running_dsn

T = TypeVar("T")

AT_ONCE = 8
"""Requests on their way at once while posts are asked for."""
STEP = 0.25
"""Seconds between two looks at whether something is so."""


@dataclass(frozen=True, slots=True)
class Floor:
    """One running demo, with accounts of ours by the platform's names for them."""

    demo: Demo
    control: Control
    headers: Mapping[str, str] = field(repr=False)
    accounts: Sequence[str]
    picture: str

    @classmethod
    def of(cls, demo: Demo, accounts: int) -> "Floor":
        """Connect so many new accounts, and take a picture into the library."""
        headers = _new_key(demo)
        ours = connect_many(demo, accounts)
        body = {"url": f"{demo.simulator}/_sim/pictures/sea-once.jpg?w=1080&h=1080", "name": "once.jpg"}
        answer = httpx2.post(f"{demo.url}/api/v1/assets", json=body, headers=headers, timeout=60)
        picture = str(answer.raise_for_status().json()["id"])
        return cls(demo, Control(demo.simulator), headers, ours, picture)

    def ask(self, captions: Sequence[str], accounts: Sequence[str], due: datetime) -> None:
        """One post after the other, each on its account, all due at ``due``. Raises RuntimeError for a refusal.

        By a key of its own: one may ask 1,200 times in a minute, and rounds follow each other more quickly.
        """
        asyncio.run(self._ask(captions, accounts, due))

    async def _ask(self, captions: Sequence[str], accounts: Sequence[str], due: datetime) -> None:
        waiting = iter(zip(captions, accounts, strict=True))
        key = _new_key(self.demo)
        async with httpx2.AsyncClient(base_url=self.demo.url, headers=key, timeout=60) as client:

            async def some() -> None:
                for caption, account in waiting:
                    answer = await client.post("/api/v1/posts", json=self._post(caption, account, due))
                    if answer.status_code not in (200, 202):
                        raise RuntimeError(f"{answer.status_code}: {answer.text[:300]}")

            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(some())

    def _post(self, caption: str, account: str, due: datetime) -> dict[str, object]:
        return {
            "accountIds": [account],
            "mediaType": "IMAGE",
            "media": [{"assetId": self.picture}],
            "caption": caption,
            "scheduledAt": due.isoformat(),
        }

    def public(self, captions: Sequence[str]) -> list[Mapping[str, Any]]:
        """The ledger's rows of these posts: ``text`` is the caption, ``atEpoch`` the instant, ``accountId`` theirs."""
        wanted = set(captions)
        rows = self.control.get("/_sim/truth?kind=media.published")["rows"]
        return [row for row in rows if row.get("text") in wanted]

    def rows(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        """What the database of the demo answers."""
        return asyncio.run(in_database(self.demo.home, lambda connection: connection.fetch(sql, *args)))


def _new_key(demo: Demo) -> dict[str, str]:
    return {"Authorization": f"Bearer {demo.token()}"}


async def in_database(home: Path, work: "Callable[[Connection], Any]") -> Any:
    """What ``work`` gives on one connection to the database that runs for ``home``."""
    dsn = running_dsn(home)
    if dsn is None:
        raise RuntimeError("its PostgreSQL is not running")
    connection = await connect(dsn)
    try:
        return await work(connection)
    finally:
        await connection.close()


def until(true: Callable[[], T], seconds: float, what: str) -> T:
    """What ``true`` gives once it is true. Raises RuntimeError with ``what`` after ``seconds``."""
    end = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > end:
            raise RuntimeError(f"not so after {seconds:.0f} s: {what}")
        time.sleep(STEP)
    return found
