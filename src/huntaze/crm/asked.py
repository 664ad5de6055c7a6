"""What is asked of the mirror's lists over HTTP, read and refused: filters, places in a list, answers that may be known
already."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from huntaze.crm.filters import MediaFilter, PeopleFilter, Place
from huntaze.kit.problems import FieldProblem, Problem, ProblemError
from huntaze.kit.signing import BadCursor, Signer, decode_cursor, encode_cursor
from huntaze.platforms.contract import PostType

LONGEST_SEARCH = 100
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _of_our_time(value: datetime) -> datetime:
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError("is no time at which anything was on a platform")
    return value


def _searchable(value: str) -> str:
    if "\0" in value:
        raise ValueError("holds a sign that no text can hold")
    return value


def _day_of_our_time(value: date) -> date:
    if not _EARLIEST.date() <= value <= _LATEST.date():
        raise ValueError("is no day on which anything was on a platform")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
Day = Annotated[date, AfterValidator(_day_of_our_time)]
Words = Annotated[str, AfterValidator(_searchable)]


class Shape(BaseModel):
    """camelCase in and out; an unknown name is refused."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class _Period(Shape):
    account: list[UUID] = Field(default=[], max_length=50, description="Only these accounts.")
    since: Moment | None = Field(None, description="From this moment on; with an offset.")
    until: Moment | None = Field(None, description="Before this moment; with an offset.")
    q: Words = Field("", max_length=LONGEST_SEARCH, description="Words that must stand in it, whatever their case.")

    @field_validator("until")
    @classmethod
    def _after_since(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        since = info.data.get("since")
        if value is not None and since is not None and value <= since:
            raise ValueError("must be later than since")
        return value


class MediaWanted(_Period):
    """Which posts. ``since`` and ``until`` are moments of publishing."""

    kind: list[PostType] = Field(default=[], description="Only these kinds of posts.")
    removed: bool | None = Field(None, description="Only what is gone from the platform, or only what is there.")
    made_here: bool | None = Field(None, description="Only what was published from here, or only what was not.")

    def filter(self) -> MediaFilter:
        """As the mirror is asked."""
        return MediaFilter(
            account_ids=tuple(self.account),
            types=tuple(kind.value for kind in self.kind),
            since=self.since,
            until=self.until,
            removed=self.removed,
            made_here=self.made_here,
            words=self.q.strip(),
        )


class PeopleWanted(_Period):
    """Which people. ``since`` and ``until`` are moments at which they were last heard of."""

    wrote: bool | None = Field(None, description="Only who wrote a message, or only who did not.")

    def filter(self) -> PeopleFilter:
        """As the mirror is asked."""
        return PeopleFilter(
            account_ids=tuple(self.account),
            since=self.since,
            until=self.until,
            wrote=self.wrote,
            words=self.q.strip(),
        )


class _Paged(Shape):
    cursor: str = Field("", description="`nextCursor` of the page before.")
    limit: int = Field(25, ge=1, le=100)


class MediaPageWanted(_Paged, MediaWanted):
    """One page of posts."""


class PeoplePageWanted(_Paged, PeopleWanted):
    """One page of people."""


class TimelineWanted(_Paged):
    """One page of what happened with a person."""


class FiguresWanted(Shape):
    """Which days, the first and the last among them."""

    since: Day | None = Field(None, description="The first day.")
    until: Day | None = Field(None, description="The last day.")

    @field_validator("until")
    @classmethod
    def _after_since(cls, value: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("since")
        if value is not None and since is not None and value < since:
            raise ValueError("must not be before since")
        return value


def cursor_of(signer: Signer, list_name: str, place: Place) -> str:
    """Where ``list_name`` goes on, as a text that only we can make."""
    return encode_cursor(signer, {"list": list_name, "at": place.at.isoformat(), "id": str(place.id)})


def place_of(signer: Signer, list_name: str, cursor: str) -> Place | None:
    """Where ``list_name`` goes on; None at its beginning. Raises ``BadCursor``."""
    if not cursor:
        return None
    found = decode_cursor(signer, cursor)
    if found.get("list") != list_name:
        raise BadCursor
    return Place(datetime.fromisoformat(str(found["at"])), UUID(str(found["id"])))


def asked_place(signer: Signer, list_name: str, cursor: str) -> Place | None:
    """The same for a program, which is told what to do about a cursor that is not ours."""
    try:
        return place_of(signer, list_name, cursor)
    except BadCursor:
        fault = FieldProblem("is none of this list", parameter="cursor")
        remedy = "Begin the list again without a cursor."
        problem = Problem(422, "invalid", "This cursor is not one of ours", remedy=remedy, errors=(fault,))
        raise ProblemError(problem) from None


def answer(request: Request, shape: Shape) -> Response:
    """``shape`` as JSON with its mark (ETag); 304 for who has it already and says so (RFC 9110 §13.1.2)."""
    body = shape.model_dump_json(by_alias=True).encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")
