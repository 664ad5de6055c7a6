"""Reading an account for the mirror, in few calls (instagram.md §4.1 to §4.3).

One call brings the account, its live stories and a page of posts with their children, comments and replies; what goes
on behind it is read in batches, of which each part counts as a call (§8.1).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from huntaze.platforms.contract import Access, Comment, MediaItem, More, Onward, Opening, Page, Profile
from huntaze.platforms.errors import Later, PlatformError, Reconnect, Rejected
from huntaze.platforms.instagram.client import LARGEST_BATCH, Caller, Created, Graph, Listing
from huntaze.platforms.instagram.errors import is_invisible
from huntaze.platforms.instagram.media_shapes import (
    COMMENT_FIELDS,
    COMMENTS_PER_PAGE,
    MEDIA_FIELDS,
    MEDIA_WITH_COMMENTS,
    PROFILE_FIELDS,
    REPLY_FIELDS,
    IGComment,
    IGMedia,
    IGUser,
    onward,
    threads,
)

T = TypeVar("T")

_LARGEST_PAGE = 100
_LIVE_STORIES = f"stories.limit({_LARGEST_PAGE}){{{MEDIA_FIELDS}}}"
_TOO_MUCH_DATA = "1"
"""The code of "reduce the amount of data", which large pages with nested lists run into (§4.2, §8.3)."""
_NO_PERMISSION = "10"
"""The code of a permission that was not given or was withdrawn (§8.3)."""


class GraphReader:
    """``contract.Reader`` over the Graph API."""

    together = LARGEST_BATCH

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def profile(self, access: Access) -> Profile:
        """The account itself (§4.1)."""
        return (await self._one(access, access.account_ref, IGUser, PROFILE_FIELDS)).neutral()

    async def opening(self, access: Access, limit: int = 50) -> Opening:
        """The account, its live stories (§4.2: those of 24 h) and its newest posts: lists are fields of the account,
        so all of it is one call. Too large a page and declined permissions are met as in ``media``."""

        async def ask(size: int, fields: str) -> IGUser:
            wanted = f"{PROFILE_FIELDS},{_LIVE_STORIES},media.limit({size}){{{fields}}}"
            return await self._one(access, access.account_ref, IGUser, wanted)

        account, page = await _as_large_as_taken(limit, ask, lambda answer: answer.media)
        stories = list(account.stories.data)
        if account.stories.paging.next:
            params = {"fields": MEDIA_FIELDS, **account.stories.paging.onward()}
            path = f"{access.account_ref}/stories"
            async for rows in self._graph.pages(Caller.acting(access), path, Listing[IGMedia], params):
                stories += rows
        return Opening(account.neutral(), tuple(one.story() for one in stories), page)

    async def media(self, access: Access, cursor: str = "", limit: int = 50) -> Page:
        """Own posts, newest first, comments and replies expanded; at most the latest 10,000 exist (§4.2).

        If Meta finds the page too large it is asked again in smaller ones; the cursor fits either way. Comments that
        may not be read (a person may decline that permission alone) are left out.
        """

        async def ask(size: int, fields: str) -> Listing[IGMedia]:
            params = {"fields": fields, "limit": str(size), **_after(cursor)}
            return await self._list(access, f"{access.account_ref}/media", Listing[IGMedia], params)

        _, page = await _as_large_as_taken(limit, ask, lambda answer: answer)
        return page

    async def media_item(self, access: Access, media_ref: str) -> MediaItem:
        """One post with its children and the first comments, without them where they may not be read."""
        try:
            found = await self._one(access, media_ref, IGMedia, MEDIA_WITH_COMMENTS)
        except Reconnect as error:
            if error.code != _NO_PERMISSION:
                raise
            return (await self._one(access, media_ref, IGMedia, MEDIA_FIELDS)).neutral(with_comments=False)
        return found.neutral(with_comments=True)

    async def media_items(self, access: Access, media_refs: Sequence[str]) -> Mapping[str, MediaItem | None]:
        """Posts with their children and first comments, in one batch: ``ids=`` would fail whole for one that is
        gone (§4.2). Gone is what 100/33 says of it (§8.3)."""
        fields = MEDIA_WITH_COMMENTS
        answers = await self._each(access, [(ref, {"fields": fields}) for ref in media_refs], IGMedia)
        if any(isinstance(one, Reconnect) and one.code == _NO_PERMISSION for one in answers):
            fields = MEDIA_FIELDS
            answers = await self._each(access, [(ref, {"fields": fields}) for ref in media_refs], IGMedia)
        found: dict[str, MediaItem | None] = {}
        for ref, one in zip(media_refs, answers, strict=True):
            if isinstance(one, IGMedia):
                found[ref] = one.neutral(with_comments=fields == MEDIA_WITH_COMMENTS)
            elif is_invisible(one):
                found[ref] = None
        return _unless_empty(found, answers)

    async def more(self, access: Access, lists: Sequence[Onward]) -> Sequence[More]:
        """Follow lists of comments by a page each, in one batch. A cursor may be ended by what was deleted (§4.2):
        its list is begun anew. One that is refused from its beginning ends there."""
        answers = await self._each(access, [_follow(one) for one in lists], Listing[IGComment])
        found: list[More] = []
        for asked, one in zip(lists, answers, strict=True):
            if isinstance(one, Listing):
                found.append(_followed(asked, one))
            elif is_invisible(one):
                found.append(More(asked, gone=True))
            elif isinstance(one, Rejected):
                found.append(More(asked, onward=(replace(asked, cursor=""),) if asked.cursor else ()))
        return _unless_empty(found, answers)

    async def comments_there(self, access: Access, comment_refs: Sequence[str]) -> Mapping[str, bool]:
        """Whether comments still exist, in one batch; 100/33 says that one does not (§8.3), another refusal does
        not say so."""
        answers = await self._each(access, [(ref, {"fields": "id"}) for ref in comment_refs], Created)
        found = {
            ref: isinstance(one, Created) or not is_invisible(one)
            for ref, one in zip(comment_refs, answers, strict=True)
            if isinstance(one, Created | Rejected)
        }
        return _unless_empty(found, answers)

    async def comments(self, access: Access, media_ref: str, cursor: str = "") -> tuple[tuple[Comment, ...], str]:
        """More comments of a post with all their replies, newest first, and the next cursor (empty: the end)."""
        params = {"fields": COMMENT_FIELDS, "limit": str(COMMENTS_PER_PAGE), **_after(cursor)}
        listing = await self._list(access, f"{media_ref}/comments", Listing[IGComment], params)
        found = list(threads(listing, media_ref))
        for comment in listing.data:
            if comment.replies.paging.next:
                params = {"fields": REPLY_FIELDS, **comment.replies.paging.onward()}
                path = f"{comment.id}/replies"
                async for rows in self._graph.pages(Caller.acting(access), path, Listing[IGComment], params):
                    found += [reply.neutral(media_ref, comment.id) for reply in rows]
        return tuple(found), listing.paging.cursor()

    async def comment(self, access: Access, comment_ref: str) -> Comment:
        """One comment. Its post comes from Meta: a webhook does not name a carousel's album (§4.3)."""
        found = await self._one(access, comment_ref, IGComment, f"{REPLY_FIELDS},media{{id}}")
        return found.neutral(found.media.id)

    async def _one(self, access: Access, path: str, reply: type[T], fields: str) -> T:
        return await self._graph.get(Caller.acting(access), path, reply, {"fields": fields})

    async def _list(self, access: Access, path: str, reply: type[Listing[T]], params: Mapping[str, str]) -> Listing[T]:
        return await self._graph.get(Caller.acting(access), path, reply, params)

    async def _each(
        self, access: Access, reads: Sequence[tuple[str, Mapping[str, str]]], reply: type[T]
    ) -> list[T | PlatformError]:
        if len(reads) > self.together:
            raise ValueError(f"at most {self.together} at once")
        return await self._graph.batch(Caller.acting(access), reads, reply) if reads else []


