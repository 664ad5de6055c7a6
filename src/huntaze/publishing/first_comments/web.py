"""The buttons of a first comment on the page of its post."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.identity import Actor, Identity
from huntaze.publishing.errors import PublishingError
from huntaze.publishing.first_comments.service import FirstComments

Act = Callable[[Actor, UUID, UUID | None], Awaitable[object]]


def first_comment_routes(comments: FirstComments[object], identity: Identity) -> list[Route]:
    """`/posts/{post_id}/first-comment/…`, each a real form."""

    async def not_there(actor: Actor, post_id: UUID, publication_id: UUID | None) -> object:
        return await comments.retry(actor, post_id, publication_id, looked=True)

    acts: dict[str, Act] = {"retry": comments.retry, "confirm": comments.there, "retry-looked": not_there}
    return [
        identity.page_route(
            f"/posts/{{post_id:uuid}}/first-comment/{way}",
            "posts.write",
            _pressing(act),
            methods=("POST",),
            name=f"first-comment-{way}",
        )
        for way, act in acts.items()
    ]


def _pressing(act: Act) -> Callable[[Request, Actor], Awaitable[Response]]:
    async def press(request: Request, actor: Actor) -> Response:
        post_id = request.path_params["post_id"]
        try:
            await act(actor, post_id, _id(str((await request.form()).get("publication", ""))))
        except PublishingError as error:
            raise HTTPException(error.status, str(error.message)) from None
        return RedirectResponse(f"/posts/{post_id}", status_code=303)

    return press


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
