"""A few lives of posts in one house; many: `make crash`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.crash.field import around, open_field
from tests.crash.ground import TIME_SCALE
from tests.crash.machine import HORIZON, live

SEED = 3
LIVES, STEPS = 2, 10


async def test_whatever_befalls_a_few_posts_each_is_public_once_or_known_not_to_be(tmp_path: Path) -> None:
    with around() as (sim, servers):
        async with open_field(tmp_path, sim, servers, scale=TIME_SCALE, horizon=HORIZON) as field:
            lived = await live(field, tmp_path, SEED, LIVES, STEPS)
    assert len(lived) == LIVES
    wrong = [one.told() for one in lived if one.wrong]
    assert not wrong, json.dumps(wrong, indent=1)
    assert sum(one.published for one in lived) > 0
