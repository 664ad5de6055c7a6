"""www.instagram.com/oauth/authorize: the window of Instagram Login (instagram.md §2.1)."""

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie

from socialsim.kernel.faults import FaultRule
from socialsim.kernel.pages import html_answer, redirect
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Route
from socialsim.meta.login import instagram_pages as pages
from socialsim.meta.login.dialog_pages import Choice, PermissionChoice
from socialsim.meta.login.instagram import AuthorizeRequest, consent, denial
from socialsim.meta.login.instagram_pages import Asked
from socialsim.meta.model import Account, World
from socialsim.meta.scopes import INSTAGRAM_BASIC, INSTAGRAM_PERMISSIONS

SESSION = "sim_instagram_session"
"""Cookie that says which account is signed in in this browser."""
_OWN = frozenset({"action", "account", "permission", "username", "password", "sim_account", "sim_facebook"})


class InstagramDialogHost:
    """www.instagram.com, as far as an app sends people there. Posts are shown by the simulator's own pages."""

    takes_bytes = 0
    endpoints = ("GET /oauth/authorize", "POST /oauth/authorize")

    def __init__(self, services: Services, world: World) -> None:
        self._services = services
        self._world = world

    def route(self, call: Call) -> Route:
        """See :class:`socialsim.kernel.wire.Host`."""
        if [part for part in call.path.split("/") if part] == ["oauth", "authorize"]:
            action: Callable[[Call], Awaitable[Answer]] = self._decide if call.method == "POST" else self._show
            return Route(f"{call.method} /oauth/authorize", lambda: action(call))
        return Route(f"{call.method} /", self._absent)

    def error(self, rule: FaultRule) -> Answer:
        """See :class:`socialsim.kernel.wire.Host`."""
        return html_answer(pages.problem_page(rule.message), rule.status or 400)

    async def _absent(self) -> Answer:
        return html_answer(pages.problem_page("This page is not simulated."), 404)

    async def _show(self, call: Call) -> Answer:
        request = AuthorizeRequest(self._world, call.params)
        if request.problem:
            return html_answer(pages.problem_page(request.problem), 400)
        asked = _asked(request)
        facebook, chosen = call.params.get("sim_facebook", ""), call.params.get("sim_account", "")
        by_facebook = _on(request, "enable_fb_login", default=True)
        if facebook and by_facebook:
            return self._through_facebook(request, asked, facebook, chosen)
        if _on(request, "force_reauth", default=False):
            return html_answer(pages.credentials_page(asked, problem="", by_facebook=by_facebook))
        account = self._world.accounts.get(chosen or _session(call))
        if account is None:
            choices = [_choice(account) for account in self._world.accounts.values()]
            return html_answer(pages.accounts_page(asked, choices, by_facebook=by_facebook))
        return self._ask(request, asked, account)

    def _through_facebook(self, request: AuthorizeRequest, asked: Asked, facebook: str, chosen: str) -> Answer:
        """A person of Facebook, then an account behind one of the person's Pages."""
        person = self._world.people.get(facebook)
        if person is None:
            people = [Choice(one.id, one.name, _picture(one.picture), "") for one in self._world.people.values()]
            return html_answer(pages.facebook_page(asked, people))
        behind = (self._world.pages[page_id].instagram_id for page_id in person.roles)
        accounts = [self._world.accounts[account_id] for account_id in behind if account_id]
        account = next((one for one in accounts if one.id == chosen), None)
        if account is not None:
            return self._ask(request, asked, account)
        theirs = Asked(asked.app_name, asked.back, {**asked.query, "sim_facebook": person.id})
        return html_answer(pages.accounts_page(theirs, [_choice(one) for one in accounts], by_facebook=False))

    def _ask(self, request: AuthorizeRequest, asked: Asked, account: Account) -> Answer:
        if account.personal:
            return html_answer(pages.personal_page(asked, _choice(account)), 403)
        choices = [PermissionChoice(name, INSTAGRAM_PERMISSIONS[name]) for name in request.scopes()]
        page = pages.consent_page(asked, _choice(account), choices, INSTAGRAM_BASIC)
        answer = html_answer(page, allow_form_to=request.redirect_uri)
        cookie = f"{SESSION}={account.id}; Path=/; HttpOnly; SameSite=Lax"
        answer.headers.append((b"set-cookie", cookie.encode()))
        return answer

    async def _decide(self, call: Call) -> Answer:
        request = AuthorizeRequest(self._world, call.params)
        if request.problem:
            return html_answer(pages.problem_page(request.problem), 400)
        asked, action = _asked(request), call.params.get("action")
        if action == "cancel":
            return redirect(request.back(denial()))
        if action == "sign-in":
            return self._sign_in(call, request, asked)
        account = self._world.accounts.get(call.params.get("account", ""))
        if account is None:
            return html_answer(pages.problem_page("Choose an account."), 400)
        if account.personal:
            return html_answer(pages.personal_page(asked, _choice(account)), 403)
        ticked = [value for key, value in call.form if key == "permission"]
        location = consent(self._services, self._world, request, account, ticked)
        self._services.ledger.write(
            "meta",
            "consent.given",
            account_id=account.id,
            object_id=call.params.get("client_id", ""),
            request_id=call.request_id,
            source="audience",
            text=",".join(ticked),
        )
        return redirect(location)

    def _sign_in(self, call: Call, request: AuthorizeRequest, asked: Asked) -> Answer:
        username = call.params.get("username", "").strip().lstrip("@")
        account = next((one for one in self._world.accounts.values() if one.username == username), None)
        if account is None or not call.params.get("password"):
            by_facebook = _on(request, "enable_fb_login", default=True)
            problem = "Sorry, there is no such account, or the password is missing."
            return html_answer(pages.credentials_page(asked, problem=problem, by_facebook=by_facebook), 400)
        return self._ask(request, asked, account)


def _asked(request: AuthorizeRequest) -> Asked:
    assert request.app is not None
    own = {name: value for name, value in request.params.items() if name not in _OWN}
    return Asked(request.app.name, request.redirect_uri, own)


def _on(request: AuthorizeRequest, name: str, *, default: bool) -> bool:
    value = request.params.get(name, "").lower()
    return value in {"true", "1"} if value else default


def _session(call: Call) -> str:
    """The account of the cookie, unless the person wants to choose."""
    if call.params.get("sim_account"):
        return ""
    try:
        cookies = SimpleCookie(call.headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[SESSION].value if SESSION in cookies else ""


def _choice(account: Account) -> Choice:
    kind = "Personal account" if account.personal else account.type.replace("MEDIA_", "").capitalize() + " account"
    return Choice(account.id, f"@{account.username}", _picture(account.picture), f"{account.name} · {kind}")


def _picture(name: str) -> str:
    return f"/_sim/pictures/{name}?w=96&h=96"
