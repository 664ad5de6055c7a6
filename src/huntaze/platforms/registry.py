"""Platform name to platform. Names are text, never an enum: adding a platform touches no feature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huntaze.platforms.contract import Events, Platform

Senders = Mapping[str, Events]
"""Who may send webhooks, by name: the platforms, and those of which nothing but the events is built in."""


class UnknownPlatform(LookupError):
    """No platform of that name is built in or switched on."""


class Platforms:
    """The platforms this installation knows, in the order they are shown."""

    def __init__(self, platforms: Mapping[str, Platform]) -> None:
        self._platforms = dict(platforms)

    def __getitem__(self, name: str) -> Platform:
        try:
            return self._platforms[name]
        except KeyError:
            raise UnknownPlatform(name) from None

    def __iter__(self) -> Iterator[Platform]:
        return iter(self._platforms.values())

    def __contains__(self, name: object) -> bool:
        return name in self._platforms

    def senders(self) -> dict[str, Events]:
        """The webhooks of each."""
        return {platform.name: platform.events for platform in self}
