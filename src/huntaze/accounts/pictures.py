"""Pictures of accounts that are not connected yet: shown through us, since a page loads nothing from elsewhere."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from huntaze.identity import Actor
from huntaze.kit.crypto import KeyRing
from huntaze.kit.http import FetchError, GuardedFetcher
from huntaze.kit.signing import BadSignature, Signer
from huntaze.platforms.contract import FoundAccount

PATH = "/accounts/picture"
_MAX_BYTES = 2_000_000
_MAX_SECONDS = 8.0
_SIGNS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))
_KEPT = "private, max-age=600"


class Pictures:
    """Signs the addresses that a platform named, and fetches only those, guarded and capped."""

    def __init__(self, ring: KeyRing, fetcher: GuardedFetcher) -> None:
        self._signer = Signer(ring, "accounts.picture")
        self._fetcher = fetcher

    def url(self, account: FoundAccount) -> str:
        """The address on our own site; empty when the platform named no picture."""
        if not account.picture_url:
            return ""
        return f"{PATH}?of={quote(self._signer.sign(account.picture_url.encode()))}"

    async def show(self, request: Request, _actor: Actor) -> Response:
        """The picture; 404 for an address that we did not sign and for what is none."""
        try:
            url = self._signer.verify(request.query_params.get("of", "")).decode()
        except BadSignature:
            raise HTTPException(404) from None
        body = bytearray()

        async def pour(piece: bytes) -> None:
            body.extend(piece)

        try:
            await self._fetcher.fetch_to(url, pour, max_bytes=_MAX_BYTES, max_seconds=_MAX_SECONDS)
        except FetchError:
            raise HTTPException(404) from None
        return Response(
            bytes(body),
            media_type=_kind(bytes(body[:16])),
            headers={"cache-control": _KEPT, "x-content-type-options": "nosniff"},
        )


def _kind(head: bytes) -> str:
    """Judged by the bytes, never by what the other side says."""
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    raise HTTPException(404)
