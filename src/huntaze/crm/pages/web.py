"""The pages of what is on the platforms: `/published…` and `/contacts…`."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.crm.pages import contact_pages, published_pages
from huntaze.crm.pages.listing import Listing, address
from huntaze.crm.reading.browsing import MEDIA, PEOPLE, Browsing, timeline_of
from huntaze.crm.reading.filters import MediaFilter, PeopleFilter
from huntaze.identity import Actor, Identity
from huntaze.kit.cursors import page_of, place_of
from huntaze.kit.signing import Signer
from huntaze.ui.page import html

PAGE = 48
"""Posts of one page of the grid."""
PEOPLE_PAGE = 50
SAID_PAGE = 30
ERASING = "settings.write"


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
        listing = Listing.read(request, await self.browsing.accounts(actor.workspace_id), published_pages.CHOICES)
        before = place_of(self.cursors, MEDIA, listing.cursor)
        wanted = _media_filter(listing)
        rows = await self.browsing.media(actor.workspace_id, wanted, before, PAGE + 1)
        shown, onward = page_of(self.cursors, MEDIA, rows, PAGE)
        file = listing.file(
            "/api/v1/media.csv",
            {"kind": listing.chosen["kind"], "removed": _yes(wanted.removed), "madeHere": _yes(wanted.made_here)},
        )
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            return html(published_pages.published_list(viewer, listing, shown, onward, file))

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
        listing = Listing.read(request, await self.browsing.accounts(actor.workspace_id), contact_pages.CHOICES)
        before = place_of(self.cursors, PEOPLE, listing.cursor)
        now = self.browsing.clock.now()
        wanted = _people_filter(listing, now)
        rows = await self.browsing.people(actor.workspace_id, wanted, before, PEOPLE_PAGE + 1)
        shown, onward = page_of(self.cursors, PEOPLE, rows, PEOPLE_PAGE)
        since = wanted.since.isoformat() if wanted.since else ""
        file = listing.file("/api/v1/people.csv", {"since": since, "wrote": _yes(wanted.wrote)})
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            return html(contact_pages.contact_list(viewer, listing, shown, onward, file, now))

    async def one(self, request: Request, actor: Actor) -> Response:
        person_id: UUID = request.path_params["person_id"]
        cursor = request.query_params.get("before", "")
        before = place_of(self.cursors, timeline_of(person_id), cursor)
        contact = await self.browsing.contact(actor.workspace_id, person_id)
        if contact is None:
            raise HTTPException(404)
        said = await self.browsing.timeline(contact, before, SAID_PAGE + 1)
        shown, onward = page_of(self.cursors, timeline_of(person_id), said, SAID_PAGE)
        accounts = await self.browsing.accounts(actor.workspace_id)
        here = request.url.path
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            page = contact_pages.ContactPage(
                contact=contact,
                account=accounts.get(contact.person.account_id),
                happened=shown,
                newest=here if cursor else "",
                older=address(here, {"before": onward}) if onward else "",
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


def _media_filter(listing: Listing) -> MediaFilter:
    chosen = listing.chosen
    return MediaFilter(
        account_ids=listing.account_ids,
        types=(chosen["kind"],) if chosen["kind"] else (),
        removed={"there": False, "removed": True}.get(chosen["stands"]),
        made_here={"elsewhere": False, "here": True}.get(chosen["origin"]),
        words=chosen["q"],
    )


def _people_filter(listing: Listing, now: datetime) -> PeopleFilter:
    chosen = listing.chosen
    return PeopleFilter(
        account_ids=listing.account_ids,
        since=now - timedelta(days=int(chosen["days"])) if chosen["days"] else None,
        wrote={"wrote": True, "commented": False}.get(chosen["how"]),
        words=chosen["q"],
    )


def _yes(value: bool | None) -> str:
    """As the address of the API has it."""
    return "" if value is None else str(value).lower()
