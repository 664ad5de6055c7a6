"""Requests that are right but for one value: each parameter of each route takes each bad value in turn."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from urllib.parse import urlencode

from tests.socialsim.in_process import Asked
from tests.socialsim.material import JUNK, Ground
from tests.socialsim.throwing import Case

_ALSO = ("fields", "limit", "after", "before", "since", "until", "ids", "batch", "appsecret_proof", "method")
_VALUES: tuple[object, ...] = (
    *(None, True, -1, 0, 1.5, 1e308, 2**64, "", [], {}, [None], [[]], {"a": {}}, "\ud800", "x" * 3000),
    *([{"id": None}], "nan"),
)


def sweep(ground: Ground, every: int, start: int = 0) -> Iterator[Case]:
    """All such requests, or one of ``every``; ``start`` chooses which."""
    for spoil in itertools.islice(_spoils(ground), start % every, None, every):
        yield spoil()


def _spoils(ground: Ground) -> Iterator[Callable[[], Case]]:
    """Each makes its request only when asked: most are never sent."""
    for host, template in ground.templates():
        document = ground.document(template)
        make = partial(_case, ground, host, template)
        for parameters in ground.parameters(template):
            for name in dict.fromkeys((*parameters, *_ALSO)):
                for value in JUNK:
                    yield partial(make, parameters, document, parameter=(name, value))
            for path in _paths(document):
                for odd in _VALUES:
                    yield partial(make, parameters, document, place=(path, odd))


def _paths(document: Mapping[str, object], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in document.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from _paths(value, (*above, key))


def _with(document: dict[str, object], path: tuple[str, ...], value: object) -> dict[str, object]:
    first, *rest = path
    below = document[first]
    if rest and isinstance(below, dict):
        return {**document, first: _with(below, tuple(rest), value)}
    return {**document, first: value}


def _case(
    ground: Ground,
    host: str,
    template: str,
    params: Mapping[str, str],
    document: dict[str, object],
    *,
    parameter: tuple[str, str] | None = None,
    place: tuple[tuple[str, ...], object] | None = None,
) -> Case:
    method, _, path = template.partition(" ")
    filled = "/".join(ground.ids(part.strip("{}"))[0] if part.startswith("{") else part for part in path.split("/"))
    token = ground.tokens_for(host, template)[0]
    headers = [(b"host", host.encode()), (b"authorization", b"Bearer " + token.encode())]
    encoded = urlencode({**params, **dict([parameter] if parameter else [])}, errors="replace").encode()
    if method != "POST":
        return Case(host, template, Asked(method, filled.encode(), encoded, headers))
    if document:
        body = json.dumps(_with(document, *place) if place else document).encode()
        headers.append((b"content-type", b"application/json"))
        return Case(host, template, Asked(method, filled.encode(), encoded, headers, body))
    headers.append((b"content-type", b"application/x-www-form-urlencoded"))
    return Case(host, template, Asked(method, filled.encode(), b"", headers, encoded))
