"""Making a post once, whatever the network does to the answer; `/api/v1/posts` and desk's ordered path share it."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

from fastapi.responses import JSONResponse

from huntaze.identity import Actor
from huntaze.kit.db import Connection
from huntaze.kit.events import set_within
from huntaze.kit.text import N_, Text
from huntaze.publishing.answers import brief, is_final
from huntaze.publishing.errors import Fault, Invalid
from huntaze.publishing.idempotency import Answer, HeldKey, Idempotency
from huntaze.publishing.model import PostDraft, PostView
from huntaze.publishing.service import Publishing
from huntaze.publishing.states import FINAL, State

LONGEST_WAIT = timedelta(seconds=30)
_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,3})(?:$|[,;\s])")


def wanted_wait(prefer: str | None) -> timedelta:
    """Seconds of `Prefer: wait=N`, at most 30."""
    match = _WAIT.search(prefer or "")
    return min(timedelta(seconds=int(match[1])), LONGEST_WAIT) if match else timedelta(0)


async def wait_final(publishing: Publishing, view: PostView, wait: timedelta, closing: asyncio.Event) -> PostView:
    """The post once nothing happens by itself any more, or as it is after ``wait``, or once the process begins to end.
    One due later is not waited for."""
    workspace_id, post_id = view.post.workspace_id, view.post.id
    deadline = publishing.clock.now() + wait
    pause = 0.1
    while (
        not (is_final(view) or closing.is_set()) and _may_end_by(view, deadline) and publishing.clock.now() < deadline
    ):
        await set_within(closing, pause)
        pause = min(pause * 1.3, 1.0)
        view = await publishing.view(workspace_id, post_id) or view
    return view


def _may_end_by(view: PostView, deadline: datetime) -> bool:
    """Whether something of it can still become final before ``deadline``."""
    waiting = [row for row in view.publications if row.now_state not in FINAL]
    return any(row.due_at is not None and row.due_at < deadline and row.now_state is not State.HELD for row in waiting)


def answered(view: PostView) -> Answer:
    """202 while it is under way, 200 when it is final."""
    return Answer(200 if is_final(view) else 202, brief(view))


def response(answer: Answer, *, location: str = "", replayed: bool = False) -> JSONResponse:
    """The answer of a request that made something. ``location``: where that is, unless it is a post."""
    where = location or answer.body.get("statusUrl")
    headers = {"Location": str(where)} if where else {}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return JSONResponse(answer.body, answer.status, headers)


def check_key(key: str) -> None:
    """Raises ``Invalid`` for an Idempotency-Key that cannot be kept."""
    if not 1 <= len(key) <= 255:
        fault = Fault("", Text(N_("The Idempotency-Key is empty or too long.")), Text(N_("Use 1 to 255 characters.")))
        raise Invalid(fault.message, fault.remedy, (fault,))


class Creating:
    """Making a post once, whatever the network does: shared by `/api/v1/posts` and the ordered paths of desk.
    ``closing`` is set when the process is told to end: nobody waits for a result any longer then."""

    def __init__(self, publishing: Publishing, idempotency: Idempotency, closing: asyncio.Event) -> None:
        self.publishing = publishing
        self.idempotency = idempotency
        self.closing = closing

    @contextlib.asynccontextmanager
    async def once(
        self, actor: Actor, route: str, key: str | None, body: object
    ) -> AsyncIterator[HeldKey | Answer | None]:
        """The caller's Idempotency-Key through a block of work: held, answered before, or none given. What is refused
        in the block leaves the key free. Raises ``PublishingError``."""
        if key is None:
            yield None
            return
        check_key(key)
        async with self.idempotency.once(actor.workspace_id, route, key, body) as held:
            yield held

    @contextlib.asynccontextmanager
    async def beating(self, held: HeldKey | None) -> AsyncIterator[None]:
        """Keep the key through work that may take minutes."""
        if held is None:
            yield
            return
        async with self.idempotency.beating(held):
            yield

    async def keep(self, tx: Connection, held: HeldKey | None, answer: Answer, post_id: UUID | None = None) -> None:
        """The answer of the key, if there is one, in the transaction that makes what was asked for."""
        if held is not None:
            await self.idempotency.close(tx, held, answer, post_id)

    async def create(self, actor: Actor, draft: PostDraft, held: HeldKey | None, wait: timedelta) -> JSONResponse:
        """Make it and answer, waiting for the result if asked to."""
        view = await self.make(actor, draft, held)
        return response(answered(await wait_final(self.publishing, view, wait, self.closing)))

    async def make(self, actor: Actor, draft: PostDraft, held: HeldKey | None) -> PostView:
        """The post, and in the same transaction the answer of its key."""

        async def at_commit(tx: Connection, view: PostView) -> None:
            await self.keep(tx, held, answered(view), view.post.id)

        return await self.publishing.create(actor, draft, at_commit)
