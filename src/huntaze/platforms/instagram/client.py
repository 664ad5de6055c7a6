"""Calls to the Graph API: who asks, over which connection, and what an answer means (instagram.md §1.6, §8).

Tokens travel in the Authorization header. The few secrets that Meta takes only in the query (§1.3, §1.5) are on the
wire and nowhere else: a request's address prints without its query, so no log line or exception can show them.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import msgspec

from huntaze.kit.secret import Secret
from huntaze.platforms.contract import Access, Allowance, App, OnUsage
from huntaze.platforms.errors import PlatformError, no_answer, unreachable
from huntaze.platforms.instagram.errors import (
    PLATFORM,
    Answer,
    error_of,
    error_of_once,
    fault_of,
    interrupted,
    used_up,
)
from huntaze.platforms.instagram.usage import read_usage, refused

T = TypeVar("T")
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time as Meta writes it, ``2026-01-31T08:00:00+0000``; one without its zone is refused."""

ONCE_SECONDS = 60.0
"""How long a call that cannot be taken back may take, in seconds: after it the outcome is unknown."""

LARGEST_BATCH = 50
"""Reads in one batch (§4.2)."""

_MOST_PAGES = 500
_BATCH_TRIES = 3
"""How often reads of a batch that timed out are asked for."""
_NOTHING_WRITTEN = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_AUTH_PARAMETERS = frozenset({"access_token", "appsecret_proof", "appsecret_time"})
_NONE: Mapping[str, str] = MappingProxyType({})
_NO_SECRETS: Mapping[str, Secret] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose right a call uses: a token, and the app whose secret proves that the call comes from its server."""

    app: App
    token: Secret
    account_ref: str = ""
    """The account that is acted for; empty while signing in."""

    @classmethod
    def acting(cls, access: Access) -> Caller:
        """The account itself."""
        return cls(access.app, access.token, access.account_ref)

    @classmethod
    def as_app(cls, app: App) -> Caller:
        """The app, with its own token ``id|secret`` (§1.5)."""
        return cls(app, Secret(f"{app.app_id}|{app.secret.reveal()}"))

    def proof(self) -> str:
        """``appsecret_proof``: hex HMAC-SHA256 over exactly the token of this call (§1.6)."""
        return hmac.digest(self.app.secret.reveal().encode(), self.token.reveal().encode(), hashlib.sha256).hex()


class Success(msgspec.Struct, frozen=True):
    """``{"success": true}``."""

    success: bool = True


class Created(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: str


class Cursors(msgspec.Struct, frozen=True):
    """Places in a list; opaque, and good for hours only (§4.2)."""

    after: str = ""


class Paging(msgspec.Struct, frozen=True):
    """How a list goes on. Only ``next`` says that it does (§4.2 paging rules)."""

    cursors: Cursors = Cursors()
    next: str = ""

    def onward(self) -> dict[str, str]:
        """The parameters of the next page without the caller's rights; empty at the end."""
        pairs = parse_qsl(urlsplit(self.next).query, keep_blank_values=True)
        return {name: value for name, value in pairs if name not in _AUTH_PARAMETERS}

    def cursor(self) -> str:
        """Where the next page starts; empty at the end."""
        return (self.onward().get("after") or self.cursors.after) if self.next else ""


class Listing(msgspec.Struct, Generic[T], frozen=True):
    """A page of a list."""

    data: tuple[T, ...] = ()
    paging: Paging = Paging()


class _Header(msgspec.Struct, frozen=True):
    name: str = ""
    value: str = ""


class _BatchAnswer(msgspec.Struct, frozen=True):
    """One read of a batch as it was answered."""

    code: int
    body: str = ""
    headers: tuple[_Header, ...] = ()


Read = tuple[str, Mapping[str, str]]
"""A path and its parameters, to be read in a batch."""


