"""What is on a platform, as the mirror keeps it: an account, its posts, their comments, who wrote to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huntaze.platforms.messages import MessageReceived, Reacted
from huntaze.platforms.posts import PostType


@dataclass(frozen=True, slots=True)
class Profile:
    """An account as the platform shows it; None = the platform did not say."""

    account_ref: str
    username: str
    name: str
    biography: str
    website: str
    picture_url: str
    followers: int | None
    following: int | None
    media_count: int | None


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment or reply."""

    comment_ref: str
    media_ref: str
    parent_ref: str
    text: str
    author_ref: str
    author_username: str
    created_at: datetime
    like_count: int | None = None
    hidden: bool | None = None
    live: bool = False
    """Written under a broadcast."""
    ad_ref: str = ""
    """The advertisement under which it was written."""


@dataclass(frozen=True, slots=True)
class MediaItem:
    """One post of the account's feed, with the comments that came along."""

    media_ref: str
    type: PostType
    product_type: str
    caption: str
    permalink: str
    media_url: str
    thumbnail_url: str
    """A still picture of it; empty where ``media_url`` is one already, or where there is none."""
    published_at: datetime
    like_count: int | None
    comments_count: int | None
    children: tuple[MediaItem, ...] = ()
    comments: tuple[Comment, ...] = ()
    comments_cursor: str = ""
    """Where the post's own comments go on; empty when they are all here."""
    comments_listed: bool = False
    """Whether ``comments`` is the platform's list from its beginning: what it and ``onward`` do not bring is gone."""
    onward: tuple[Onward, ...] = ()
    """The lists of comments and replies that go on behind what came along."""


@dataclass(frozen=True, slots=True)
class Onward:
    """A list that goes on: a post's own comments, or the replies under one of them. An empty ``cursor`` begins it."""

    media_ref: str
    comment_ref: str
    """Whose replies; empty: the post's own comments."""
    cursor: str


@dataclass(frozen=True, slots=True)
class More:
    """What following ``asked`` brought. ``gone``: the platform has no such post or comment any more."""

    asked: Onward
    comments: tuple[Comment, ...] = ()
    onward: tuple[Onward, ...] = ()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. ``cursor`` empty: the end. ``limit``: how many were asked for in the end, since a platform
    may find a page too large."""

    items: tuple[MediaItem, ...]
    cursor: str
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """How a sync begins: the account, its live stories and the newest posts, in one answer."""

    profile: Profile
    stories: tuple[MediaItem, ...]
    page: Page


# --- people and what they said to the account -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonProfile:
    """Somebody who wrote to the account, as the platform shows them to it; empty or None = it did not say."""

    person_ref: str
    username: str
    name: str
    picture_url: str
    """Signed and short-lived."""
    followers: int | None = None
    follows_account: bool | None = None
    followed_by_account: bool | None = None
    verified: bool | None = None


@dataclass(frozen=True, slots=True)
class ReadConversation:
    """A conversation as it can be read again: its newest messages only, as they are now, and who reacted to them.

    How often a message was edited is unknown, and a reaction's time is that of its message.
    """

    conversation_ref: str
    person_ref: str
    person_username: str
    updated_at: datetime
    messages: tuple[MessageReceived, ...] = ()
    reactions: tuple[Reacted, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """One page of conversations, the ones changed last first. ``cursor`` empty: the end."""

    items: tuple[ReadConversation, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class FoundMention:
    """What somebody wrote who named the account."""

    text: str
    username: str
    permalink: str
    media_type: str
    """The platform's word for the post; empty when it does not say."""
    at: datetime | None
