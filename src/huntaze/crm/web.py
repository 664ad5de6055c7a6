"""The pages of what is on the platforms: `/published…` and `/contacts…`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.crm import contact_pages, published_pages
from huntaze.crm.asked import LONGEST_SEARCH, cursor_of, place_of
from huntaze.crm.browsing import MEDIA, PEOPLE, Browsing, media_place, person_place, said_place, timeline_of
from huntaze.crm.filters import MediaFilter, PeopleFilter
from huntaze.identity import Actor, Identity
from huntaze.kit.signing import BadCursor, Signer
from huntaze.ui.page import html

PAGE = 48
"""Posts of one page of the grid."""
PEOPLE_PAGE = 50
SAID_PAGE = 30
ERASING = "settings.write"

_WROTE: Mapping[str, tuple[str, bool | None]] = {"wrote": ("true", True), "commented": ("false", False)}
"""What the page's choice is called in an address of the API, and to the mirror."""


def routes(browsing: Browsing, identity: Identity, cursors: Signer) -> list[Route]:
    """`/published…` and `/contacts…`."""
    published = _Published(browsing, identity, cursors)
    contacts = _Contacts(browsing, identity, cursors)
    page = identity.page_route
    return [
        page("/published", "media.read", published.index),
        page("/published/{media_id:uuid}", "media.read", published.one),
        page("/contacts", "comments.read", contacts.index),
        page("/contacts/{person_id:uuid}", "comments.read", contacts.one),
        page("/contacts/{person_id:uuid}/erase", ERASING, contacts.erase, methods=("POST",), name="contact-erase"),
    ]


class _Published:
    def __init__(self, browsing: Browsing, identity: Identity, cursors: Signer) -> None:
        self.browsing = browsing
        self.identity = identity
        self.cursors = cursors

    async def index(self, request: Request, actor: Actor) -> Response:
        """The grid; what the address asks for that there is not is left out."""
        accounts = await self.browsing.accounts(actor.workspace_id)
        chosen = {
            "account": _known(request, "account", {str(one) for one in accounts}),
            "kind": _known(request, "kind", published_pages.KINDS),
            "stands": _known(request, "stands", published_pages.STANDS),
            "origin": _known(request, "origin", published_pages.ORIGINS),
            "q": _words(request),
        }
        cursor = request.query_params.get("before", "")
        try:
            before = place_of(self.cursors, MEDIA, cursor)
        except BadCursor:
            return RedirectResponse("/published", status_code=303)
        rows = await self.browsing.media(actor.workspace_id, _media_filter(chosen), before, PAGE + 1)
        shown = rows[:PAGE]
        onward = cursor_of(self.cursors, MEDIA, media_place(shown[-1])) if len(rows) > PAGE else ""
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            listed = published_pages.PublishedList(
                media=shown,
                accounts=accounts,
                chosen=chosen,
                newest=_address("/published", chosen) if cursor else "",
                older=_address("/published", chosen, before=onward) if onward else "",
                file=_address("/api/v1/media.csv", _media_query(chosen)),
            )
            return html(published_pages.published_list(viewer, listed))

    async def one(self, request: Request, actor: Actor) -> Response:
        whole = await self.browsing.media_whole(actor.workspace_id, request.path_params["media_id"])
        if whole is None:
            raise HTTPException(404)
        accounts = await self.browsing.accounts(actor.workspace_id)
        shown = published_pages.PublishedPage(
            whole.item, accounts.get(whole.item.account_id), whole.pictures, whole.comments
        )
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            return html(published_pages.published_page(viewer, shown))


