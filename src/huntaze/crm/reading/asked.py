"""What is asked of the mirror's lists over HTTP, read and refused: filters, and answers that may be known already."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from huntaze.crm.reading.filters import MediaFilter, PeopleFilter
from huntaze.kit.shapes import EARLIEST, LATEST, Period, Shape, Words
from huntaze.platforms.contract import PostType


def _day_of_our_time(value: date) -> date:
    if not EARLIEST.date() <= value <= LATEST.date():
        raise ValueError("is no day on which anything was on a platform")
    return value


Day = Annotated[date, AfterValidator(_day_of_our_time)]


class _OfAccounts(Shape):
    account_id: list[UUID] = Field(default=[], max_length=50, description="Only these accounts.")


class _Searched(_OfAccounts, Period):
    q: Words = Field("", description="Words that must stand in it, whatever their case.")


class MediaWanted(_Searched):
    """Which posts. ``since`` and ``until`` are moments of publishing."""

    kind: list[PostType] = Field(default=[], description="Only these kinds of posts.")
    removed: bool | None = Field(None, description="Only what is gone from the platform, or only what is there.")
    made_here: bool | None = Field(None, description="Only what was published from here, or only what was not.")

    def filter(self) -> MediaFilter:
        """As the mirror is asked."""
        return MediaFilter(
            account_ids=tuple(self.account_id),
            types=tuple(kind.value for kind in self.kind),
            since=self.since,
            until=self.until,
            removed=self.removed,
            made_here=self.made_here,
            words=self.q.strip(),
        )


class PeopleWanted(_Searched):
    """Which people. ``since`` and ``until`` are moments at which they were last heard of."""

    wrote: bool | None = Field(None, description="Only who wrote a message, or only who did not.")

    def filter(self) -> PeopleFilter:
        """As the mirror is asked."""
        return PeopleFilter(
            account_ids=tuple(self.account_id),
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


class ConversationsWanted(_Paged, _OfAccounts):
    """One page of conversations."""


class MessagesWanted(_Paged):
    """One page of a conversation."""


class MentionsWanted(_Paged, _OfAccounts):
    """One page of mentions."""


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


def answer(request: Request, shape: Shape) -> Response:
    """``shape`` as JSON with its mark (ETag); 304 for who has it already and says so (RFC 9110 §13.1.2)."""
    body = shape.model_dump_json(by_alias=True).encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")
