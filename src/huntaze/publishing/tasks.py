"""What the worker does for publishing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from huntaze.kit.jobs import Task
from huntaze.once import Once
from huntaze.publishing.advance import ADVANCE, Advance
from huntaze.publishing.first_comments import COMMENT, FirstCommentRow
from huntaze.publishing.idempotency import Idempotency
from huntaze.publishing.recurring import MAKE, Recurring
from huntaze.publishing.timings import Timings
from huntaze.publishing.watch import Watch

LOOK_AHEAD = timedelta(minutes=10)
"""How often it is asked which recurrences have come near; posts are made five weeks ahead."""


def tasks(advance: Advance, idempotency: Idempotency, timings: Timings) -> list[Task]:
    """Advance a publication, sweep what was forgotten, tell what nobody looks after, drop old keys."""
    watch = Watch(advance.record.database, advance.record.clock, timings)

    async def move_on(payload: Mapping[str, str]) -> None:
        await advance.run(UUID(payload["publication"]))

    async def sweep(_: Mapping[str, str]) -> None:
        await advance.sweep()

    async def look(_: Mapping[str, str]) -> None:
        await watch.look()

    async def forget(_: Mapping[str, str]) -> None:
        await idempotency.forget()

    return [
        Task(ADVANCE, move_on),
        Task("publishing.sweep", sweep, every=timings.sweep),
        Task("publishing.watch", look, every=watch.every),
        Task("publishing.forget_keys", forget, every=timedelta(hours=1)),
    ]


def first_comment_tasks(commenting: Once[FirstCommentRow]) -> list[Task]:
    """Send the first comments of posts that are out, and look for those of which nobody knows."""

    async def move_on(payload: Mapping[str, str]) -> None:
        await commenting.run(UUID(payload["publication"]))

    async def sweep(_: Mapping[str, str]) -> None:
        await commenting.sweep()

    return [Task(COMMENT, move_on), Task("publishing.first_comments", sweep, every=commenting.waits.sweep)]


def recurring_tasks(recurring: Recurring) -> list[Task]:
    """Make the posts of recurrences ahead of their time."""

    async def make(payload: Mapping[str, str]) -> None:
        await recurring.make(UUID(payload["recurrence"]))

    async def look_ahead(_: Mapping[str, str]) -> None:
        await recurring.sweep()

    return [
        Task(MAKE, make),
        Task("publishing.look_ahead", look_ahead, every=LOOK_AHEAD),
    ]
