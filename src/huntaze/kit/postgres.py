"""The embedded PostgreSQL: one cluster in the home folder, run as a direct child that dies with us.

Why each rule holds is written beside it; all were found by breaking launchers
(docs/decisions/0001-embedded-postgres.md).
"""

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import parse_qs, quote, urlsplit

from huntaze.kit.postgres_process import Runner, dismiss, end_predecessors, end_server, watchdog
from huntaze.kit.postgres_tools import (
    CannotRunAs,
    HomeInUse,
    PostgresError,
    StartFailed,
    WrongMajor,
    installed_bin_dir,
    readable_tools,
    user_for,
    version_of,
)

__all__ = ["CannotRunAs", "EmbeddedPostgres", "HomeInUse", "PostgresError", "StartFailed", "WrongMajor", "running_dsn"]

_NAME = "huntaze"
_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 107
_ORPHANS_LEAVE_WITHIN_SECONDS = 60.0
_POLL_SECONDS = 0.01
_LARGEST_LOG_BYTES = 8_000_000
_FIRST_MAJOR_WITH_BUILTIN_LOCALES = 17

# Small memory and few processes: the whole demo lives in 400 MB. `mmap` instead of POSIX shared memory, because
# containers give 64 MB of /dev/shm. fsync and synchronous_commit stay on: acknowledged means stored.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "work_mem": "4MB",
    "maintenance_work_mem": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_replication_slots": "0",
    "max_logical_replication_workers": "0",
    "max_worker_processes": "2",
    "max_parallel_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "autovacuum_max_workers": "1",
    "dynamic_shared_memory_type": "mmap",
    "max_wal_size": "256MB",
    "jit": "off",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
}


