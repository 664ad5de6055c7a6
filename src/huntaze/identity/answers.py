"""How refusals and failures are answered: pages in the frame for people, problem details (RFC 9457) for programs."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from huntaze.identity.doors import Doors
from huntaze.identity.errors import BadInput, Forbidden, ForgedRequest, NotSignedIn, TooMany
from huntaze.kit.db import DATABASE_AWAY, DATABASE_FULL
from huntaze.kit.log import get_logger
from huntaze.kit.problems import MEDIA_TYPE, FieldProblem, Problem, ProblemError
from huntaze.kit.text import N_
from huntaze.platforms.errors import PlatformError
from huntaze.platforms.problems import problem_of
from huntaze.ui.i18n import _, spoken
from huntaze.ui.page import error_page, html

log = get_logger(__name__)

Handler = Callable[[Request, Exception], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Words:
    """An error page's heading and sentence."""

    title: str
    text: str


_WORDS: Mapping[int, Words] = {
    401: Words(N_("Please sign in"), N_("You are not signed in, or your session has ended.")),
    403: Words(N_("You may not do this"), N_("You are signed in, but this is not open to you.")),
    404: Words(N_("Nothing here"), N_("There is nothing under this address, or it is not yours.")),
    405: Words(N_("Not in this way"), N_("This address exists, but not for this kind of request.")),
    409: Words(N_("That cannot be done now"), N_("Something has changed meanwhile. Load the page again and look.")),
    413: Words(N_("That is too large"), N_("What you sent is larger than this place takes.")),
    422: Words(N_("That could not be taken"), N_("Something in what you sent is not as it must be.")),
    429: Words(N_("A little slower"), N_("There were too many requests from you. Wait a moment, then try again.")),
    503: Words(N_("Not at the moment"), N_("This does not work right now. Try again in a moment.")),
}
_UNKNOWN_NAME = "is no name that is known here"
_FAILED = Words(N_("That went wrong"), N_("The fault is ours. What you had saved is kept."))
_FORGED = Words(
    N_("Please load the page again"), N_("The form was too old or was not sent from this site. Nothing was changed.")
)
_AWAY = Problem(
    503,
    "database_away",
    "The database cannot be reached",
    "Nothing of what you asked for is certain to be stored.",
    "Ask again in a moment, with the same Idempotency-Key if you sent one.",
    retry_after=5,
)
_FULL = Problem(
    503,
    "database_full",
    "The database has no room",
    "Nothing of what you asked for was stored.",
    "Whoever runs this server must make room on the disk of PostgreSQL; then ask again.",
    retry_after=60,
)


def problem_for(error: Exception) -> Problem:
    """The problem details of anything that ends a request; a failure of our own says nothing but its number."""
    if isinstance(error, (*DATABASE_AWAY, DATABASE_FULL)):
        log.error("database_cannot_be_used", error=type(error).__name__)
        return _FULL if isinstance(error, DATABASE_FULL) else _AWAY
    match error:
        case ProblemError():
            return error.problem
        case PlatformError():
            return problem_of(error)
        case NotSignedIn():
            return Problem(401, "not_signed_in", "Not signed in", "Send an API key as a bearer token.")
        case Forbidden():
            return Problem(403, "forbidden", "Not allowed", f"This needs {error.verb}.")
        case ForgedRequest():
            return Problem(403, "form_token", "Form token missing or wrong", "Load the page again, then repeat.")
        case TooMany():
            return Problem(429, "too_many_requests", "Too many requests", retry_after=error.wait)
        case BadInput():
            faults = tuple(FieldProblem(str(text), f"#/{name}") for name, text in sorted(error.faults.items()))
            return Problem(422, "invalid", "The input cannot be taken", errors=faults)
        case RequestValidationError():
            return _validation_problem(error)
        case HTTPException():
            return _http_problem(error)
    return Problem(500, "internal", "Internal error", "The fault is ours.", trace_id=_report(error))


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem as an answer; ``headers`` instead of its own."""
    return JSONResponse(problem.body(), problem.status, problem.headers() if headers is None else headers, MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Everything that ends a request to this API early is answered as problem details."""

    async def answer(_request: Request, error: Exception) -> Response:
        problem = problem_for(error)
        return problem_response(problem, _headers(error, problem))

    for kind in (*_EXPECTED, RequestValidationError, Exception):
        app.add_exception_handler(kind, answer)


def page_errors(doors: Doors) -> dict[int | type[Exception], Handler]:
    """Exception handlers of the outer application: a page in the frame, or problem details under ``/api``."""

    async def answer(request: Request, error: Exception) -> Response:
        problem = problem_for(error)
        if _wants_json(request):
            return problem_response(problem, _headers(error, problem))
        viewer = doors.reader(request)
        words = _words_for(error, problem)
        with viewer.speaking():
            text = _spoken(error) or _(words.text)
            page = error_page(viewer, _(words.title), text, error_id=problem.trace_id if problem.status >= 500 else "")
            return html(page, problem.status, _headers(error, problem))

    return dict.fromkeys((*_EXPECTED, Exception), answer)


_EXPECTED: tuple[type[Exception], ...] = (
    HTTPException,
    ProblemError,
    PlatformError,
    NotSignedIn,
    Forbidden,
    ForgedRequest,
    TooMany,
    BadInput,
    *DATABASE_AWAY,
    DATABASE_FULL,
)


def _headers(error: Exception, problem: Problem) -> dict[str, str]:
    """Those of the problem and those that the framework wants sent (Allow with 405)."""
    wanted = error.headers if isinstance(error, HTTPException) else None
    return {**problem.headers(), **(wanted or {})}


def _words_for(error: Exception, problem: Problem) -> Words:
    if isinstance(error, ForgedRequest):
        return _FORGED
    return _WORDS.get(problem.status, _FAILED)


def _spoken(error: Exception) -> str:
    """What a platform said, in the reader's language."""
    if not isinstance(error, PlatformError):
        return ""
    return " ".join(spoken(text) for text in (error.message, error.remedy) if text.message)


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _http_problem(error: HTTPException) -> Problem:
    words = _WORDS.get(error.status_code)
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "http")
    title = {404: "Not found", 405: "Method not allowed", 413: "Too large"}.get(error.status_code)
    return Problem(error.status_code, code, title or (words.title if words else str(error.detail)))


def _validation_problem(error: RequestValidationError) -> Problem:
    faults = []
    for fault in error.errors():
        if fault["type"] == "json_invalid":
            return Problem(400, "malformed", "The body is not JSON")
        where, *rest = fault["loc"]
        words = _UNKNOWN_NAME if fault["type"] == "extra_forbidden" else fault["msg"].removeprefix("Value error, ")
        if where == "body":
            faults.append(FieldProblem(words, pointer="#/" + "/".join(_escaped(part) for part in rest)))
        else:
            faults.append(FieldProblem(words, parameter="/".join(str(part) for part in rest)))
    remedy = "Change what errors names, then ask again; /api/openapi.json says how it must be."
    return Problem(422, "invalid", "The request is not as it must be", remedy=remedy, errors=tuple(faults))


def _escaped(part: object) -> str:
    """A name as a token of a JSON pointer (RFC 6901 §3)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _report(error: Exception) -> str:
    """Log a failure of ours under a short number that a person can quote."""
    number = secrets.token_hex(4)
    log.error("request_failed", error_id=number, exc_info=error)
    return number
