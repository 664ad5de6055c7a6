"""Drawing malformed requests: mostly right, wrong in one or several places, or wrong altogether."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote_from_bytes, urlencode

from hypothesis import strategies as st

from tests.socialsim.in_process import Asked
from tests.socialsim.material import BAD_HEADERS, BAD_KINDS, BAD_PATHS, JUNK, Ground

T = TypeVar("T")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")
_ROUNDS = (
    "media{comments{media{owner,",
    "comments{replies{media{",
    "media{",
    "media{children{",
    "replies{media{comments{",
)
_TAILS = (b"&&&=", b"&a=%ff%fe", b"&fields=\xe9\xff", b"&%00=%00", b"&a" * 200, b"&\xff=1")
_BODIES = (b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe{\x00", b"\x00" * 64, b"--cut\r\n\r\n--cut--")
_USUAL = ("fields", "limit", "after", "before", "since", "until", "metric", "message", "ids")
_RELATIVE = ("me", "", "/", "?ids=1", "v26.0/me?fields=id", "me/accounts", "?batch=[]", "http://x/y")
_INNER_BODIES = ("a=b", "batch=[{}]", "%ff", "hide=true")


@dataclass(frozen=True)
class Case:
    """A request with the host and the template it was made from."""

    host: str
    template: str
    asked: Asked


class Thrower:
    """Strategies over one ground, built once: building them costs more than drawing."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._junk = st.sampled_from(JUNK)
        self._word = st.sampled_from(ground.words)
        self._known = st.sampled_from(ground.known)
        self._number = st.integers(-(2**70), 2**70)
        self._fields = self._selections()
        self._json = self._jsons()
        self._value = st.one_of(self._junk, self._known, self._word, self._number.map(str), st.text(max_size=12))
        self._name = st.one_of(self._word, st.sampled_from(_USUAL))
        self._batch = self._batches()
        self._object = st.dictionaries(self._word, self._json, max_size=5)
        self._bytes = st.binary(max_size=60)

    def cases(self, host: str, template: str) -> st.SearchStrategy[Case]:
        """Whole requests to a route of a host."""
        return st.composite(self._case)(host, template)

    def _case(self, draw: st.DrawFn, host: str, template: str) -> Case:
        method, _, path = template.partition(" ")
        if _chance(draw, 10):
            method = draw(st.sampled_from(_METHODS))
        by_prefix = draw(st.booleans())
        prefix = b"/" + host.encode() if by_prefix else b""
        where = prefix + self._path(draw, path)
        params = self._params(draw, template)
        headers = [(b"host", b"127.0.0.1:8421" if by_prefix else host.encode())]
        headers += self._credentials(draw, host, template, params)
        in_query = method in {"GET", "DELETE"} or _chance(draw, 3)
        query = _encoded(params) if in_query else b""
        body = b""
        if method not in {"GET", "HEAD"} or _chance(draw, 12):
            kind, body = self._body(draw, template, {} if in_query else params)
            headers += [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        if _chance(draw, 6):
            bad = draw(st.sampled_from(BAD_HEADERS))
            headers = [*(header for header in headers if header[0] != bad[0]), bad]
        if _chance(draw, 20):
            query += draw(st.sampled_from(_TAILS))
        return Case(host, template, Asked(method, where, query, headers, body, whole=not body or not _chance(draw, 30)))

    def _path(self, draw: st.DrawFn, template: str) -> bytes:
        parts = []
        for part in template.strip("/").split("/"):
            if not part.startswith("{"):
                parts.append(part.encode())
            elif _chance(draw, 8):
                parts.append(draw(st.sampled_from(BAD_PATHS)))
            else:
                filled = draw(_leaning(self._ground.ids(part.strip("{}"))))
                parts.append(quote_from_bytes(filled.encode()).encode())
        path = b"/" + b"/".join(parts) + (b"/" if template.endswith("/") and parts != [b""] else b"")
        match draw(st.integers(0, 23)):
            case 0:
                return b"/" + draw(st.sampled_from(BAD_PATHS)) + path
            case 1:
                return path.rstrip(b"/") + b"/" + draw(st.sampled_from(BAD_PATHS))
            case 2:
                return path.rstrip(b"/") or b"/"
            case 3:
                return path.replace(b"/", b"//")
            case number if number < 8:
                return b"/v26.0" + path
            case _:
                return path

    def _params(self, draw: st.DrawFn, template: str) -> dict[str, str]:
        """What suits the endpoint, then some of it dropped, spoilt or added to."""
        params = dict(draw(st.sampled_from(self._ground.parameters(template))))
        for name in list(params):
            match draw(st.integers(0, 8)):
                case 0 | 1:
                    del params[name]
                case 2:
                    params[name] = draw(self._fields if name == "fields" else self._value)
                case _:
                    pass
        for _ in range(draw(st.integers(0, 2))):
            params[draw(self._name)] = draw(self._value)
        if _chance(draw, 8):
            params["fields"] = draw(self._fields)
        if _chance(draw, 30) or (template == "POST /" and _chance(draw, 2)):
            params["batch"] = draw(self._batch)
        if _chance(draw, 30):
            params[draw(self._junk)] = draw(self._junk)
        return params

    def _credentials(
        self, draw: st.DrawFn, host: str, template: str, params: dict[str, str]
    ) -> list[tuple[bytes, bytes]]:
        """A token in the header or the parameters, a right one more often than not; now and then a proof."""
        if _chance(draw, 30):
            params["appsecret_proof"] = draw(self._junk)
        number = draw(st.integers(0, 29))
        if number == 0:
            return []
        token = draw(self._junk) if number == 1 else draw(_leaning(self._ground.tokens_for(host, template)))
        if number < 10 and "tiktok" not in host:
            params["access_token"] = token
            return []
        return [(b"authorization", (b"OAuth " if number == 10 else b"Bearer ") + token.encode())]

    def _body(self, draw: st.DrawFn, template: str, params: dict[str, str]) -> tuple[bytes, bytes]:
        """A content type and a body that fit each other, or do not."""
        document = self._ground.document(template)
        match 3 if document else draw(st.integers(0, 2)):
            case 0:
                kind, body = b"application/x-www-form-urlencoded", _encoded(params)
            case 1:
                kind, body = b"multipart/form-data; boundary=cut", _multipart(params)
            case _:
                value = draw(self._json) if _chance(draw, 6) else self._spoilt(draw, {**document, **params})
                kind, body = b"application/json", json.dumps(value).encode()
        match draw(st.integers(0, 17)):
            case 0:
                return draw(st.sampled_from(BAD_KINDS)), body
            case 1:
                return kind, draw(self._bytes)
            case 2:
                return kind, body[: len(body) // 2] + draw(self._bytes)
            case 3:
                return kind, draw(st.sampled_from(_BODIES))
            case _:
                return kind, body

    def _spoilt(self, draw: st.DrawFn, document: dict[str, object]) -> dict[str, object]:
        """The document with one or two of its places replaced, at any depth."""
        out: dict[str, object] = json.loads(json.dumps(document))
        for _ in range(draw(st.integers(0, 2))):
            at = out
            while at:
                key = draw(st.sampled_from(sorted(at)))
                below = at[key]
                if isinstance(below, dict) and _chance(draw, 2):
                    at = below
                    continue
                at[key] = draw(self._json)
                break
        if _chance(draw, 5):
            out |= draw(self._object)
        return out

    def _selections(self) -> st.SearchStrategy[str]:
        """Texts of the ``fields`` language: real names, sometimes with arguments, sometimes very deep."""
        name = st.sampled_from(self._ground.fields)
        argument = st.builds("{}.{}({})".format, name, self._word, self._junk)
        piece = st.one_of(name, name, argument)
        flat = st.lists(piece, min_size=1, max_size=3).map(",".join)
        nested = st.builds("{}{{{},{}{{{}}}}}".format, piece, name, name, flat)
        deep = st.builds(_deep, st.sampled_from(_ROUNDS), st.integers(2, 60))
        return st.one_of(name, flat, nested, deep, self._junk)

    def _jsons(self) -> st.SearchStrategy[object]:
        odd = st.sampled_from([None, True, False, -1, 0, 1e308, float("nan"), float("inf"), "\ud800", "a\udfff", 2**64])
        scalar = st.one_of(odd, self._number, self._junk, self._known, self._word)
        key = st.one_of(self._word, self._junk)
        several = st.lists(scalar, max_size=3)
        inner = st.dictionaries(key, st.one_of(scalar, several), max_size=4)
        return st.one_of(scalar, several, inner, st.lists(inner, max_size=3), st.dictionaries(key, inner, max_size=2))

    def _batches(self) -> st.SearchStrategy[str]:
        optional: dict[str, st.SearchStrategy[object]] = {
            "method": st.one_of(st.sampled_from(_METHODS), self._json),
            "relative_url": st.one_of(st.sampled_from(_RELATIVE), self._json),
            "body": st.one_of(st.sampled_from(_INNER_BODIES), self._json),
            "headers": self._json,
        }
        items = st.lists(st.one_of(st.fixed_dictionaries({}, optional=optional), self._json), max_size=4)
        many = st.integers(45, 60).map(lambda count: [{"method": "GET", "relative_url": "me"}] * count)
        return st.one_of(items, many, self._json).map(json.dumps)


def _chance(draw: st.DrawFn, one_in: int) -> bool:
    return draw(st.integers(1, one_in)) == one_in


def _leaning(choices: Sequence[T]) -> st.SearchStrategy[T]:
    """The first one twice as often as all others together."""
    return st.one_of(st.just(choices[0]), st.just(choices[0]), st.sampled_from(choices))


def _deep(piece: str, times: int) -> str:
    return piece * times + "id" + "}" * (piece.count("{") * times)


def _multipart(params: dict[str, str]) -> bytes:
    out = b""
    for name, value in params.items():
        head = f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        out += head.encode("utf-8", "replace") + value.encode("utf-8", "replace") + b"\r\n"
    return out + b"--cut--\r\n"


def _encoded(params: dict[str, str]) -> bytes:
    return urlencode(params, errors="replace").encode()
