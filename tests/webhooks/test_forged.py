"""Only what one of our secrets signed comes in, and whoever is refused learns nothing (docs/look-up/security.md)."""

from __future__ import annotations

import socket
from collections import Counter

import httpx2

from tests.support.rooms import rooms, served
from tests.webhooks.conftest import Door
from tests.webhooks.forgeries import Knock, forgeries, rightful

SECRETS = ("FACEBOOK_APP", "INSTAGRAM_APP", "INSTAGRAM_WEBHOOK", "TIKTOK_CLIENT", "TIKTOK_WEBHOOK")


def now(door: Door) -> int:
    return int(door.rooms.clock.now().timestamp())


async def answers(client: httpx2.AsyncClient, knocks: list[Knock]) -> dict[tuple[int, bytes], list[str]]:
    """Who got which answer: status and body."""
    found: dict[tuple[int, bytes], list[str]] = {}
    for knock in knocks:
        answer = await knock.at(client)
        found.setdefault((answer.status_code, answer.content), []).append(f"{knock.platform}: {knock.name}")
    return found


async def test_every_forgery_gets_the_same_401_and_nothing_of_it_is_stored(door: Door) -> None:
    knocks = forgeries(door.rooms.sim, now(door))
    assert Counter(knock.platform for knock in knocks) >= Counter(instagram=28, tiktok=12)
    assert len({(knock.platform, knock.name) for knock in knocks}) == len(knocks)

    got = await answers(door.client, knocks)

    assert got.keys() == {(401, b"")}, got
    assert await door.stored() == []


async def test_whatever_one_of_our_secrets_signed_comes_in(door: Door) -> None:
    knocks = rightful(door.rooms.sim, now(door))

    assert (await answers(door.client, knocks)).keys() == {(200, b"")}
    kinds = [kind for _, kind, _ in await door.stored()]
    assert Counter(kinds) == {"comments": 3, "post.publish.complete": 2}


async def test_without_any_secret_nothing_is_believed(door: Door) -> None:
    environ = {name: value for name, value in door.rooms.environ.items() if not name.startswith(SECRETS)}
    knocks = [*rightful(door.rooms.sim, now(door)), *forgeries(door.rooms.sim, now(door))]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with (
            rooms(environ, door.rooms.sim) as bare,
            served(bare.house, listening) as url,
            httpx2.AsyncClient(base_url=url, trust_env=False, timeout=20) as client,
        ):
            got = await answers(client, knocks)

    assert got.keys() == {(503, b"")}, got
    assert await door.stored() == []
