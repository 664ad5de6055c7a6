"""The pages and forms of identity: sign in and out, one-time links, the language, API keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from htpy import Node
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.identity import key_pages, pages
from huntaze.identity.errors import (
    AlreadyOwned,
    BadInput,
    ForgedRequest,
    LinkSpent,
    Locked,
    TooMany,
    WrongPassword,
)
from huntaze.identity.key_pages import KeyForm
from huntaze.identity.model import Actor
from huntaze.identity.pages import OwnerForm, SignInForm
from huntaze.identity.people import OwnerEntry
from huntaze.identity.service import Identity
from huntaze.identity.tokens import new_token, token_hash
from huntaze.kit.clock import Clock
from huntaze.kit.problems import not_found
from huntaze.kit.secret import Secret
from huntaze.ui.i18n import _
from huntaze.ui.page import error_page, html
from huntaze.ui.paths import inner_path
from huntaze.ui.viewer import Viewer

_LARGEST_FORM = 64 * 1024
# The address of a one-time link is for us alone. (With "no-referrer" browsers send forms with "Origin: null".)
_KEPT_HERE = {"referrer-policy": "same-origin"}
_LINK = "/sign-in/link/{token}"


def routes(identity: Identity, clock: Clock) -> list[Route]:
    """Every route of identity but the JSON ones."""
    entrance = Entrance(identity, clock)
    desk = KeyDesk(identity, clock)
    return [
        Route("/sign-in", entrance.show, name="sign-in"),
        _form_route("/sign-in", entrance.sign_in),
        Route(_LINK, entrance.open_link, name="sign-in-link"),
        _form_route(_LINK, entrance.create_owner),
        _form_route("/sign-out", entrance.sign_out),
        _form_route("/language", entrance.keep_language),
        identity.page_route("/settings/keys", "keys.write", desk.show),
        identity.page_route("/settings/keys", "keys.write", desk.create, methods=["POST"]),
        identity.page_route("/settings/keys/{key}/revoke", "keys.write", desk.revoke, methods=["POST"]),
    ]


def _form_route(path: str, handler: Callable[[Request], Awaitable[Response]]) -> Route:
    """A small form that anybody may send; what was sent along as a file is closed again."""

    async def taken(request: Request) -> Response:
        try:
            return await handler(request)
        finally:
            await request.close()

    return Route(path, taken, methods=["POST"], max_body_size=_LARGEST_FORM)


class Entrance:
    """Doors for people who are not signed in. Their forms are bound to a visit, a cookie of its own."""

    def __init__(self, identity: Identity, clock: Clock) -> None:
        self._identity = identity
        self._clock = clock
        self._languages = sorted(identity.frame.catalogues.by_language)

    async def show(self, request: Request) -> Response:
        """GET /sign-in."""
        self._count(request)
        next_path = inner_path(request.query_params.get("next", "/"))
        if await self._identity.actor_of(request) is not None:
            return RedirectResponse(next_path, status_code=303)
        owned = await self._identity.people.owner() is not None
        return self._sign_in_page(request, SignInForm(next_path=next_path, owned=owned))

    async def sign_in(self, request: Request) -> Response:
        """POST /sign-in."""
        self._count(request)
        form = await request.form()
        entered = SignInForm(_text(form, "login"), inner_path(_text(form, "next") or "/"))
        viewer = self._identity.visitor(request)
        try:
            await self._check_visit(request)
            password = Secret(_text(form, "password"))
            address = self._identity.address_of(request)
            old = self._identity.cookies.session(request)
            token = await self._identity.sign_in(entered.login, password, address, old)
        except ForgedRequest:
            with viewer.speaking():
                return self._sign_in_page(request, _with(entered, pages.page_was_old()), 403)
        except WrongPassword:
            with viewer.speaking():
                return self._sign_in_page(request, _with(entered, pages.wrong_password()), 422)
        except Locked as locked:
            now = self._clock.now()
            with viewer.speaking():
                answer = self._sign_in_page(request, _with(entered, pages.locked(locked.until, now)), 429)
            answer.headers["retry-after"] = str(max(1, int((locked.until - now).total_seconds())))
            return answer
        return self._welcome(token, entered.next_path)

    async def open_link(self, request: Request) -> Response:
        """GET /sign-in/link/…: a link bound to a person signs in, one without shows the form for the first owner.
        HEAD uses nothing up: programs that preview links ask so."""
        self._count(request)
        if request.method == "HEAD":
            return Response(headers=_KEPT_HERE)
        token = Secret(request.path_params["token"])
        try:
            link = await self._identity.open_link(token)
            if link.person_id is not None:
                session = await self._identity.sign_in_by_link(token, self._identity.cookies.session(request))
                return self._welcome(session, "/")
        except LinkSpent:
            return self._spent(request)
        if await self._identity.people.owner() is not None:
            return self._spent(request)
        return self._owner_page(request, OwnerForm(request.url.path))

    async def create_owner(self, request: Request) -> Response:
        """POST /sign-in/link/…: the form for the first owner."""
        self._count(request)
        form = await request.form()
        name, email = _text(form, "name").strip(), _text(form, "email").strip()
        zone = _text(form, "zone")
        typed = OwnerForm(request.url.path, name, email, zone)
        viewer = self._identity.visitor(request)
        entry = OwnerEntry(name, email, Secret(_text(form, "password")), zone, viewer.locale)
        try:
            await self._check_visit(request)
            old = self._identity.cookies.session(request)
            token = await self._identity.first_owner(Secret(request.path_params["token"]), entry, old)
        except ForgedRequest:
            with viewer.speaking():
                form_again = OwnerForm(typed.action, name, email, zone, problem=pages.page_was_old())
            return self._owner_page(request, form_again, 403)
        except BadInput as bad:
            return self._owner_page(request, OwnerForm(typed.action, name, email, zone, bad.faults), 422)
        except (LinkSpent, AlreadyOwned):
            return self._spent(request)
        return self._welcome(token, "/")

    async def sign_out(self, request: Request) -> Response:
        """POST /sign-out."""
        token = self._identity.cookies.session(request)
        if token is not None and await self._identity.actor_of(request) is not None:
            await self._identity.doors.check_form(request, token_hash(token))
            await self._identity.sign_out(token)
        answer = RedirectResponse("/sign-in", status_code=303)
        self._identity.cookies.drop_session(answer)
        return answer

    async def keep_language(self, request: Request) -> Response:
        """POST /language: for the person, if one is signed in, and for the browser."""
        actor = await self._identity.actor_of(request)
        if actor is not None and actor.session_hash is not None:
            await self._identity.doors.check_form(request, actor.session_hash)
        else:
            await self._check_visit(request)
        form = await request.form()
        answer = RedirectResponse(inner_path(_text(form, "back")), status_code=303)
        locale = _text(form, "locale")
        if locale in self._languages:
            self._identity.cookies.keep_language(answer, locale)
            if actor is not None:
                await self._identity.speak_language(actor, locale)
        return answer

    def _count(self, request: Request) -> None:
        wait = self._identity.entrance_wait(request)
        if wait:
            raise TooMany(wait)

    async def _check_visit(self, request: Request) -> None:
        visit = self._identity.cookies.visit(request)
        if visit is None:
            raise ForgedRequest("no visit")
        await self._identity.doors.check_form(request, token_hash(visit))

    def _visiting(self, request: Request) -> tuple[Viewer, Secret]:
        visit = self._identity.cookies.visit(request) or new_token()
        return self._identity.frame.visitor(request, self._identity.forms.make(token_hash(visit))), visit

    def _sign_in_page(self, request: Request, entered: SignInForm, status: int = 200) -> Response:
        viewer, visit = self._visiting(request)
        with viewer.speaking():
            answer = html(pages.sign_in(viewer, entered, self._languages), status)
        self._identity.cookies.keep_visit(answer, visit)
        return answer

    def _owner_page(self, request: Request, entered: OwnerForm, status: int = 200) -> Response:
        viewer, visit = self._visiting(request)
        with viewer.speaking():
            answer = html(pages.create_owner(viewer, entered, self._languages), status, _KEPT_HERE)
        self._identity.cookies.keep_visit(answer, visit)
        return answer

    def _spent(self, request: Request) -> Response:
        viewer = self._identity.visitor(request)
        with viewer.speaking():
            text = _("It was used already or is older than an hour. “huntaze owner link” prints a new one.")
            action = (_("Go to sign-in"), "/sign-in")
            return html(error_page(viewer, _("This link no longer works"), text, action=action), 410, _KEPT_HERE)

    def _welcome(self, token: Secret, path: str) -> Response:
        answer = RedirectResponse(path, status_code=303, headers=_KEPT_HERE)
        self._identity.cookies.keep_session(answer, token)
        return answer


class KeyDesk:
    """The page of API keys under Settings."""

    def __init__(self, identity: Identity, clock: Clock) -> None:
        self._identity = identity
        self._clock = clock

    async def show(self, request: Request, actor: Actor) -> Response:
        """GET /settings/keys."""
        return await self._page(request, actor)

    async def create(self, request: Request, actor: Actor) -> Response:
        """POST /settings/keys: answers the page with the new key, this once."""
        form = await request.form()
        name = _text(form, "name").strip()
        scopes = frozenset(str(scope) for scope in form.getlist("scopes"))
        try:
            _key_id, made = await self._identity.create_key(actor.workspace_id, name, scopes)
        except BadInput as bad:
            return await self._page(request, actor, KeyForm(name, scopes, bad.faults), status=422)
        return await self._page(request, actor, made=made)

    async def revoke(self, request: Request, actor: Actor) -> Response:
        """POST /settings/keys/…/revoke."""
        try:
            key_id = UUID(request.path_params["key"])
        except ValueError:
            raise not_found() from None
        if not await self._identity.revoke_key(actor.workspace_id, key_id):
            raise not_found()
        return RedirectResponse("/settings/keys", status_code=303)

    async def _page(
        self, request: Request, actor: Actor, entered: KeyForm | None = None, *, made: str = "", status: int = 200
    ) -> Response:
        rows = await self._identity.keys.all(actor.workspace_id)
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            return html(key_pages.keys(viewer, rows, self._clock.now(), entered, made), status)


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _with(entered: SignInForm, problem: Node) -> SignInForm:
    return SignInForm(entered.login, entered.next_path, problem)
