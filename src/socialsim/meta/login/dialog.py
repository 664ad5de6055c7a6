"""www.facebook.com/{v}/dialog/oauth: the Facebook Login dialog (instagram.md §1.1, §1.2)."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode, urlsplit

from socialsim.kernel.faults import FaultRule
from socialsim.kernel.pages import html_answer, redirect
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Route
from socialsim.meta.login import dialog_pages as pages
from socialsim.meta.login import onboarding
from socialsim.meta.login.dialog_pages import Choice, PageChoice, PermissionChoice
from socialsim.meta.login.onboarding_pages import setup_page
from socialsim.meta.login.tokens import grant_permissions, new_code, redirect_allowed, user_token
from socialsim.meta.model import Account, App, Page, Person, World

PERMISSIONS = {
    "public_profile": "Receive your name and profile picture",
    "email": "Receive your email address",
    "pages_show_list": "Show a list of the Pages you manage",
    "pages_read_engagement": "Read content posted on the Page",
    "pages_manage_metadata": "Manage accounts, settings and webhooks for a Page",
    "pages_messaging": "Manage and access Page conversations in Messenger",
    "business_management": "Manage your business",
    "instagram_basic": "Access profile and posts from the Instagram account connected to your Page",
    "instagram_content_publish": "Upload media and create posts for the Instagram account connected to your Page",
    "instagram_manage_comments": "Manage comments for the Instagram account connected to your Page",
    "instagram_manage_insights": "Access insights for the Instagram account connected to your Page",
    "instagram_manage_messages": "Manage and access conversations for the Instagram account connected to your Page",
    "instagram_manage_contents": "Delete content of the Instagram account connected to your Page",
    "instagram_manage_engagement": "Like and unlike for the Instagram account connected to your Page",
    "instagram_branded_content_creator": "Label paid partnerships for the Instagram account connected to your Page",
    "ads_management": "Manage ads for ad accounts that you have access to",
    "ads_read": "Access your Facebook ads and related stats",
}
"""The permissions of §1.1 in a person's words."""


_ADDED = frozenset({"sim_user", "sim_setup", "user", "account", "action", "permission", "page"})


class LoginRequest:
    """The query of the dialog, checked."""

    def __init__(self, world: World, params: dict[str, str]) -> None:
        self.params = params
        self.app: App | None = world.apps.get(params.get("client_id", ""))
        self.redirect_uri = params.get("redirect_uri", "")
        self.problem = self._problem()
        self.trouble = "" if self.problem else self._trouble()

    def _problem(self) -> str:
        if self.app is None:
            return "Invalid app ID: the provided app ID does not look like a valid app ID."
        if not self.redirect_uri:
            return "The parameter redirect_uri is required."
        if not redirect_allowed(self.app.redirect_uris, self.redirect_uri):
            return (
                "URL blocked: this redirect failed because the redirect URI is not allowed in the app's client OAuth "
                "settings. It has to be equal to a registered one, character by character."
            )
        unknown = [name for name in self.scopes() if name not in PERMISSIONS]
        if unknown:
            return f"Invalid Scopes: {', '.join(unknown)}. This message is only shown to developers."
        return ""

    def _trouble(self) -> str:
        """What is told to the app on its redirect instead of to the person (§1.2)."""
        assert self.app is not None
        if self.params.get("response_type", "code") not in {"code", "token"}:
            return "Unsupported response_type"
        if self.params.get("config_id") and self.params["config_id"] not in self.app.login_configs:
            return "Invalid config_id: there is no such configuration"
        return ""

    def scopes(self) -> list[str]:
        """What is asked for: of the configuration if one is named, else of ``scope``; commas or spaces."""
        config_id = self.params.get("config_id", "")
        if config_id and self.app is not None:
            return list(self.app.login_configs.get(config_id, []))
        names = self.params.get("scope", "").replace(",", " ").split()
        return list(dict.fromkeys(names))

    def back(self, values: dict[str, str]) -> str:
        """The redirect with ``state`` returned unchanged and Facebook's odd fragment on success."""
        if "state" in self.params:
            values = {**values, "state": self.params["state"]}
        joiner = "&" if urlsplit(self.redirect_uri).query else "?"
        failed = "error" in values or "error_code" in values
        if self.params.get("response_type") == "token" and not failed:
            return f"{self.redirect_uri}#{urlencode(values)}"
        tail = "" if failed else "#_=_"
        return f"{self.redirect_uri}{joiner}{urlencode(values)}{tail}"


