"""The doors of the house: who comes in by browser session or API key, what they may do, and that a form is their own.

Every page route and API endpoint is made here and carries its verb; what is open to everybody stands in ``PUBLIC``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from urllib.parse import quote

from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.routing import iter_route_contexts
from fastapi.security.base import SecurityBase
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from huntaze.identity.browser import UNSAFE_METHODS, Cookies, FormTokens, check_origin
from huntaze.identity.errors import ForgedRequest, NotSignedIn, TooMany
from huntaze.identity.frame import Frame
from huntaze.identity.keys import Keys
from huntaze.identity.model import Actor
from huntaze.identity.network import RateLimit
from huntaze.identity.rights import OWNER, VERBS, allow
from huntaze.identity.sessions import Sessions
from huntaze.identity.tokens import token_hash
from huntaze.kit.cursors import BadCursor
from huntaze.kit.db import Database
from huntaze.kit.live import Position
from huntaze.outbox import latest_position
from huntaze.ui.htmx import is_htmx
from huntaze.ui.viewer import CSRF_FIELD, CSRF_HEADER, Viewer

SIGN_IN_PATH = "/sign-in"
LARGEST_BODY = 1 << 20
"""Bytes that a page's form may bring; a route that takes files names its own number."""
GOES_ON_FROM = "before"
"""The parameter by which the address of a page bears the cursor of its list."""
PageHandler = Callable[[Request, Actor], Awaitable[Response]]

PUBLIC = frozenset(
    {
        "/sign-in",
        "/sign-in/link/{token}",
        "/sign-out",
        "/language",
        "/appearance",
        "/static/{name}",
        "/live",
        "/healthz",
        "/readyz",
        "/metrics",
        "/m/{link}",
        "/api/webhooks/{platform}",
        "/api/webhooks/{platform}/deauthorize",
        "/api/webhooks/{platform}/deletion",
        "/deletion/{code}",
        "/privacy",
        "/api/openapi.json",
    }
)
"""Paths without a verb. Each of them checks for itself what it must: a signature, a one-time link, a session."""


class GuardedRoute(Route):
    """A page route that carries the verb it asks for."""

    verb: str


