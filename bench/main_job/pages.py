"""Every page in all eight looks: accessibility, console, content security policy, sideways scrolling at 320 px."""

import asyncio

from bench.figure import Figure, Ground, Measured
from huntaze.kit.json_value import JsonValue
from huntaze.kit.postgres import EmbeddedPostgres
from socialsim.testing import SimulatorHandle, simulator
from tests.browser.all_pages import album, look_around
from tests.browser.chromium import ALL_LOOKS, chromium
from tests.journeys.house import opened
from tests.support.databases import Databases

_TOLD = 20


def page_faults(ground: Ground) -> Measured:
    """Faults in any look; the pages are found by reflection over the routes. ``n`` is how many views were looked at."""
    home = ground.scratch / "page_faults"
    home.mkdir()
    with EmbeddedPostgres(home) as server, simulator(ground.seed, process=True) as sim:
        found, pages = asyncio.run(_look(Databases(server), ground, sim))
    told: list[JsonValue] = [*found[:_TOLD]]
    detail: dict[str, JsonValue] = {"pages": pages, "looks": len(ALL_LOOKS), "faults": told}
    return Measured(len(found), n=pages * len(ALL_LOOKS), seed=ground.seed, detail=detail)


async def _look(databases: Databases, ground: Ground, sim: SimulatorHandle) -> tuple[list[str], int]:
    async with (
        databases.fresh() as empty,
        databases.fresh() as full,
        opened(empty, ground.scratch / "unowned", sim, dev=True) as unowned,
        opened(full, ground.scratch / "house", sim) as house,
        chromium() as browser,
    ):
        made = await album(house, unowned)
        found = []
        for look in ALL_LOOKS:
            found += await look_around(browser, made, look)
        return found, len(made.places)


FIGURES = (Figure("page_faults", page_faults, target=0, op="==", needs_chromium=True),)
