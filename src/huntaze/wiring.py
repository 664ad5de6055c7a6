"""The only place that knows everyone: builds the rooms from one `Settings` and joins them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import httpx2
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route

from huntaze import accounts as accounts_room
from huntaze import crm, desk, inbox, insights, library, outbox, publishing, webhooks
from huntaze import identity as identity_room
from huntaze.accounts import Accounts, Addresses, Apps, Governor, Neighbours, WebhookKeys
from huntaze.crm import (
    PUSHED,
    Asking,
    Browsing,
    Conversations,
    Drift,
    Mentions,
    Mirror,
    Pictures,
    Placing,
    Profiles,
    Pushed,
    Sync,
    ZoneOf,
)
from huntaze.desk import Cards, Live, navigation
from huntaze.identity import LARGEST_BODY, Frame, Identity
from huntaze.inbox import CommentWork, Deeds
from huntaze.insights import Insights, Pull, Readings
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock, SystemClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Connection, Database, in_transaction
from huntaze.kit.http import GuardedFetcher, irreversible_client, platform_client
from huntaze.kit.jobs import Jobs, Task, Worker
from huntaze.kit.live import LiveHub, Position
from huntaze.kit.metrics import Metrics
from huntaze.kit.signing import Signer
from huntaze.kit.text import N_, Text
from huntaze.library import FileStore, Library, Prober, find_ffmpeg
from huntaze.once import Once
from huntaze.outbox import Change, Erasers, Outbox, outgoing
from huntaze.outbox.outgoing import Outgoing, Poster
from huntaze.platforms.contract import App, AuthorizationRemoved, FieldChanged, OnUsage, Platform, StoryNumbers
from huntaze.platforms.instagram import Instagram, InstagramUrls, SignedRequests
from huntaze.platforms.registry import Platforms, Senders
from huntaze.platforms.tiktok import TikTokEvents
from huntaze.publishing import (
    Advance,
    Bulk,
    CommentedPosts,
    Creating,
    Deciding,
    FirstCommenting,
    Idempotency,
    Publishing,
    Recurring,
    Slots,
    Surroundings,
    Timings,
)
from huntaze.settings import Settings
from huntaze.ui.appearance import appearance_route
from huntaze.ui.assets import Assets, static_route
from huntaze.ui.gallery import gallery_routes
from huntaze.ui.headers import SecurityHeaders
from huntaze.ui.i18n import Catalogues
from huntaze.ui.stream import Change as LiveChange
from huntaze.ui.stream import ReadChanges, ViewerOf, live_route
from huntaze.ui.viewer import Viewer
from huntaze.webhooks import Compliance, Drain, Handler, Intake, On, StoredEvents, register_erasers

CONCURRENCY = 2048
"""Jobs one worker has in hand at once: they wait for a platform, or for the second in which a thousand are due."""


@dataclass(frozen=True, slots=True)
class House:
    """Every room of one process, and what it was built with."""

    settings: Settings
    database: Database
    clock: Clock
    timings: Timings
    ring: KeyRing
    metrics: Metrics
    jobs: Jobs
    checkpoints: Checkpoints
    clients: tuple[httpx2.AsyncClient, ...]
    fetcher: GuardedFetcher
    platforms: Platforms
    senders: Senders
    outbox: Outbox
    outgoing: Outgoing
    erasers: Erasers
    compliance: Compliance
    identity: Identity
    accounts: Accounts
    library: Library
    mirror: Mirror
    insights: Insights
    publishing: Publishing
    idempotency: Idempotency
    comment_work: CommentWork
    closing: asyncio.Event
    """Set when the process is told to end: open streams and whoever waits for a result are answered at once."""

    async def close(self) -> None:
        """Let go of every connection."""
        for client in self.clients:
            await client.aclose()
        await self.accounts.governor.settle()
        await self.database.close()


def _no_open_transaction() -> None:
    """No transaction is open while a platform is being asked: a slow platform must not hold rows."""
    if in_transaction():
        raise RuntimeError("a platform was asked inside a transaction")


async def build(
    settings: Settings,
    *,
    timings: Timings | None = None,
    clock: Clock | None = None,
    more_platforms: dict[str, Platform] | None = None,
    pool_size: int = 12,
    poster: Poster | None = None,
) -> House:
    """Every room, from settings. ``timings`` and ``more_platforms`` are for the crash suites, ``poster`` is for tests
    whose webhooks are received on this machine."""
    clock = clock or SystemClock()
    timings = timings or Timings()
    ring, metrics, jobs = settings.keys, Metrics(), Jobs()
    checkpoints = Checkpoints(settings.local.kill_at)
    database = await Database.connect(settings.database_url.reveal(), min_size=2, max_size=pool_size)
    clients = (
        platform_client(before_request=_no_open_transaction),
        irreversible_client(before_request=_no_open_transaction),
    )
    apps = _apps(settings, database, clock, ring)
    governor = Governor(database, clock, apps)
    platforms = Platforms(_platforms(settings, clients, clock, governor.take) | (more_platforms or {}))
    senders: Senders = {"tiktok": TikTokEvents(clock)} | platforms.senders()
    box = _outbox(database, clock, checkpoints)
    identity = _identity(settings, database, clock, ring)
    addresses = Addresses(settings.public_url, {"instagram": settings.instagram_redirect_uri})
    accounts = Accounts(
        database, clock, ring, platforms, apps, jobs, checkpoints, metrics, addresses, governor
    )  # fmt: skip
    fetcher = GuardedFetcher(allowed_origins=settings.urls.origins(), before_request=_no_open_transaction)
    files = _library(settings, database, clock, ring, fetcher, checkpoints)
    mirror = Mirror(clock, jobs)
    figures = Insights(database, clock, platforms, accounts, mirror, jobs)
    posts = Publishing(database, clock, timings, platforms, accounts, files, jobs)
    for subscriber in (*crm.subscribers(mirror), *insights.subscribers(figures), *publishing.subscribers(posts)):
        box.subscribe(subscriber)
    comment_work = CommentWork(database, clock, platforms, accounts, jobs)
    erasers = Erasers()
    erasers.register("crm", mirror.erase)
    neighbours = desk.outgoing_neighbours(accounts)
    told = Outgoing.build(database, clock, ring, jobs, checkpoints, metrics, poster or _poster(), neighbours)
    box.keep_for(outgoing.NAME)
    erasers.register("outgoing", told.log.erase)
    erasers.register("inbox", comment_work.forget_person)
    compliance = Compliance(
        database, clock, ring, accounts, files, erasers, jobs, checkpoints, {"instagram": SignedRequests()},
        settings.public_url,
    )  # fmt: skip
    register_erasers(erasers, compliance, accounts, files)
    erasers.register_account("outgoing", told.log.erase_account)
    return House(
        settings, database, clock, timings, ring, metrics, jobs, checkpoints, clients, fetcher, platforms, senders, box,
        told, erasers, compliance, identity, accounts, files, mirror, figures, posts, Idempotency(database, clock),
        comment_work, asyncio.Event(),
    )  # fmt: skip


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


def stored_events(house: House) -> StoredEvents:
    """What arrived, for pages, the API and the command line."""
    return StoredEvents(house.database, house.clock, house.accounts, house.identity, house.jobs)


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


def worker(house: House, concurrency: int = CONCURRENCY) -> Worker:
    """The worker of one process."""
    return Worker(house.database, tasks(house), house.clock, concurrency=concurrency)


def intake(house: House) -> Intake:
    """The webhook door of one web process."""
    return Intake(house.database, house.clock, house.senders, house.accounts, house.jobs, house.metrics)


def _platforms(
    settings: Settings, clients: tuple[httpx2.AsyncClient, ...], clock: Clock, on_usage: OnUsage
) -> dict[str, Platform]:
    urls = InstagramUrls(graph=settings.urls.facebook_graph, dialog=settings.urls.facebook_dialog)
    instagram = Instagram(clients[0], clients[1], urls, settings.graph_version, clock, on_usage)
    return {instagram.name: instagram}


def _poster() -> Poster:
    """Strangers' servers are asked by https alone, and no origin is excepted, not even a configured platform's."""
    agent = f"Huntaze-Webhooks/{version('huntaze')}"
    return Poster(GuardedFetcher(user_agent=agent, before_request=_no_open_transaction))


def _outbox(database: Database, clock: Clock, checkpoints: Checkpoints) -> Outbox:
    return Outbox(database, clock, checkpoints)


def _identity(settings: Settings, database: Database, clock: Clock, ring: KeyRing) -> Identity:
    frame = Frame(Catalogues.load(), Assets.load(), navigation)
    return Identity(
        database,
        clock,
        ring,
        frame=frame,
        public_url=settings.public_url,
        trusted_proxies=settings.trusted_proxies,
    )


def _apps(settings: Settings, database: Database, clock: Clock, ring: KeyRing) -> Apps:
    named = {
        ("instagram", "facebook"): settings.meta_app,
        ("instagram", "instagram"): settings.instagram_app,
        ("tiktok", "tiktok"): settings.tiktok_app,
    }
    operator = {key: App(app.app_id, app.app_secret) for key, app in named.items() if app is not None}
    hook = settings.instagram_webhook
    webhooks_of = {
        "instagram": WebhookKeys(hook.verify_token, hook.extra_secrets),
        "tiktok": WebhookKeys(extra_secrets=settings.tiktok_webhook_secrets),
    }
    return Apps(database, clock, ring, operator, webhooks_of)


def _library(
    settings: Settings,
    database: Database,
    clock: Clock,
    ring: KeyRing,
    fetcher: GuardedFetcher,
    checkpoints: Checkpoints,
) -> Library:
    return Library(
        database,
        clock,
        ring,
        FileStore.open(settings.media_store),
        Prober(find_ffmpeg(settings.local.ffmpeg)),
        fetcher,
        public_url=settings.public_url,
        scratch=Path(settings.local.home) / "scratch",
        checkpoints=checkpoints,
        used_by=_used_by,
    )


async def _used_by(tx: Connection, workspace_id: UUID, asset_id: UUID) -> Text | None:
    """Why a file may not be deleted, or None."""
    using = len(await publishing.posts_using_asset(tx, workspace_id, asset_id))
    return Text(N_("Posts that need it: %(count)d."), {"count": using}) if using else None


# --- the web ----------------------------------------------------------------------------------------------------


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


def _outgoing_door(house: House) -> desk.OutgoingDoor:
    h, cursors = house, Signer(house.ring, "webhook-deliveries")
    return desk.OutgoingDoor(h.outgoing, h.database, h.accounts, h.identity, h.clock, cursors)


def bulk(house: House) -> Bulk:
    """Import and export of posts, for the API and the command line."""
    return Bulk(Creating(house.publishing, house.idempotency, house.closing), house.accounts, house.library)


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
