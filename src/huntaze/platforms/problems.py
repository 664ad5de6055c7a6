"""The error tree as problem details: the one place that says which failure of a platform is which answer of ours."""

from __future__ import annotations

import math

from huntaze.kit.problems import Problem
from huntaze.platforms.errors import Later, PlatformError, Reconnect, Rejected, UnknownOutcome, Unsupported

_ANSWERS: tuple[tuple[type[PlatformError], int, str, str], ...] = (
    (Later, 503, "platform_later", "The platform cannot do this right now"),
    (Reconnect, 409, "reconnect_needed", "The account must be connected again"),
    (Unsupported, 422, "unsupported", "The platform cannot do this"),
    (Rejected, 422, "platform_rejected", "The platform refuses this"),
    (UnknownOutcome, 504, "unknown_outcome", "The platform gave no clear answer"),
)


def problem_of(error: PlatformError) -> Problem:
    """The answer to a caller whose request a platform failed; a class outside the tree's branches is a 502."""
    status, code, title = next(
        ((status, code, title) for kind, status, code, title in _ANSWERS if isinstance(error, kind)),
        (502, "platform_error", "The platform failed"),
    )
    after = error.after if isinstance(error, Later) else None
    return Problem(
        status,
        code,
        title,
        detail=str(error.message),
        remedy=str(error.remedy),
        file=error.file,
        platform=error.platform,
        platform_code="/".join(part for part in (error.code, error.subcode) if part),
        trace_id=error.trace_id,
        retry_after=None if after is None else max(0, math.ceil(after.total_seconds())),
    )