class EmbeddedPostgres:
    """The cluster in `home/postgres`, started and stopped by this process; one process per home.

    `bin_dir`: a folder with postgres and initdb instead of the installed wheel's. `run_as`: as root, the user to run
    as (else the cluster's owner, postgres or nobody). `by_pipe`: learn of our death by a pipe, where the kernel has no
    parent-death signal.
    """

    def __init__(
        self,
        home: Path,
        bin_dir: Path | None = None,
        *,
        run_as: str | None = None,
        by_pipe: bool = sys.platform != "linux",
    ) -> None:
        self._home = home.absolute()
        self._cluster = self._home / "postgres"
        self._given_bin = bin_dir
        self._wanted_user = run_as
        self._by_pipe = by_pipe
        self._mark = f"huntaze-{hashlib.sha256(os.fsencode(self._home)).hexdigest()[:12]}"
        self._lock: IO[str] | None = None
        self._sockets = self._home / "run"
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process number of the running server, or None."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def bin_dir(self) -> Path:
        """The folder of the PostgreSQL programs (pg_dump, pg_restore …)."""
        return self._given_bin or installed_bin_dir()

    def start(self) -> str:
        """Start, making the cluster if there is none, and return the DSN; a running server is left as it is.

        Blocks until the server takes connections, however long it replays. Raises PostgresError. Call it from the
        main thread: the kernel ends the server when the *thread* that started it ends.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("the embedded PostgreSQL must be started from the main thread")
        self._take_home()
        try:
            if self.pid is None:
                self._run()
        except BaseException:
            self.stop()
            raise
        dsn = f"postgresql://{_NAME}@/{_NAME}?host={quote(str(self._sockets))}&port=5432"
        _dsn_file(self._home).write_text(dsn)
        return dsn

    def stop(self) -> None:
        """Stop the server (fast: sessions are ended, nothing is lost) and give the home free."""
        self._dismiss_guard()
        if self._process is not None:
            end_server(self._process)
            self._process = None
        if self._sockets != self._home / "run":
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = self._home / "run"
        if self._lock is not None:
            _dsn_file(self._home).unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            dismiss(self._guard)
            self._guard = None

    def _take_home(self) -> None:
        if self._lock is not None:
            return
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (self._home / "postgres.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise HomeInUse(
                f"{self._home} is in use by process {holder}", "stop that one first, or choose another HUNTAZE_HOME"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _run(self) -> None:
        found = self.bin_dir
        version = version_of(found)
        major = int(version.partition(".")[0])
        self._check_major(major)
        user = user_for(self._wanted_user, self._cluster)
        tools = readable_tools(found, version, self._home, user)
        runner = Runner(user, dying=not self._by_pipe)
        if not self._cluster.exists():
            self._make_cluster(runner, tools, major)
        runner.give(self._cluster)
        self._prepare_sockets(runner)
        if not end_predecessors(self._mark):
            raise HomeInUse(f"another server still works on {self._cluster}", "stop it first")
        self._disown_stale_locks()
        # A guard of a server that is gone would one day stop whoever bears its number
        self._dismiss_guard()
        self._process = self._start_server(runner, tools)
        if self._by_pipe:
            self._guard = watchdog(self._process.pid)

    def _check_major(self, major: int) -> None:
        marker = self._cluster / "PG_VERSION"
        if not self._cluster.exists():
            return
        if not marker.exists():
            raise StartFailed(f"{self._cluster} is not a PostgreSQL cluster", "move it away and start again")
        if (written := marker.read_text().strip()) == str(major):
            return
        raise WrongMajor(
            f"{self._cluster} was written by PostgreSQL {written}, and the programs here are {major}",
            f"dump it with the programs of PostgreSQL {written} (POSTGRES_BIN), move the folder away, start again and "
            "restore the dump",
        )

    def _make_cluster(self, runner: Runner, tools: Path, major: int) -> None:
        """Made aside and renamed when complete, so that a home never holds half a cluster."""
        for left in self._home.glob("postgres.making-*"):
            shutil.rmtree(left, ignore_errors=True)
        side = self._home / f"postgres.making-{os.getpid()}"
        runner.give(side)
        options = ["--locale=C.UTF-8"]
        if major >= _FIRST_MAJOR_WITH_BUILTIN_LOCALES:
            options = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            # Also while the cluster is made: /dev/shm may be nearly full or tiny
            options += ["--set", "dynamic_shared_memory_type=mmap"]
        access = [f"--username={_NAME}", "--auth-local=trust", "--auth-host=reject"]
        with runner.lent(side) as lent:
            make: list[str | Path] = [
                tools / "initdb",
                "-D",
                lent.names[0],
                "--encoding=UTF8",
                *options,
                *access,
                "--no-instructions",
            ]
            single: list[str | Path] = [tools / "postgres", "--single", "-D", lent.names[0], "template1"]
            for command, words in ((make, b""), (single, f"CREATE DATABASE {_NAME}\n".encode())):
                with tempfile.TemporaryFile() as output:
                    process = runner.start(
                        command, lent, stdin=subprocess.PIPE, output=output, death_signal=signal.SIGKILL
                    )
                    process.communicate(words)
                    output.seek(0)
                    if process.returncode != 0:
                        raise _start_failed(output.read())
        side.rename(self._cluster)
        _sync(self._home)

    def _prepare_sockets(self, runner: Runner) -> None:
        if len(os.fsencode(self._sockets / _SOCKET)) > _LONGEST_SOCKET_PATH:
            self._sockets = Path(tempfile.mkdtemp(prefix="huntaze-"))
        runner.give(self._sockets)

    def _disown_stale_locks(self) -> None:
        """Make the lock files of a killed server name us: PostgreSQL ignores its parent's number there, while another
        process may by now bear the old one. The file is kept, since the check of its shared memory still guards."""
        for path in (self._cluster / "postmaster.pid", self._sockets / f"{_SOCKET}.lock"):
            if path.exists():
                with path.open("r+") as lock:
                    rest = lock.read().partition("\n")[2]
                    lock.seek(0)
                    lock.write(f"{os.getpid()}\n{rest}")
                    lock.truncate()

    def _start_server(self, runner: Runner, tools: Path) -> subprocess.Popen[bytes]:
        # The cluster's name stands in the title of each of its processes, which is how they are found again
        named = {"cluster_name": self._mark, **_SETTINGS}
        settings = [word for name, value in named.items() for word in ("-c", f"{name}={value}")]
        give_up = time.monotonic() + _ORPHANS_LEAVE_WITHIN_SECONDS
        while True:
            with _log(self._home) as log, runner.lent(self._cluster, self._sockets) as lent:
                begin = log.tell()
                command: list[str | Path] = [tools / "postgres", "-D", lent.names[0], "-k", lent.names[1], *settings]
                process = runner.start(command, lent, stdin=subprocess.DEVNULL, output=log, death_signal=signal.SIGINT)
                try:
                    if self._await_ready(process):
                        return process
                except BaseException:
                    end_server(process)
                    raise
                log.seek(begin)
                words = log.read()
            # After a kill -9 the sessions of the dead server need a moment to notice and let the memory go
            if b"shared memory block" not in words or time.monotonic() > give_up:
                raise _start_failed(words)
            time.sleep(10 * _POLL_SECONDS)

    def _await_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """True once this very server takes connections, False if it ended. No limit: a replay may take long."""
        status = self._cluster / "postmaster.pid"
        while process.poll() is None:
            lines = _lines_of(status)
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return True
            time.sleep(_POLL_SECONDS)
        return False


def _lines_of(status: Path) -> list[str]:
    """Empty while there is no file: a server that begins takes away what a dead one left."""
    try:
        return status.read_text().splitlines()
    except FileNotFoundError:
        return []


def running_dsn(home: Path) -> str | None:
    """The DSN of the database that another process runs for `home`, or None if none answers."""
    try:
        dsn = _dsn_file(home.absolute()).read_text()
        folder = parse_qs(urlsplit(dsn).query)["host"][0]
        with socket.socket(socket.AF_UNIX) as knock:
            knock.connect(f"{folder}/{_SOCKET}")
    except (OSError, KeyError):
        return None
    return dsn


def _dsn_file(home: Path) -> Path:
    return home / "postgres.dsn"


def _log(home: Path) -> IO[bytes]:
    path = home / "postgres.log"
    if path.exists() and path.stat().st_size > _LARGEST_LOG_BYTES:
        path.replace(home / "postgres.log.1")
    log = path.open("a+b")
    log.seek(0, os.SEEK_END)
    return log


def _start_failed(output: bytes) -> StartFailed:
    lines = output.decode(errors="replace").strip().splitlines()[-6:]
    return StartFailed(
        "PostgreSQL did not start; it said: " + " | ".join(line.strip() for line in lines),
        "mend what it names; its whole log is postgres.log in HUNTAZE_HOME",
    )


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
