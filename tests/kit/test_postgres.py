"""Each rule of the embedded PostgreSQL is one test: with real clusters, real processes and real kill -9."""

import asyncio
import contextlib
import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from huntaze.kit.postgres import (
    CannotRunAs,
    EmbeddedPostgres,
    HomeInUse,
    StartFailed,
    WrongMajor,
    _lines_of,
    running_dsn,
)
from tests.support.homes import is_closed

AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root runs the database as another user")
_SYSTEM_BIN = Path("/usr/lib/postgresql/15/bin")
_PR_CAPBSET_DROP, _CAP_SETUID = 24, 7

KEEP = "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 7 AS n"

PARENT = """
import signal, sys
from pathlib import Path
from huntaze.kit.postgres import EmbeddedPostgres, PostgresError
server = EmbeddedPostgres(Path(sys.argv[1]), by_pipe=sys.argv[2:] == ["pipe"])
try:
    server.start()
except PostgresError as refusal:
    print(type(refusal).__name__, refusal, flush=True)
else:
    print(server.pid, flush=True)
    signal.pause()
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home whose cluster was made once, for tests that leave it whole."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "home"
        with EmbeddedPostgres(made):
            pass
        yield made


@contextlib.contextmanager
def _moved(home: Path, place: Path) -> Iterator[Path]:
    home.rename(place)
    try:
        yield place
    finally:
        place.rename(home)


@contextlib.contextmanager
def _spoiled(path: Path, content: str | None) -> Iterator[None]:
    """`path` with other content, or gone, for a while."""
    aside = path.rename(path.with_name(path.name + ".aside"))
    if content is not None:
        shutil.copy2(aside, path)
        os.chown(path, aside.stat().st_uid, aside.stat().st_gid)
        path.write_text(content)
    try:
        yield
    finally:
        aside.replace(path)


async def _value(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def _do(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _wait(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up, "it did not come about within 20 s"
        time.sleep(0.01)


@contextlib.contextmanager
def _parent(home: Path, *how: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that runs the database of `home`, and the number of its server."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, home, *how], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    try:
        yield parent, int(parent.stdout.readline())
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def test_a_first_start_makes_a_cluster_that_keeps_what_it_acknowledges() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "new" / "home"
        with EmbeddedPostgres(home) as dsn:
            assert await _value(dsn, "SELECT current_database() || current_user") == "huntazehuntaze"
            locale = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()"
            assert await _value(dsn, locale) == "bC.UTF-8"
            assert await _value(dsn, "SELECT upper('é')") == "É"
            for name, wanted in (("fsync", "on"), ("synchronous_commit", "on"), ("listen_addresses", "")):
                assert await _value(dsn, f"SHOW {name}") == wanted
            assert (home / "run").stat().st_mode & 0o777 == 0o700
            assert is_closed(home)
        assert not list(home.glob("postgres.making-*"))


async def test_what_was_written_is_there_after_a_restart(home: Path) -> None:
    with EmbeddedPostgres(home) as dsn:
        await _do(dsn, KEEP)
    with EmbeddedPostgres(home) as dsn:
        assert await _value(dsn, "SELECT n FROM kept") == 7


def test_starting_twice_is_starting_once(home: Path) -> None:
    server = EmbeddedPostgres(home)
    try:
        first, pid = server.start(), server.pid
        assert (server.start(), server.pid) == (first, pid)
    finally:
        server.stop()
    assert server.pid is None
    server.stop()


def test_a_second_process_on_the_same_home_is_refused(home: Path) -> None:
    with _parent(home) as (first, _), pytest.raises(HomeInUse, match=rf"in use by process {first.pid}\b") as refused:
        EmbeddedPostgres(home).start()
    assert "HUNTAZE_HOME" in refused.value.remedy
    with EmbeddedPostgres(home):
        pass


def test_others_can_find_the_running_database(home: Path) -> None:
    assert running_dsn(home) is None
    with EmbeddedPostgres(home) as dsn:
        assert running_dsn(home) == dsn
    assert running_dsn(home) is None
    (home / "postgres.dsn").write_text(dsn)
    assert running_dsn(home) is None


async def test_a_stale_pid_whose_number_another_process_bears_does_not_matter(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    pid = server.pid
    assert pid is not None
    user = psutil.Process(pid).username()
    psutil.Process(pid).kill()
    _wait(lambda: server.pid is None)
    server.stop()
    bystander = subprocess.Popen(["sleep", "60"], user=user if AS_ROOT else None, cwd="/")
    try:
        for lock in (home / "postgres/postmaster.pid", home / "run/.s.PGSQL.5432.lock"):
            rest = lock.read_text().partition("\n")[2]
            lock.write_text(f"{bystander.pid}\n{rest}")
        with EmbeddedPostgres(home) as dsn:
            assert await _value(dsn, "SELECT 1") == 1
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("pause", [0.0, 0.2, 0.5])
async def test_after_a_kill_of_the_postmaster_it_starts_again_at_once(home: Path, pause: float) -> None:
    """The sessions of the dead server hold its shared memory for a moment."""
    server = EmbeddedPostgres(home)
    dsn = server.start()
    try:
        busy = await asyncpg.connect(dsn)
        await busy.execute(KEEP)
        working = asyncio.create_task(busy.execute("SELECT sum(n) FROM generate_series(1, 50_000_000) AS n"))
        await asyncio.sleep(0.05)
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        _wait(lambda: server.pid is None)
        await asyncio.sleep(pause)
        assert await _value(server.start(), "SELECT n FROM kept") == 7
        assert server.pid != pid
        with contextlib.suppress(Exception):
            await working
        busy.terminate()
    finally:
        server.stop()


@pytest.mark.parametrize("how", [(), ("pipe",)], ids=["by the kernel", "by a pipe"])
async def test_the_server_dies_with_its_killed_parent_and_starts_again(home: Path, how: tuple[str, ...]) -> None:
    with _parent(home, *how) as (parent, pid):
        dsn = running_dsn(home)
        assert dsn is not None
        await _do(dsn, KEEP)
        parent.kill()
        parent.wait()
        with EmbeddedPostgres(home) as again:
            assert await _value(again, "SELECT n FROM kept") == 7
        _wait(lambda: not _alive(pid))


def test_a_parent_killed_while_the_cluster_is_made_leaves_no_half_cluster() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        parent = subprocess.Popen([sys.executable, "-c", PARENT, home], stdout=subprocess.DEVNULL)
        _wait(lambda: any(home.glob("postgres.making-*/base")))
        parent.kill()
        parent.wait()
        assert not (home / "postgres").exists()
        with EmbeddedPostgres(home):
            assert not list(home.glob("postgres.making-*"))


async def test_a_socket_path_over_107_bytes_moves_to_a_closed_temporary_folder(home: Path) -> None:
    with _moved(home, _named_for_a_socket_of(108, home)) as long, EmbeddedPostgres(long) as dsn:
        moved = Path(dsn.partition("host=")[2].partition("&")[0])
        assert not moved.is_relative_to(long)
        assert moved.stat().st_mode & 0o777 == 0o700
        assert await _value(dsn, "SELECT 1") == 1
    assert not moved.exists()


async def test_a_socket_path_of_107_bytes_stays_in_the_home(home: Path) -> None:
    with _moved(home, _named_for_a_socket_of(107, home)) as long, EmbeddedPostgres(long) as dsn:
        assert f"host={long}/run&" in dsn
        assert await _value(dsn, "SELECT 1") == 1


def _named_for_a_socket_of(length: int, home: Path) -> Path:
    named = home.with_name("x" * (length - len(f"{home.parent}//run/.s.PGSQL.5432")))
    assert len(f"{named}/run/.s.PGSQL.5432") == length
    return named


def test_data_of_another_major_version_are_refused_with_the_remedy(home: Path) -> None:
    with _spoiled(home / "postgres/PG_VERSION", "15\n"), pytest.raises(WrongMajor, match="by PostgreSQL 15") as refused:
        EmbeddedPostgres(home).start()
    assert "dump" in refused.value.remedy
    assert "restore" in refused.value.remedy


@pytest.mark.skipif(not _SYSTEM_BIN.is_dir(), reason="this machine has no other PostgreSQL")
async def test_any_folder_of_programs_may_be_given_instead() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "home", _SYSTEM_BIN)
        try:
            dsn = server.start()
            assert str(await _value(dsn, "SHOW server_version")).startswith("15.")
            assert await _value(dsn, "SELECT upper('é')") == "É"
            assert server.bin_dir == _SYSTEM_BIN
        finally:
            server.stop()


def test_a_folder_without_programs_is_refused_in_clear_words(home: Path, tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="no working PostgreSQL") as refused:
        EmbeddedPostgres(home, tmp_path).start()
    assert "POSTGRES_BIN" in refused.value.remedy


def test_a_server_that_gives_up_is_quoted_and_the_home_is_free_again(home: Path) -> None:
    broken = _spoiled(home / "postgres/postgresql.conf", "no_such_thing = 1\n")
    with broken, pytest.raises(StartFailed, match="no_such_thing"):
        EmbeddedPostgres(home).start()
    with EmbeddedPostgres(home):
        pass


def test_a_folder_that_is_no_cluster_is_left_alone(home: Path) -> None:
    with _spoiled(home / "postgres/PG_VERSION", None), pytest.raises(StartFailed, match="not a PostgreSQL cluster"):
        EmbeddedPostgres(home).start()


def test_the_status_file_may_vanish_while_it_is_read(tmp_path: Path) -> None:
    """A server that replays after a kill -9 takes the dead one's file away and writes its own."""
    status, done = tmp_path / "postmaster.pid", threading.Event()

    def write_and_remove() -> None:
        for _ in range(3000):
            status.write_text("7\n")
            status.unlink()
        done.set()

    writer = threading.Thread(target=write_and_remove)
    writer.start()
    seen = set()
    while not done.is_set():
        seen.add(tuple(_lines_of(status)))
    writer.join()
    assert () in seen
    assert seen <= {(), ("7",)}


