"""`/m/{link}`: the only door through which somebody without a session gets a file, and only with a signed link."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from huntaze.library.model import StoredFile
from huntaze.library.service import Library
from huntaze.library.serving import Plan, answer, plan

# A proxy that kept a copy would outlive a revocation.
_LINK_HEADERS = {"Cache-Control": "private, no-store", "Cross-Origin-Resource-Policy": "cross-origin"}


def link_route(library: Library) -> Route:
    """GET and HEAD: 200, 206, 304, 416; 403 for a link that is not ours, changed or over; 410 for a revoked one.

    Other methods: 405. A request for a known link is on record before a byte leaves (it is evidence).
    """

    async def fetch(request: Request) -> Response:
        found = await _judge(library, request)
        if isinstance(found, int):
            words = "This link was revoked." if found == 410 else "This link is not valid."
            return PlainTextResponse(words, found, {"X-Content-Type-Options": "nosniff", **_LINK_HEADERS})
        file, wanted = found
        head = request.method == "HEAD"
        return await answer(library.files, file, wanted, head=head, extra=_LINK_HEADERS)

    return Route("/m/{link}", fetch, methods=["GET", "HEAD"], name="media-link")


async def _judge(library: Library, request: Request) -> tuple[StoredFile, Plan] | int:
    """What to send, or the status of the refusal, with the request on record."""
    async with library.db.transaction() as tx:
        lent = await library.links.look_up(tx, request.path_params["link"])
        if lent is None:
            return 403
        wanted = plan(lent.file, request.headers) if lent.file else None
        status = wanted.status if wanted else 410 if lent.revoked else 403
        headers = request.headers
        await library.links.log(
            tx, lent.row, request.method, status, headers.get("range", ""), headers.get("user-agent", "")
        )
    return (lent.file, wanted) if lent.file and wanted else status
