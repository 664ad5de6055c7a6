"""`huntaze doctor`: what is set up, what is not, and what to do about it."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from huntaze.accounts import Apps
from huntaze.commands.given import read
from huntaze.crm import Drift
from huntaze.kit.clock import Clock, SystemClock
from huntaze.kit.db import CONNECTION_LOST, DATABASE_REFUSED, Database, server_time
from huntaze.kit.ids import new_id
from huntaze.kit.jobs import workers_seen
from huntaze.kit.revisions import newer, pending
from huntaze.library import FileStore, StoreUnavailable, find_ffmpeg
from huntaze.publishing import Timings, Watch
from huntaze.settings import Settings, SettingsError
from huntaze.ui.assets import Assets, AssetsMissing

Verdict = Literal["good", "off", "warning", "bad"]
_CLOCKS_APART = timedelta(seconds=2)
_MARKS: Mapping[Verdict, str] = {"good": "✓", "off": "-", "warning": "!", "bad": "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. Only `bad` keeps the house from working; `off` is a choice."""

    name: str
    verdict: Verdict
    words: str
    remedy: str = ""


def run(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Print every finding; 0 if none is bad, 1 if one is, 2 if the settings cannot be used."""
    try:
        findings, status = asyncio.run(_look(read(environ))), 1
    except SettingsError as error:
        findings, status = [Finding(each.name, "bad", each.what, each.remedy) for each in error.problems], 2
    well = all(finding.verdict != "bad" for finding in findings)
    if as_json:
        print(json.dumps({"ok": well, "findings": [asdict(finding) for finding in findings]}, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{_MARKS[finding.verdict]} {finding.name}: {finding.words}")
            if finding.remedy:
                print(f"    → {finding.remedy}")
    return 0 if well else status


async def _look(settings: Settings) -> list[Finding]:
    findings = [Finding("settings", "good", "complete")]
    findings += [finding async for finding in _database(settings)]
    findings.append(await _media_store(settings))
    findings += [*_ffmpeg(settings), *_front_end()]
    return findings


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    """The database, and what only it can tell."""
    dsn = settings.database_url.reveal()
    try:
        missing = await pending(dsn)
    except (*CONNECTION_LOST, *DATABASE_REFUSED) as error:
        remedy = "check DATABASE_URL, and that PostgreSQL runs and takes connections from here"
        yield Finding("database", "bad", f"cannot be used: {error}", remedy)
        return
    if missing:
        yield Finding("database", "bad", f"reachable, but lacks {', '.join(missing)}", "run: huntaze migrate")
        return
    ahead = await newer(dsn)
    if ahead is None:
        yield Finding("database", "good", "reachable and up to date")
    else:
        yield Finding("database", "warning", f"reachable; {ahead}", "update Huntaze here too")
    database = await Database.connect(dsn, max_size=1)
    try:
        yield await clocks(database, SystemClock())
        yield await _worker(database)
        yield await _posts(database)
        yield await _events(database)
        async for finding in _platforms(settings, database):
            yield finding
    finally:
        await database.close()


async def clocks(database: Database, clock: Clock) -> Finding:
    """Whether this machine and the database's agree on the time: what is due is decided by the worker's clock."""
    async with database.transaction() as tx:
        before = clock.now()
        there = await server_time(tx)
        ahead = before + (clock.now() - before) / 2 - there
    seconds = round(abs(ahead).total_seconds(), 1)
    if abs(ahead) <= _CLOCKS_APART:
        return Finding("clock", "good", f"{seconds} s from the database's")
    early, which = ("too early", "ahead of") if ahead > timedelta(0) else ("too late", "behind")
    words = f"{seconds} s {which} the database's: a worker here publishes {early} by as much, if the database is right"
    return Finding("clock", "warning", words, "have both machines set by NTP (timedatectl set-ntp true)")


async def _worker(database: Database) -> Finding:
    async with database.transaction() as tx:
        seen = await workers_seen(tx, SystemClock().now())
    if seen.alive:
        return Finding("worker", "good", f"{seen.alive} at work")
    last = f"last seen {seen.last_seen:%Y-%m-%d %H:%M} UTC" if seen.last_seen else "never seen"
    return Finding("worker", "bad", f"none at work, {last}", "run: huntaze work (or serve --with-worker)")


async def _posts(database: Database) -> Finding:
    """Whether somebody looks after every post that is on its way."""
    async with database.transaction() as tx:
        found = await Watch(database, SystemClock(), Timings()).overdue(tx)
    if not found:
        return Finding("posts", "good", "each one on its way is looked after")
    since = min(one.since for one in found)
    words = f"the worker has not looked after {sum(one.posts for one in found)} since {since:%Y-%m-%d %H:%M} UTC"
    return Finding("posts", "bad", words, "see that huntaze work runs; its log says what keeps it")


async def _events(database: Database) -> Finding:
    """Whether the platforms push what they usually push."""
    async with database.transaction() as tx:
        found = await Drift(database, SystemClock()).found(tx)
    if not found:
        return Finding("live events", "good", "no account is quieter than usual")
    words = f"{len(found)} accounts hear less than they should; their comments are read from lists"
    return Finding("live events", "warning", words, "see that the platforms reach this server, and its webhooks' log")


async def _platforms(settings: Settings, database: Database) -> AsyncIterator[Finding]:
    """Which networks are on, and through whose app."""
    apps = Apps(database, SystemClock(), settings.keys, {}, {})
    if settings.meta_app is not None:
        yield Finding("instagram", "good", f"on, through app {settings.meta_app.app_id}, set by the operator")
    elif (kept := await apps.app("instagram", "facebook")) is not None:
        yield Finding("instagram", "good", f"on, through app {kept.app_id}, set in the pages")
    else:
        yield Finding("instagram", "off", "no app", "set FACEBOOK_APP_ID and FACEBOOK_APP_SECRET")
    if settings.simulator_url:
        yield Finding("simulator", "warning", f"{settings.simulator_url} stands in for the platforms")


async def _media_store(settings: Settings) -> Finding:
    """Whether a file can be written there, and removed again."""
    name = f"doctor/{new_id(SystemClock().now())}"
    place = settings.media_store
    try:
        store = FileStore.open(place)
        with tempfile.NamedTemporaryFile() as file:
            await store.put(f"{name}/written", Path(file.name))
        await store.remove_all(name)
    except (StoreUnavailable, OSError, ValueError) as error:
        remedy = "check MEDIA_STORE, its permissions, and for S3 the AWS_* variables"
        return Finding("media store", "bad", f"{place} cannot be written ({type(error).__name__})", remedy)
    return Finding("media store", "good", f"{place} is writable")


def _ffmpeg(settings: Settings) -> Iterator[Finding]:
    found = find_ffmpeg(settings.local.ffmpeg)
    if found is None:
        yield Finding("ffmpeg", "warning", "not found: videos cannot be converted", "install ffmpeg, or huntaze[video]")
    else:
        yield Finding("ffmpeg", "good", str(found))


def _front_end() -> Iterator[Finding]:
    try:
        Assets.load()
    except AssetsMissing:
        yield Finding("front end", "bad", "not built", "run: python hatch_build.py")
