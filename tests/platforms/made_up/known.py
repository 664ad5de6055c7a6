"""The three of them, by name."""

from __future__ import annotations

from collections.abc import Callable

from huntaze.kit.http import Timeouts, irreversible_client, platform_client
from huntaze.platforms.contract import Platform, Publisher
from tests.platforms.init.client import Init
from tests.platforms.init.server import InitHost
from tests.platforms.last_chunk.client import LastChunk
from tests.platforms.last_chunk.server import LastChunkHost
from tests.platforms.made_up.client import MadeUp, Wire
from tests.platforms.made_up.server import MadeUpHost
from tests.platforms.publish_call.client import PublishCall
from tests.platforms.publish_call.server import PublishCallHost

HOSTS: dict[str, type[MadeUpHost]] = {host.name: host for host in (PublishCallHost, LastChunkHost, InitHost)}
_PUBLISHERS: dict[str, Callable[[Wire], Publisher]] = {
    "publish_call": PublishCall,
    "last_chunk": LastChunk,
    "init": Init,
}
_QUICK = Timeouts(connect=2, read=3, write=3, pool=2)


def made_up(name: str, base_url: str, timeouts: Timeouts = _QUICK) -> Platform:
    """The client of a made-up platform at its address."""
    wire = Wire(name, base_url, platform_client(timeouts), irreversible_client(timeouts))
    return MadeUp(name, _PUBLISHERS[name](wire))
