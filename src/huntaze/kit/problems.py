"""Problem details for HTTP APIs (RFC 9457) as plain values; who answers them with which framework is no matter here."""

from __future__ import annotations

from dataclasses import dataclass

from huntaze.kit.json_value import JsonValue

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One fault of one input. ``pointer`` is a JSON pointer into the body ("#/media/0/assetId"), ``parameter`` the
    name of a query, path or header value; the value itself is never repeated."""

    detail: str
    pointer: str = ""
    parameter: str = ""

    def body(self) -> dict[str, JsonValue]:
        """As JSON, without the empty names."""
        found = {"pointer": self.pointer, "parameter": self.parameter, "detail": self.detail}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for a program (``code``) and for a person (``detail``, ``remedy``)."""

    status: int
    code: str
    title: str
    detail: str = ""
    remedy: str = ""
    file: int | None = None
    """Index of the media item to blame."""
    platform: str = ""
    platform_code: str = ""
    """The platform's own number, as "code" or "code/subcode"."""
    trace_id: str = ""
    errors: tuple[FieldProblem, ...] = ()
    retry_after: int | None = None
    """Seconds; sent as the Retry-After header."""

    def body(self) -> dict[str, JsonValue]:
        """As JSON: type, title, status, detail and code always, the rest when it says something."""
        always: dict[str, JsonValue] = {
            "type": f"urn:huntaze:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail or self.title,
            "code": self.code,
        }
        perhaps: dict[str, JsonValue] = {
            "remedy": self.remedy or None,
            "file": self.file,
            "platform": self.platform or None,
            "platformCode": self.platform_code or None,
            "traceId": self.trace_id or None,
            "errors": [error.body() for error in self.errors] or None,
        }
        return always | {name: value for name, value in perhaps.items() if value is not None}

    def headers(self) -> dict[str, str]:
        """The response headers that belong to it."""
        found = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return found | ({"WWW-Authenticate": "Bearer"} if self.status == 401 else {})


class ProblemError(Exception):
    """Ends a request with this problem as its answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}")
        self.problem = problem


def not_found() -> ProblemError:
    """The one answer for an id that nobody has and for one that another workspace has."""
    return ProblemError(Problem(404, "not_found", "Not found", "There is nothing here under this address."))
