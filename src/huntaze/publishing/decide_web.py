"""The screen on which a person decides about a post of which nobody can tell, and its answers."""

from __future__ import annotations

from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.identity import Actor, Identity
from huntaze.publishing.around import Surroundings
from huntaze.publishing.decide_page import DecidePage, decide_page
from huntaze.publishing.deciding import LISTED, Deciding, Pointed, nothing_chosen
from huntaze.publishing.errors import Invalid, PublishingError, TooLate, UnknownPost
from huntaze.ui.page import html

LONGEST_LINK = 400
LONGEST_ID = 80


def decide_routes(deciding: Deciding, surroundings: Surroundings, identity: Identity) -> list[Route]:
    """`/posts/{post_id}/check` and the two ways out."""
    screen, page = _Screen(deciding, surroundings, identity), identity.page_route
    post = "/posts/{post_id:uuid}"
    return [
        page(f"{post}/check", "posts.write", screen.show, name="post-check"),
        page(f"{post}/confirm", "posts.write", screen.there, methods=("POST",), name="post-confirm"),
        page(f"{post}/retry-looked", "posts.write", screen.not_there, methods=("POST",), name="post-retry-looked"),
    ]


class _Screen:
    def __init__(self, deciding: Deciding, surroundings: Surroundings, identity: Identity) -> None:
        self.deciding = deciding
        self.surroundings = surroundings
        self.identity = identity

    async def show(self, request: Request, actor: Actor) -> Response:
        """The question; a post that asks none any more shows itself."""
        try:
            return await self._page(request, actor, _id(request.query_params.get("publication", "")))
        except TooLate:
            return RedirectResponse(f"/posts/{request.path_params['post_id']}", status_code=303)

    async def there(self, request: Request, actor: Actor) -> Response:
        """«It is there»: a post of the list (`media`), its address (`link`), or none of those shown (`seen`)."""
        form, post_id = await request.form(), request.path_params["post_id"]
        link = str(form.get("link", "")).strip()[:LONGEST_LINK]
        seen = tuple(str(one)[:LONGEST_ID] for one in form.getlist("seen")[:LISTED])
        pointed = Pointed("" if link else str(form.get("media", "")), link, seen)
        publication = _id(str(form.get("publication", "")))
        try:
            if not link and "media" not in form:
                raise nothing_chosen()
            await self.deciding.there(actor, post_id, pointed, publication)
        except Invalid as error:
            return await self._page(request, actor, publication, error, link)
        except UnknownPost:
            raise HTTPException(404) from None
        except PublishingError as error:
            raise HTTPException(error.status, str(error.message)) from None
        return RedirectResponse(f"/posts/{post_id}", status_code=303)

    async def not_there(self, request: Request, actor: Actor) -> Response:
        """«I looked, it is not there»: evidence, then a new artefact."""
        form, post_id = await request.form(), request.path_params["post_id"]
        publication = _id(str(form.get("publication", "")))
        try:
            await self.deciding.publishing.retry(actor, post_id, publication, looked=True)
        except UnknownPost:
            raise HTTPException(404) from None
        except PublishingError as error:
            raise HTTPException(error.status, str(error.message)) from None
        return RedirectResponse(f"/posts/{post_id}", status_code=303)

    async def _page(
        self,
        request: Request,
        actor: Actor,
        publication: UUID | None,
        refused: PublishingError | None = None,
        link: str = "",
    ) -> Response:
        try:
            asked = await self.deciding.question(actor.workspace_id, request.path_params["post_id"], publication)
        except UnknownPost:
            raise HTTPException(404) from None
        around = await self.surroundings.of(actor.workspace_id, asked.view.post.asset_ids)
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            shown = decide_page(viewer, DecidePage(asked, around, refused, link))
            return html(shown, status=refused.status if refused else 200)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
