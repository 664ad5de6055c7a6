"""What Meta answers about an account, its media and their comments, and what it means (instagram.md §4.1 to §4.3).

Empty fields are left out by Meta, so a missing one is empty or None here, never an error.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from huntaze.kit.text import web_address
from huntaze.platforms.contract import Comment, MediaItem, Onward, PostType, Profile
from huntaze.platforms.instagram.client import Listing, Moment
from huntaze.platforms.instagram.media_types import post_type

COMMENTS_PER_PAGE = 50
"""The most that a page of comments holds (§4.3)."""
PROFILE_FIELDS = "id,username,name,biography,website,profile_picture_url,followers_count,follows_count,media_count"
REPLY_FIELDS = "id,text,timestamp,username,from{id,username},like_count,hidden,parent_id"
COMMENT_FIELDS = f"{REPLY_FIELDS},replies.limit({COMMENTS_PER_PAGE}){{{REPLY_FIELDS}}}"
MEDIA_FIELDS = (
    "id,media_type,media_product_type,caption,permalink,media_url,thumbnail_url,timestamp,like_count,comments_count,"
    "children{id,media_type,media_url,thumbnail_url,timestamp}"
)
MEDIA_WITH_COMMENTS = f"{MEDIA_FIELDS},comments.limit({COMMENTS_PER_PAGE}){{{COMMENT_FIELDS}}}"


class Person(msgspec.Struct, frozen=True):
    """Somebody, as far as what they wrote tells who they are."""

    id: str = ""
    username: str = ""


class Ref(msgspec.Struct, frozen=True):
    """Something that is named by its id only."""

    id: str = ""


class IGComment(msgspec.Struct, frozen=True):
    """A comment or reply (§4.3)."""

    id: str
    timestamp: Moment
    text: str = ""
    username: str = ""
    author: Person = msgspec.field(default=Person(), name="from")
    like_count: int | None = None
    hidden: bool | None = None
    parent_id: str = ""
    media: Ref = Ref()
    replies: Listing[IGComment] = Listing()

    def neutral(self, media_ref: str, parent_ref: str = "") -> Comment:
        """The comment without its replies."""
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

    def thread(self, media_ref: str) -> tuple[Comment, ...]:
        """The comment, followed by the replies that came along."""
        return (self.neutral(media_ref), *(one.neutral(media_ref, self.id) for one in self.replies.data))


def threads(listing: Listing[IGComment], media_ref: str) -> tuple[Comment, ...]:
    """Comments, each followed by the replies that came along."""
    return tuple(one for comment in listing.data for one in comment.thread(media_ref))


def onward(listing: Listing[IGComment], media_ref: str, comment_ref: str = "") -> tuple[Onward, ...]:
    """Where this list goes on, and where the replies in it do."""
    own = listing.paging.cursor()
    found = [Onward(media_ref, comment_ref, own)] if own else []
    for comment in listing.data:
        replies = comment.replies.paging.cursor()
        found += [Onward(media_ref, comment.id, replies)] if replies else []
    return tuple(found)


class Child(msgspec.Struct, frozen=True):
    """One file of a carousel. Meta tells little of it (§4.2)."""

    id: str
    timestamp: Moment | None = None
    media_type: str = ""
    media_url: str = ""
    thumbnail_url: str = ""

    def neutral(self, published_at: datetime) -> MediaItem:
        """As a post without words or figures."""
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


class IGMedia(msgspec.Struct, frozen=True):
    """A post (§4.2)."""

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
    children: Listing[Child] = Listing()
    comments: Listing[IGComment] = Listing()

    def neutral(self, *, with_comments: bool, kind: PostType | None = None) -> MediaItem:
        """The post; ``with_comments`` says whether its comments were asked for, ``kind`` what it is, if known."""
        kind = kind or post_type(self.media_type, self.media_product_type)
        return MediaItem(
            media_ref=self.id,
            type=kind,
            product_type=self.media_product_type,
            caption=self.caption,
            permalink=web_address(self.permalink),
            media_url=self.media_url,
            thumbnail_url=self.thumbnail_url or self._picture(kind),
            published_at=self.timestamp,
            like_count=self.like_count,
            comments_count=self.comments_count,
            children=tuple(child.neutral(self.timestamp) for child in self.children.data),
            comments=threads(self.comments, self.id),
            comments_cursor=self.comments.paging.cursor(),
            comments_listed=with_comments,
            onward=onward(self.comments, self.id),
        )

    def story(self) -> MediaItem:
        """The same as a live story, also where its product is left out."""
        return self.neutral(with_comments=False, kind=PostType.STORIES)

    def _picture(self, kind: PostType) -> str:
        """An album has no file of its own, its first child has (§4.2); a story's type does not say that it is one."""
        if kind is PostType.STORIES and self.media_type == "IMAGE":
            return self.media_url
        first = next(iter(self.children.data), None)
        if first is None:
            return ""
        return first.thumbnail_url or (first.media_url if first.media_type == "IMAGE" else "")


class IGUser(msgspec.Struct, frozen=True):
    """An account (§4.1), perhaps with its live stories and its newest posts."""

    id: str
    username: str = ""
    name: str = ""
    biography: str = ""
    website: str = ""
    profile_picture_url: str = ""
    followers_count: int | None = None
    follows_count: int | None = None
    media_count: int | None = None
    stories: Listing[IGMedia] = Listing()
    media: Listing[IGMedia] = Listing()

    def neutral(self) -> Profile:
        """The account itself."""
        return Profile(
            account_ref=self.id,
            username=self.username,
            name=self.name,
            biography=self.biography,
            website=self.website,
            picture_url=self.profile_picture_url,
            followers=self.followers_count,
            following=self.follows_count,
            media_count=self.media_count,
        )
