"""Writing comments under the account's own posts (instagram.md §3.4, First comment; §4.3)."""

from __future__ import annotations

from huntaze.platforms.contract import Access, CommentAdvice
from huntaze.platforms.instagram.client import Caller, Created, Graph

INVALID = 100
"""The code of a parameter that is refused; without a subcode it is permanent input (§8.3), so nothing was written. With
subcode 33 it may be an outage (§3.7) and proves nothing."""


class GraphCommenter:
    """``contract.Commenter`` over the Graph API; it needs ``instagram_manage_comments`` (§1.1)."""

    advice = CommentAdvice(characters=300, hashtags=4, links=1)
    """§4.3: these limits circulate and stand on none of Meta's pages that were read."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def comment(self, access: Access, media_ref: str, text: str) -> str:
        """``POST /{m}/comments`` (§4.3): one request, 60 s, on a fresh connection."""
        path, form = f"{media_ref}/comments", {"message": text}
        created = await self._graph.post_once(Caller.acting(access), path, Created, form, refusals=(INVALID,))
        return created.id
