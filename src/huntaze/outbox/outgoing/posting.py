"""How a delivery leaves: by https to a public address, once, within 15 seconds; no redirect is followed."""

from __future__ import annotations

from collections.abc import Mapping

from huntaze.kit.http import FetchRefused, GuardedFetcher, Posted

LONGEST = 15.0
"""Seconds from the look-up of the name to the end of the answer's head."""


class Poster:
    """Asks strangers' servers through the guard: by https, and by http only what the guard excepts."""

    def __init__(self, fetcher: GuardedFetcher) -> None:
        self._fetcher = fetcher

    async def check(self, url: str) -> None:
        """Say whether ``url`` may be told. Raises FetchRefused, or FetchFailed if its name is not known."""
        self._check_scheme(url)
        await self._fetcher.check(url)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
        """Post once. Raises FetchRefused or FetchFailed; any status is an answer."""
        self._check_scheme(url)
        sent = {"content-type": "application/json", **headers}
        return await self._fetcher.post(url, body, sent, max_seconds=LONGEST)

    def _check_scheme(self, url: str) -> None:
        excepted = self._fetcher.excepts(url)
        if not excepted and not url.strip().lower().startswith("https:"):
            raise FetchRefused("https", "webhooks are sent by https only", "give an https address")
