"""What is asked of the list of comments over HTTP, read and refused."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from huntaze.crm import CommentFilter, Own
from huntaze.kit.problems import FieldProblem, Problem, ProblemError
from huntaze.kit.shapes import Period, Words

COMMENTS, THREADS = "comments", "comment-threads"


class CommentsWanted(Period):
    """Which comments. ``since`` and ``until`` are moments of writing."""

    account_id: list[UUID] = Field(default=[], max_length=50, description="Only these accounts.")
    media_id: str = Field("", max_length=80, description="Only under this post, by the platform's id.")
    unanswered: bool | None = Field(None, description="Whether nothing of ours follows in the thread.")
    hidden: bool | None = None
    q: Words = Field("", description="Stands in the name or the text.")

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
