"""What a platform promises. Features know this page and the error tree, never a concrete platform.

Ids are strings (they exceed 2^53), times aware UTC, lengths in the unit the field names.
Every coroutine here may raise any ``errors.PlatformError``; none is called while a transaction is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from huntaze.kit.secret import Secret
from huntaze.kit.text import Text
from huntaze.platforms.asking import Access as Access
from huntaze.platforms.asking import Allowance as Allowance
from huntaze.platforms.asking import App as App
from huntaze.platforms.asking import OnUsage as OnUsage
from huntaze.platforms.asking import Usage as Usage
from huntaze.platforms.comments import CommentAdvice as CommentAdvice
from huntaze.platforms.comments import CommentDeed as CommentDeed
from huntaze.platforms.comments import CommentRules as CommentRules
from huntaze.platforms.comments import CommentSeen as CommentSeen
from huntaze.platforms.events import AuthorizationRemoved as AuthorizationRemoved
from huntaze.platforms.events import CommentReceived as CommentReceived
from huntaze.platforms.events import FieldChanged as FieldChanged
from huntaze.platforms.events import IntakeItem as IntakeItem
from huntaze.platforms.events import Mentioned as Mentioned
from huntaze.platforms.events import NeutralEvent as NeutralEvent
from huntaze.platforms.events import Noted as Noted
from huntaze.platforms.events import PostProgressed as PostProgressed
from huntaze.platforms.events import PostState as PostState
from huntaze.platforms.events import RemovalReason as RemovalReason
from huntaze.platforms.events import StoryNumbers as StoryNumbers
from huntaze.platforms.events import Unhandled as Unhandled
from huntaze.platforms.messages import Attachment as Attachment
from huntaze.platforms.messages import ControlMove as ControlMove
from huntaze.platforms.messages import MessageReceived as MessageReceived
from huntaze.platforms.messages import OptedIn as OptedIn
from huntaze.platforms.messages import Postback as Postback
from huntaze.platforms.messages import Reacted as Reacted
from huntaze.platforms.messages import Referral as Referral
from huntaze.platforms.messages import Referred as Referred
from huntaze.platforms.messages import Seen as Seen
from huntaze.platforms.messages import StoryLink as StoryLink
from huntaze.platforms.messages import ThreadControl as ThreadControl
from huntaze.platforms.mirrored import Comment as Comment
from huntaze.platforms.mirrored import ConversationPage as ConversationPage
from huntaze.platforms.mirrored import FoundMention as FoundMention
from huntaze.platforms.mirrored import MediaItem as MediaItem
from huntaze.platforms.mirrored import More as More
from huntaze.platforms.mirrored import Onward as Onward
from huntaze.platforms.mirrored import Opening as Opening
from huntaze.platforms.mirrored import Page as Page
from huntaze.platforms.mirrored import PersonProfile as PersonProfile
from huntaze.platforms.mirrored import Profile as Profile
from huntaze.platforms.mirrored import ReadConversation as ReadConversation
from huntaze.platforms.numbers import AccountNumbers as AccountNumbers
from huntaze.platforms.numbers import Day as Day
from huntaze.platforms.numbers import DayNumber as DayNumber
from huntaze.platforms.numbers import MediaNumbers as MediaNumbers
from huntaze.platforms.numbers import Missing as Missing
from huntaze.platforms.numbers import Number as Number
from huntaze.platforms.numbers import NumbersPage as NumbersPage
from huntaze.platforms.numbers import Refused as Refused
from huntaze.platforms.posts import Artefact as Artefact
from huntaze.platforms.posts import ArtefactRequest as ArtefactRequest
from huntaze.platforms.posts import ArtefactState as ArtefactState
from huntaze.platforms.posts import ArtefactStatus as ArtefactStatus
from huntaze.platforms.posts import Baseline as Baseline
from huntaze.platforms.posts import Committed as Committed
from huntaze.platforms.posts import Finding as Finding
from huntaze.platforms.posts import Irreversible as Irreversible
from huntaze.platforms.posts import Limits as Limits
from huntaze.platforms.posts import MediaFacts as MediaFacts
from huntaze.platforms.posts import MediaReader as MediaReader
from huntaze.platforms.posts import MediaRules as MediaRules
from huntaze.platforms.posts import MediaSource as MediaSource
from huntaze.platforms.posts import PostContent as PostContent
from huntaze.platforms.posts import PostType as PostType
from huntaze.platforms.posts import PublishedMedia as PublishedMedia
from huntaze.platforms.posts import Quota as Quota
from huntaze.platforms.posts import Severity as Severity

# --- connecting -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person allowed. ``expires_at`` None: it does not expire by time."""

    user_ref: str
    """The app-scoped id of the person; deletion callbacks name it."""
    token: Secret
    issued_at: datetime
    expires_at: datetime | None
    data_access_expires_at: datetime | None
    scopes: frozenset[str]
    declined: frozenset[str]
    refresh_token: Secret | None = None


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account that this grant can reach and that can be connected."""

    account_ref: str
    username: str
    name: str
    picture_url: str
    followers: int | None
    token: Secret
    page_ref: str = ""
    page_name: str = ""
    kind: str = ""
    off: tuple[Text, ...] = ()
    """Functions that are off because a permission or a role is missing."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something that was found but cannot be connected, why, and what to do."""

    name: str
    reason: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class Discovery:
    """Every account behind a grant."""

    accounts: tuple[FoundAccount, ...]
    unusable: tuple[Unusable, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    """The person said no, or the platform ended the dialog with an error."""

    reason: Text
    remedy: Text


class Login(Protocol):
    """OAuth as one platform (or one of its login products) does it."""

    name: str
    """"facebook", "instagram", "tiktok": which login product."""
    wanted_scopes: tuple[str, ...]

    def authorize_url(self, app: App, redirect_uri: str, state: str, *, ask_again: bool = False) -> str:
        """The dialog's address. ``ask_again`` asks for permissions declined before."""
        ...

    def denied(self, query: Mapping[str, str]) -> Denied | None:
        """What a callback without a code means; None when it holds a code."""
        ...

    async def exchange(self, app: App, redirect_uri: str, code: str) -> Grant:
        """Code to long-lived grant, with what was really granted. ``Rejected`` for a used or expired code."""
        ...

    async def inspect(self, app: App, grant: Grant) -> Grant:
        """The same token with its permissions and its end as the platform tells them now; nothing is renewed."""
        ...

    async def discover(self, app: App, grant: Grant) -> Discovery:
        """Every account behind the grant, all pages of the list followed."""
        ...

    async def subscribe(self, access: Access) -> None:
        """Switch this account's webhooks on."""
        ...

    async def subscribe_app(self, app: App, callback_url: str, verify_token: Secret) -> None:
        """Switch the app's webhooks on; the platform calls ``callback_url`` during this call."""
        ...

    async def refresh(self, app: App, grant: Grant) -> Grant:
        """A later-lasting grant; its end may not have moved."""
        ...

    async def revoke(self, app: App, grant: Grant) -> None:
        """Take the app's rights away at the platform; a grant that is dead already is no error."""
        ...


# --- publishing -------------------------------------------------------------------------------------------------


class Publisher(Protocol):
    """Publishing, cut at the call that cannot be taken back."""

    irreversible: Irreversible
    pull_timeout: timedelta
    """How long after the last link fetch the platform may still begin to fetch."""

    async def begin(self, access: Access, request: ArtefactRequest) -> Artefact:
        """Make an artefact; nothing is public yet. Never called for ``Irreversible.INIT``."""
        ...

    async def transfer(self, access: Access, artefact: Artefact, media: MediaSource) -> None:
        """Push all bytes but the irreversible last chunk; a platform that pulls does nothing here."""
        ...

    async def status(self, access: Access, ref: str) -> ArtefactStatus:
        """Read an artefact. A failed read raises and is no evidence."""
        ...

    async def commit(self, access: Access, artefact: Artefact, request: ArtefactRequest) -> Committed:
        """The irreversible call: one request, fresh connection, no retry, no redirect, 60 s.

        ``Rejected``/``Reconnect``/``Later`` only for a definite refusal of the white list or when ``Later.sent`` is
        False; everything else is ``UnknownOutcome``.
        """
        ...

    async def baseline(self, access: Access) -> Baseline:
        """The newest ~25 public ids and the quota used."""
        ...

    async def recent(self, access: Access, since: datetime) -> Sequence[PublishedMedia]:
        """What became public since ``since``, newest first."""
        ...

    async def permalink(self, access: Access, media_ref: str) -> str:
        """The public address of a post."""
        ...

    async def quota(self, access: Access) -> Quota:
        """The publishing limit as the platform tells it now."""
        ...


# --- reading ----------------------------------------------------------------------------------------------------


class Reader(Protocol):
    """Reading for the mirror, in few calls."""

    together: int
    """How many posts or lists ``media_items`` and ``more`` take at once; the platform counts each as a call."""

    async def opening(self, access: Access, limit: int = 50) -> Opening:
        """The account, its live stories and the first page of ``media``: one call."""
        ...

    async def profile(self, access: Access) -> Profile:
        """The account itself."""
        ...

    async def media(self, access: Access, cursor: str = "", limit: int = 50) -> Page:
        """Own posts, newest first, comments and replies expanded."""
        ...

    async def media_item(self, access: Access, media_ref: str) -> MediaItem:
        """One post with its children."""
        ...

    async def media_items(self, access: Access, media_refs: Sequence[str]) -> Mapping[str, MediaItem | None]:
        """Posts with their children and first comments; None for one that is gone. One that is refused, or could not
        be read this time, is missing; trouble is raised where nothing could be read."""
        ...

    async def more(self, access: Access, lists: Sequence[Onward]) -> Sequence[More]:
        """Follow lists of comments by a page each. One that could not be read this time is missing; trouble is raised
        where nothing could be read."""
        ...

    async def comments_there(self, access: Access, comment_refs: Sequence[str]) -> Mapping[str, bool]:
        """Whether the platform still has these comments; at most ``together``, each counts as a call."""
        ...

    async def comments(self, access: Access, media_ref: str, cursor: str = "") -> tuple[tuple[Comment, ...], str]:
        """More comments of a post and the next cursor (empty: the end)."""
        ...

    async def comment(self, access: Access, comment_ref: str) -> Comment:
        """One comment."""
        ...


# --- people -----------------------------------------------------------------------------------------------------


class PeopleReader(Protocol):
    """Reading who wrote to the account, and what."""

    async def conversations(self, access: Access, cursor: str = "") -> ConversationPage:
        """Conversations with their newest messages, the ones changed last first. At most two calls a second."""
        ...

    async def person(self, access: Access, person_ref: str) -> PersonProfile:
        """Somebody who wrote; ``Rejected`` when they never did, or are gone."""
        ...

    async def mention(self, access: Access, media_ref: str, comment_ref: str) -> FoundMention:
        """What somebody wrote who named the account: that comment, without one the post's caption."""
        ...


# --- numbers ----------------------------------------------------------------------------------------------------


class InsightsReader(Protocol):
    """Reading figures, in few counted calls. ``refused`` is what earlier answers said is not served: not asked again.

    A permission that was never given is ``Unsupported``: the account works on without figures.
    """

    kept: timedelta
    """How far back posts have figures."""
    history: timedelta
    """How far back accounts have figures by the day."""
    late: timedelta
    """How late figures may come; until then a day is read again."""
    story_life: timedelta
    """How long a story has figures."""

    def days(self, since: datetime, until: datetime) -> list[Day]:
        """The platform's days that end in (since, until], oldest first; asks nobody."""
        ...

    async def media(
        self, access: Access, since: datetime, until: datetime, cursor: str, refused: Refused
    ) -> NumbersPage:
        """A page of the posts that came out in [since, until], without stories."""
        ...

    async def stories(self, access: Access, refused: Refused) -> NumbersPage:
        """The stories that live now; always one page."""
        ...

    async def days_of(self, access: Access, since: datetime, until: datetime, refused: Sequence[str]) -> AccountNumbers:
        """What comes as a series of days: reach, change of followers, followers online by the hour."""
        ...

    async def totals(self, access: Access, day: Day, refused: Sequence[str], *, fully: bool) -> AccountNumbers:
        """What is counted over one day, by kind of post where the platform tells it. Not ``fully``: in one call, only
        what is told by kind."""
        ...

    async def audience(self, access: Access, at: datetime, refused: Sequence[str]) -> AccountNumbers:
        """Who follows and who reacts, by age, gender, city and country; figures of ``at``."""
        ...

    def told(self, counts: Mapping[str, int | None]) -> tuple[Number, ...]:
        """What a webhook told of a story that ended (``StoryNumbers``), under the names of reading; asks nobody."""
        ...


# --- commenting -------------------------------------------------------------------------------------------------


class Commenter(Protocol):
    """Comments under the account's own posts.

    ``comment``, ``reply`` and ``private_reply`` are irreversible: one request, fresh connection, no retry, no redirect.
    ``Rejected``/``Reconnect``/``Later`` only for a definite refusal of the white list or when ``Later.sent`` is False;
    everything else is ``UnknownOutcome``. Whether it happened is looked up by ``Reader.comments`` and ``replies``.
    ``hide`` and ``delete`` may be asked again: twice is as good as once.
    """

    advice: CommentAdvice
    rules: CommentRules

    async def comment(self, access: Access, media_ref: str, text: str) -> str:
        """A new comment under a post, and its id."""
        ...

    async def reply(self, access: Access, comment_ref: str, text: str) -> str:
        """An answer under a comment, and its id; under a reply it joins the thread of the top comment."""
        ...

    async def private_reply(self, access: Access, comment_ref: str, text: str) -> str:
        """A direct message to the author of a comment, and its id. The platform takes one a comment: ``AlreadyDone``
        says that it had one, or takes none any more."""
        ...

    async def hide(self, access: Access, comment_ref: str, *, hidden: bool) -> None:
        """Hide a comment from everybody but its author, or show it again."""
        ...

    async def delete(self, access: Access, comment_ref: str) -> None:
        """Delete a comment with its replies."""
        ...

    async def seen(self, access: Access, comment_ref: str, media_ref: str) -> CommentSeen:
        """How a comment of a post stands now. A failed read raises and is no evidence."""
        ...

    async def replies(self, access: Access, comment_ref: str) -> tuple[Comment, ...]:
        """Every reply under a top comment, in no order."""
        ...


# --- webhooks ---------------------------------------------------------------------------------------------------


class Events(Protocol):
    """The platform's webhooks."""

    def handshake(self, query: Mapping[str, str], verify_token: Secret) -> str | None:
        """The challenge to answer with, or None when the token is not ours (constant time)."""
        ...

    def authentic(self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[Secret]) -> bool:
        """Whether one of ``secrets`` signed exactly these bytes (constant time)."""
        ...

    def split(self, raw: bytes) -> list[IntakeItem]:
        """Single events of a delivery; a malformed entry becomes an item of kind ``malformed`` beside good ones."""
        ...

    def decode(self, kind: str, account_ref: str, payload: bytes) -> NeutralEvent:
        """The neutral event; raises ``ValueError`` for a payload that cannot be understood."""
        ...


# --- a platform -------------------------------------------------------------------------------------------------


class Platform(Protocol):
    """Everything a platform brings."""

    name: str
    """Lower case, as in addresses: "instagram"."""
    label: str
    """As people write it: "Instagram"."""
    limits: Limits
    logins: Mapping[str, Login]
    publisher: Publisher
    reader: Reader
    people: PeopleReader | None
    """None: it tells of nobody and hands out no messages."""
    commenter: Commenter | None
    """None: no comments can be written."""
    insights: InsightsReader | None
    """None: it tells no figures."""
    events: Events

    def check(self, content: PostContent) -> list[Finding]:
        """What the platform would refuse (errors) or cut (advice), from its limits as data; asks nobody."""
        ...
