"""The time zones to choose from: those that some country uses today, without their old names."""

from __future__ import annotations

from importlib.resources import files

UTC = "UTC"


def zones() -> list[str]:
    """IANA names, sorted, after UTC; from the table that tzdata keeps for choosing (zone.tab)."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text()
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return [UTC, *sorted({row[2] for row in rows})]