def test_it_is_started_from_the_main_thread_only(home: Path) -> None:
    """The parent-death signal follows the thread that started the child."""
    said: list[str] = []

    def start() -> None:
        try:
            EmbeddedPostgres(home).start()
        except RuntimeError as refusal:
            said.append(str(refusal))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert said == ["the embedded PostgreSQL must be started from the main thread"]


def _shares_of_memory(postmaster: psutil.Process) -> Iterator[int]:
    """Bytes (PSS) of each process; an autovacuum worker may end while it is being read."""
    for process in (postmaster, *postmaster.children()):
        with contextlib.suppress(psutil.NoSuchProcess):
            yield process.memory_full_info().pss


async def test_it_needs_little_memory_and_nothing_of_dev_shm(home: Path) -> None:
    server = EmbeddedPostgres(home)
    try:
        dsn = server.start()
        assert await _value(dsn, "SELECT count(*) FROM generate_series(1, 100_000)") == 100_000
        assert server.pid is not None
        postmaster = psutil.Process(server.pid)
        with contextlib.suppress(psutil.AccessDenied):  # root without CAP_SYS_PTRACE
            assert sum(_shares_of_memory(postmaster)) < 90_000_000
            assert not any("/dev/shm" in part.path for part in postmaster.memory_maps())
        assert await _value(dsn, "SHOW dynamic_shared_memory_type") == "mmap"
        assert await _value(dsn, "SHOW max_parallel_workers") == "0"
    finally:
        server.stop()