async def _as_large_as_taken(
    limit: int, ask: Callable[[int, str], Awaitable[T]], media_in: Callable[[T], Listing[IGMedia]]
) -> tuple[T, Page]:
    """The answer to ``ask(size, fields)`` and its page of posts: the largest size and the most fields that Meta
    takes."""
    size, fields = min(limit, _LARGEST_PAGE), MEDIA_WITH_COMMENTS
    while True:
        try:
            answer = await ask(size, fields)
        except Reconnect as error:
            if error.code != _NO_PERMISSION or fields == MEDIA_FIELDS:
                raise
            fields = MEDIA_FIELDS
        except Later as error:
            if error.code != _TOO_MUCH_DATA or size == 1:
                raise
            size = max(1, size // 2)
        else:
            listing = media_in(answer)
            items = tuple(one.neutral(with_comments=fields == MEDIA_WITH_COMMENTS) for one in listing.data)
            return answer, Page(items, listing.paging.cursor(), size)


def _follow(asked: Onward) -> tuple[str, Mapping[str, str]]:
    if asked.comment_ref:
        path, fields = f"{asked.comment_ref}/replies", REPLY_FIELDS
    else:
        path, fields = f"{asked.media_ref}/comments", COMMENT_FIELDS
    return path, {"fields": fields, "limit": str(COMMENTS_PER_PAGE), **_after(asked.cursor)}


def _followed(asked: Onward, listing: Listing[IGComment]) -> More:
    if asked.comment_ref:
        found = tuple(reply.neutral(asked.media_ref, asked.comment_ref) for reply in listing.data)
    else:
        found = threads(listing, asked.media_ref)
    return More(asked, found, onward(listing, asked.media_ref, asked.comment_ref))


def _unless_empty(found: T, answers: Sequence[object]) -> T:
    """What was found; when nothing was, the trouble itself, unless it is a refusal of what was asked for."""
    if not found:
        for one in answers:
            if isinstance(one, PlatformError) and not isinstance(one, Rejected):
                raise one
    return found


def _after(cursor: str) -> dict[str, str]:
    return {"after": cursor} if cursor else {}
