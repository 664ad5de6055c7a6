"""Lists with opaque cursors (instagram.md §4.2 Paging rules)."""

import base64
import binascii
import bisect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from msgspec import Struct

from socialsim.meta.access import Context, token_of
from socialsim.meta.errors import bad_parameter
from socialsim.meta.fields import Field
from socialsim.meta.model import Timeline

Render = Callable[[str], dict[str, object]]
DEFAULT_LIMIT = 25
LARGEST_LIMIT = 100
_FARTHEST = 1e11


class Window(Struct, frozen=True):
    """Which part of a list is asked for. ``since`` and ``until`` are epoch seconds."""

    limit: int = DEFAULT_LIMIT
    after: str = ""
    before: str = ""
    since: float = 0.0
    until: float = 0.0


def window_of(arguments: Mapping[str, str], *, default: int = DEFAULT_LIMIT, largest: int = LARGEST_LIMIT) -> Window:
    """Read limit, after, before, since and until from parameters or field modifiers."""
    try:
        limit = int(arguments.get("limit") or default)
        since, until = _moment(arguments.get("since", "")), _moment(arguments.get("until", ""))
    except (ValueError, OverflowError) as error:
        raise bad_parameter("limit must be a number, since and until a time stamp or a date") from error
    if limit < 1:
        raise bad_parameter("limit must be positive")
    return Window(min(limit, largest), arguments.get("after", ""), arguments.get("before", ""), since, until)


def _moment(text: str) -> float:
    """Epoch seconds of a time stamp or of an ISO date."""
    if not text:
        return 0.0
    try:
        epoch = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        epoch = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not abs(epoch) < _FARTHEST:
        raise ValueError(text)
    return epoch


def window_of_field(field: Field, *, largest: int = LARGEST_LIMIT) -> Window:
    """The window of an expanded edge: ``comments.limit(5).after(X){…}``."""
    return window_of(dict(field.arguments), largest=largest)


def connection(
    context: Context,
    timeline: Timeline,
    window: Window,
    render: Render,
    *,
    edge: str,
    fields: str = "",
    newest_first: bool = True,
    newest: int = 0,
    carried: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """``{"data": […], "paging": {…}}``; ``edge`` is the path of the list, used for ``next`` and ``previous``.

    ``newest`` is how many entries the list reaches back, 0 all; ``carried`` are more parameters of the links.
    """
    low, high = _span(timeline, window)
    if newest:
        low = min(high, max(low, len(timeline) - newest))
    start, stop = _slice(timeline, window, low, high, newest_first=newest_first)
    chosen = timeline[start:stop]
    if newest_first:
        chosen.reverse()
    data = [render(object_id) for _, object_id in chosen]
    if not data:
        return {"data": []}
    cursors = {"before": cursor(*chosen[0]), "after": cursor(*chosen[-1])}
    paging: dict[str, object] = {"cursors": cursors}
    older, newer = start > low, stop < high
    has_next, has_previous = (older, newer) if newest_first else (newer, older)
    if has_previous:
        paging["previous"] = _link(
            context, edge, window, {"fields": fields, **(carried or {})}, before=cursors["before"]
        )
    if has_next:
        paging["next"] = _link(context, edge, window, {"fields": fields, **(carried or {})}, after=cursors["after"])
    return {"data": data, "paging": paging}


def cursor(at: float, object_id: str) -> str:
    """An opaque word for a place in a list."""
    return base64.urlsafe_b64encode(f"AQH{at!r}:{object_id}".encode()).decode().rstrip("=")


def _place(word: str) -> tuple[float, str]:
    try:
        text = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode()
        at, _, object_id = text.removeprefix("AQH").partition(":")
        return float(at), object_id
    except (binascii.Error, ValueError) as error:
        raise bad_parameter("Invalid cursor") from error


def _span(timeline: Timeline, window: Window) -> tuple[int, int]:
    low = bisect.bisect_left(timeline, (window.since, "")) if window.since else 0
    high = bisect.bisect_right(timeline, (window.until, "~")) if window.until else len(timeline)
    return low, max(low, high)


def _slice(timeline: Timeline, window: Window, low: int, high: int, *, newest_first: bool) -> tuple[int, int]:
    """Index range of the page. ``after`` leads to older entries if the newest come first."""
    towards_older = newest_first == (not window.before)
    place = window.before or window.after
    if towards_older:
        stop = min(high, bisect.bisect_left(timeline, _place(place))) if place else high
        return max(low, stop - window.limit), stop
    start = max(low, bisect.bisect_right(timeline, _place(place))) if place else low
    return start, min(high, start + window.limit)


def _link(
    context: Context, edge: str, window: Window, carried: Mapping[str, str], *, before: str = "", after: str = ""
) -> str:
    parameters = {"access_token": token_of(context.call)}
    parameters |= {name: value for name, value in carried.items() if value}
    parameters["limit"] = str(window.limit)
    if before:
        parameters["before"] = before
    if after:
        parameters["after"] = after
    for name, value in (("since", window.since), ("until", window.until)):
        if value:
            parameters[name] = str(int(value))
    version = f"/{context.version}" if context.version else ""
    return f"{context.call.base}{version}{edge}?{urlencode(parameters)}"
