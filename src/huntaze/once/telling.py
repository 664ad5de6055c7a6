"""What is written and told of a step: a line of the course, a problem, a lost fence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from huntaze.kit.text import Text, write_text
from huntaze.platforms.errors import PlatformError

Row = TypeVar("Row")


class LeaseLost(Exception):
    """Somebody else holds the row now (a person moved it, or another worker took it over): write nothing more."""


def kept(row: Row | None) -> Row:
    """A row that was written under its fence; None means that the fence is lost."""
    if row is None:
        raise LeaseLost
    return row


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. ``raw`` is the platform's own answer."""

    kind: str
    words: Text
    raw: str = ""


def problem_of(error: PlatformError) -> dict[str, Any]:
    """An error as it is kept with its row and shown by UI and API."""
    return {
        "code": ".".join(part for part in (error.code, error.subcode) if part),
        "message": write_text(error.message),
        "remedy": write_text(error.remedy),
        "platform": error.platform,
        "traceId": error.trace_id,
        "file": error.file,
    }


def problem(code: str, message: Text, remedy: Text) -> dict[str, Any]:
    """A problem of our own, in the same shape."""
    return {"code": code, "message": write_text(message), "remedy": write_text(remedy)}
