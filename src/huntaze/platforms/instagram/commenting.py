"""Comments under the account's own posts: written, hidden, deleted, answered in private (instagram.md §3.4, First
comment; §4.3; §5.1, §5.3, §5.4)."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta

import msgspec

from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import Access, Comment, CommentAdvice, CommentDeed, CommentRules, CommentSeen
from huntaze.platforms.errors import AlreadyDone, Later, PlatformError, Rejected, UnknownOutcome
from huntaze.platforms.instagram.client import Caller, Created, Graph, Listing, Moment, Success
from huntaze.platforms.instagram.errors import PLATFORM, interrupted, is_invisible
from huntaze.platforms.instagram.media_shapes import Person

INVALID = 100
"""The code of a parameter that is refused; without a subcode it is permanent input (§8.3), so nothing was written. With
subcode 33 it may be an outage (§3.7) and proves nothing."""

_USED_OR_NOT_ELIGIBLE = "2534025"
_TOO_MANY_PRIVATE = "2534013"
_TOO_MANY_WAIT = timedelta(minutes=5)
"""§5.4 names no time."""
_REPLY_FIELDS = "id,text,timestamp,username,from{id,username}"
_REPLIES_PER_PAGE = "50"


class _Reply(msgspec.Struct, frozen=True):
    id: str
    timestamp: Moment
    text: str = ""
    username: str = ""
    author: Person = msgspec.field(default=Person(), name="from")


class _Standing(msgspec.Struct, frozen=True):
    id: str
    hidden: bool | None = None


class _Sent(msgspec.Struct, frozen=True):
    message_id: str


class GraphCommenter:
    """``contract.Commenter`` over the Graph API; it needs ``instagram_manage_comments`` (§1.1), and for private replies
    ``instagram_manage_messages``."""

    advice = CommentAdvice(characters=300, hashtags=4, links=1)
    """§4.3: these limits circulate and stand on none of Meta's pages that were read."""
    rules = CommentRules(
        deeds=frozenset(CommentDeed),
        never_live=frozenset({CommentDeed.HIDE, CommentDeed.UNHIDE}),
        live_product="LIVE",
        private_bytes=1000,
        private_within=timedelta(days=7),
        private_an_hour=750,
    )
    """§4.3 (hide not on live), §5.1 (private replies: text, window, 750 an hour)."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def comment(self, access: Access, media_ref: str, text: str) -> str:
        """``POST /{m}/comments`` (§4.3): one request, 60 s, on a fresh connection."""
        return await self._write(access, f"{media_ref}/comments", text)

    async def reply(self, access: Access, comment_ref: str, text: str) -> str:
        """``POST /{comment}/replies`` (§4.3)."""
        return await self._write(access, f"{comment_ref}/replies", text)

    async def private_reply(self, access: Access, comment_ref: str, text: str) -> str:
        """``POST /{page}/messages`` by Facebook Login, ``/{ig}/messages`` by Instagram Login (§5.3)."""
        path = f"{access.page_ref or access.account_ref}/messages"
        form = {"recipient": _json({"comment_id": comment_ref}), "message": _json({"text": text})}
        try:
            sent = await self._graph.post_once(Caller.acting(access), path, _Sent, form, refusals=(INVALID,))
        except Rejected as error:
            raise (_already(error) if error.subcode == _USED_OR_NOT_ELIGIBLE else error) from None
        except UnknownOutcome as error:
            raise (_too_many(error) if error.subcode == _TOO_MANY_PRIVATE else error) from None
        return sent.message_id

    async def hide(self, access: Access, comment_ref: str, *, hidden: bool) -> None:
        """``POST /{comment}?hide=`` (§4.3)."""
        form = {"hide": "true" if hidden else "false"}
        await _done(self._graph.post(Caller.acting(access), comment_ref, Success, form))

    async def delete(self, access: Access, comment_ref: str) -> None:
        """``DELETE /{comment}`` (§4.3)."""
        await _done(self._graph.delete(Caller.acting(access), comment_ref))

    async def seen(self, access: Access, comment_ref: str, media_ref: str) -> CommentSeen:
        """A comment that is not shown is gone if its post is shown to the same token; else Meta may be out of order
        (§3.7)."""
        caller = Caller.acting(access)
        try:
            found = await self._graph.get(caller, comment_ref, _Standing, {"fields": "id,hidden"})
            return CommentSeen(there=True, hidden=found.hidden)
        except Rejected as error:
            if not is_invisible(error):
                raise
            if not media_ref:
                raise interrupted(error.raw) from None
        try:
            await self._graph.get(caller, media_ref, Created, {"fields": "id"})
        except Rejected as error:
            raise (interrupted(error.raw) if is_invisible(error) else error) from None
        return CommentSeen(there=False)

    async def replies(self, access: Access, comment_ref: str) -> tuple[Comment, ...]:
        """``GET /{comment}/replies``, every page (§4.3)."""
        params = {"fields": _REPLY_FIELDS, "limit": _REPLIES_PER_PAGE}
        pages = self._graph.pages(Caller.acting(access), f"{comment_ref}/replies", Listing[_Reply], params)
        return tuple([_neutral(one, comment_ref) async for page in pages for one in page])

    async def _write(self, access: Access, path: str, text: str) -> str:
        form = {"message": text}
        created = await self._graph.post_once(Caller.acting(access), path, Created, form, refusals=(INVALID,))
        return created.id


async def _done(call: Awaitable[Success]) -> None:
    """What may be asked again: a comment that is not shown proves nothing by itself, it is looked at."""
    try:
        answer = await call
    except Rejected as error:
        raise (_unclear(error.raw) if is_invisible(error) else error) from None
    if not answer.success:
        raise _unclear("success: false")


def _unclear(raw: str) -> UnknownOutcome:
    return UnknownOutcome(
        Text(N_("Instagram's answer does not say whether it happened.")),
        Text(N_("We look at the comment before anything is sent again.")),
        platform=PLATFORM,
        raw=raw,
    )


def _already(error: PlatformError) -> AlreadyDone:
    return AlreadyDone(
        error.message,
        error.remedy,
        platform=PLATFORM,
        code=error.code,
        subcode=error.subcode,
        trace_id=error.trace_id,
        raw=error.raw,
    )


def _too_many(error: PlatformError) -> Later:
    """A limit (§5.4). Should the message have gone out all the same, Meta refuses a second one (§5.1)."""
    return Later(
        Text(N_("Too many private replies for now.")),
        Text(N_("We try again by ourselves.")),
        platform=PLATFORM,
        after=_TOO_MANY_WAIT,
        code=error.code,
        subcode=error.subcode,
        trace_id=error.trace_id,
        raw=error.raw,
    )


def _neutral(reply: _Reply, parent_ref: str) -> Comment:
    return Comment(
        comment_ref=reply.id,
        media_ref="",
        parent_ref=parent_ref,
        text=reply.text,
        author_ref=reply.author.id,
        author_username=reply.author.username or reply.username,
        created_at=reply.timestamp,
    )


def _json(value: dict[str, str]) -> str:
    return msgspec.json.encode(value).decode()
