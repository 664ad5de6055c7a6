"""The demo as a whole: it starts, comes back from kill -9 in every part, ends in order, and keeps its data."""

import json
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from bench.demo import Demo
from bench.memory import tree_of
from tests.commands.running import huntaze
from tests.support.homes import is_closed
from tests.support.waiting import eventually

PARTS = {"web", "worker", "simulator", "postgres"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def demo(home: Path) -> Iterator[Demo]:
    with Demo.start(home) as started:
        yield started


def get(url: str, jar: CookieJar | None = None) -> tuple[str, str]:
    """Where a browser ends up, and what it shows."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(url, timeout=10) as answer:
        return answer.geturl(), answer.read().decode()


def ready(demo: Demo) -> dict[str, object] | None:
    try:
        found: dict[str, object] = json.loads(get(f"{demo.url}/readyz")[1])
    except OSError:
        return None
    return found


def test_the_printed_address_signs_the_owner_in_once(demo: Demo) -> None:
    jar = CookieJar()
    assert get(demo.link, jar)[0] == f"{demo.url}/"
    assert "sea-evening" in get(f"{demo.url}/media", jar)[1]
    with pytest.raises(urllib.error.HTTPError) as spent:
        get(demo.link)
    assert spent.value.code == 410
    spent.value.close()


def test_nobody_else_can_read_the_key(demo: Demo) -> None:
    assert (demo.home / "token.key").stat().st_mode & 0o077 == 0
    assert is_closed(demo.home)


def test_a_second_demo_on_the_same_home_is_refused(demo: Demo, tmp_path: Path) -> None:
    ended = huntaze("demo", "--home", str(demo.home), given={}, folder=tmp_path)
    assert ended.status == 1
    assert f"in use by process {demo.pid}" in ended.err


def test_commands_beside_it_find_its_database_by_the_home(demo: Demo) -> None:
    assert demo.token().startswith("hz_")


async def test_every_part_that_is_killed_comes_back(demo: Demo) -> None:
    before = demo.children()
    assert set(before) == PARTS
    for part in ("worker", "web", "postgres"):
        demo.kill(part)

    async def back() -> bool:
        now = demo.children()
        return set(now) == PARTS and all(now[part] != before[part] for part in ("worker", "web", "postgres"))

    async def well() -> bool:
        return (ready(demo) or {}).get("workers", 0) != 0

    await eventually(back, seconds=30, every=0.1)
    await eventually(well, seconds=30, every=0.1)
    assert any("killed by SIGKILL" in line for line in demo.lines)


async def test_it_ends_in_order_and_starts_again_with_its_data_at_the_same_address(demo: Demo) -> None:
    url, simulator = demo.url, demo.simulator
    running = [demo.pid, *tree_of(demo.pid)]
    assert demo.stop() == 0
    assert not [pid for pid in running if Path(f"/proc/{pid}").exists()]
    with Demo.start(demo.home) as again:
        assert (again.url, again.simulator) == (url, simulator)
        jar = CookieJar()
        get(again.link, jar)
        assert "sea-evening" in get(f"{url}/media", jar)[1]
        left = [again.pid, *tree_of(again.pid)]
        again.kill_all()

        async def gone() -> bool:
            return not [pid for pid in left if _runs(pid)]

        await eventually(gone, seconds=30, every=0.1)


def _runs(pid: int) -> bool:
    """Whether it runs; what nobody has waited for yet does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
