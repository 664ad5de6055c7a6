"""What is asked of the list of comments over HTTP, read and refused: filters, and the place where it goes on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, Field, ValidationInfo, field_validator

from huntaze.crm.threads import CommentFilter, CommentPlace, Own
from huntaze.kit.problems import FieldProblem, Problem, ProblemError
from huntaze.kit.signing import BadCursor, Signer, decode_cursor, encode_cursor
from huntaze.publishing.api import Strict

COMMENTS, THREADS = "comments", "comment-threads"
LONGEST_SEARCH = 100


class CommentsWanted(Strict):
    """Which comments. A name that is not known is refused: a mistyped filter must not answer everything."""

    account_id: list[UUID] = Field(default=[], max_length=50, description="Only these accounts.")
    media_id: str = Field("", max_length=80, description="Only under this post, by the platform's id.")
    unanswered: bool | None = Field(None, description="Whether nothing of ours follows in the thread.")
    hidden: bool | None = None
    since: AwareDatetime | None = Field(None, description="Written at this moment or later; with an offset.")
    until: AwareDatetime | None = Field(None, description="Written before this moment; with an offset.")
    q: str = Field("", max_length=LONGEST_SEARCH, description="Stands in the name or the text.")

    @field_validator("until")
    @classmethod
    def _after_since(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        since = info.data.get("since")
        if value is not None and since is not None and value <= since:
            raise ValueError("must be later than since")
        return value

    def filter(self, own: tuple[Own, ...]) -> CommentFilter:
        """As the mirror is asked. Raises a problem for an account that is none of the workspace."""
        unknown = set(self.account_id) - {one.account_id for one in own}
        if unknown:
            fault = FieldProblem("is no connected account", parameter="accountId")
            raise ProblemError(Problem(422, "invalid", "There is no such account", errors=(fault,)))
        return CommentFilter(
            account_ids=tuple(self.account_id),
            media_ref=self.media_id,
            unanswered=self.unanswered,
            hidden=self.hidden,
            since=self.since,
            until=self.until,
            words=self.q.strip(),
            own=own,
        )


class CommentPageWanted(CommentsWanted):
    """One page of comments."""

    cursor: str = Field("", description="`nextCursor` of the page before.")
    limit: int = Field(50, ge=1, le=100)


def cursor_of(signer: Signer, list_name: str, place: CommentPlace) -> str:
    """Where ``list_name`` goes on, as a text that only we can make."""
    return encode_cursor(signer, {"list": list_name, "at": place.at.isoformat(), "id": str(place.id)})


def place_of(signer: Signer, list_name: str, cursor: str) -> CommentPlace | None:
    """Where ``list_name`` goes on; None at its beginning. Raises ``BadCursor``."""
    if not cursor:
        return None
    found = decode_cursor(signer, cursor)
    if found.get("list") != list_name:
        raise BadCursor
    return CommentPlace(datetime.fromisoformat(str(found["at"])), UUID(str(found["id"])))


def asked_place(signer: Signer, cursor: str) -> CommentPlace | None:
    """The same for a program, which is told what to do about a cursor that is not ours."""
    try:
        return place_of(signer, COMMENTS, cursor)
    except BadCursor:
        fault = FieldProblem("is none of this list", parameter="cursor")
        remedy = "Begin the list again without a cursor."
        raise ProblemError(
            Problem(422, "invalid", "This cursor is not one of ours", remedy=remedy, errors=(fault,))
        ) from None
