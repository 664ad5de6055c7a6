"""Our own commands as processes of their own, which a test may kill."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

_START_SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """A process of ours."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """As the kernel does it when memory runs out."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    async def ended(self, seconds: float = 30.0) -> int:
        """Wait for its end; the status."""
        return await asyncio.to_thread(self.process.wait, seconds)


@contextmanager
def huntaze(environ: Mapping[str, str], log: Path, *arguments: str) -> Iterator[Running]:
    """`huntaze …` with exactly these settings."""
    command = [sys.executable, "-m", "huntaze", *arguments]
    path = {"PATH": os.environ["PATH"]}
    with log.open("wb") as out:
        process = subprocess.Popen(command, env={**path, **environ}, stdout=out, stderr=out, cwd=log.parent)
    try:
        yield Running(process, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@asynccontextmanager
async def web_process(environ: Mapping[str, str], folder: Path) -> AsyncIterator[tuple[str, Running]]:
    """A web process that answers already; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    arguments = ("serve", "--host", "127.0.0.1", "--port", str(port), "--no-owner-link")
    with huntaze(environ, folder / f"web-{port}.log", *arguments) as running:
        await _answers(f"{url}/healthz", running)
        yield url, running


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answers(url: str, running: Running) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + _START_SECONDS
    async with httpx2.AsyncClient(trust_env=False, verify=False) as client:
        while loop.time() < end and running.process.poll() is None:
            try:
                await client.get(url)
            except httpx2.HTTPError:
                await asyncio.sleep(0.05)
            else:
                return
    raise AssertionError(f"it did not start: {running.log.read_text()[-2000:]}")
