"""Page cursors: where a list goes on, as one opaque text that only we can make and that is good for that list alone."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from huntaze.kit.problems import FieldProblem, Problem, ProblemError
from huntaze.kit.signing import BadSignature, Signer


class BadCursor(ProblemError):
    """The cursor was not made here, or for another list. A program is told what to do; a page begins its list anew."""

    def __init__(self) -> None:
        fault = FieldProblem("is none of this list", parameter="cursor")
        remedy = "Begin the list again without a cursor."
        super().__init__(Problem(422, "invalid", "This cursor is not one of ours", remedy=remedy, errors=(fault,)))


class Place(NamedTuple):
    """The last row of a page: the next one begins behind it. Lists run from the newest to the oldest."""

    at: datetime
    id: UUID


class Listed(Protocol):
    """A row of a list that knows what the next page begins behind."""

    @property
    def place(self) -> tuple[object, ...]:
        """Mostly a ``Place``; a cursor bears each part as text."""
        ...


ListedT = TypeVar("ListedT", bound=Listed)


def page_of(signer: Signer, list_name: str, rows: Sequence[ListedT], limit: int) -> tuple[Sequence[ListedT], str]:
    """The first ``limit`` of rows of which one more was read, and the cursor behind them; it is empty at the end."""
    page = rows[:limit]
    if len(rows) <= limit:
        return page, ""
    return page, signer.sign(json.dumps([list_name, *map(str, page[-1].place)], separators=(",", ":")).encode())


def parts_of(signer: Signer, list_name: str, cursor: str) -> Sequence[str]:
    """The place behind which ``list_name`` goes on, in its parts; none for an empty cursor: the list begins. Raises
    ``BadCursor``."""
    if not cursor:
        return ()
    try:
        found = json.loads(signer.verify(cursor))
    except BadSignature:
        raise BadCursor from None
    if not isinstance(found, list) or found[0] != list_name:
        raise BadCursor
    parts: list[str] = found[1:]
    return parts


def place_of(signer: Signer, list_name: str, cursor: str) -> Place | None:
    """The same for a list whose rows have a ``Place``."""
    parts = parts_of(signer, list_name, cursor)
    return Place(datetime.fromisoformat(parts[0]), UUID(parts[1])) if parts else None