class DialogHost:
    """www.facebook.com."""

    takes_bytes = 0
    endpoints = ("GET /dialog/oauth", "POST /dialog/oauth")

    def __init__(self, services: Services, world: World) -> None:
        self._services = services
        self._world = world

    def route(self, call: Call) -> Route:
        """See :class:`socialsim.kernel.wire.Host`."""
        segments = [part for part in call.path.split("/") if part]
        if segments[-2:] == ["dialog", "oauth"] and len(segments) <= 3:
            action: Callable[[Call], Awaitable[Answer]] = self._decide if call.method == "POST" else self._show
            template = f"{call.method} /dialog/oauth"
            return Route(template, lambda: action(call), error=lambda rule: self._returned(call, rule))
        return Route(f"{call.method} /", lambda: self._absent())

    def error(self, rule: FaultRule) -> Answer:
        """See :class:`socialsim.kernel.wire.Host`."""
        return html_answer(pages.problem_page(rule.message), rule.status or 400)

    def _returned(self, call: Call, rule: FaultRule) -> Answer:
        """An error of the app or its settings comes back on the redirect, if that is one to be trusted (§1.2)."""
        request = LoginRequest(self._world, call.params)
        if request.problem:
            return self.error(rule)
        return redirect(request.back({"error_code": str(rule.code), "error_message": rule.message}))

    async def _absent(self) -> Answer:
        return html_answer(pages.problem_page("This page is not simulated."), 404)

    async def _show(self, call: Call) -> Answer:
        request = LoginRequest(self._world, call.params)
        if request.problem or request.app is None:
            return html_answer(pages.problem_page(request.problem), 400)
        if request.trouble:
            return redirect(request.back({"error_code": "100", "error_message": request.trouble}))
        person = self._world.people.get(call.params.get("sim_user", ""))
        if person is None:
            people = [self._choice(candidate) for candidate in self._world.people.values()]
            return html_answer(pages.people_page(request.app.name, people, call.query, request.redirect_uri))
        if onboarding.wanted(call.params) and call.params.get("sim_setup") != "done":
            return self._set_up(call, person)
        page = pages.consent_page(
            app_name=request.app.name,
            person=self._choice(person),
            permissions=self._permissions(request, person),
            pages=[self._page_choice(self._world.pages[page_id], request, person) for page_id in person.roles],
            hidden=_own(call),
            back=request.redirect_uri,
        )
        return html_answer(page, allow_form_to=request.redirect_uri)

    def _set_up(self, call: Call, person: Person) -> Answer:
        """The guided set-up; on request people who are linked already find no way out of it, as was seen (§1.1)."""
        setup, own = onboarding.SetUp(self._services, self._world, person), _own(call)
        linked = setup.linked()
        onward = "" if not linked or self._services.config.onboarding_sticks else _onward(own, person)
        page = setup_page(
            person=self._choice(person),
            linked=[_account_choice(account) for account in linked],
            personal=[_account_choice(account) for account in setup.personal()],
            without_page=[_account_choice(account) for account in setup.without_page()],
            hidden=own,
            onward=onward,
        )
        return html_answer(page, allow_form_to=call.params.get("redirect_uri", ""))

    async def _decide(self, call: Call) -> Answer:
        request = LoginRequest(self._world, call.params)
        person = self._world.people.get(call.params.get("user", ""))
        if request.problem or request.app is None:
            return html_answer(pages.problem_page(request.problem), 400)
        if call.params.get("action") == "cancel":
            return redirect(request.back(denial()))
        if person is None:
            return html_answer(pages.problem_page("Choose who you are."), 400)
        setup, account_id = onboarding.SetUp(self._services, self._world, person), call.params.get("account", "")
        match call.params.get("action"):
            case "convert":
                if setup.convert(account_id):
                    self._record(call, "account.converted", account_id, person.id)
                return self._set_up(call, person)
            case "link":
                if setup.link(account_id):
                    self._record(call, "account.linked", account_id, person.id)
                return self._set_up(call, person)
        ticked = [value for key, value in call.form if key == "permission"]
        page_ids = [value for key, value in call.form if key == "page" and value in person.roles]
        location = self.consent(request, person, ticked, page_ids)
        self._record(call, "consent.given", person.id, request.app.id, ",".join(ticked))
        return redirect(location)

    def _record(self, call: Call, kind: str, account_id: str, object_id: str, text: str = "") -> None:
        self._services.ledger.write(
            "meta",
            kind,
            account_id=account_id,
            object_id=object_id,
            request_id=call.request_id,
            source="audience",
            text=text,
        )

    def consent(self, request: LoginRequest, person: Person, ticked: list[str], page_ids: list[str] | None) -> str:
        """Store the answers; gives the address to return to. Unticking is still a success (§1.2)."""
        assert request.app is not None
        app = request.app
        asked = [choice.name for choice in self._permissions(request, person)]
        answers = {name: name in ticked for name in asked}
        grant = grant_permissions(self._services, self._world, app, person.id, answers, page_ids)
        if request.params.get("response_type") == "token":
            short = user_token(self._services, self._world, app.id, person.id, long_lived=False)
            long = user_token(self._services, self._world, app.id, person.id, long_lived=True)
            return request.back(
                {
                    "access_token": short.value,
                    "expires_in": str(int(short.expires_at - short.issued_at)),
                    "data_access_expiration_time": str(int(grant.data_access_expires_at)),
                    "long_lived_token": long.value,
                }
            )
        return request.back({"code": new_code(self._services, self._world, app, person.id, request.redirect_uri).value})

    def _permissions(self, request: LoginRequest, person: Person) -> list[PermissionChoice]:
        """What the dialog asks: what was declined before is asked again only with ``auth_type=rerequest``."""
        assert request.app is not None
        grant = self._world.grant(request.app.id, person.id)
        again = request.params.get("auth_type") == "rerequest"
        choices = []
        for name in request.scopes():
            status = grant.permissions.get(name, "") if grant else ""
            if name != "public_profile" and (again or status != "declined"):
                choices.append(PermissionChoice(name, PERMISSIONS[name]))
        return choices

    def _choice(self, person: Person) -> Choice:
        pages_of = [self._world.pages[page_id].name for page_id in person.roles]
        return Choice(person.id, person.name, _picture(person.picture), ", ".join(pages_of) or "No Pages")

    def _page_choice(self, page: Page, request: LoginRequest, person: Person) -> PageChoice:
        assert request.app is not None
        account = self._world.accounts.get(page.instagram_id)
        grant = self._world.grant(request.app.id, person.id)
        chosen = grant is None or grant.page_ids is None or page.id in grant.page_ids
        portfolio = self._world.portfolios.get(page.portfolio_id)
        if account is None:
            note = "No Instagram account is connected"
        elif account.personal:
            note = f"@{account.username} · personal Instagram account"
        else:
            note = f"@{account.username} · {account.followers:,} followers"
        if portfolio is not None:
            note += f" · in the portfolio {portfolio.name}"
        picture = _picture(account.picture if account else f"avatar-{page.id}.jpg")
        return PageChoice(page.id, page.name, picture, note, chosen)


def denial() -> dict[str, str]:
    """What a cancelled login brings back (§1.2)."""
    return {
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
    }


def _own(call: Call) -> list[tuple[str, str]]:
    """The request's own parameters, without what the simulator or its forms added."""
    return [(key, value) for key, value in call.params.items() if key not in _ADDED]


def _onward(own: list[tuple[str, str]], person: Person) -> str:
    return "?" + urlencode([*own, ("sim_user", person.id), ("sim_setup", "done")])


def _account_choice(account: Account) -> Choice:
    kind = "personal account" if account.personal else "professional account"
    return Choice(account.id, f"@{account.username}", _picture(account.picture), kind)


def _picture(name: str) -> str:
    return f"/_sim/pictures/{name}?w=96&h=96"
