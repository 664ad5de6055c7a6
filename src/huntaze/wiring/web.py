"""What a web process shows: pages, doors and the API of every room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from uuid import UUID

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route

from huntaze import accounts as accounts_room
from huntaze import crm, desk, inbox, insights, library, publishing, webhooks
from huntaze import identity as identity_room
from huntaze.accounts import Neighbours
from huntaze.crm import Asking, Browsing, Pictures
from huntaze.desk import Cards, Live
from huntaze.identity import LARGEST_BODY, Identity
from huntaze.kit.live import LiveHub, Position
from huntaze.kit.signing import Signer
from huntaze.outbox import Change
from huntaze.publishing import Bulk, Creating, Deciding, Recurring, Slots, Surroundings
from huntaze.ui.appearance import appearance_route
from huntaze.ui.assets import static_route
from huntaze.ui.gallery import gallery_routes
from huntaze.ui.headers import SecurityHeaders
from huntaze.ui.stream import Change as LiveChange
from huntaze.ui.stream import ReadChanges, ViewerOf, live_route
from huntaze.ui.viewer import Viewer
from huntaze.webhooks import Intake, StoredEvents
from huntaze.wiring.house import House


def intake(house: House) -> Intake:
    """The webhook door of one web process."""
    return Intake(house.database, house.clock, house.senders, house.accounts, house.jobs, house.metrics)


def web_app(house: House, door: Intake | None = None) -> Starlette:
    """Pages, doors and the API of one web process; its parts start and stop with it. ``door``: another intake than
    the ordinary one, for benches."""
    h = house
    door = door or intake(h)
    hub = LiveHub(h.database, h.outbox.read_changes, h.outbox.latest_position)
    surroundings = Surroundings(h.database, h.accounts, h.library, h.mirror)
    cards = Cards(h.database, h.clock, h.accounts, h.mirror, h.publishing, surroundings)
    live = Live(h.database, h.publishing, h.mirror, cards, h.comment_work)
    routes: list[BaseRoute] = [
        *webhooks.routes(door, h.senders, h.metrics, h.settings.trusted_proxies),
        *webhooks.compliance_routes(h.compliance, h.identity),
        *webhooks.event_routes(stored_events(h), h.identity, Signer(h.ring, "page-cursor")),
        *identity_room.routes(h.identity, h.clock),
        *accounts_room.routes(h.accounts, h.identity, h.ring, h.fetcher, _neighbours(h)),
        *crm.sync_routes(_asking(h), h.identity),
        *library.routes(h.library, h.identity, h.platforms),
        *insights.routes(h.insights, h.identity),
        *crm.routes(_browsing(h), h.identity, Signer(h.ring, "page-cursor")),
        *publishing.routes(h.publishing, _deciding(h), h.accounts, h.library, h.mirror, h.insights, h.identity),
        *inbox.routes(h.comment_work, surroundings, h.identity, Signer(h.ring, "comment-threads")),
        *desk.routes(h.database, h.identity, h.accounts, cards, h.metrics, _outgoing_door(h)),
        live_route(_reading(hub), _viewer_of(h.identity), live.render, closing=h.closing),
        static_route(h.identity.frame.assets),
        appearance_route(h.identity.doors.check_anybody),
        *(_all_parts(h) if h.settings.local.dev else ()),
        Mount("/api", api(h)),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        door.start()
        stop = asyncio.Event()
        running = asyncio.create_task(hub.run(stop))
        try:
            yield
        finally:
            h.closing.set()
            stop.set()
            await door.close()
            await asyncio.gather(running, return_exceptions=True)

    https = h.settings.public_url.startswith("https://")
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers=identity_room.page_errors(h.identity.doors),
    )
    # Around everything, so that the page of a failure bears them too
    app.middleware_stack = SecurityHeaders(app.build_middleware_stack(), https=https)
    return app


def _all_parts(house: House) -> list[Route]:
    """The page of all components, for whoever builds pages."""

    async def visitor(request: Request) -> Viewer:
        return house.identity.visitor(request)

    return gallery_routes(visitor, house.clock)


def api(house: House) -> FastAPI:
    """The JSON API in one OpenAPI description."""
    h = house
    app = FastAPI(
        title="Huntaze", version=version("huntaze"), docs_url=None, redoc_url=None, max_body_size=LARGEST_BODY
    )
    cursors = Signer(h.ring, "api-cursor")
    creating = Creating(h.publishing, h.idempotency, h.closing)
    app.include_router(publishing.router(h.publishing, creating, _deciding(h), h.identity, cursors))
    app.include_router(publishing.first_comment_router(h.publishing, h.identity))
    app.include_router(publishing.bulk_router(bulk(h), h.identity))
    app.include_router(publishing.slots_router(Slots(h.database, h.clock, h.accounts), creating, h.identity))
    app.include_router(publishing.recurrences_router(Recurring(h.publishing), creating, h.identity, cursors))
    app.include_router(insights.router(h.insights, h.identity, cursors))
    app.include_router(inbox.router(h.comment_work, creating, h.identity, cursors))
    app.include_router(library.router(h.library, h.identity))
    app.include_router(accounts_room.router(h.accounts, h.identity, _neighbours(h)))
    app.include_router(crm.router(_browsing(h), h.identity, cursors))
    app.include_router(crm.sync_router(_asking(h), h.identity))
    app.include_router(webhooks.router(stored_events(h), h.identity, cursors))
    app.include_router(identity_room.router(h.identity))
    app.include_router(desk.publish_router(desk.PublishDoor(h.database, h.accounts, h.library, creating, h.identity)))
    app.include_router(desk.outgoing_router(_outgoing_door(h)))
    identity_room.install_problems(app)
    return app


def stored_events(house: House) -> StoredEvents:
    """What arrived, for pages, the API and the command line."""
    return StoredEvents(house.database, house.clock, house.accounts, house.identity, house.jobs)


def bulk(house: House) -> Bulk:
    """Import and export of posts, for the API and the command line."""
    return Bulk(Creating(house.publishing, house.idempotency, house.closing), house.accounts, house.library)


def _outgoing_door(house: House) -> desk.OutgoingDoor:
    h, cursors = house, Signer(house.ring, "webhook-deliveries")
    return desk.OutgoingDoor(h.outgoing, h.database, h.accounts, h.identity, h.clock, cursors)


def _deciding(house: House) -> Deciding:
    """What people decide about unconfirmed posts, with the pictures of the mirror."""
    h = house
    return Deciding(h.publishing, h.mirror, Pictures(h.database, h.library, h.mirror, h.platforms, h.accounts))


def _asking(house: House) -> Asking:
    """Having accounts read whole when somebody asks for it."""
    return Asking(house.database, house.accounts, house.mirror)


def _browsing(house: House) -> Browsing:
    """What people and programs read of the mirror."""
    h = house
    return Browsing(h.database, h.clock, h.accounts, h.mirror, h.erasers)


def _neighbours(house: House) -> Neighbours:
    """What the accounts pages are told by the rooms above."""
    h = house

    async def scheduled(workspace_id: UUID, account_id: UUID) -> int:
        async with h.database.transaction() as tx:
            return await h.publishing.waiting(tx, workspace_id, account_id)

    return Neighbours(scheduled, crm.mirrored_of(h.database, h.mirror))


def _reading(hub: LiveHub[Change]) -> ReadChanges:
    """The hub's changes as the stream names them."""

    async def read(workspace_id: str, after: str | None) -> AsyncGenerator[LiveChange, None]:
        position = Position.parse(after) if after else None
        async for change in hub.changes(UUID(workspace_id), position):
            facts = {name: str(value) for name, value in change.body.items()}
            if change.account_id is not None:
                facts["accountId"] = str(change.account_id)
            yield LiveChange(str(change.position), change.topic, change.ref, facts)

    return read


def _viewer_of(identity: Identity) -> ViewerOf:
    async def viewer_of(request: Request) -> Viewer | None:
        actor = await identity.actor_of(request)
        return None if actor is None else identity.viewer(request, actor)

    return viewer_of
