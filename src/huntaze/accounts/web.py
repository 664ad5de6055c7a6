"""The accounts pages, and the way through a platform's dialog and back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.accounts import connect_pages, pages
from huntaze.accounts.connect_pages import Choice
from huntaze.accounts.errors import AccountsError, GrantGone, NothingChosen, StateRefused, SwitchedOff
from huntaze.accounts.model import AccountRow
from huntaze.accounts.neighbours import Neighbours
from huntaze.accounts.pictures import PATH as PICTURE
from huntaze.accounts.pictures import Pictures
from huntaze.accounts.service import Accounts
from huntaze.identity import Actor, Identity
from huntaze.kit.crypto import KeyRing
from huntaze.kit.http import GuardedFetcher
from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import Denied, Unusable
from huntaze.platforms.errors import Later, PlatformError, UnknownOutcome
from huntaze.ui.i18n import _
from huntaze.ui.page import html

_CHOOSE = "/accounts/choose/{grant:uuid}"
_LEAVE = "/accounts/{account:uuid}/disconnect"


def routes(
    accounts: Accounts, identity: Identity, ring: KeyRing, fetcher: GuardedFetcher, neighbours: Neighbours
) -> list[Route]:
    """`/accounts…` and `/api/auth/{platform}[/callback]`, which must stand before what is mounted at `/api`."""
    pictures = Pictures(ring, fetcher)
    through = SignIn(accounts, identity, pictures)
    desk = AccountsDesk(accounts, identity, neighbours)
    page = identity.page_route
    return [
        page("/api/auth/{platform}", "accounts.connect", through.start),
        page("/api/auth/{platform}/callback", "accounts.connect", through.callback),
        page("/accounts", "accounts.read", desk.index),
        page(_CHOOSE, "accounts.connect", through.choose),
        page(_CHOOSE, "accounts.connect", through.connect, methods=("POST",), name="accounts-connect"),
        page(_LEAVE, "accounts.connect", desk.ask),
        page(_LEAVE, "accounts.connect", desk.leave, methods=("POST",), name="accounts-disconnect"),
        page(PICTURE, "accounts.read", pictures.show),
    ]


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a sign-in that led to nothing is told."""

    title: str
    """Source words, translated where they are shown; ``{network}`` is filled in."""
    reason: Text
    remedy: Text
    status: int
    bad: bool = False


