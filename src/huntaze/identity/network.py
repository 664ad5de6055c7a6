"""Where a request comes from, and how often somebody may ask."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

from huntaze.kit.clock import Clock

Network = IPv4Network | IPv6Network
_MOST_SUBJECTS = 20_000


def client_address(request: HTTPConnection, trusted: Sequence[Network]) -> str:
    """The address that asks, as text; "" over a Unix socket.

    ``X-Forwarded-For`` is read from its right end and only as far as the hops are proxies of ours: what stands
    further left was written by the client and proves nothing.
    """
    address = _parse(request.client.host if request.client else "")
    hops = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    while address is not None and hops and any(address in network for network in trusted):
        further = _parse(hops.pop())
        if further is None:
            break
        address = further
    return "" if address is None else str(address)


def subject_of(address: str) -> str:
    """Who is counted for this address: one IPv4 address, or the /64 that one IPv6 customer holds."""
    parsed = _parse(address)
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address


@dataclass(slots=True)
class _Window:
    began: datetime
    taken: int


class RateLimit:
    """At most ``limit`` times in ``per`` for each subject, counted in this process.

    Of very many subjects those seen longest ago are forgotten.

    For doors that need no memory over a restart (handshakes, API calls). Failed sign-ins are counted in the database.
    """

    def __init__(self, clock: Clock, limit: int, per: timedelta) -> None:
        self._clock = clock
        self._limit = limit
        self._per = per
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def take(self, subject: str) -> int:
        """Count one for ``subject``: 0 to go on, else the whole seconds to wait."""
        now = self._clock.now()
        window = self._windows.pop(subject, None)
        if window is None or now - window.began >= self._per:
            window = _Window(now, 0)
        self._windows[subject] = window
        while len(self._windows) > _MOST_SUBJECTS:
            self._windows.popitem(last=False)
        if window.taken >= self._limit:
            return max(1, math.ceil((window.began + self._per - now).total_seconds()))
        window.taken += 1
        return 0


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
