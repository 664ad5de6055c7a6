"""www.tiktok.com: the consent page, and what a link to a profile or a post shows (tiktok.md §1.1, §2, §5)."""

from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode

from socialsim.kernel.faults import FaultRule
from socialsim.kernel.pages import html_answer, redirect
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Route
from socialsim.tiktok import site_pages
from socialsim.tiktok.login import consent_pages as pages
from socialsim.tiktok.login.consent import Consent
from socialsim.tiktok.login.consent_pages import Asked
from socialsim.tiktok.login.request import AuthorizeRequest
from socialsim.tiktok.model import Creator, TikTokWorld

AUTHORIZE = "/v2/auth/authorize/"
SESSION = "sim_tiktok_session"
"""Cookie that says who is logged in in this browser."""


class Site:
    """The web site."""

    takes_bytes = 0

    def __init__(self, services: Services, world: TikTokWorld, consent: Consent) -> None:
        self._services = services
        self._world = world
        self._consent = consent

    @property
    def endpoints(self) -> list[str]:
        """See :class:`socialsim.kernel.wire.Host`."""
        return [f"GET {AUTHORIZE}", f"POST {AUTHORIZE}", "GET /@{username}", "GET /@{username}/video/{post}"]

    def route(self, call: Call) -> Route:
        """See :class:`socialsim.kernel.wire.Host`."""
        if call.path == AUTHORIZE and call.method in {"GET", "POST"}:
            action = self._decide if call.method == "POST" else self._show
            template = f"{call.method} {AUTHORIZE}"
            return Route(
                template, lambda: _soon(lambda: action(call)), error=lambda rule: self._returned_error(call, rule)
            )
        match call.path.strip("/").split("/"):
            case [at] if at.startswith("@"):
                return Route("GET /@{username}", lambda: _soon(lambda: self._profile(call)))
            case [at, "video", post_id] if at.startswith("@"):
                return Route("GET /@{username}/video/{post}", lambda: _soon(lambda: self._watch(call, post_id)))
            case ["embed", "v2", post_id]:
                return Route("GET /embed/v2/{post}", lambda: _soon(lambda: self._watch(call, post_id)))
        return Route(f"{call.method} unknown", lambda: _soon(_absent))

    def error(self, rule: FaultRule) -> Answer:
        """See :class:`socialsim.kernel.wire.Host`."""
        return html_answer(pages.message_page(rule.message), rule.status or 500)

    def _returned_error(self, call: Call, rule: FaultRule) -> Answer:
        """``server_error`` and its like come back on the redirect (§2.8)."""
        request = AuthorizeRequest(self._world, call.query)
        if request.problem:
            return self.error(rule)
        word = "server_error" if rule.error == "internal_error" else rule.error
        return redirect(request.back({"error": word, "error_description": rule.message}))

    # The consent page

    def _show(self, call: Call) -> Answer:
        request = AuthorizeRequest(self._world, call.query)
        if request.problem or request.client is None:
            return html_answer(pages.problem_page(request.problem), 400)
        if request.fault is not None:
            return redirect(request.failed(request.fault))
        chosen = request.params.pop("sim_creator", "")
        asked = Asked(request.client, request.scopes, urlencode(request.params), request.redirect_uri)
        session = self._present(_session(call.headers))
        if session is not None and not chosen:
            location = self._consent.pass_through(request, session, call.request_id)
            if location:
                return redirect(location)
        creator = self._present(chosen) if chosen else session
        if creator is None:
            present = [creator for creator in self._world.creators.values() if not creator.gone]
            return html_answer(pages.people_page(asked, present))
        return html_answer(pages.consent_page(asked, creator), allow_form_to=request.redirect_uri)

    def _decide(self, call: Call) -> Answer:
        request = AuthorizeRequest(self._world, call.query)
        if request.problem:
            return html_answer(pages.problem_page(request.problem), 400)
        form = dict(call.form)
        if form.get("action") != "continue":
            return redirect(self._consent.deny(request))
        creator = self._present(form.get("creator", ""))
        if creator is None:
            return html_answer(pages.message_page("Choose an account."), 400)
        ticked = [value for key, value in call.form if key == "permission"]
        location = self._consent.approve(request, creator, ticked, call.request_id)
        return redirect(location, cookie=f"{SESSION}={creator.id}; Path=/; HttpOnly; SameSite=Lax")

    def _present(self, creator_id: str) -> Creator | None:
        creator = self._world.creators.get(creator_id)
        return None if creator is None or creator.gone else creator

    # What links show

    def _profile(self, call: Call) -> Answer:
        username = call.path.strip("/").removeprefix("@")
        found = next((c for c in self._world.creators.values() if c.username == username and not c.gone), None)
        if found is None:
            return html_answer(pages.message_page("Couldn't find this account."), 404)
        newest = [self._world.posts[post_id] for _, post_id in reversed(found.posts)]
        public = [post for post in newest if self._world.is_public(post, call.at)]
        return html_answer(site_pages.profile_page(found, public[:30]))

    def _watch(self, call: Call, post_id: str) -> Answer:
        post = self._world.posts.get(post_id)
        if post is None or not self._world.is_public(post, call.at):
            return html_answer(pages.message_page("Video currently unavailable."), 404)
        return html_answer(site_pages.watch_page(self._world.creators[post.creator_id], post))


async def _soon(make: Callable[[], Answer]) -> Answer:
    return make()


def _absent() -> Answer:
    return html_answer(pages.message_page("Not simulated: there is no such page here."), 404)


def _session(headers: Mapping[str, str]) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[SESSION].value if SESSION in cookies else ""