class Graph:
    """One Graph host under one API version.

    Every call raises ``PlatformError``: ``Later(sent=False)`` if not a byte left. ``on_usage`` is told the
    allowances of each answer that names them.
    """

    def __init__(
        self,
        client: httpx2.AsyncClient,
        irreversible: httpx2.AsyncClient,
        base_url: str,
        version: str,
        on_usage: OnUsage | None = None,
    ) -> None:
        self._client = client
        self._irreversible = irreversible
        self._version = version
        self._base = f"{base_url.rstrip('/')}/{version}"
        self._on_usage = on_usage

    async def get(self, caller: Caller, path: str, reply: type[T], params: Mapping[str, str] = _NONE) -> T:
        """Read ``path``, e.g. ``17841…/media``."""
        return await self._ask(self._request(self._client, "GET", caller, path, params), caller, reply)

    async def get_with_secrets(
        self, caller: Caller | App, path: str, reply: type[T], params: Mapping[str, str], secrets: Mapping[str, Secret]
    ) -> T:
        """Read where Meta takes secrets in the query only: the exchange (of an app, without a token) and
        ``debug_token``."""
        signed = caller if isinstance(caller, Caller) else None
        request = self._request(self._client, "GET", signed, path, params, secrets)
        return await self._ask(request, caller, reply, tuple(secrets.values()))

    async def post(self, caller: Caller, path: str, reply: type[T], form: Mapping[str, str]) -> T:
        """Write something that may be written twice without harm."""
        return await self._ask(self._request(self._client, "POST", caller, path, form), caller, reply)

    async def delete(self, caller: Caller, path: str) -> Success:
        """Delete; again without harm."""
        return await self._ask(self._request(self._client, "DELETE", caller, path, _NONE), caller, Success)

    async def post_once(
        self, caller: Caller, path: str, reply: type[T], form: Mapping[str, str], *, refusals: Collection[int] = ()
    ) -> T:
        """Write what cannot be taken back: one request on a fresh connection within 60 s, never repeated.

        Raises ``UnknownOutcome`` unless not a byte left or the answer is a definite refusal: of the white list, or
        with one of the codes ``refusals`` and no subcode.
        """
        request = self._request(self._irreversible, "POST", caller, path, form)
        try:
            async with asyncio.timeout(ONCE_SECONDS):
                answer = await self._send(self._irreversible, request, caller, (caller.token,), _unknown)
        except TimeoutError:
            raise _unknown("timeout") from None
        if answer.status != 200 or fault_of(answer) is not None:
            raise error_of_once(answer, refusals)
        try:
            return _decoded(answer, reply)
        except msgspec.DecodeError:
            raise error_of_once(answer) from None

    async def batch(self, caller: Caller, reads: Sequence[Read], reply: type[T]) -> list[T | PlatformError]:
        """At most ``LARGEST_BATCH`` reads in one request, each answered or refused for itself; each counts as a call.
        What timed out is asked for again (§4.2). Raises ``PlatformError`` when the request as a whole fails."""
        found: dict[int, T | PlatformError] = {}
        for _ in range(_BATCH_TRIES):
            left = [place for place in range(len(reads)) if place not in found]
            if left:
                answers = await self._batch(caller, [reads[place] for place in left])
                for place, one in zip(left, answers, strict=False):
                    if one is not None:
                        found[place] = self._of_batch(caller, one, reply)
        return [found.get(place) or interrupted("null in a batch") for place in range(len(reads))]

    async def _batch(self, caller: Caller, reads: Sequence[Read]) -> tuple[_BatchAnswer | None, ...]:
        """Parameters of a batch hold no token: the whole request has one."""
        items = [
            {"method": "GET", "relative_url": f"{self._version}/{path}?{urlencode(params)}"} for path, params in reads
        ]
        form = {"batch": msgspec.json.encode(items).decode()}
        return await self.post(caller, "", tuple[_BatchAnswer | None, ...], form)

    def _of_batch(self, caller: Caller, one: _BatchAnswer, reply: type[T]) -> T | PlatformError:
        headers = {header.name.lower(): header.value for header in one.headers}
        usage = read_usage(headers, caller.app.app_id)
        answer = Answer(one.code, one.body.encode(), usage, (caller.token,))
        self._tell(caller, answer)
        if answer.status != 200 or fault_of(answer) is not None:
            return error_of(answer)
        try:
            return _decoded(answer, reply)
        except msgspec.DecodeError:
            return error_of(answer)

    async def pages(
        self, caller: Caller, path: str, reply: type[Listing[T]], params: Mapping[str, str]
    ) -> AsyncIterator[tuple[T, ...]]:
        """Every page of a list. An empty page may have a next one (§1.4); a next one seen before ends the list."""
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            listing = await self.get(caller, path, reply, params)
            yield listing.data
            if not listing.paging.next or listing.paging.next in seen:
                return
            seen.add(listing.paging.next)
            params = listing.paging.onward()

    def _request(
        self,
        client: httpx2.AsyncClient,
        method: str,
        caller: Caller | None,
        path: str,
        values: Mapping[str, str],
        secrets: Mapping[str, Secret] = _NO_SECRETS,
    ) -> httpx2.Request:
        """Secrets are revealed here and in no frame that an exception may pass through."""
        values = {**values, **{name: secret.reveal() for name, secret in secrets.items()}}
        headers: dict[str, str] = {}
        if caller is not None:
            headers["authorization"] = f"Bearer {caller.token.reveal()}"
            values = {**values, "appsecret_proof": caller.proof()}
        url = f"{self._base}/{path}"
        if method == "POST":
            request = client.build_request(method, url, headers=headers, data=values)
        else:
            request = client.build_request(method, url, headers=headers, params=values)
        request.url = _QuietUrl(request.url)
        return request

    async def _ask(
        self, request: httpx2.Request, caller: Caller | App, reply: type[T], secrets: tuple[Secret, ...] = ()
    ) -> T:
        if isinstance(caller, Caller):
            secrets = (*secrets, caller.token)
        answer = await self._send(self._client, request, caller, secrets, interrupted)
        if answer.status != 200 or fault_of(answer) is not None:
            raise error_of(answer)
        try:
            return _decoded(answer, reply)
        except msgspec.DecodeError:
            raise error_of(answer) from None

    async def _send(
        self,
        client: httpx2.AsyncClient,
        request: httpx2.Request,
        caller: Caller | App,
        secrets: tuple[Secret, ...],
        lost: Callable[[str], PlatformError],
    ) -> Answer:
        try:
            response = await client.send(request)
        except _NOTHING_WRITTEN as error:
            raise unreachable(PLATFORM, type(error).__name__) from None
        except httpx2.HTTPError as error:
            raise lost(type(error).__name__) from None
        usage = read_usage(response.headers, _app_of(caller).app_id)
        answer = Answer(response.status_code, response.content, usage, secrets)
        self._tell(caller, answer)
        return answer

    def _tell(self, caller: Caller | App, answer: Answer) -> None:
        """What an answer says of allowances, in its headers or by refusing."""
        if self._on_usage is None:
            return
        usage, full = answer.usage, used_up(answer) if answer.status != 200 else None
        if full is not None:
            account_ref = caller.account_ref if isinstance(caller, Caller) else ""
            usage = refused(usage, full, _app_of(caller).app_id if full is Allowance.APP else account_ref)
        told = tuple(one for one in usage if one.ref)
        if told:
            self._on_usage(told)


class _QuietUrl(httpx2.URL):
    """An address that goes out whole and prints without its query."""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc.decode('ascii')}{self.path}"

    __repr__ = __str__


def _app_of(caller: Caller | App) -> App:
    return caller.app if isinstance(caller, Caller) else caller


def _decoded(answer: Answer, reply: type[T]) -> T:
    """The answer as ``reply``, whose tokens are declared as ``Secret``. Raises ``msgspec.DecodeError``."""
    return msgspec.json.decode(answer.body, type=reply, strict=False, dec_hook=_secret)


def _secret(kind: type, value: object) -> Secret:
    if kind is not Secret or not isinstance(value, str):
        raise NotImplementedError(f"no {kind.__name__} comes in JSON")
    return Secret(value)


def _unknown(reason: str) -> PlatformError:
    return no_answer(PLATFORM, reason)