@needs_root
def test_a_dev_shm_of_next_to_nothing_is_enough() -> None:
    with tempfile.TemporaryDirectory() as folder:
        own_mounts = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=64k none /dev/shm && exec "$@"', "sh"]
        if subprocess.run([*own_mounts, "true"], capture_output=True, check=False).returncode:
            pytest.skip("this root may not mount")
        once = PARENT.replace("signal.pause()", "server.stop()")
        done = subprocess.run(
            [*own_mounts, sys.executable, "-c", once, Path(folder) / "home"], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip().isdigit()


@needs_root
@pytest.mark.parametrize("run_as", [None, "nobody"])
def test_root_runs_the_server_as_another_user(home: Path, run_as: str | None) -> None:
    server = EmbeddedPostgres(home, run_as=run_as)
    try:
        server.start()
        assert server.pid is not None
        process = psutil.Process(server.pid)
        assert 0 not in process.uids()
        assert 0 not in process.gids()
        if run_as:
            assert process.uids().real == pwd.getpwnam(run_as).pw_uid
        assert home.stat().st_uid == 0
        assert is_closed(home)
    finally:
        server.stop()


@needs_root
@pytest.mark.parametrize("run_as", ["nobody-of-that-name", "root"])
def test_an_unknown_user_is_refused_in_clear_words(home: Path, run_as: str) -> None:
    with pytest.raises(CannotRunAs, match=f"the user {run_as} is not known here or is root") as refused:
        EmbeddedPostgres(home, run_as=run_as).start()
    assert "POSTGRES_RUN_AS" in refused.value.remedy


@needs_root
def test_a_root_that_may_not_change_its_user_is_told_so(home: Path) -> None:
    prctl = ctypes.CDLL(None).prctl
    done = subprocess.run(
        [sys.executable, "-c", PARENT, home],
        preexec_fn=lambda: prctl(_PR_CAPBSET_DROP, _CAP_SETUID, 0, 0, 0),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("CannotRunAs PostgreSQL does not run as root, and this root may not become")
    assert "DATABASE_URL" in done.stdout


@needs_root
async def test_a_home_under_a_closed_folder_works_and_the_folder_stays_closed(home: Path) -> None:
    closed = home.with_name("closed")
    closed.mkdir(mode=0o700)
    with _moved(home, closed / "home") as inside, EmbeddedPostgres(inside) as dsn:
        assert await _value(dsn, "SELECT 1") == 1
        assert closed.stat().st_mode & 0o777 == 0o700
        assert closed.stat().st_uid == 0


@needs_root
@pytest.mark.parametrize("home_is_closed_too", [False, True])
async def test_programs_in_a_closed_folder_are_copied_with_their_libraries(
    home: Path, home_is_closed_too: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        top.chmod(0o755)
        closed = top / "closed"
        closed.mkdir(mode=0o700)
        package = EmbeddedPostgres(home).bin_dir.parent.parent
        for part in (package / "pginstall", package.with_suffix(".libs")):
            shutil.copytree(part, closed / part.relative_to(package.parent), copy_function=_link_or_copy)
        bin_dir = closed / package.name / "pginstall" / "bin"
        with _moved(home, (closed if home_is_closed_too else top) / "home") as here:
            with EmbeddedPostgres(here, bin_dir) as dsn:
                assert await _value(dsn, "SELECT 1") == 1
                assert closed.stat().st_mode & 0o777 == 0o700
            shelf = here / "postgres-tools"
            shutil.rmtree(shelf)
            if home_is_closed_too:
                name = hashlib.sha256(os.fsencode(here)).hexdigest()[:12]
                shelf = Path(tempfile.gettempdir()) / f"huntaze-tools-{name}"
                assert shelf.stat().st_uid == 0
                shutil.rmtree(shelf)
            here.chmod(0o700)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
