"""Every room of one process, built from one `Settings` and joined."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import httpx2

from huntaze import crm, desk, insights, publishing
from huntaze.accounts import Accounts, Addresses, Apps, Governor, WebhookKeys
from huntaze.crm import Mirror
from huntaze.desk import navigation
from huntaze.identity import Frame, Identity
from huntaze.inbox import CommentWork
from huntaze.insights import Insights
from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock, SystemClock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Connection, Database, in_transaction
from huntaze.kit.http import GuardedFetcher, irreversible_client, platform_client
from huntaze.kit.jobs import Jobs
from huntaze.kit.metrics import Metrics
from huntaze.kit.text import N_, Text
from huntaze.library import FileStore, Library, Prober, find_ffmpeg
from huntaze.outbox import Erasers, Outbox, outgoing
from huntaze.outbox.outgoing import Outgoing, Poster
from huntaze.platforms.contract import App, OnUsage, Platform
from huntaze.platforms.instagram import Instagram, InstagramUrls, SignedRequests
from huntaze.platforms.registry import Platforms, Senders
from huntaze.platforms.tiktok import TikTokEvents
from huntaze.publishing import Idempotency, Publishing, Timings
from huntaze.settings import Settings
from huntaze.ui.assets import Assets
from huntaze.ui.i18n import Catalogues
from huntaze.webhooks import Compliance, register_erasers


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
    box = Outbox(database, clock, checkpoints)
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
    told = Outgoing.build(database, clock, ring, jobs, checkpoints, metrics, poster or _poster(settings), neighbours)
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


def _no_open_transaction() -> None:
    """No transaction is open while a platform is being asked: a slow platform must not hold rows."""
    if in_transaction():
        raise RuntimeError("a platform was asked inside a transaction")


def _platforms(
    settings: Settings, clients: tuple[httpx2.AsyncClient, ...], clock: Clock, on_usage: OnUsage
) -> dict[str, Platform]:
    urls = InstagramUrls(graph=settings.urls.facebook_graph, dialog=settings.urls.facebook_dialog)
    instagram = Instagram(clients[0], clients[1], urls, settings.graph_version, clock, on_usage)
    return {instagram.name: instagram}


def _poster(settings: Settings) -> Poster:
    """Strangers' servers are asked by https alone, and no origin is excepted, not even a configured platform's; beside
    a simulator this machine is, so that a demo can be heard."""
    agent, demo = f"Huntaze-Webhooks/{version('huntaze')}", settings.simulator_url is not None
    return Poster(GuardedFetcher(loopback=demo, user_agent=agent, before_request=_no_open_transaction))


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
