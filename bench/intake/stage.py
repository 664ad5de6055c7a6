"""What is under fire: real web processes, a real PostgreSQL that waits for the disk, the generator in a process of its
own, all on this machine."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bench.figure import Ground
from huntaze.kit.db import connect

ACCOUNT = "17841400000000001"
SECRET = "bench-app-secret"  # signs what the generator sends to our own process
PATH = "/api/webhooks/instagram"
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """One volley at one process."""

    sent: int
    per_second: float
    acknowledged: frozenset[str]
    refused: int
    """Answers other than 2xx, and requests that were not answered."""
    p50_ms: float
    p99_ms: float


def volley(ground: Ground, scratch: Path, url: str, prefix: str, options: Sequence[str]) -> Round:
    """Every request of ``socialsim fire`` with ``options`` once. ``prefix`` begins the ids of its events."""
    ledger, secret = scratch / "ledger", scratch / "secret"
    secret.write_text(SECRET)
    command = [
        ground.python, "-m", "socialsim", "fire", f"{url}{PATH}", "--secret-file", str(secret), "--account", ACCOUNT,
        "--prefix", prefix, "--ledger", str(ledger), *options,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=ground.root)
    if not done.stdout:
        raise RuntimeError(f"the generator failed: {done.stderr[-500:]}")
    said = json.loads(done.stdout)
    refused = sum(count for status, count in said["statuses"].items() if not status.startswith("2"))
    acknowledged = frozenset(ledger.read_text().split())
    return Round(said["sent"], said["per_second"], acknowledged, refused, said["p50_ms"], said["p99_ms"])


def kept(dsn: str) -> frozenset[str]:
    """The ids of the stored comments, read out of the payloads as they came."""
    return asyncio.run(_kept(dsn))


async def _kept(dsn: str) -> frozenset[str]:
    connection = await connect(dsn)
    try:
        rows = await connection.fetch("SELECT convert_from(payload, 'UTF8')::jsonb ->> 'id' AS id FROM intake_event")
        return frozenset(row["id"] for row in rows)
    finally:
        await connection.close()


@contextmanager
def serving(ground: Ground, scratch: Path, dsn: str, key: str, mode: str) -> Iterator[str]:
    """A web process of ``bench.intake.server`` in one of its modes; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = scratch / mode
    home.mkdir()
    command = [ground.python, "-m", "bench.intake.server", mode, str(port), str(home), dsn, key, SECRET]
    with subprocess.Popen(command, cwd=ground.root) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx2.get(url, trust_env=False)
        except httpx2.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the web process did not start: status {process.poll()}")
