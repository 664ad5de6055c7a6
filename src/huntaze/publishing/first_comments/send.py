"""The first comment under a post that is out, as a call that is made once (I11). Nothing here touches the publication:
it stays published."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts
from huntaze.kit.db import Connection, Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.text import N_, Text
from huntaze.once import Entry, Errand, Look, Refusal, Sayings
from huntaze.platforms.contract import Access
from huntaze.platforms.errors import Unsupported
from huntaze.platforms.registry import Platforms
from huntaze.publishing.first_comments import store
from huntaze.publishing.first_comments.look import look
from huntaze.publishing.first_comments.model import FirstCommentRow
from huntaze.publishing.first_comments.posts import Posts

COMMENT = "publishing.first_comment"

SAYINGS = Sayings(
    sending=Text(N_("We sent the first comment.")),
    done=Text(N_("The first comment is posted.")),
    unreadable=Text(N_("The comments could not be read; we keep looking.")),
    not_there=Text(N_("The first comment is not under the post. We send it once more.")),
    missed=Refusal(
        "missed",
        Text(N_("The first comment could not be sent within an hour of the post.")),
        Text(N_("Nothing was sent. Late comments never go out by themselves: try again, or write it in the app.")),
    ),
    unconfirmed=Refusal(
        "unconfirmed",
        Text(N_("Nobody can tell whether the first comment was posted.")),
        Text(N_("Look at the post: say that the comment is there, or that it is not and send it again.")),
    ),
)
REMOVED = Refusal("removed", Text(N_("The post is not there any more.")), Text(N_("Nothing was sent.")))
NO_COMMENTS = Refusal(
    "no_comments", Text(N_("This network takes no comments from here.")), Text(N_("Write the comment in its app."))
)


class FirstCommenting(Errand[FirstCommentRow]):
    """First comments of posts that are out."""

    name = "comment"
    writes = store.WRITES
    sayings = SAYINGS

    def __init__(
        self, database: Database, platforms: Platforms, accounts: Accounts, jobs: Jobs, posts: Posts[object]
    ) -> None:
        self.database = database
        self.platforms = platforms
        self.accounts = accounts
        self.jobs = jobs
        self.posts = posts

    async def wake(self, tx: Connection, call_id: UUID, delay: timedelta) -> None:
        """A wake-up."""
        payload, wait = {"publication": str(call_id)}, max(delay, timedelta(0))
        await self.jobs.enqueue(tx, COMMENT, payload, delay=wait, dedupe=f"{COMMENT}:{call_id}")

    async def tell(self, tx: Connection, row: FirstCommentRow, entry: Entry | None) -> None:
        """A line of the publication's timeline, where a comment's lines have names of their own."""
        named = entry and replace(entry, kind=f"comment_{'posted' if entry.kind == 'done' else entry.kind}")
        await self.posts.tell(tx, row, named)

    def request(self, row: FirstCommentRow) -> tuple[str, ...]:
        """Under which post, in which words."""
        return row.media_ref, row.text

    async def refusal(self, row: FirstCommentRow) -> Refusal | None:
        """The post is not out any more, or its network takes no comments."""
        async with self.database.transaction() as tx:
            if not await self.posts.is_out(tx, row):
                return REMOVED
        return NO_COMMENTS if self.platforms[row.platform].commenter is None else None

    async def may_call(self, row: FirstCommentRow) -> None:
        """Raises ``Throttled`` while the platform takes no such calls."""
        await self.accounts.may_publish(row.workspace_id, row.account_id)

    async def send(self, row: FirstCommentRow, access: Access) -> str:
        """The one request; the comment's id."""
        commenter = self.platforms[row.platform].commenter
        if commenter is None:
            raise Unsupported(NO_COMMENTS.message, NO_COMMENTS.remedy, platform=row.platform, code=NO_COMMENTS.code)
        return await commenter.comment(access, row.media_ref, row.text)

    async def look(self, row: FirstCommentRow, account: AccountRow, access: Access, since: datetime) -> Look | None:
        """What the post shows."""
        return await look(self.platforms[row.platform].reader, access, row, account, since)
