"""`/api/v1/webhooks`: who is told what, the log of deliveries, sending again.

It stands at the desk since it joins the webhooks of the outbox with accounts and with who may do what.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from huntaze.desk import outgoing_shapes as shapes
from huntaze.desk.outgoing_door import VERB, OutgoingDoor, check_content
from huntaze.desk.outgoing_shapes import (
    DeliveriesWanted,
    DeliveryDetail,
    DeliveryPage,
    DeliveryShape,
    NewWebhook,
    Replayed,
    ReplayIn,
    WebhookList,
    WebhookPatch,
    WebhookShape,
    WebhookWithSecret,
)
from huntaze.identity import Actor
from huntaze.kit.problems import FieldProblem, Problem, ProblemError, not_found
from huntaze.outbox.outgoing import (
    KEPT_FOR,
    BadTarget,
    NoSuchDelivery,
    NoSuchTarget,
    Replay,
    TooManyTargets,
)


def router(door: OutgoingDoor) -> APIRouter:
    """The endpoints under ``/v1/webhooks``."""
    api = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
    _add_reading(api, door)
    _add_changes(api, door)
    _add_secrets(api, door)
    _add_log(api, door)
    _add_replays(api, door)
    return api


def _add_reading(api: APIRouter, door: OutgoingDoor) -> None:
    manager = Annotated[Actor, Depends(door.identity.require(VERB))]

    @api.get("", summary="The workspace's webhooks")
    async def index(actor: manager) -> WebhookList:
        return WebhookList(items=[shapes.webhook(row) for row in await door.outgoing.targets.all(actor.workspace_id)])

    @api.get("/{webhook_id}", summary="One webhook")
    async def one(webhook_id: UUID, actor: manager) -> WebhookShape:
        with _refusals():
            return shapes.webhook(await door.outgoing.targets.get(actor.workspace_id, webhook_id))


def _add_changes(api: APIRouter, door: OutgoingDoor) -> None:
    manager = Annotated[Actor, Depends(door.identity.require(VERB))]
    targets = door.outgoing.targets

    @api.post("", status_code=201, summary="Make a webhook; its secret is in this answer only")
    async def make(body: NewWebhook, actor: manager) -> WebhookWithSecret:
        check_content(actor, body.include_content)
        draft = body.draft()
        with _refusals():
            await door.check_accounts(actor.workspace_id, draft.account_ids)
            row, secret = await targets.create(actor.workspace_id, draft)
        return WebhookWithSecret(**dict(shapes.webhook(row)), secret=secret.reveal())

    @api.patch("/{webhook_id}", summary="Change a webhook, or switch it on or off")
    async def change(webhook_id: UUID, body: WebhookPatch, actor: manager) -> WebhookShape:
        patch = body.patch()
        with _refusals():
            row = await targets.get(actor.workspace_id, webhook_id)
            check_content(actor, row.include_content, bool(body.include_content))
            await door.check_accounts(actor.workspace_id, (patch.account_ids or frozenset()) - {*row.account_ids})
            row = await targets.change(actor.workspace_id, webhook_id, patch)
            if body.enabled is not None:
                switch = targets.enable if body.enabled else targets.disable
                row = await switch(actor.workspace_id, webhook_id)
        return shapes.webhook(row)

    @api.delete("/{webhook_id}", status_code=204, summary="Delete a webhook and its log")
    async def delete(webhook_id: UUID, actor: manager) -> None:
        with _refusals():
            await targets.delete(actor.workspace_id, webhook_id)


def _add_secrets(api: APIRouter, door: OutgoingDoor) -> None:
    manager = Annotated[Actor, Depends(door.identity.require(VERB))]
    targets = door.outgoing.targets

    @api.post("/{webhook_id}/rotate", summary="A new secret, in this answer only; the old one works for 24 hours")
    async def rotate(webhook_id: UUID, actor: manager) -> WebhookWithSecret:
        with _refusals():
            check_content(actor, (await targets.get(actor.workspace_id, webhook_id)).include_content)
            row, secret = await targets.rotate(actor.workspace_id, webhook_id)
        return WebhookWithSecret(**dict(shapes.webhook(row)), secret=secret.reveal())

    @api.post("/{webhook_id}/test", summary="Send a made-up event now, once, and say what came of it")
    async def test(webhook_id: UUID, actor: manager) -> DeliveryShape:
        with _refusals():
            return shapes.delivery(await door.outgoing.sender.test(actor.workspace_id, webhook_id))


def _add_log(api: APIRouter, door: OutgoingDoor) -> None:
    manager = Annotated[Actor, Depends(door.identity.require(VERB))]

    @api.get("/{webhook_id}/deliveries", summary="What was sent, newest first")
    async def deliveries(webhook_id: UUID, actor: manager, asked: Annotated[DeliveriesWanted, Query()]) -> DeliveryPage:
        with _refusals():
            rows, onward = await door.page(
                actor.workspace_id, webhook_id, asked.cursor, asked.limit, asked.state, asked.type
            )
        return DeliveryPage(items=[shapes.delivery(row) for row in rows], next_cursor=onward or None)

    @api.get("/{webhook_id}/deliveries/{delivery_id}", summary="One delivery: its text and every attempt")
    async def delivery(webhook_id: UUID, delivery_id: UUID, actor: manager) -> DeliveryDetail:
        with _refusals():
            row, attempts = await door.outgoing.log.one(actor.workspace_id, webhook_id, delivery_id)
        hidden = row.has_words and "comments.read" not in actor.scopes
        return DeliveryDetail(
            **dict(shapes.delivery(row)),
            body=None if hidden else row.body.decode(),
            history=[shapes.attempt(one) for one in attempts],
        )


def _add_replays(api: APIRouter, door: OutgoingDoor) -> None:
    manager = Annotated[Actor, Depends(door.identity.require(VERB))]
    log = door.outgoing.log

    @api.post("/{webhook_id}/deliveries/{delivery_id}/replay", status_code=202, summary="Send one again")
    async def replay_one(webhook_id: UUID, delivery_id: UUID, actor: manager) -> DeliveryShape:
        with _refusals():
            return shapes.delivery(await log.replay(actor.workspace_id, webhook_id, delivery_id))

    @api.post("/{webhook_id}/replay", status_code=202, summary="Send again what failed in a time")
    async def replay(webhook_id: UUID, body: ReplayIn, actor: manager) -> Replayed:
        now = door.clock.now()
        asked = Replay(body.since or now - KEPT_FOR, body.until or now, body.delivered, body.missed)
        with _refusals():
            return Replayed(count=await log.replay_many(actor.workspace_id, webhook_id, asked))


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be done, as problem details."""
    try:
        yield
    except (NoSuchTarget, NoSuchDelivery):
        raise not_found() from None
    except TooManyTargets:
        remedy = "Delete one that is no longer needed."
        raise ProblemError(Problem(409, "too_many_webhooks", "Too many webhooks", remedy=remedy)) from None
    except BadTarget as bad:
        faults = tuple(FieldProblem(str(text), f"#/{name}") for name, text in sorted(bad.faults.items()))
        raise ProblemError(Problem(422, "invalid", "The webhook cannot be taken", errors=faults)) from None
