"""Fetching media from the address a client gave, the way a platform does: one plain GET, no redirects."""

import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

import httpx2

from socialsim.kernel.outgoing import outgoing_client

Reason = Literal["address", "redirect", "status", "unreachable", "slow", "too-large", "robots"]
META_AGENT = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"


class FetchFailed(Exception):
    """The media could not be fetched."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(slots=True)
class Download:
    """An answered GET whose body is still coming. ``head`` is its first piece."""

    content_type: str
    head: bytes
    _rest: AsyncIterator[bytes]
    _response: httpx2.Response

    async def read(self, cap: int) -> bytes:
        """The whole body, at most ``cap`` bytes."""
        return b"".join([piece async for piece in self.pieces(cap)])

    async def pieces(self, cap: int) -> AsyncIterator[bytes]:
        """The body as it comes, at most ``cap`` bytes; raises :class:`FetchFailed`."""
        size = len(self.head)
        try:
            yield self.head
            async for part in self._rest:
                size += len(part)
                if size > cap:
                    raise FetchFailed("too-large", f"more than {cap} bytes")
                yield part
        except httpx2.TimeoutException as error:
            raise FetchFailed("slow", "the media host stopped sending") from error
        except httpx2.HTTPError as error:
            raise FetchFailed("unreachable", str(error)) from error
        finally:
            await self._response.aclose()

    async def drop(self) -> None:
        """Give the rest up."""
        await self._response.aclose()


class Fetcher:
    """One connection pool for all media of the simulator."""

    def __init__(self) -> None:
        self._client: httpx2.AsyncClient | None = None

    async def open(
        self, url: str, *, strict: bool, timeout: float, robots: bool = False, agent: str = META_AGENT
    ) -> Download:
        """Ask for ``url`` as that user agent; raises :class:`FetchFailed`.

        Strict mode refuses http and non-public addresses. With ``robots`` the host's robots.txt must allow our name.
        """
        _check_address(url, strict=strict)
        if robots and not await self._allowed(url, timeout):
            raise FetchFailed("robots", "Restricted by robots.txt")
        response = await self._ask(url, timeout, agent)
        if response.status_code != httpx2.codes.OK:
            await response.aclose()
            reason: Reason = "redirect" if response.is_redirect else "status"
            raise FetchFailed(reason, f"HTTP {response.status_code}")
        rest = response.aiter_bytes()
        try:
            head = await anext(rest, b"")
        except httpx2.HTTPError as error:
            await response.aclose()
            raise FetchFailed("unreachable", str(error)) from error
        return Download(response.headers.get("content-type", ""), head, rest, response)

    async def _ask(self, url: str, timeout: float, agent: str = META_AGENT) -> httpx2.Response:
        if self._client is None:
            self._client = outgoing_client()
        try:
            request = self._client.build_request(
                "GET", url, headers={"user-agent": agent, "accept": "*/*"}, timeout=timeout
            )
            return await self._client.send(request, stream=True)
        except httpx2.TimeoutException as error:
            raise FetchFailed("slow", "the media host did not answer in time") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise FetchFailed("unreachable", str(error)) from error

    async def _allowed(self, url: str, timeout: float) -> bool:
        """Whether robots.txt lets our name in; a host without one lets everybody in."""
        # Its module pulls in all of urllib.request, which the simulator's start need not wait for.
        from urllib.robotparser import RobotFileParser

        response = await self._ask(str(httpx2.URL(url).copy_with(raw_path=b"/robots.txt")), timeout)
        try:
            text = (await response.aread()).decode("utf-8", "replace")
        except httpx2.HTTPError as error:
            raise FetchFailed("unreachable", str(error)) from error
        finally:
            await response.aclose()
        rules = RobotFileParser()
        rules.parse(text.splitlines())
        return response.status_code != httpx2.codes.OK or rules.can_fetch(META_AGENT, url)

    async def close(self) -> None:
        """Close the pool."""
        if self._client is not None:
            await self._client.aclose()


def _check_address(url: str, *, strict: bool) -> None:
    if not url.isascii() or not url.startswith(("http://", "https://")):
        raise FetchFailed("address", "not an ASCII http(s) address")
    if not strict:
        return
    parsed = httpx2.URL(url)
    if parsed.scheme != "https" or parsed.host == "localhost" or parsed.host.endswith(".localhost"):
        raise FetchFailed("address", "not a public https address")
    try:
        public = ipaddress.ip_address(parsed.host).is_global
    except ValueError:
        return
    if not public:
        raise FetchFailed("address", "not a public address")
