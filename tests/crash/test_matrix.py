"""A few cells of the crash matrix, and that the whole of it leaves nothing out. The whole: `make crash`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.crash.cells import (
    CHECKPOINTS,
    COMMENT_CHECKPOINTS,
    FORMS,
    FREEZE,
    KINDS,
    Around,
    Cell,
    Order,
    faults,
    kills,
    relayed,
)
from tests.crash.field import around, open_field
from tests.crash.ground import TIME_SCALE
from tests.crash.matrix import Matrix, Verdict

ROOMS = Path(__file__).parents[2] / "src/huntaze"
PUBLISHING, ONCE = ROOMS / "publishing", ROOMS / "once"


def _lost(kind: str, form: str) -> Cell:
    return Cell(KINDS[kind], (), ((Around(KINDS[kind].irreversible), form, 1),))


CELLS = [
    Cell(KINDS["image"], (Order("prepare.created", "web"),)),
    Cell(KINDS["image"], (Order("publish.answered", "postgres"),)),
    Cell(KINDS["carousel"], (Order("publish.answered", "worker"),)),
    relayed(KINDS["init"]),
    _lost("reel", "mid"),
    _lost("init", "late-commit soon"),
    _lost("publish_call", "after stall"),
]


@pytest_asyncio.fixture(scope="module")
async def verdicts(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Verdict]]:
    """The cells in a house of their own. A platform that fetches by itself has to find somebody: what is only cut off
    comes first, then what kills the web process."""
    home: Path = tmp_path_factory.mktemp("matrix")
    with around() as (sim, servers):
        async with open_field(home, sim, servers, scale=TIME_SCALE) as field:
            matrix = Matrix(field)
            parts = [[cell for cell in CELLS if bool(cell.orders) is crashes] for crashes in (False, True)]
            yield {verdict.cell: verdict for part in parts async for verdict in matrix.run(part, len(part))}


@pytest.mark.parametrize("cell", [cell.name for cell in CELLS])
async def test_what_befalls_a_post_leaves_it_public_once(verdicts: dict[str, Verdict], cell: str) -> None:
    verdict = verdicts[cell]
    assert verdict.right, verdict
    assert (verdict.reached, verdict.public) == (True, 1), verdict


def test_every_named_place_of_publishing_is_killed_at() -> None:
    assert {order.checkpoint for cell in kills() for order in cell.orders} == set(CHECKPOINTS)
    assert _named(PUBLISHING, "checkpoints.reach") == set(CHECKPOINTS)
    assert {f"comment.{place}" for place in _named(ONCE, "_reach")} == set(COMMENT_CHECKPOINTS)


def _named(room: Path, call: str) -> set[str]:
    """The places that the source of a room names."""
    named = re.compile(rf'{re.escape(call)}\("([^"]+)"\)')
    return {name for path in room.rglob("*.py") for name in named.findall(path.read_text(encoding="utf-8"))}


def test_the_whole_matrix_kills_and_faults_as_often_as_it_says() -> None:
    cells = [*kills(), *faults()]
    assert len({cell.name for cell in cells}) == len(cells)
    assert sum(order.deed != FREEZE for cell in cells for order in cell.orders) >= 600
    assert sum(times for cell in cells for _, _, times in cell.faults) >= 1400
    assert {form for cell in cells for _, form, _ in cell.faults} == set(FORMS)