class Doors:
    """Finds the actor of a request and guards routes."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        keys: Keys,
        cookies: Cookies,
        forms: FormTokens,
        frame: Frame,
        public_url: str,
        key_calls: RateLimit,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._keys = keys
        self._cookies = cookies
        self._forms = forms
        self._frame = frame
        self._public_url = public_url
        self._key_calls = key_calls

    async def actor_of(self, request: Request) -> Actor | None:
        """The person whose session the browser brings, or None. The outbox's position is read on the way, before
        anything else of the page, for the page's live stream."""
        token = self._cookies.session(request)
        if token is None:
            return None
        async with self._database.transaction() as tx:
            row = await self._sessions.find(tx, token)
            if row is None:
                return None
            request.state.since = await latest_position(tx)
        actor = Actor(
            workspace_id=row.workspace_id,
            person_id=row.person_id,
            key_id=None,
            name=row.name,
            role=row.role,
            scopes=VERBS if row.role == OWNER else frozenset(),
            locale=self._frame.language(request, row.person_locale, row.workspace_locale),
            zone=row.zone,
            session_hash=token_hash(token),
            workspace_name=row.workspace_name,
        )
        request.state.actor = actor
        return actor

    async def check_form(self, request: Request, bound_to: bytes) -> None:
        """Raises ``ForgedRequest`` unless the request comes from a page of ours that was shown in this session. The
        header is looked at first, so that the body of an upload that htmx sends is left to its handler. Nothing of a
        body is read that comes from another site."""
        check_origin(request, self._public_url)
        token = request.headers.get(CSRF_HEADER)
        if token is None and _is_form(request):
            field = (await request.form()).get(CSRF_FIELD)
            token = field if isinstance(field, str) else None
        self._check_token(token, bound_to)

    async def check_anybody(self, request: Request) -> None:
        """For forms that change nothing but the browser's own cookies: a signed-in person's are checked like any
        other, a visitor's must only come from our own pages. Raises ``ForgedRequest``."""
        actor = await self.actor_of(request)
        if actor is not None and actor.session_hash is not None:
            await self.check_form(request, actor.session_hash)
        else:
            check_origin(request, self._public_url)

    def _check_token(self, token: str | None, bound_to: bytes) -> None:
        if token is None:
            raise ForgedRequest("no form token")
        self._forms.check(token, bound_to)

    def page_route(
        self,
        path: str,
        verb: str,
        handler: PageHandler,
        methods: Sequence[str] = ("GET",),
        name: str | None = None,
        max_body: int = LARGEST_BODY,
    ) -> GuardedRoute:
        """A page for signed-in people who may do ``verb``. Nobody signed in: a browser goes to the sign-in page and
        comes back here, htmx gets 401. A list whose cursor is not good begins again. Changes need the session's form
        token and bring at most ``max_body`` bytes (413 beyond)."""
        if verb not in VERBS:
            raise ValueError(f"{verb} is no verb")

        async def guarded(request: Request) -> Response:
            actor = await self.actor_of(request)
            if actor is None or actor.session_hash is None:
                return self._ask_to_sign_in(request)
            try:
                if request.method in UNSAFE_METHODS:
                    await self.check_form(request, actor.session_hash)
                allow(actor, verb)
                return await handler(request, actor)
            except BadCursor:
                return _from_the_beginning(request)
            finally:
                await request.close()

        route = GuardedRoute(path, guarded, methods=list(methods), name=name or path, max_body_size=max_body)
        route.verb = verb
        return route

    def require(self, verb: str) -> Require:
        """The FastAPI dependency that gives the actor of an endpoint."""
        if verb not in VERBS:
            raise ValueError(f"{verb} is no verb")
        return Require(self, verb)

    async def api_actor(self, request: Request, verb: str) -> Actor:
        """Who calls an endpoint: by API key, else by session with the form token as header.
        Raises the errors of identity."""
        header = request.headers.get("authorization")
        if header is None:
            actor = await self.actor_of(request)
            if actor is None or actor.session_hash is None:
                raise NotSignedIn
            if request.method in UNSAFE_METHODS:
                check_origin(request, self._public_url)
                self._check_token(request.headers.get(CSRF_HEADER), actor.session_hash)
        else:
            actor = await self._key_actor(header)
        allow(actor, verb)
        return actor

    def viewer(self, request: Request, actor: Actor) -> Viewer:
        """What a page is handed about who looks at it."""
        since: Position = getattr(request.state, "since", Position.START)
        token = self._forms.make(actor.session_hash) if actor.session_hash else ""
        return self._frame.viewer(request, actor, token, since)

    def reader(self, request: Request) -> Viewer:
        """Whoever looks: the actor found before, else a visitor. Asks nothing of the database, for error pages."""
        actor: Actor | None = getattr(request.state, "actor", None)
        return self._frame.visitor(request) if actor is None else self.viewer(request, actor)

    async def _key_actor(self, header: str) -> Actor:
        scheme, _, presented = header.partition(" ")
        actor = await self._keys.holder(presented.strip()) if scheme.lower() == "bearer" else None
        if actor is None:
            raise NotSignedIn
        wait = self._key_calls.take(str(actor.key_id))
        if wait:
            raise TooMany(wait)
        return actor

    def _ask_to_sign_in(self, request: Request) -> Response:
        if is_htmx(request) or "text/html" not in request.headers.get("accept", "text/html"):
            raise NotSignedIn
        back = request.url.path
        if request.method not in UNSAFE_METHODS and request.url.query:
            back += f"?{request.url.query}"
        wanted = "" if request.method in UNSAFE_METHODS or back == "/" else f"?next={quote(back, safe='')}"
        return RedirectResponse(SIGN_IN_PATH + wanted, status_code=303)


class Require(SecurityBase):
    """A FastAPI dependency: the actor, who may do ``verb``. Shown in OpenAPI as a bearer key."""

    def __init__(self, doors: Doors, verb: str) -> None:
        self.model = BearerModel(description="An API key, `hz_…`; pages of this installation use their session.")
        self.scheme_name = "ApiKey"
        self.verb = verb
        self._doors = doors

    async def __call__(self, request: Request) -> Actor:
        """Raises ``NotSignedIn``, ``Forbidden``, ``ForgedRequest`` or ``TooMany``."""
        return await self._doors.api_actor(request, self.verb)


def verbs_of(route: BaseRoute) -> list[str]:
    """The verbs a route asks for: of a page route its own, of an API endpoint those of its dependencies."""
    verb = getattr(route, "verb", None)
    if verb is not None:
        return [str(verb)]
    dependant = getattr(route, "dependant", None)
    calls = [sub.call for sub in dependant.dependencies] if dependant else []
    return [call.verb for call in calls if isinstance(call, Require)]


def unguarded(routes: Sequence[BaseRoute]) -> list[str]:
    """Paths that neither ask for a verb nor stand in ``PUBLIC``; a test holds that there is none."""
    return sorted({path for path, route in every_route(routes) if not verbs_of(route) and path not in PUBLIC})


def every_route(routes: Sequence[BaseRoute], prefix: str = "") -> Iterator[tuple[str, BaseRoute]]:
    """Each route with its whole path, through mounts and included routers."""
    for context in iter_route_contexts(list(routes)):
        route = context.original_route
        if isinstance(route, Mount):
            yield from every_route(route.routes, prefix + route.path)
        else:
            yield prefix + (context.path or ""), route


def _from_the_beginning(request: Request) -> Response:
    """The same list without the place from which it was to go on."""
    again = request.url.remove_query_params(GOES_ON_FROM)
    return RedirectResponse(f"{again.path}?{again.query}".rstrip("?"), status_code=303)


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return kind in ("application/x-www-form-urlencoded", "multipart/form-data")
