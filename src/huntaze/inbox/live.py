"""What a change does to the threads on a page."""

from __future__ import annotations

from uuid import UUID

from htpy import Node, fragment

from huntaze.inbox.pages import news
from huntaze.inbox.parts import said, thread_key
from huntaze.inbox.record import CHANGED, DONE
from huntaze.inbox.service import CommentWork
from huntaze.ui.htmx import partial
from huntaze.ui.stream import Change
from huntaze.ui.viewer import Viewer

WORKED = frozenset({CHANGED, *DONE.values()})
"""Topics of work on comments."""


async def thread_parts(work: CommentWork, viewer: Viewer, change: Change) -> Node:
    """The thread of a comment as it is now, in place; its answer box is left alone. What is new is only announced, so
    that nothing jumps while somebody reads."""
    account_id = UUID(change.data["accountId"])
    thread = await work.thread(UUID(viewer.workspace_id), account_id, change.subject)
    came = partial("#comments-news", news(shown=True), how="outerMorph") if change.kind == "comment.received" else None
    if thread is None:
        return fragment[partial(f"#thread-{account_id}-{change.subject}", None, how="delete"), came]
    return fragment[partial(f"#said-{thread_key(thread)}", said(viewer, thread), how="outerMorph"), came]
