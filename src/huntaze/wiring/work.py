"""What a worker does: the jobs of every room."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huntaze import accounts as accounts_room
from huntaze import crm, inbox, insights, library, outbox, publishing, webhooks
from huntaze import identity as identity_room
from huntaze.crm import (
    PUSHED,
    Conversations,
    Drift,
    Mentions,
    Pictures,
    Placing,
    Profiles,
    Pushed,
    Sync,
    ZoneOf,
)
from huntaze.identity import Identity
from huntaze.inbox import Deeds
from huntaze.insights import Pull, Readings
from huntaze.kit.db import Connection
from huntaze.kit.jobs import Task, Worker
from huntaze.once import Once
from huntaze.outbox import outgoing
from huntaze.platforms.contract import AuthorizationRemoved, FieldChanged, StoryNumbers
from huntaze.publishing import Advance, CommentedPosts, FirstCommenting, Recurring
from huntaze.webhooks import Drain, Handler, On
from huntaze.wiring.house import House

CONCURRENCY = 2048
"""Jobs one worker has in hand at once: they wait for a platform, or for the second in which a thousand are due."""


def worker(house: House, concurrency: int = CONCURRENCY) -> Worker:
    """The worker of one process."""
    return Worker(house.database, tasks(house), house.clock, concurrency=concurrency)


def tasks(house: House) -> list[Task]:
    """Every job of every room."""
    h = house
    advance = Advance.build(
        h.database, h.clock, h.timings, h.platforms, h.accounts, h.library, h.mirror, h.jobs, h.checkpoints
    )
    commenting = FirstCommenting(h.database, h.platforms, h.accounts, h.jobs, CommentedPosts(h.publishing))
    deeds = Deeds(h.database, h.clock, h.platforms, h.accounts, h.jobs)
    by = h.database, h.clock, h.timings, h.accounts, h.checkpoints
    drain = Drain(h.database, h.clock, h.senders, h.accounts, _handlers(h), h.checkpoints, h.metrics)
    sync = Sync(h.database, h.clock, h.platforms, h.accounts, h.mirror, _zone_of(h.identity))
    pictures = Pictures(h.database, h.library, h.mirror, h.platforms, h.accounts)
    placing = Placing(h.database, h.platforms, h.accounts, h.mirror)
    return [
        *publishing.tasks(advance, h.idempotency, h.timings),
        *publishing.first_comment_tasks(Once(commenting, *by)),
        *publishing.recurring_tasks(Recurring(h.publishing)),
        *inbox.tasks(Once(deeds, *by)),
        *webhooks.tasks(drain, h.compliance),
        *crm.tasks(sync, pictures, placing, Drift(h.database, h.clock)),
        *crm.people_tasks(
            Conversations(h.database, h.clock, h.platforms, h.accounts, h.mirror, h.jobs),
            Profiles(h.database, h.clock, h.platforms, h.accounts, h.mirror),
            Mentions(h.database, h.clock, h.platforms, h.accounts),
        ),
        *insights.tasks(_pull(h)),
        *library.tasks(h.library),
        *accounts_room.tasks(h.accounts),
        *identity_room.tasks(h.identity),
        *outbox.tasks(h.outbox),
        *outgoing.tasks(h.outgoing),
    ]


def _handlers(house: House) -> list[Handler]:
    """Who works on what the platforms push."""
    h = house

    async def take_stories(
        tx: Connection, workspace_id: UUID, account_id: UUID, events: Sequence[StoryNumbers]
    ) -> None:
        for event in events:
            await h.insights.take_story(tx, workspace_id, account_id, event.media_ref, event.counts)

    return [
        On[Pushed](PUSHED, h.mirror.take),
        On((FieldChanged,), h.mirror.read_soon),
        On((StoryNumbers,), take_stories),
        On((AuthorizationRemoved,), h.accounts.authorization_removed),
    ]


def _pull(house: House) -> Pull:
    """Reading figures from the platforms."""
    h = house
    readings = Readings(h.database, h.clock, h.mirror)
    return Pull(h.database, h.clock, h.platforms, h.accounts, h.insights, readings)


def _zone_of(identity: Identity) -> ZoneOf:
    """Nights and days of an account are those of its workspace."""

    async def zone_of(workspace_id: UUID) -> str:
        actor = await identity.operator(workspace_id)
        return actor.zone if actor else "UTC"

    return zone_of
