"""The doors of the callbacks about people, and the pages that anybody may open."""

from __future__ import annotations

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from huntaze.identity import Identity, problem_response
from huntaze.kit.problems import Problem, not_found
from huntaze.platforms.compliance import NotSigned, PersonAsked
from huntaze.ui.page import html
from huntaze.ui.viewer import Viewer
from huntaze.webhooks.compliance import Compliance, NothingSet
from huntaze.webhooks.public_pages import deletion_page, privacy_page

LARGEST = 64 * 1024
"""Bytes of one callback."""
_NO_CALLBACK = Problem(
    400,
    "no_callback",
    "This is no callback",
    "The form has no field signed_request, or what it holds is not in the network's form.",
    "Send what the network sends: signed_request=<signature>.<payload>, both in base64 for addresses.",
)
_NOT_SIGNED = Problem(
    401,
    "not_signed",
    "This is not signed with a secret of this server",
    "Nothing was changed.",
    "Check that the app's secret here is the one at the network.",
)
_NOTHING_SET = Problem(
    503,
    "no_secret",
    "No secret of this network's app is set",
    "Nothing can be believed until one is set, and nothing was changed.",
    "Set the app's id and secret (see huntaze doctor); the network sends it again, or the person asks again.",
)


def compliance_routes(compliance: Compliance, identity: Identity) -> list[Route]:
    """What a platform calls, and what people read."""
    doors = _Doors(compliance, identity)
    path = "/api/webhooks/{platform}"
    return [
        Route(f"{path}/deauthorize", doors.deauthorize, methods=["POST"], name="deauthorize", max_body_size=LARGEST),
        Route(f"{path}/deletion", doors.delete, methods=["POST"], name="data_deletion", max_body_size=LARGEST),
        Route("/deletion/{code}", doors.status, name="deletion_status"),
        Route("/privacy", doors.privacy, name="privacy"),
    ]


class _Doors:
    def __init__(self, compliance: Compliance, identity: Identity) -> None:
        self._compliance = compliance
        self._identity = identity

    async def deauthorize(self, request: Request) -> Response:
        """200 with nothing in it, once the accounts are disconnected."""
        asked = await self._asked(request)
        if isinstance(asked, Response):
            return asked
        await self._compliance.deauthorize(request.path_params["platform"], asked)
        return Response(status_code=200)

    async def delete(self, request: Request) -> Response:
        """Where the person sees what became of it, and the code of their request."""
        asked = await self._asked(request)
        if isinstance(asked, Response):
            return asked
        row = await self._compliance.ask(request.path_params["platform"], asked)
        return JSONResponse({"url": self._compliance.url(row.code), "confirmation_code": row.code})

    async def status(self, request: Request) -> Response:
        """For anybody who has the code, in their browser's language."""
        row = await self._compliance.find(request.path_params["code"])
        if row is None:
            raise HTTPException(404)
        viewer = self._visitor(request)
        with viewer.speaking():
            return html(deletion_page(viewer, row, self._languages()))

    async def privacy(self, request: Request) -> Response:
        """For anybody."""
        viewer = self._visitor(request)
        with viewer.speaking():
            return html(privacy_page(viewer, self._languages()))

    async def _asked(self, request: Request) -> PersonAsked | Response:
        """Who a callback is about, or a refusal in words, as whoever sets the app up tries the address by
        hand: 404 no such door, 503 no secret is set, 400 it is no callback, 401 it is forged."""
        async with request.form(max_fields=20, max_files=0) as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            return await self._compliance.read(request.path_params["platform"], given)
        except LookupError:
            return problem_response(not_found().problem)
        except NothingSet:
            return problem_response(_NOTHING_SET)
        except NotSigned:
            return problem_response(_NOT_SIGNED)
        except ValueError:
            return problem_response(_NO_CALLBACK)

    def _visitor(self, request: Request) -> Viewer:
        """Whoever reads, in the language of the address, else of their browser."""
        viewer, wanted = self._identity.visitor(request), request.query_params.get("lang", "")
        catalogues = self._identity.frame.catalogues
        if wanted not in catalogues.by_language:
            return viewer
        return replace(viewer, translator=catalogues.translator(wanted, viewer.zone))

    def _languages(self) -> tuple[str, ...]:
        return tuple(self._identity.frame.catalogues.by_language)