class SignIn:
    """Out to the platform's dialog, back, and the choice of accounts."""

    def __init__(self, accounts: Accounts, identity: Identity, pictures: Pictures) -> None:
        self._accounts = accounts
        self._identity = identity
        self._pictures = pictures

    async def start(self, request: Request, actor: Actor) -> Response:
        """To the dialog; a link leads here, so that no form is posted to another site."""
        platform = request.path_params["platform"]
        if platform not in self._accounts.platforms:
            raise HTTPException(404)
        known = self._accounts.platforms[platform].logins
        account = await self._named(actor, request.query_params.get("account", ""))
        login = account.login if account else request.query_params.get("login") or next(iter(known))
        if login not in known:
            raise HTTPException(404)
        try:
            url = await self._accounts.start(
                actor,
                platform,
                login,
                account_id=account.id if account else None,
                ask_again="again" in request.query_params,
            )
        except SwitchedOff:
            return RedirectResponse(f"/platforms/connect/{platform}", status_code=303)
        return RedirectResponse(url, status_code=303, headers={"referrer-policy": "no-referrer"})

    async def callback(self, request: Request, actor: Actor) -> Response:
        """From the dialog: on to the choice, or a page that says what happened."""
        platform = request.path_params["platform"]
        if platform not in self._accounts.platforms:
            raise HTTPException(404)
        try:
            outcome = await self._accounts.callback(actor, platform, request.query_params)
        except StateRefused as error:
            ending = _Ending(N_("This sign-in was refused"), error.reason, error.remedy, 400, bad=True)
        except AccountsError as error:
            ending = _Ending(N_("This does not work yet"), error.reason, error.remedy, 503)
        except PlatformError as error:
            title = N_("{network} did not finish the sign-in")
            ending = _Ending(title, error.message, error.remedy, _status(error), bad=True)
        else:
            if not isinstance(outcome, Denied):
                return RedirectResponse(f"/accounts/choose/{outcome.grant_id}", status_code=303)
            ending = _Ending(N_("{network} was not connected"), outcome.reason, outcome.remedy, 200)
        return self._ended(request, actor, platform, ending)

    async def choose(self, request: Request, actor: Actor) -> Response:
        """The accounts behind a grant."""
        return await self._choice(request, actor)

    async def connect(self, request: Request, actor: Actor) -> Response:
        """Connect what was ticked."""
        form = await request.form()
        chosen = {value for value in form.getlist("account") if isinstance(value, str)}
        take_over = {value for value in form.getlist("take_over") if isinstance(value, str)}
        try:
            outcome = await self._accounts.connect(
                actor, request.path_params["grant"], chosen | take_over, take_over=take_over
            )
        except NothingChosen:
            return await self._choice(request, actor, nothing_chosen=True)
        except (AccountsError, PlatformError) as error:
            return self._failed(request, actor, error)
        if outcome.refused:
            return await self._choice(request, actor, refused=outcome.refused)
        return RedirectResponse("/accounts", status_code=303)

    async def _choice(
        self, request: Request, actor: Actor, *, nothing_chosen: bool = False, refused: tuple[Unusable, ...] = ()
    ) -> Response:
        try:
            choice = await self._found(actor, request.path_params["grant"], refused, nothing_chosen=nothing_chosen)
        except (AccountsError, PlatformError) as error:
            return self._failed(request, actor, error)
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            status = 422 if nothing_chosen else 409 if refused else 200
            return html(connect_pages.choose(viewer, choice, self._pictures.url), status)

    async def _found(
        self, actor: Actor, grant_id: UUID, refused: tuple[Unusable, ...], *, nothing_chosen: bool
    ) -> Choice:
        accounts = self._accounts
        grant = await accounts.grant(actor.workspace_id, grant_id)
        found = await accounts.discovery(actor.workspace_id, grant_id)
        async with accounts.database.transaction() as tx:
            live = await accounts.list_accounts(tx, actor.workspace_id)
            behind = await accounts.grants_behind(tx, actor.workspace_id)
            wanted = await accounts.get(tx, actor.workspace_id, grant.account_id) if grant.account_id else None
        mine, anothers = set[str](), set[str]()
        for account in (one for one in live if one.platform == grant.platform):
            present = behind[account.grant_id]
            same = (present.login, present.user_ref) == (grant.login, grant.user_ref)
            (mine if same else anothers).add(account.account_ref)
        return Choice(
            grant,
            accounts.platforms[grant.platform].label,
            found,
            frozenset(mine),
            frozenset(anothers),
            wanted.account_ref if wanted else "",
            wanted.username if wanted else "",
            refused,
            nothing_chosen,
        )

    def _failed(self, request: Request, actor: Actor, error: AccountsError | PlatformError) -> Response:
        """The choice cannot be shown or carried out."""
        reason = error.reason if isinstance(error, AccountsError) else error.message
        status = 410 if isinstance(error, GrantGone) else _status(error)
        ending = _Ending(N_("The accounts cannot be listed"), reason, error.remedy, status)
        again = request.url.path if isinstance(error, Later | UnknownOutcome) else "/accounts"
        return self._ended(request, actor, "", ending, again)

    def _ended(self, request: Request, actor: Actor, platform: str, ending: _Ending, again: str = "") -> Response:
        viewer = self._identity.viewer(request, actor)
        network = self._accounts.platforms[platform].label if platform else ""
        with viewer.speaking():
            page = connect_pages.ended(
                viewer,
                _(ending.title).format(network=network),
                ending.reason,
                ending.remedy,
                again=again or f"/platforms/connect/{platform}",
                bad=ending.bad,
            )
            return html(page, ending.status)

    async def _named(self, actor: Actor, text: str) -> AccountRow | None:
        """The account to be connected again, if one of the workspace is named."""
        try:
            account_id = UUID(text)
        except ValueError:
            return None
        async with self._accounts.database.transaction() as tx:
            return await self._accounts.get(tx, actor.workspace_id, account_id)


class AccountsDesk:
    """The list, and leaving."""

    def __init__(self, accounts: Accounts, identity: Identity, neighbours: Neighbours) -> None:
        self._accounts = accounts
        self._identity = identity
        self._neighbours = neighbours

    async def index(self, request: Request, actor: Actor) -> Response:
        """Every connected account."""
        viewer = self._identity.viewer(request, actor)
        shown = await shown_accounts(self._accounts, self._neighbours, actor.workspace_id)
        with viewer.speaking():
            return html(pages.accounts(viewer, shown, self._accounts.platforms))

    async def ask(self, request: Request, actor: Actor) -> Response:
        """What disconnecting will do."""
        account = await self._account(request, actor)
        scheduled = await self._neighbours.scheduled_posts(actor.workspace_id, account.id)
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            return html(pages.disconnect(viewer, account, scheduled))

    async def leave(self, request: Request, actor: Actor) -> Response:
        """Disconnect; an account that is gone already is no error."""
        account = await self._account(request, actor)
        await self._accounts.disconnect(actor, account.id)
        return RedirectResponse("/accounts", status_code=303)

    async def _account(self, request: Request, actor: Actor) -> AccountRow:
        async with self._accounts.database.transaction() as tx:
            account = await self._accounts.get(tx, actor.workspace_id, request.path_params["account"])
        if account is None:
            raise HTTPException(404)
        return account


async def shown_accounts(accounts: Accounts, neighbours: Neighbours, workspace_id: UUID) -> pages.Shown:
    """Everything that the page tells of a workspace's accounts."""
    async with accounts.database.transaction() as tx:
        rows = await accounts.list_accounts(tx, workspace_id)
        grants = await accounts.grants_behind(tx, workspace_id)
    ids = [row.id for row in rows]
    return pages.Shown(rows, grants, accounts.clock.now(), await neighbours.mirrored(workspace_id, ids))


def _status(error: Exception) -> int:
    """Ours to the browser: the platform's refusal is a 422, its silence a 502."""
    if isinstance(error, SwitchedOff):
        return 503
    return 502 if isinstance(error, Later | UnknownOutcome) else 422
