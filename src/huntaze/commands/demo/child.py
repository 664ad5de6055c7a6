"""One process of the demo: started, watched, started again when it dies, ended in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from huntaze.kit.postgres_process import die_with, dismiss, watchdog

_LARGEST_LOG_BYTES = 8_000_000
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_LIVED_WELL = 10.0  # seconds after which an end is a new story
_LAST_LINES = 6


@dataclass(frozen=True, slots=True)
class Program:
    """What a child runs: `arguments` of this Python, and the signal it gets when we are killed."""

    name: str
    arguments: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    death_signal: signal.Signals = signal.SIGKILL


class Child:
    """A process that is to run for as long as we do."""

    def __init__(self, program: Program, say: Callable[[str], None]) -> None:
        self.name = program.name
        self._program = program
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._pause = _FIRST_PAUSE
        self._again_at: float | None = None
        self.ends = 0

    def start(self, *arguments: str, heard: bool = False) -> subprocess.Popen[bytes]:
        """Start it, this once with other `arguments` if given; `heard`: its standard output is for the caller.

        Call from the main thread: the kernel ends the child with the *thread* that started it.
        """
        self._process = self._launch(arguments or self._program.arguments, heard)
        if sys.platform != "linux":
            self._guard = watchdog(self._process.pid)
        self._began = time.monotonic()
        self._again_at = None
        return self._process

    def look(self) -> None:
        """Start it again if it has died, after a pause that doubles while it keeps dying."""
        now = time.monotonic()
        if self._again_at is not None:
            if now >= self._again_at:
                self.start()
            return
        if self._process is None or self._process.poll() is None:
            return
        self.ends += 1
        self._pause = _FIRST_PAUSE if now - self._began > _LIVED_WELL else min(2 * self._pause, _LONGEST_PAUSE)
        self._again_at = now + self._pause
        self._dismiss()
        self._say(f"{self.name} ended ({_how(self._process.returncode)}); it is started again")

    def next_look(self) -> float | None:
        """Seconds until `look` has something to do, None if that depends on the process alone."""
        return None if self._again_at is None else max(0.0, self._again_at - time.monotonic())

    def last_words(self) -> str:
        """The end of its log."""
        text = self._program.log.read_text(errors="replace") if self._program.log.exists() else ""
        return "\n".join(text.strip().splitlines()[-_LAST_LINES:])

    def ask_to_end(self) -> None:
        """Ask it to end; `wait` follows."""
        self._again_at = None
        self._dismiss()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, and end it hard after `seconds`."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _launch(self, arguments: Sequence[str], heard: bool) -> subprocess.Popen[bytes]:
        """In a session of its own, since Ctrl-C is for us."""
        program = self._program
        if program.log.exists() and program.log.stat().st_size > _LARGEST_LOG_BYTES:
            program.log.replace(program.log.with_suffix(".log.1"))
        with program.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own programs
                [sys.executable, *arguments],
                env=program.environ,
                cwd=program.log.parent.parent,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if heard else log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with(os.getpid(), program.death_signal) if sys.platform == "linux" else None,
            )

    def _dismiss(self) -> None:
        if self._guard is not None:
            dismiss(self._guard)
            self._guard = None


def _how(status: int) -> str:
    return f"status {status}" if status >= 0 else f"killed by {signal.Signals(-status).name}"
