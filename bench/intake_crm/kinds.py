"""Kinds of events of the fact sheets that no fixture shows, or that become no neutral event."""

from bench.figure import Figure, Ground, Measured
from tests.platforms.kinds import kinds_of, without_fixture
from tests.socialsim.fact_sheet import counted_rows


def event_kinds_without_fixture(ground: Ground) -> Measured:
    """Row by row of both sheets; unmet too when the sheets hold no kinds at all."""
    assert ground.sheets is not None
    rows = kinds_of(counted_rows(ground.sheets))
    missing = without_fixture(rows)
    return Measured(len(missing), n=len(rows), detail={"missing": missing}, ok=bool(rows))


FIGURES = (
    Figure("event_kinds_without_fixture", event_kinds_without_fixture, target=0, op="==", needs_sheets=True),
)  # fmt: skip
