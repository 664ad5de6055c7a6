"""Which addresses of other people we may ask: the guard against server-side request forgery.

A url that a person hands us is resolved once; every address found must be a public one, and the caller connects to
exactly those (a second look-up could answer differently). Special ranges: the IANA special-purpose registries.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx2

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port → addresses as text; raises OSError if the name is not known."""

_PORTS = {"http": 80, "https": 443}
_LAST_LABEL_IS_A_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0[xX][0-9a-fA-F]*)$")
_MAX_ADDRESSES = 3
_NEVER = tuple(
    ip_network(text)
    for text in (
        "100.64.0.0/10",  # carrier-grade NAT; some clouds keep their metadata here
        "168.63.129.16/32",  # a public number that Azure answers as its metadata service
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",
    )
)


class FetchError(Exception):
    """The url gave nothing. `code` is for programs, `reason` and `remedy` are for people; no address is in `code`."""

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}: {remedy}")
        self.code = code
        self.reason = reason
        self.remedy = remedy


class FetchRefused(FetchError):
    """The url may not be asked; nothing was sent to it."""


class FetchFailed(FetchError):
    """The url was asked and gave no usable answer; `status` is the HTTP status if that is why."""

    def __init__(self, code: str, reason: str, remedy: str, *, status: int | None = None) -> None:
        super().__init__(code, reason, remedy)
        self.status = status


@dataclass(frozen=True)
class Target:
    """A url that may be asked, and the addresses to connect to, in the order to try them."""

    url: httpx2.URL
    addresses: tuple[str, ...]


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses that this machine knows for `host`, without repeats. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class AddressGuard:
    """Says yes or no to a url. `allowed_origins` (`scheme://host[:port]`) may be private and on any port, and with
    `loopback` so may each loopback address that is written as a number."""

    def __init__(self, allowed_origins: frozenset[str], resolve: Resolver, *, loopback: bool = False) -> None:
        self._allowed = frozenset(_origin(httpx2.URL(origin)) for origin in allowed_origins)
        self._resolve = resolve
        self._loopback = loopback

    def excepts(self, text: str) -> bool:
        """Whether a url is an exception. Raises FetchRefused for what is none."""
        return self._is_trusted(_parse(text))

    def _is_trusted(self, url: httpx2.URL) -> bool:
        return _origin(url) in self._allowed or (self._loopback and _is_loopback(url.raw_host.decode("ascii")))

    async def admit(self, text: str) -> Target:
        """The target of a url. Raises FetchRefused if it may not be asked, FetchFailed if its name is not known."""
        url = _parse(text)
        trusted = self._is_trusted(url)
        if not trusted:
            _check_port(url)
        host = url.raw_host.decode("ascii").rstrip(".")
        literal = _literal(host)
        addresses = [str(literal)] if literal else await self._addresses(host, url.port or _PORTS[url.scheme])
        if not trusted:
            for address in addresses:
                _check_address(address)
        # IPv4 first: many hosts have no IPv6 route, and waiting for one costs the whole connect time-out
        addresses.sort(key=lambda address: ":" in address)
        return Target(url, tuple(addresses[:_MAX_ADDRESSES]))

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            addresses = list(await self._resolve(host, port))
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            raise FetchFailed("name", f"the name {host} is not known", "check the address for a typing mistake")
        return addresses


def _parse(text: str) -> httpx2.URL:
    try:
        url = httpx2.URL(text.strip())
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        raise FetchRefused("url", "this is not a web address", "give a full address, like https://…") from None
    if url.scheme not in _PORTS:
        raise FetchRefused("scheme", "only http and https addresses are fetched", "give an https address")
    if url.userinfo:
        raise FetchRefused(
            "userinfo", "the address carries a user name or password", "give it without the part before @"
        )
    if not url.raw_host:
        raise FetchRefused("url", "the address names no host", "give a full address, like https://…")
    return url


def _check_port(url: httpx2.URL) -> None:
    if (url.port or _PORTS[url.scheme]) not in _PORTS.values():
        raise FetchRefused("port", f"port {url.port} is not allowed", "serve the file on port 443 (https) or 80 (http)")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address if the host is one; numbers in any other dress (decimal, hexadecimal, short) are refused."""
    try:
        return ip_address(host)
    except ValueError:
        if _LAST_LABEL_IS_A_NUMBER.search(host):
            raise FetchRefused("host", "the host is a number in disguise", "give the host's name") from None
        return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_address(text: str) -> None:
    address = ip_address(text.partition("%")[0])
    if not address.is_global or address.is_multicast or any(address in network for network in _NEVER):
        raise FetchRefused(
            "address", "the address leads into a private or reserved network", "give an address on the public internet"
        )


def _origin(url: httpx2.URL) -> str:
    port = url.port or _PORTS.get(url.scheme, 0)
    return f"{url.scheme}://{url.raw_host.decode('ascii').lower().rstrip('.')}:{port}"
