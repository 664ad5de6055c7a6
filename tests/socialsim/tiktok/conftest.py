"""TikTok's creators for all stories of this folder."""

from collections.abc import Iterator

import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.tiktok.posting_parts import Poster


@pytest.fixture
def poster(sim: SimulatorHandle) -> Iterator[Poster]:
    """Maya in the default app on a clock that stands: jobs are through at once, no rate limit is in the way."""
    sim.post("/_sim/clock", {"stands": True})
    at_once = {"processing": 0, "perGigabyte": 0, "moderation": 0, "downloadRate": 1e15}
    sim.configure({"tiktok": {"rateLimits": False, "posting": at_once}})
    with Poster.of(sim) as poster:
        yield poster
