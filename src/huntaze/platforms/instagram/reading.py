"""Reading an account for the mirror, in few calls (instagram.md §4.1 to §4.3).

One call brings a page of posts with their children, comments and replies. Empty fields are left out by Meta, so a
missing one is empty or None here, never an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from huntaze.kit.text import web_address
from huntaze.platforms.contract import Access, Comment, MediaItem, Page, PostType, Profile
from huntaze.platforms.errors import Later, Reconnect
from huntaze.platforms.instagram.client import Caller, Graph, Listing, Moment
from huntaze.platforms.instagram.media_types import post_type

T = TypeVar("T")

COMMENTS_PER_PAGE = 50
"""The most that a page of comments holds (§4.3)."""

_PROFILE_FIELDS = "id,username,name,biography,website,profile_picture_url,followers_count,follows_count,media_count"
_REPLY_FIELDS = "id,text,timestamp,username,from{id,username},like_count,hidden,parent_id"
_COMMENT_FIELDS = f"{_REPLY_FIELDS},replies.limit({COMMENTS_PER_PAGE}){{{_REPLY_FIELDS}}}"
_MEDIA_FIELDS = (
    "id,media_type,media_product_type,caption,permalink,media_url,thumbnail_url,timestamp,like_count,comments_count,"
    "children{id,media_type,media_url,thumbnail_url,timestamp}"
)
_MEDIA_WITH_COMMENTS = f"{_MEDIA_FIELDS},comments.limit({COMMENTS_PER_PAGE}){{{_COMMENT_FIELDS}}}"
_LARGEST_PAGE = 100
_TOO_MUCH_DATA = "1"
"""The code of "reduce the amount of data", which large pages with nested lists run into (§4.2, §8.3)."""
_NO_PERMISSION = "10"
"""The code of a permission that was not given or was withdrawn (§8.3)."""


class _Account(msgspec.Struct, frozen=True):
    id: str
    username: str = ""
    name: str = ""
    biography: str = ""
    website: str = ""
    profile_picture_url: str = ""
    followers_count: int | None = None
    follows_count: int | None = None
    media_count: int | None = None


class _Person(msgspec.Struct, frozen=True):
    id: str = ""
    username: str = ""


class _Ref(msgspec.Struct, frozen=True):
    id: str = ""


class _Comment(msgspec.Struct, frozen=True):
    id: str
    timestamp: Moment
    text: str = ""
    username: str = ""
    author: _Person = msgspec.field(default=_Person(), name="from")
    like_count: int | None = None
    hidden: bool | None = None
    parent_id: str = ""
    media: _Ref = _Ref()
    replies: Listing[_Comment] = Listing()

    def neutral(self, media_ref: str, parent_ref: str = "") -> Comment:
        return Comment(
            comment_ref=self.id,
            media_ref=media_ref,
            parent_ref=self.parent_id or parent_ref,
            text=self.text,
            author_ref=self.author.id,
            author_username=self.author.username or self.username,
            created_at=self.timestamp,
            like_count=self.like_count,
            hidden=self.hidden,
        )


class _Child(msgspec.Struct, frozen=True):
    """One file of a carousel. Meta tells little of it (§4.2)."""

    id: str
    timestamp: Moment | None = None
    media_type: str = ""
    media_url: str = ""
    thumbnail_url: str = ""

    def neutral(self, published_at: datetime) -> MediaItem:
        return MediaItem(
            media_ref=self.id,
            type=PostType.VIDEO if self.media_type == "VIDEO" else PostType.IMAGE,
            product_type="",
            caption="",
            permalink="",
            media_url=self.media_url,
            thumbnail_url=self.thumbnail_url,
            published_at=self.timestamp or published_at,
            like_count=None,
            comments_count=None,
        )


class _Media(msgspec.Struct, frozen=True):
    id: str
    timestamp: Moment
    media_type: str = ""
    media_product_type: str = ""
    caption: str = ""
    permalink: str = ""
    media_url: str = ""
    thumbnail_url: str = ""
    like_count: int | None = None
    comments_count: int | None = None
    children: Listing[_Child] = Listing()
    comments: Listing[_Comment] = Listing()

    def neutral(self, comments: tuple[Comment, ...]) -> MediaItem:
        return MediaItem(
            media_ref=self.id,
            type=post_type(self.media_type, self.media_product_type),
            product_type=self.media_product_type,
            caption=self.caption,
            permalink=web_address(self.permalink),
            media_url=self.media_url,
            thumbnail_url=self.thumbnail_url or self._first_picture(),
            published_at=self.timestamp,
            like_count=self.like_count,
            comments_count=self.comments_count,
            children=tuple(child.neutral(self.timestamp) for child in self.children.data),
            comments=comments,
            comments_cursor=self.comments.paging.cursor(),
        )

    def _first_picture(self) -> str:
        """An album has no file of its own, its first child has (§4.2)."""
        first = next(iter(self.children.data), None)
        if first is None:
            return ""
        return first.thumbnail_url or (first.media_url if first.media_type == "IMAGE" else "")


class GraphReader:
    """``contract.Reader`` over the Graph API."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def profile(self, access: Access) -> Profile:
        """The account itself (§4.1)."""
        account = await self._one(access, access.account_ref, _Account, _PROFILE_FIELDS)
        return Profile(
            account_ref=account.id,
            username=account.username,
            name=account.name,
            biography=account.biography,
            website=account.website,
            picture_url=account.profile_picture_url,
            followers=account.followers_count,
            following=account.follows_count,
            media_count=account.media_count,
        )

    async def media(self, access: Access, cursor: str = "", limit: int = 50) -> Page:
        """Own posts, newest first, comments and replies expanded; at most the latest 10,000 exist (§4.2).

        If Meta finds the page too large it is asked again in smaller ones; the cursor fits either way. Comments that
        may not be read (a person may decline that permission alone) are left out.
        """
        size, fields = min(limit, _LARGEST_PAGE), _MEDIA_WITH_COMMENTS
        while True:
            params = {"fields": fields, "limit": str(size), **_after(cursor)}
            try:
                listing = await self._list(access, f"{access.account_ref}/media", Listing[_Media], params)
            except Reconnect as error:
                if error.code != _NO_PERMISSION or fields == _MEDIA_FIELDS:
                    raise
                fields = _MEDIA_FIELDS
            except Later as error:
                if error.code != _TOO_MUCH_DATA or size == 1:
                    raise
                size = max(1, size // 4)
            else:
                items = [await self._item(access, media) for media in listing.data]
                return Page(tuple(items), listing.paging.cursor())

    async def media_item(self, access: Access, media_ref: str) -> MediaItem:
        """One post with its children and the first comments, without them where they may not be read."""
        try:
            found = await self._one(access, media_ref, _Media, _MEDIA_WITH_COMMENTS)
        except Reconnect as error:
            if error.code != _NO_PERMISSION:
                raise
            found = await self._one(access, media_ref, _Media, _MEDIA_FIELDS)
        return await self._item(access, found)

    async def comments(self, access: Access, media_ref: str, cursor: str = "") -> tuple[tuple[Comment, ...], str]:
        """More comments of a post with their replies, newest first, and the next cursor (empty: the end)."""
        params = {"fields": _COMMENT_FIELDS, "limit": str(COMMENTS_PER_PAGE), **_after(cursor)}
        listing = await self._list(access, f"{media_ref}/comments", Listing[_Comment], params)
        return await self._with_replies(access, media_ref, listing), listing.paging.cursor()

    async def comment(self, access: Access, comment_ref: str) -> Comment:
        """One comment. Its post comes from Meta: a webhook does not name a carousel's album (§4.3)."""
        found = await self._one(access, comment_ref, _Comment, f"{_REPLY_FIELDS},media{{id}}")
        return found.neutral(found.media.id)

    async def _item(self, access: Access, media: _Media) -> MediaItem:
        return media.neutral(await self._with_replies(access, media.id, media.comments))

    async def _with_replies(self, access: Access, media_ref: str, listing: Listing[_Comment]) -> tuple[Comment, ...]:
        """Comments, each followed by its replies; only a comment with more replies than a page costs a call."""
        found: list[Comment] = []
        for comment in listing.data:
            found.append(comment.neutral(media_ref))
            replies = list(comment.replies.data)
            if comment.replies.paging.next:
                params = {"fields": _REPLY_FIELDS, **comment.replies.paging.onward()}
                path = f"{comment.id}/replies"
                async for rows in self._graph.pages(Caller.acting(access), path, Listing[_Comment], params):
                    replies += rows
            found += [reply.neutral(media_ref, comment.id) for reply in replies]
        return tuple(found)

    async def _one(self, access: Access, path: str, reply: type[T], fields: str) -> T:
        return await self._graph.get(Caller.acting(access), path, reply, {"fields": fields})

    async def _list(self, access: Access, path: str, reply: type[Listing[T]], params: Mapping[str, str]) -> Listing[T]:
        return await self._graph.get(Caller.acting(access), path, reply, params)


def _after(cursor: str) -> dict[str, str]:
    return {"after": cursor} if cursor else {}
