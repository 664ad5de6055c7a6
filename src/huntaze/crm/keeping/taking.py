"""What a platform pushed for an account becomes rows, in a few statements for a whole batch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import get_args
from uuid import UUID

from huntaze import outbox
from huntaze.crm import store
from huntaze.crm.keeping import people_store
from huntaze.crm.keeping.keeping import Coming, Keeping
from huntaze.crm.keeping.messages import Spoken, said_in
from huntaze.kit.db import Connection
from huntaze.kit.jobs import Jobs
from huntaze.outbox import News
from huntaze.platforms.contract import Comment, CommentReceived, Mentioned

PLACE = "crm.place"
MENTION = "crm.mention"
PUSH = "push"

Pushed = CommentReceived | Mentioned | Spoken
"""What the mirror takes."""
PUSHED: tuple[type[Pushed], ...] = get_args(Pushed)


class Taking:
    """The mirror's side of the webhooks."""

    def __init__(self, jobs: Jobs, keeping: Keeping) -> None:
        self.jobs = jobs
        self.keeping = keeping

    async def take(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, pushed: Sequence[Pushed], now: datetime
    ) -> None:
        """All of a batch, in the order of arrival. Comments have no time of their own: the next sync corrects it."""
        received = {one.comment_ref: one for one in pushed if isinstance(one, CommentReceived)}
        mentioned = [one for one in pushed if isinstance(one, Mentioned)]
        said = said_in(one for one in pushed if not isinstance(one, CommentReceived | Mentioned))
        places = await self._places(tx, workspace_id, account_id, received.values())
        comments = {
            ref: _comment(one, places.get(_post_of(one)) or _post_of(one), now) for ref, one in received.items()
        }
        new = await self.keeping.keep(tx, workspace_id, account_id, comments, said, Coming(PUSH, now))
        await self._ask_places(tx, workspace_id, account_id, [received[ref] for ref in new], places)
        if mentioned:
            await self._mentions(tx, workspace_id, account_id, mentioned, now)

    async def _places(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, received: Collection[CommentReceived]
    ) -> dict[str, str]:
        """The album of each post that the mirror knows."""
        posts = sorted({_post_of(one) for one in received} - {""})
        return await store.places(tx, workspace_id, account_id, posts) if posts else {}

    async def _ask_places(
        self,
        tx: Connection,
        workspace_id: UUID,
        account_id: UUID,
        new: Sequence[CommentReceived],
        places: Collection[str],
    ) -> None:
        """One wake-up for each post that the mirror does not know, and for each comment whose post was not named."""
        asked = {_post_of(one) or one.comment_ref: one for one in new if _post_of(one) not in places}
        for place, one in sorted(asked.items()):
            payload = _job(workspace_id, account_id) | {"comment": one.comment_ref, "media": _post_of(one)}
            await self.jobs.enqueue(tx, PLACE, payload, dedupe=f"{PLACE}:{account_id}:{place}")

    async def _mentions(
        self, tx: Connection, workspace_id: UUID, account_id: UUID, mentioned: Sequence[Mentioned], now: datetime
    ) -> None:
        """Where the account was named; the words are asked for later, since nothing but the place is pushed (§6.7)."""
        places = [(one.media_ref, one.comment_ref) for one in mentioned]
        kept = await people_store.insert_mentions(tx, workspace_id, account_id, places, PUSH, now)
        news = [
            News(
                "mention.received",
                str(one.id),
                account_id,
                {"mediaId": one.media_ref, "commentId": one.comment_ref, "source": PUSH},
            )
            for one in kept
        ]
        await outbox.tell_many(tx, workspace_id, news, now)
        for one in kept:
            payload = _job(workspace_id, account_id) | {"mention": str(one.id)}
            await self.jobs.enqueue(tx, MENTION, payload, dedupe=f"{MENTION}:{one.id}")


def _post_of(event: CommentReceived) -> str:
    """The post it stands under; of an advertisement the post that it shows."""
    return event.original_media_ref or event.media_ref


def _comment(event: CommentReceived, media_ref: str, now: datetime) -> Comment:
    return Comment(
        comment_ref=event.comment_ref,
        media_ref=media_ref,
        parent_ref=event.parent_ref,
        text=event.text,
        author_ref=event.author_ref,
        author_username=event.author_username,
        created_at=event.created_at or now,
        live=event.live,
        ad_ref=event.ad_ref,
    )


def _job(workspace_id: UUID, account_id: UUID) -> dict[str, str]:
    return {"workspace": str(workspace_id), "account": str(account_id)}
