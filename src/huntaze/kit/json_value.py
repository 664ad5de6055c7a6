"""What JSON can hold, and how a time is written in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

JsonValue = str | int | float | bool | None | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


def moment(when: datetime | None) -> str | None:
    """A time in UTC as the JSON API writes it."""
    return None if when is None else when.isoformat().replace("+00:00", "Z")
