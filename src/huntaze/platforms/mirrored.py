"""What is on a platform, as the mirror keeps it: an account, its posts, their comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
    """Where the comments go on; empty when they are all here."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. ``cursor`` empty: the end."""

    items: tuple[MediaItem, ...]
    cursor: str
