"""`/events`: what arrived, for the people of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.identity import Actor, Identity
from huntaze.kit.cursors import page_of
from huntaze.kit.problems import ProblemError
from huntaze.kit.signing import Signer
from huntaze.ui.page import html
from huntaze.webhooks import pages
from huntaze.webhooks.api import EVENTS, event_before, may_read, read_id
from huntaze.webhooks.model import EventState, OpenedRow
from huntaze.webhooks.reading_store import Sight, Wanted
from huntaze.webhooks.redacting import pretty, redacted
from huntaze.webhooks.replay import REPEATABLE, StoredEvents

PAGE_SIZE = 50
DEAD_SHOWN = 10
_PERIODS = {"hour": timedelta(hours=1), "day": timedelta(hours=24)}


def event_routes(events: StoredEvents, identity: Identity, cursors: Signer) -> list[Route]:
    """The list, one event, and what may be done with them."""
    desk = _Desk(events, identity, cursors)
    page, one = identity.page_route, f"{pages.PATH}/{{event_id}}"
    return [
        page(pages.PATH, "events.read", desk.index, name="events"),
        page(f"{pages.PATH}/replay", "events.write", desk.replay_range, methods=("POST",), name="events-replay"),
        page(one, "events.read", desk.one, name="event"),
        page(f"{one}/replay", "events.write", desk.replay, methods=("POST",), name="event-replay"),
        page(f"{one}/dismiss", "events.write", desk.dismiss, methods=("POST",), name="event-dismiss"),
    ]


class _Desk:
    def __init__(self, events: StoredEvents, identity: Identity, cursors: Signer) -> None:
        self._events = events
        self._identity = identity
        self._cursors = cursors

    async def index(self, request: Request, actor: Actor) -> Response:
        query, sight = request.query_params, await self._events.sight(actor)
        cursor = query.get("before", "")
        before = event_before(self._cursors, cursor)
        wanted = self._wanted(sight, query)
        rows = await self._events.listed(sight, wanted, before, PAGE_SIZE + 1)
        page, older = page_of(self._cursors, EVENTS, rows, PAGE_SIZE)
        moved = query.get("moved", "")
        failed = Wanted((EventState.DEAD,))
        shown = pages.EventsShown(
            overview=await self._events.overview(sight),
            dead=() if cursor or wanted != Wanted() else await self._events.listed(sight, failed, limit=DEAD_SHOWN),
            rows=page,
            wanted=wanted,
            period=_period(query),
            account=query.get("account", "") if wanted.account_refs else "",
            older=older,
            first=not cursor,
            names=_names(sight),
            accounts=_accounts(sight),
            now=self._events.clock.now(),
            moved=int(moved) if moved.isascii() and moved.isdigit() and len(moved) < 10 else None,
        )
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            return html(pages.events_page(viewer, shown))

    async def one(self, request: Request, actor: Actor) -> Response:
        sight, row = await self._found(request, actor)
        payload = pretty(redacted(row.payload, words=may_read(actor)))
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            return html(pages.event_page(viewer, row, payload, _names(sight)))

    async def replay(self, request: Request, actor: Actor) -> Response:
        sight, row = await self._found(request, actor)
        await self._events.replay(sight, Wanted(REPEATABLE), row.id)
        return RedirectResponse(f"{pages.PATH}/{row.id}", status_code=303)

    async def dismiss(self, request: Request, actor: Actor) -> Response:
        sight, row = await self._found(request, actor)
        await self._events.dismiss(sight, row.id)
        return RedirectResponse(pages.PATH, status_code=303)

    async def replay_range(self, request: Request, actor: Actor) -> Response:
        """Those that the form names; without a state the failed ones."""
        given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        sight = await self._events.sight(actor)
        moved = await self._events.replay(sight, self._wanted(sight, given))
        return RedirectResponse(f"{pages.PATH}?{urlencode({'moved': moved})}", status_code=303)

    async def _found(self, request: Request, actor: Actor) -> tuple[Sight, OpenedRow]:
        sight = await self._events.sight(actor)
        try:
            row = await self._events.opened(sight, read_id(request.path_params["event_id"]))
        except ProblemError:
            row = None
        if row is None:
            raise HTTPException(404)
        return sight, row

    def _wanted(self, sight: Sight, given: Mapping[str, str]) -> Wanted:
        """What an address or a form asks for; what it cannot mean does not count."""
        state, (platform, _, ref) = given.get("state", ""), given.get("account", "").partition("/")
        period = _period(given)
        return Wanted(
            states=(EventState(state),) if state in set(EventState) else (),
            kind=given.get("kind", "")[:200],
            platform=platform if ref else "",
            account_refs=_refs(sight, platform, ref),
            since=self._events.clock.now() - _PERIODS[period] if period else None,
        )


def _period(given: Mapping[str, str]) -> str:
    period = given.get("since", "")
    return period if period in _PERIODS else ""


def _refs(sight: Sight, platform: str, ref: str) -> tuple[str, ...]:
    """All that events name this account by, its Page too."""
    if not ref:
        return ()
    named = (one.refs for one in sight.own if one.platform == platform and ref in one.refs)
    return tuple(dict.fromkeys([ref, *(each for refs in named for each in refs)]))


def _accounts(sight: Sight) -> dict[str, str]:
    """The accounts to choose from, each once, however many things events name it by."""
    return {f"{one.platform}/{one.refs[0]}": f"@{one.username}" for one in sight.own}


def _names(sight: Sight) -> dict[tuple[str, str], str]:
    """The accounts of the workspace as people know them."""
    return {(one.platform, ref): one.username for one in sight.own for ref in one.refs}
