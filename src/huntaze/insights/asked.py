"""What is asked of the figures over HTTP: read, and refused with a way out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from huntaze.insights.model import DayPlace, MediaPlace
from huntaze.kit.cursors import parts_of
from huntaze.kit.problems import FieldProblem, Problem, ProblemError
from huntaze.kit.shapes import EARLIEST, Period
from huntaze.kit.signing import Signer

DAYS, MEDIA = "figures", "post-figures"
"""Names of lists, as their cursors bear them."""
_FIRST_ID = UUID(int=0)
USUAL_SPAN = timedelta(days=30)


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]


class Wanted(Period):
    """Which figures."""

    account_id: list[UUID] = Field(default=[], max_length=50, description="Only these accounts.")
    of: Literal["account", "media"] | None = Field(
        None, description="Figures of accounts by the day (the usual), or of posts; mediaId means posts."
    )
    media_id: str = Field("", pattern=r"^[0-9A-Za-z_-]{0,80}$", description="Only this post, by the platform's own id.")
    metric: list[Name] = Field(default=[], max_length=50, description="Only these, by the platform's own names.")

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
        """Since and until; the last 30 days and what is dated ahead of now where nothing is said."""
        until = self.until or max(now + timedelta(days=2), (self.since or now) + timedelta(days=2))
        return self.since or until - USUAL_SPAN - timedelta(days=2), until


class PageWanted(Wanted):
    """One page of them."""

    cursor: str = Field("", max_length=600, description="`nextCursor` of the page before.")
    limit: int = Field(100, ge=1, le=500)


def first_day() -> DayPlace:
    """Before every figure of an account."""
    return (EARLIEST, _FIRST_ID, "", "")


def first_media() -> MediaPlace:
    """Before every figure of a post."""
    return (EARLIEST.date(), _FIRST_ID, "", "", "")


def read_day_place(signer: Signer, cursor: str) -> DayPlace:
    """Where a list of accounts' figures goes on. Raises ``BadCursor``."""
    if not (parts := parts_of(signer, DAYS, cursor)):
        return first_day()
    ends_at, account, metric, breakdown = parts
    return datetime.fromisoformat(ends_at), UUID(account), metric, breakdown


def read_media_place(signer: Signer, cursor: str) -> MediaPlace:
    """Where a list of posts' figures goes on. Raises ``BadCursor``."""
    if not (parts := parts_of(signer, MEDIA, cursor)):
        return first_media()
    day, account, media, metric, breakdown = parts
    return date.fromisoformat(day), UUID(account), media, metric, breakdown