class _Contacts:
    def __init__(self, browsing: Browsing, identity: Identity, cursors: Signer) -> None:
        self.browsing = browsing
        self.identity = identity
        self.cursors = cursors

    async def index(self, request: Request, actor: Actor) -> Response:
        """The list; what the address asks for that there is not is left out."""
        accounts = await self.browsing.accounts(actor.workspace_id)
        chosen = {
            "account": _known(request, "account", {str(one) for one in accounts}),
            "how": _known(request, "how", contact_pages.SPEAKING),
            "days": _known(request, "days", contact_pages.PERIODS),
            "q": _words(request),
        }
        cursor = request.query_params.get("before", "")
        try:
            before = place_of(self.cursors, PEOPLE, cursor)
        except BadCursor:
            return RedirectResponse("/contacts", status_code=303)
        wanted = self._filter(chosen)
        rows = await self.browsing.people(actor.workspace_id, wanted, before, PEOPLE_PAGE + 1)
        shown = rows[:PEOPLE_PAGE]
        onward = cursor_of(self.cursors, PEOPLE, person_place(shown[-1])) if len(rows) > PEOPLE_PAGE else ""
        asked = {
            "account": chosen["account"],
            "q": chosen["q"],
            "since": wanted.since.isoformat() if wanted.since else "",
            "wrote": _WROTE.get(chosen["how"], ("", None))[0],
        }
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            listed = contact_pages.ContactList(
                people=shown,
                accounts=accounts,
                chosen=chosen,
                newest=_address("/contacts", chosen) if cursor else "",
                older=_address("/contacts", chosen, before=onward) if onward else "",
                file=_address("/api/v1/people.csv", asked),
                now=self.browsing.clock.now(),
            )
            return html(contact_pages.contact_list(viewer, listed))

    def _filter(self, chosen: Mapping[str, str]) -> PeopleFilter:
        days = contact_pages.PERIODS[chosen["days"]][1] if chosen["days"] else 0
        return PeopleFilter(
            account_ids=(UUID(chosen["account"]),) if chosen["account"] else (),
            since=self.browsing.clock.now() - timedelta(days=days) if days else None,
            wrote=_WROTE.get(chosen["how"], ("", None))[1],
            words=chosen["q"],
        )

    async def one(self, request: Request, actor: Actor) -> Response:
        person_id: UUID = request.path_params["person_id"]
        cursor = request.query_params.get("before", "")
        here = f"/contacts/{person_id}"
        try:
            before = place_of(self.cursors, timeline_of(person_id), cursor)
        except BadCursor:
            return RedirectResponse(here, status_code=303)
        contact = await self.browsing.contact(actor.workspace_id, person_id)
        if contact is None:
            raise HTTPException(404)
        said = await self.browsing.timeline(contact, before, SAID_PAGE + 1)
        shown = said[:SAID_PAGE]
        accounts = await self.browsing.accounts(actor.workspace_id)
        onward = cursor_of(self.cursors, timeline_of(person_id), said_place(shown[-1])) if len(said) > SAID_PAGE else ""
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            page = contact_pages.ContactPage(
                contact=contact,
                account=accounts.get(contact.person.account_id),
                happened=shown,
                newest=here if cursor else "",
                older=_address(here, {}, before=onward) if onward else "",
                may_erase=ERASING in actor.scopes,
            )
            return html(contact_pages.contact_page(viewer, page))

    async def erase(self, request: Request, actor: Actor) -> Response:
        """Forget somebody, if their user name was written to confirm it."""
        contact = await self.browsing.contact(actor.workspace_id, request.path_params["person_id"])
        if contact is None:
            raise HTTPException(404)
        typed = (await request.form()).get("typed", "")
        if contact.person.username and typed != contact.person.username:
            return RedirectResponse(f"/contacts/{contact.person.id}", status_code=303)
        await self.browsing.erase(actor, contact)
        return RedirectResponse("/contacts", status_code=303)


def _media_filter(chosen: Mapping[str, str]) -> MediaFilter:
    return MediaFilter(
        account_ids=(UUID(chosen["account"]),) if chosen["account"] else (),
        types=(chosen["kind"],) if chosen["kind"] else (),
        removed={"there": False, "removed": True}.get(chosen["stands"]),
        made_here={"elsewhere": False, "here": True}.get(chosen["origin"]),
        words=chosen["q"],
    )


def _media_query(chosen: Mapping[str, str]) -> dict[str, str]:
    """The same as the API is asked."""
    removed = {"there": "false", "removed": "true"}.get(chosen["stands"], "")
    made_here = {"elsewhere": "false", "here": "true"}.get(chosen["origin"], "")
    plain = {name: chosen[name] for name in ("account", "kind", "q")}
    return plain | {"removed": removed, "madeHere": made_here}


def _known(request: Request, name: str, values: Mapping[str, object] | set[str]) -> str:
    """What the address says, if it is one of these; else empty."""
    value = request.query_params.get(name, "")
    return value if value in values else ""


def _words(request: Request) -> str:
    return request.query_params.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]


def _address(path: str, chosen: Mapping[str, str], before: str = "") -> str:
    """A path with the choices that are made, and the place from which the list goes on."""
    query = urlencode({name: value for name, value in {**chosen, "before": before}.items() if value})
    return f"{path}?{query}" if query else path
