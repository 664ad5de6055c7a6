"""The one place that builds HTTP clients: for platforms, for calls that cannot be taken back, for strangers' urls.

No client retries (that is the jobs' business), follows redirects or reads proxies from the environment.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache

import httpx2

from huntaze.kit.addresses import (
    AddressGuard,
    FetchError,
    FetchFailed,
    FetchRefused,
    Resolver,
    Target,
    system_resolver,
)

__all__ = [
    "BeforeRequest",
    "FetchError",
    "FetchFailed",
    "FetchRefused",
    "Fetched",
    "GuardedFetcher",
    "Posted",
    "Resolver",
    "Timeouts",
    "irreversible_client",
    "platform_client",
    "system_resolver",
]

BeforeRequest = Callable[[], None]
"""Called before each request leaves; a test hands one in that raises while a database transaction is open."""

Sink = Callable[[bytes], Awaitable[None]]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
_KEPT_ANSWER_BYTES = 4096
_KEEP_ALIVE_SECONDS = 30.0


@dataclass(frozen=True)
class Timeouts:
    """Seconds that each part of a call may take."""

    connect: float = 5.0
    read: float = 60.0
    write: float = 60.0
    pool: float = 60.0
    """For a free connection: a thousand calls that begin together stand in line, and that is no failure."""


@dataclass(frozen=True)
class Fetched:
    """What a fetch brought: the declared content type (do not trust it), decoded size in bytes, where it ended."""

    content_type: str
    size: int
    final_url: str


@dataclass(frozen=True)
class Posted:
    """The answer to a post: any status, the first 4 KiB of the body, and Retry-After as it was sent."""

    status: int
    body: bytes
    retry_after: str | None


def platform_client(
    timeouts: Timeouts = Timeouts(), *, before_request: BeforeRequest | None = None, max_connections: int = 100
) -> httpx2.AsyncClient:
    """The pooled client of a process for calls to platforms; close it with `aclose`."""
    limits = httpx2.Limits(
        max_connections=max_connections, max_keepalive_connections=20, keepalive_expiry=_KEEP_ALIVE_SECONDS
    )
    return _client(timeouts, limits, before_request, _public_authorities())


def irreversible_client(
    timeouts: Timeouts = Timeouts(pool=10.0), *, before_request: BeforeRequest | None = None
) -> httpx2.AsyncClient:
    """The client for calls that cannot be taken back: each on a fresh connection, since a kept one may be half dead
    and would leave it unknown whether the request arrived (docs/understand/publishing.md, Send)."""
    return _client(timeouts, _FRESH, before_request, _public_authorities())


class GuardedFetcher:
    """Asks urls that people hand us, safely: public addresses only, with caps on bytes and time.

    `allowed_origins` are exceptions (`scheme://host[:port]`), for the configured platform base urls; `loopback` excepts
    the numbers of this machine, for the demo.
    """

    def __init__(
        self,
        *,
        allowed_origins: frozenset[str] = frozenset(),
        loopback: bool = False,
        resolve: Resolver = system_resolver,
        connect_seconds: float = 5.0,
        user_agent: str = "huntaze",
        before_request: BeforeRequest | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = AddressGuard(allowed_origins, resolve, loopback=loopback)
        self._connect_seconds = connect_seconds
        self._user_agent = user_agent
        self._before_request = before_request
        self._tls = tls or _public_authorities()

    def excepts(self, url: str) -> bool:
        """Whether `url` is one of the exceptions. Raises FetchRefused for what is no url."""
        return self._guard.excepts(url)

    async def check(self, url: str) -> None:
        """Say whether `url` may be asked. Raises FetchRefused, or FetchFailed if its name is not known."""
        await self._guard.admit(url)

    async def fetch_to(self, url: str, sink: Sink, *, max_bytes: int, max_seconds: float) -> Fetched:
        """Give the decoded body of `url` to `sink`, piece by piece, following at most 3 checked redirects.

        Raises FetchRefused or FetchFailed; the sink may have got a part by then, never more than `max_bytes`.
        """
        async with _deadline(max_seconds):
            target = await self._guard.admit(url)
            for _ in range(_MAX_REDIRECTS + 1):
                async with self._answer(target, "GET", max_seconds) as response:
                    if response.status_code not in _REDIRECTS:
                        size = await _pour(response, sink, max_bytes)
                        return Fetched(response.headers.get("content-type", ""), size, str(target.url))
                    onward = _onward(target.url, response)
                target = await self._guard.admit(onward)
        raise FetchFailed("redirect", "the address redirects too often", "give the address where the file lies")

    async def post(self, url: str, content: bytes, headers: Mapping[str, str], *, max_seconds: float) -> Posted:
        """Post once; every status is an answer, redirects too (they are not followed).

        Raises FetchRefused, or FetchFailed if no answer came within `max_seconds`.
        """
        async with _deadline(max_seconds):
            target = await self._guard.admit(url)
            async with self._answer(target, "POST", max_seconds, content, headers) as response:
                posted = Posted(response.status_code, await _head(response), response.headers.get("retry-after"))
        return posted

    @asynccontextmanager
    async def _answer(
        self,
        target: Target,
        method: str,
        seconds: float,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx2.Response]:
        """One request on a fresh connection to an admitted address, under the name that the url gives."""
        timeouts = Timeouts(connect=self._connect_seconds, read=seconds, write=seconds, pool=seconds)
        named = {
            "user-agent": self._user_agent,
            **{name.lower(): value for name, value in (headers or {}).items()},
            "host": target.url.netloc.decode("ascii"),
            "accept-encoding": "identity",
        }
        refusal = ""
        async with _client(timeouts, _FRESH, self._before_request, self._tls) as client:
            for address in target.addresses:
                request = client.build_request(
                    method,
                    target.url.copy_with(host=address),
                    content=content or None,
                    headers=named,
                    extensions={"sni_hostname": target.url.raw_host.decode("ascii").rstrip(".")},
                )
                try:
                    response = await client.send(request, stream=True)
                except (httpx2.ConnectError, httpx2.ConnectTimeout) as failed:
                    refusal = str(failed)
                    continue
                try:
                    yield response
                finally:
                    await response.aclose()
                return
        raise _unreachable(target.url.host, refusal)


@cache
def _public_authorities() -> ssl.SSLContext:
    """Read once in a process: all clients trust the same, and each reading takes as long as a call."""
    return httpx2.create_ssl_context()


# A platform that lets a hundred accounts wait for a minute does not hold up the others
_FRESH = httpx2.Limits(max_connections=500, max_keepalive_connections=0)


def _client(
    timeouts: Timeouts, limits: httpx2.Limits, before_request: BeforeRequest | None, tls: ssl.SSLContext
) -> httpx2.AsyncClient:
    async def ask(request: httpx2.Request) -> None:
        if before_request is not None:
            before_request()

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool),
        limits=limits,
        follow_redirects=False,
        trust_env=False,
        verify=tls,
        event_hooks={"request": [ask]},
    )


@asynccontextmanager
async def _deadline(seconds: float) -> AsyncIterator[None]:
    """Bounds everything inside, and turns what the wire may do into FetchFailed."""
    try:
        async with asyncio.timeout(seconds) as timer:
            yield
    except (TimeoutError, httpx2.TimeoutException) as late:
        if isinstance(late, TimeoutError) and not timer.expired():
            raise
        raise FetchFailed(
            "too_slow", f"the server did not answer within {seconds:g} seconds", "try a faster server, or try later"
        ) from None
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as broken:
        raise FetchFailed(
            "broken",
            f"the answer was broken off or malformed ({type(broken).__name__})",
            "check the server, or try later",
        ) from None


async def _pour(response: httpx2.Response, sink: Sink, max_bytes: int) -> int:
    if response.status_code != 200:
        raise FetchFailed(
            "status",
            f"the server answered {response.status_code}",
            "open the address in a private browser window: it must show the file without signing in",
            status=response.status_code,
        )
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise _too_big(max_bytes)
    size = 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > max_bytes:
            raise _too_big(max_bytes)
        await sink(piece)
    return size


async def _head(response: httpx2.Response) -> bytes:
    head = bytearray()
    async for piece in response.aiter_bytes():
        head += piece
        if len(head) >= _KEPT_ANSWER_BYTES:
            break
    return bytes(head[:_KEPT_ANSWER_BYTES])


def _unreachable(host: str, refusal: str) -> FetchFailed:
    if "CERTIFICATE" in refusal:
        return FetchFailed("connect", f"the certificate of {host} is not valid", "renew the certificate of the server")
    return FetchFailed("connect", f"{host} cannot be reached", "check that the server is up, or try later")


def _too_big(max_bytes: int) -> FetchFailed:
    return FetchFailed("too_big", f"the file is larger than {max_bytes:,} bytes", "give a smaller file")


def _onward(url: httpx2.URL, response: httpx2.Response) -> str:
    location = response.headers.get("location", "")
    if not location:
        raise FetchFailed("redirect", "the server redirects to nowhere", "give the address where the file lies")
    onward = url.join(location)
    if url.scheme == "https" and onward.scheme == "http":
        raise FetchRefused(
            "redirect", "the address redirects from https to http", "give the address where the file lies"
        )
    return str(onward)
