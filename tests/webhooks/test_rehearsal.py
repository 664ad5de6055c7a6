"""`huntaze bench intake`: an operator has the installation measure itself, and nothing of it stays."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec

from huntaze.commands.bench import Found, Load, Said
from tests.commands.running import Ended, huntaze
from tests.support.processes import free_port
from tests.webhooks.conftest import Door
from tests.webhooks.deliveries import comment, delivery


async def _bench(door: Door, folder: Path, *options: str) -> Ended:
    return await asyncio.to_thread(huntaze, "bench", "intake", *options, given=door.rooms.environ, folder=folder)


async def test_what_was_acknowledged_is_held_against_the_table_and_taken_away_again(door: Door, tmp_path: Path) -> None:
    await door.post(delivery([comment("1")]))
    load = ("--rate", "50", "--seconds", "1", "--events", "2", "--url", door.url)
    ended = await _bench(door, tmp_path, *load, "--json")
    assert ended.status == 0, ended.err
    found = json.loads(ended.out)
    assert {name: found[name] for name in ("sent", "acked", "stored", "lost")} == {
        "sent": 100,
        "acked": 100,
        "stored": 100,
        "lost": 0,
    }
    assert (found["deliveries"], found["refused"], found["statuses"]) == (50, 0, {"200": 50})
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert len(await door.stored()) == 1


async def test_a_web_process_that_does_not_answer_and_an_address_that_cannot_be_measured_are_said(
    door: Door, tmp_path: Path
) -> None:
    away, proxy = await asyncio.gather(
        _bench(door, tmp_path, "--rate", "5", "--seconds", "1", "--url", f"http://127.0.0.1:{free_port()}"),
        _bench(door, tmp_path, "--url", "https://social.example.com"),
    )
    assert (away.status, "nothing answers at" in away.err, "--url" in away.err) == (1, True, True)
    assert (proxy.status, "behind the proxy" in proxy.err) == (2, True)


def test_what_was_acknowledged_and_is_not_there_is_lost() -> None:
    load = Load(rate=2, seconds=2, events=1, connections=1, url=None)
    said = msgspec.convert(
        {"sent": 4, "statuses": {"200": 3, "0": 1}, "seconds": 1, "per_second": 3, "p50_ms": 1, "p99_ms": 2}, Said
    )
    found = Found.of(load, said, acked={"a", "b", "c"}, stored={"a", "b"})
    assert (found.lost, found.refused, found.well) == (1, 1, False)
    assert "no answer: 1" in found.words()
