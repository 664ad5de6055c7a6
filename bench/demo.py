"""A running `huntaze demo`, as measurements, journeys and tests hold it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType

from bench.memory import pss_of, tree_of

_LINK = re.compile(r"http://\S+/sign-in/link/\S+")
_START_WITHIN = 150.0
_STOP_WITHIN = 60.0
_NAMES = {"huntaze serve": "web", "huntaze work": "worker", "first_worker": "worker", "socialsim": "simulator"}


class DemoFailed(Exception):
    """The demo ended or was silent before it printed its address."""


class Demo:
    """Started by `Demo.start`, ended by `stop` or by leaving the `with`."""

    def __init__(self, process: subprocess.Popen[str], home: Path, python: str) -> None:
        self._process = process
        self._python = python
        self.home = home
        self.pid = process.pid
        self.link = ""
        self.lines: list[str] = []
        self._said: Queue[str | None] = Queue()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    @classmethod
    def start(
        cls,
        home: Path,
        *,
        python: str = sys.executable,
        port: int = 0,
        simulator_port: int = 0,
        environ: Mapping[str, str] | None = None,
    ) -> "Demo":
        """Start one on `home` and wait until it prints its address; a home that was used keeps its ports (0: any
        free one for a new home). Raises DemoFailed with what it said."""
        kept = (home / "demo.json").exists()
        ports = () if kept else ("--port", str(port), "--simulator-port", str(simulator_port))
        process = subprocess.Popen(
            [python, "-m", "huntaze", "demo", "--home", str(home), *ports],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        demo = cls(process, home, python)
        try:
            demo._await_link()
        except BaseException:
            demo.stop()
            raise
        return demo

    def __enter__(self) -> "Demo":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the pages are."""
        return str(self._state()["url"])

    @property
    def simulator(self) -> str:
        """Where the simulator is."""
        return str(self._state()["simulator"])

    def children(self) -> dict[str, int]:
        """The process numbers of web, worker, simulator and postgres, of those that run now."""
        found = {}
        for pid, title in tree_of(self.pid, depth=1).items():
            name = "postgres" if "/postgres" in title else ""
            name = next((word for mark, word in _NAMES.items() if mark in title), name)
            if name:
                found[name] = pid
        return found

    def kill(self, name: str) -> int:
        """SIGKILL to one child; the number it had."""
        pid = self.children()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill_all(self) -> None:
        """SIGKILL to the parent: everything is to end by itself."""
        self._process.kill()
        self._process.wait()
        self._listening.join()

    def stop(self) -> int:
        """SIGTERM, as Ctrl-C; waits for the end and gives the exit status."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            status = self._process.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._listening.join()
        return status

    def owner_link(self) -> str:
        """A fresh one-time address that signs the owner in."""
        return self._command("owner", "link")

    def token(self, name: str = "bench") -> str:
        """A new API key."""
        return self._command("token", "create", name)

    def pss(self) -> dict[str, float]:
        """Memory in MB by process: web, worker, simulator, postgres with its own, and the parent."""
        owners = {pid: name for name, pid in self.children().items()}
        sizes = {"parent": pss_of(self.pid)} | dict.fromkeys(owners.values(), 0.0)
        for pid, name in owners.items():
            sizes[name] += pss_of(pid) + sum(pss_of(child) for child in tree_of(pid))
        return {name: round(size, 1) for name, size in sizes.items()}

    def _command(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._python, "-m", "huntaze", *arguments],
            env={**os.environ, "HUNTAZE_HOME": str(self.home)},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def _state(self) -> Mapping[str, object]:
        state: Mapping[str, object] = json.loads((self.home / "demo.json").read_bytes())
        return state

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as said:
            for line in said:
                self.lines.append(line.rstrip())
                self._said.put(line)
        self._said.put(None)

    def _await_link(self) -> None:
        give_up = time.monotonic() + _START_WITHIN
        while not self.link:
            try:
                line = self._said.get(timeout=max(0.0, give_up - time.monotonic()))
            except Empty:
                raise DemoFailed("silent:\n" + "\n".join(self.lines)) from None
            if line is None:
                raise DemoFailed("ended:\n" + "\n".join(self.lines))
            if found := _LINK.search(line):
                self.link = found.group()
