"""Starting PostgreSQL's programs: as the chosen user, in folders lent to it, as children that die with us."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from huntaze.kit.postgres_tools import RunAs

_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.02


class Runner:
    """Starts programs as `user`, or as ourselves if that is None; `dying` asks the kernel to end them with us."""

    def __init__(self, user: RunAs | None, *, dying: bool) -> None:
        self._user = user
        self._dying = dying

    def give(self, folder: Path) -> None:
        """Let the user own `folder` and all that is in it, and nobody else see it."""
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if self._user is None or folder.stat().st_uid == self._user.uid:
            return
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self._user.uid, self._user.gid, follow_symlinks=False)

    @contextmanager
    def lent(self, *folders: Path) -> Iterator["Lent"]:
        """Names by which a child can reach `folders`.

        Another user may not be able to walk to them (a home in /root), and closed parents must stay closed. An open
        folder is reached through /proc/self/fd without walking, by the child and by its own children.
        """
        with ExitStack() as opened:
            if self._user is None or not Path("/proc/self/fd").is_dir():
                yield Lent(tuple(map(str, folders)), ())
                return
            numbers = tuple(os.open(folder, os.O_RDONLY | os.O_DIRECTORY) for folder in folders)
            for number in numbers:
                opened.callback(os.close, number)
            yield Lent(tuple(f"/proc/self/fd/{number}" for number in numbers), numbers)

    def start(
        self,
        command: Sequence[str | Path],
        lent: "Lent",
        *,
        stdin: int,
        output: IO[bytes],
        death_signal: signal.Signals,
    ) -> subprocess.Popen[bytes]:
        """A child in its own session, since Ctrl-C is for us, who then stop it in order; it gets `death_signal` when
        we die."""
        user = self._user
        return subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs
            command,
            stdin=stdin,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            pass_fds=lent.numbers,
            start_new_session=True,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
            preexec_fn=die_with(os.getpid(), death_signal) if self._dying else None,
        )


class Lent:
    """Folders as a child sees them: `names`, and the open `numbers` it must inherit."""

    def __init__(self, names: tuple[str, ...], numbers: tuple[int, ...]) -> None:
        self.names = names
        self.numbers = numbers


def die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec, after its change of user (which would clear the wish): ask the kernel
    for `death_signal` when `parent` ends, or leave if that has happened already."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        if prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0 or os.getppid() != parent:
            os._exit(1)

    return ask


def watchdog(pid: int) -> subprocess.Popen[bytes]:
    """A shell that waits for the end of our pipe and then stops `pid`: for kernels without a parent-death signal."""
    return subprocess.Popen(  # noqa: S603 - a fixed script
        ["/bin/sh", "-c", 'read -r word; [ "$word" ] || kill -INT "$1"', "sh", str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


def dismiss(guard: subprocess.Popen[bytes]) -> None:
    """Send a watchdog home without its kill."""
    guard.communicate(b"enough\n")


def end_predecessors(mark: str) -> bool:
    """End what a killed process of ours left running: a server that bears `mark`, or its sessions. True if all left.

    A server that is still stopping must be gone before the next starts, since on leaving it removes the lock file,
    whosever that is by then. Sessions without a server work on to the end of their query and keep its memory busy.
    """
    give_up = time.monotonic() + _STOP_SECONDS
    while left := _bearing(mark):
        servers = [pid for pid, title in left.items() if not title.startswith("postgres:")]
        for pid in servers or left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT if servers else signal.SIGKILL)
        if time.monotonic() > give_up:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _bearing(mark: str) -> dict[int, str]:
    """PostgreSQL processes whose title has `mark`, by number. None where there is no /proc: then we only wait."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            title = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        program = title.partition(" ")[0]
        if mark in title and (program == "postgres:" or program.endswith("/postgres")):
            found[int(entry.name)] = title
    return found


def end_server(process: subprocess.Popen[bytes]) -> None:
    """Stop a postmaster: fast (its sessions end, a checkpoint is written), then without a checkpoint, then hard."""
    for wish in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(wish)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
