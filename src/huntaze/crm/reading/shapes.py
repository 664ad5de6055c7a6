"""How the mirror looks to programs."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic.alias_generators import to_camel

from huntaze.crm.model import CommentRow, FigureRow, MediaRow
from huntaze.crm.reading.browsing import MediaWhole
from huntaze.crm.reading.people_lists import Contact, HappeningRow, Known, known_of
from huntaze.kit.shapes import Shape


class MediaShape(Shape):
    """A post on a platform. `mediaRef` is the platform's id; `mediaUrl` and `thumbnailUrl` are the platform's and die
    within days, `pictureAssetId` is our own copy of its picture. A number that is null was not told by the platform.
    `removedAt`: when it was found to be gone; `endedAt`: when a story's day was over."""

    id: UUID
    account_id: UUID
    media_ref: str
    type: str
    product_type: str
    caption: str
    permalink: str
    media_url: str
    thumbnail_url: str
    picture_asset_id: UUID | None
    like_count: int | None
    comments_count: int | None
    made_here: bool
    published_at: datetime
    synced_at: datetime
    removed_at: datetime | None
    ended_at: datetime | None


class CommentShape(Shape):
    """A comment or, with `parentRef`, a reply. `source`: `push` (told at once) or `poll` (read from a list)."""

    id: UUID
    comment_ref: str
    parent_ref: str
    person_ref: str
    username: str
    text: str
    like_count: int | None
    hidden: bool | None
    source: str
    created_at: datetime


class MediaDetail(MediaShape):
    """A post with the pictures of its carousel in their order and, where the key may read comments, its comments,
    oldest first, at most 500 of them."""

    children: list[MediaShape]
    comments: list[CommentShape] | None


class MediaList(Shape):
    """One page, newest first. `nextCursor` null: the end."""

    items: list[MediaShape]
    next_cursor: str | None


class PersonShape(Shape):
    """Somebody at a platform, as one account knows them. `personRef` is the platform's id, which is good for this
    account only."""

    id: UUID
    account_id: UUID
    person_ref: str
    username: str
    name: str
    followers: int | None
    verified: bool | None
    comments: int
    messages: int
    first_seen_at: datetime
    last_seen_at: datetime


class PersonList(Shape):
    """One page, those first who were heard of last. `nextCursor` null: the end."""

    items: list[PersonShape]
    next_cursor: str | None


class HappeningShape(Shape):
    """Something that was said: a `comment` or `reply` of theirs, our `own_reply` under it, a `message` of theirs, our
    `answer`, a `mention` of the account. `ref` is the platform's id, `mediaId` our id of the post, where we have it."""

    kind: str
    ref: str
    text: str
    attachments: int
    media_id: UUID | None
    source: str
    at: datetime
    removed_at: datetime | None


class KnownShape(Shape):
    """One thing that is known of somebody: which `field`, from where (`comment`, `conversation` or `profile`), how
    (`push`: told at once, `poll`: read), and since when."""

    field: str
    value: str | int | bool
    origin: str
    source: str
    known_since: datetime | None


class Timeline(Shape):
    """One page, newest first. `nextCursor` null: the end."""

    items: list[HappeningShape]
    next_cursor: str | None


class PersonDetail(PersonShape):
    """Somebody with what is known of them and the newest of what was said; the timeline goes on at
    `/people/{id}/timeline`."""

    known: list[KnownShape]
    timeline: Timeline


class FigureShape(Shape):
    """An account on a day, as it was last read on it. Null: the platform did not say."""

    day: date
    username: str
    followers: int | None
    following: int | None
    media_count: int | None
    read_at: datetime


class FigureList(Shape):
    """Day by day, oldest first; a day on which nothing was read is missing."""

    items: list[FigureShape]


def media(row: MediaRow) -> MediaShape:
    """A post."""
    return MediaShape(
        id=row.id,
        account_id=row.account_id,
        media_ref=row.media_ref,
        type=row.type,
        product_type=row.product_type,
        caption=row.caption,
        permalink=row.permalink,
        media_url=row.media_url,
        thumbnail_url=row.thumbnail_url,
        picture_asset_id=row.thumbnail_id,
        like_count=row.like_count,
        comments_count=row.comments_count,
        made_here=row.made_here,
        published_at=row.published_at,
        synced_at=row.synced_at,
        removed_at=row.removed_at,
        ended_at=row.ended_at,
    )


def media_detail(whole: MediaWhole, *, comments: bool) -> MediaDetail:
    """A post with its pictures and, if they may be told, its comments."""
    return MediaDetail(
        **dict(media(whole.item)),
        children=[media(one) for one in whole.pictures],
        comments=[comment(one) for one in whole.comments] if comments else None,
    )


def comment(row: CommentRow) -> CommentShape:
    """A comment."""
    return CommentShape(
        id=row.id,
        comment_ref=row.comment_ref,
        parent_ref=row.parent_ref,
        person_ref=row.person_ref,
        username=row.username,
        text=row.text,
        like_count=row.like_count,
        hidden=row.hidden,
        source=row.source,
        created_at=row.created_at,
    )


def person(contact: Contact) -> PersonShape:
    """Somebody."""
    row = contact.person
    return PersonShape(
        id=row.id,
        account_id=row.account_id,
        person_ref=row.person_ref,
        username=row.username,
        name=row.name,
        followers=row.followers,
        verified=row.verified,
        comments=contact.comments,
        messages=contact.messages,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
    )


def person_detail(contact: Contact, timeline: Timeline) -> PersonDetail:
    """Somebody with what is known of them."""
    known = [_known(one) for one in known_of(contact.person)]
    return PersonDetail(**dict(person(contact)), known=known, timeline=timeline)


def _known(one: Known) -> KnownShape:
    return KnownShape(
        field=to_camel(one.field), value=one.value, origin=one.origin, source=one.source, known_since=one.at
    )


def happening(one: HappeningRow) -> HappeningShape:
    """Something that was said."""
    return HappeningShape(
        kind=one.kind,
        ref=one.ref,
        text=one.text,
        attachments=one.attachments,
        media_id=one.media_id,
        source=one.source,
        at=one.at,
        removed_at=one.removed_at,
    )


def figure(row: FigureRow) -> FigureShape:
    """A day of an account."""
    return FigureShape(
        day=row.day,
        username=row.username,
        followers=row.followers,
        following=row.following,
        media_count=row.media_count,
        read_at=row.read_at,
    )
