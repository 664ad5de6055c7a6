"""What is asked of the figures over HTTP: read, and refused with a way out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from huntaze.insights.store import DayPlace, MediaPlace
from huntaze.kit.problems import FieldProblem, Problem, ProblemError
from huntaze.kit.signing import BadCursor, Signer, decode_cursor, encode_cursor

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_FIRST_ID = UUID(int=0)
USUAL_SPAN = timedelta(days=30)


def _of_our_time(value: datetime) -> datetime:
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError("is no time at which a platform counted anything")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]


class Wanted(BaseModel):
    """Which figures. A name that is not known is refused: a mistyped filter must not give everything."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    account_id: list[UUID] = Field(default=[], max_length=50, description="Only these accounts.")
    of: Literal["account", "media"] | None = Field(
        None, description="Figures of accounts by the day (the usual), or of posts; mediaId means posts."
    )
    media_id: str = Field("", pattern=r"^[0-9A-Za-z_-]{0,80}$", description="Only this post, by the platform's own id.")
    metric: list[Name] = Field(default=[], max_length=50, description="Only these, by the platform's own names.")
    since: Moment | None = Field(None, alias="from", description="From this moment on; with an offset.")
    until: Moment | None = Field(None, alias="to", description="Before this moment; with an offset.")

    @field_validator("until")
    @classmethod
    def _after_since(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        since = info.data.get("since")
        if value is not None and since is not None and value <= since:
            raise ValueError("must be later than from")
        return value

    @property
    def of_media(self) -> bool:
        """Whether figures of posts are asked for. Raises a problem for contradictions."""
        if self.media_id and self.of == "account":
            fault = FieldProblem("leave it out, or ask of=media", parameter="mediaId")
            raise ProblemError(
                Problem(422, "invalid", "A post's figures are not an account's", remedy=fault.detail, errors=(fault,))
            )
        return self.of == "media" or bool(self.media_id)

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """From and to; the last 30 days and what is dated ahead of now where nothing is said."""
        until = self.until or max(now + timedelta(days=2), (self.since or now) + timedelta(days=2))
        return self.since or until - USUAL_SPAN - timedelta(days=2), until


class PageWanted(Wanted):
    """One page of them."""

    cursor: str = Field("", max_length=600, description="`nextCursor` of the page before.")
    limit: int = Field(100, ge=1, le=500)


def first_day() -> DayPlace:
    """Before every figure of an account."""
    return (_EARLIEST, _FIRST_ID, "", "")


def first_media() -> MediaPlace:
    """Before every figure of a post."""
    return (_EARLIEST.date(), _FIRST_ID, "", "", "")


def write_place(signer: Signer, place: DayPlace | MediaPlace) -> str:
    """A cursor behind a figure."""
    return encode_cursor(signer, {str(number): str(part) for number, part in enumerate(place)})


def read_day_place(signer: Signer, cursor: str) -> DayPlace:
    """Where a list of accounts' figures goes on. Raises a problem for a cursor of another list."""
    if not cursor:
        return first_day()
    try:
        ends_at, account, metric, breakdown = _parts(signer, cursor)
        return datetime.fromisoformat(ends_at), UUID(account), metric, breakdown
    except (BadCursor, ValueError):
        raise _not_ours() from None


def read_media_place(signer: Signer, cursor: str) -> MediaPlace:
    """Where a list of posts' figures goes on. Raises a problem for a cursor of another list."""
    if not cursor:
        return first_media()
    try:
        day, account, media, metric, breakdown = _parts(signer, cursor)
        return date.fromisoformat(day), UUID(account), media, metric, breakdown
    except (BadCursor, ValueError):
        raise _not_ours() from None


def _parts(signer: Signer, cursor: str) -> list[str]:
    return [str(part) for part in decode_cursor(signer, cursor).values()]


def _not_ours() -> ProblemError:
    fault = FieldProblem("start again without a cursor", parameter="cursor")
    return ProblemError(
        Problem(400, "bad_cursor", "The cursor is not of this list", remedy="Start again without it.", errors=(fault,))
    )
