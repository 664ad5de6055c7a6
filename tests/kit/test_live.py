import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from huntaze.kit.db import Connection, Database
from huntaze.kit.live import LiveHub, Position

HERE, ELSEWHERE = uuid4(), uuid4()


@dataclass(frozen=True)
class Line:
    position: Position
    text: str


class Board:
    """A table of changes as the outbox has one."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def write(self, connection: Connection, text: str, workspace: UUID = HERE) -> None:
        await connection.execute("INSERT INTO line (workspace_id, text) VALUES ($1, $2)", workspace, text)
        await connection.execute("SELECT pg_notify('huntaze_live', '')")

    async def read(self, workspace: UUID, after: Position, limit: int) -> Sequence[Line]:
        rows = await self.database.pool.fetch(
            "SELECT xid, id, text FROM line WHERE workspace_id = $1 AND (xid, id) > ($2, $3)"
            " AND xid < settled_before() ORDER BY xid, id LIMIT $4",
            workspace,
            after.xid,
            after.id,
            limit,
        )
        return [Line(Position(row["xid"], row["id"]), row["text"]) for row in rows]

    async def latest(self) -> Position:
        return Position(await self.database.pool.fetchval("SELECT settled_before()"), 0)


@pytest.fixture
async def board(database: Database) -> Board:
    await database.pool.execute(
        "DROP TABLE IF EXISTS line; CREATE TABLE line (id bigint GENERATED ALWAYS AS IDENTITY,"
        " xid xid8 NOT NULL DEFAULT pg_current_xact_id(), workspace_id uuid, text text)"
    )
    return Board(database)


@asynccontextmanager
async def running(board: Board) -> AsyncIterator[LiveHub[Line]]:
    hub, stop = LiveHub(board.database, board.read, board.latest), asyncio.Event()
    task = asyncio.create_task(hub.run(stop))
    try:
        yield hub
    finally:
        stop.set()
        await task


async def first(hub: LiveHub[Line], count: int, after: Position | None = Position.START) -> list[Line]:
    """The first `count` changes a browser gets."""
    found: list[Line] = []
    async with aclosing(hub.changes(HERE, after)) as changes, asyncio.timeout(15):
        async for change in changes:
            found.append(change)
            if len(found) == count:
                break
    return found


def texts(lines: Sequence[Line]) -> list[str]:
    return [line.text for line in lines]


async def test_a_slower_transaction_that_commits_later_is_not_lost(board: Board) -> None:
    async with running(board) as hub, board.database.pool.acquire() as slow_connection:
        browser = asyncio.create_task(first(hub, 2))
        slow = slow_connection.transaction()
        await slow.start()
        await board.write(slow_connection, "slow, with the lower id")
        await board.write(board.database.pool, "quick")
        assert await board.read(HERE, Position.START, 10) == []  # by id alone, “quick” would have been read past “slow”
        await slow.commit()
        assert texts(await browser) == ["slow, with the lower id", "quick"]


async def test_every_browser_of_a_workspace_gets_its_changes_and_no_other(board: Board) -> None:
    async with running(board) as hub:
        browsers = [asyncio.create_task(first(hub, 2)) for _ in range(3)]
        await board.write(board.database.pool, "one")
        await board.write(board.database.pool, "not for you", ELSEWHERE)
        await board.write(board.database.pool, "two")
        assert [texts(lines) for lines in await asyncio.gather(*browsers)] == [["one", "two"]] * 3


async def test_a_browser_that_comes_back_gets_what_it_missed_once(board: Board) -> None:
    async with running(board) as hub:
        await board.write(board.database.pool, "seen")
        (seen,) = await first(hub, 1)
        await board.write(board.database.pool, "missed")
        back = asyncio.create_task(first(hub, 2, after=Position.parse(str(seen.position))))
        await board.write(board.database.pool, "live")
        assert texts(await back) == ["missed", "live"]


async def test_without_a_position_a_browser_starts_from_now(board: Board) -> None:
    async with running(board) as hub:
        await board.write(board.database.pool, "old")
        async with aclosing(hub.changes(HERE, None)) as changes:
            coming = asyncio.ensure_future(anext(changes))
            await asyncio.sleep(0.2)  # it sits down
            await board.write(board.database.pool, "new")
            assert (await asyncio.wait_for(coming, 15)).text == "new"


async def test_a_browser_that_cannot_keep_up_reads_again_and_loses_nothing(board: Board) -> None:
    async with running(board) as hub, aclosing(hub.changes(HERE, Position.START)) as slow:
        await board.write(board.database.pool, "0")
        got = [await anext(slow)]
        async with board.database.transaction() as tx:
            await tx.execute("INSERT INTO line (workspace_id, text) SELECT $1, n FROM generate_series(1, 2500) n", HERE)
        await first(hub, 2501)  # by now the hub has told everybody
        while len(got) < 2501:
            got.append(await asyncio.wait_for(anext(slow), 15))
        assert texts(got) == [str(number) for number in range(2501)]


async def test_the_hub_outlives_the_loss_of_every_connection(board: Board) -> None:
    async with running(board) as hub:
        browser = asyncio.create_task(first(hub, 2))
        await board.write(board.database.pool, "before")
        async with board.database.pool.acquire() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await board.write(board.database.pool, "after")
        assert texts(await browser) == ["before", "after"]


async def test_streams_end_when_the_hub_stops(board: Board) -> None:
    async with running(board) as hub:
        ended = asyncio.create_task(_all(hub))
        await asyncio.sleep(0.2)
    assert await asyncio.wait_for(ended, 15) == []
    assert await _all(hub) == []


@pytest.mark.parametrize("text", ["", "7", "7-", "-7", "7-8-9", "7-x", "٣-٤", "1 -2"])
def test_a_position_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a position"):
        Position.parse(text)


async def _all(hub: LiveHub[Line]) -> list[Line]:
    return [change async for change in hub.changes(HERE, None)]
