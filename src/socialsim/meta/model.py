"""What Meta knows: people, Pages, Instagram accounts, containers, media, comments, grants and tokens.

Everything refers to everything else by id, so that the whole world is one value that JSON can hold.
"""

import bisect

from msgspec import Struct, field

from socialsim.meta.inbox import Inbox

Timeline = list[tuple[float, str]]
"""Ids with their time, oldest first."""


class Subscription(Struct):
    """An app's webhook of one object (instagram.md §6.1)."""

    callback_url: str
    verify_token: str
    fields: list[str]
    include_values: bool = True
    active: bool = True
    failing_since: float = 0.0
    """When the first of the last failures in a row was; 0 while events are taken."""


class App(Struct):
    """A developer app. ``redirect_uris`` None accepts any loopback address and any https one."""

    id: str
    secret: str
    name: str
    redirect_uris: list[str] | None = None
    require_proof: bool = False
    live: bool = True
    advanced_access: bool = True
    """Without it comments are not told (§6.1)."""
    login_configs: dict[str, list[str]] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    features: list[str] | None = None
    """Reviewed features (instagram_public_content_access, meta_oembed_read, human_agent); None has them all."""
    instagram_id: str = ""
    """The Instagram app id, another number in the same dashboard (§0.1); without one there is no Instagram Login."""
    instagram_secret: str = ""
    instagram_redirect_uris: list[str] | None = None
    deauthorize_url: str = ""
    data_deletion_url: str = ""


class Person(Struct):
    """A Facebook user with the tasks held on each Page."""

    id: str
    name: str
    picture: str
    roles: dict[str, list[str]] = field(default_factory=dict)
    portfolios: list[str] = field(default_factory=list)
    checkpoint: bool = False


class Page(Struct):
    """A Facebook Page; ``instagram_id`` is its linked Instagram account of whatever type."""

    id: str
    name: str
    category: str = "Arts and entertainment"
    instagram_id: str = ""
    portfolio_id: str = ""
    needs_ads_permission: bool = False
    needs_publishing_authorization: bool = False
    needs_two_factor: bool = False
    subscribed: dict[str, list[str]] = field(default_factory=dict)


class Portfolio(Struct):
    """A business portfolio and the Pages it owns or works for."""

    id: str
    name: str
    owned_pages: list[str] = field(default_factory=list)
    client_pages: list[str] = field(default_factory=list)


class Account(Struct):
    """An Instagram account. A personal one is not reachable by the API."""

    id: str
    username: str
    name: str
    picture: str
    page_id: str = ""
    biography: str = ""
    website: str = ""
    followers: int = 0
    follows: int = 0
    personal: bool = False
    restricted: bool = False
    country: str = "US"
    """Where most of its people live; creators of the EU and Japan get no story replies (§4.4)."""
    professional_since: float = 0.0
    """When it last became professional; older media have no insights (§4.4 100/2108006)."""
    has_shop: bool = False
    age_gated: bool = False
    silenced: list[str] = field(default_factory=list)
    """People it has restricted: their comments are not returned (§4.3)."""
    tagged: Timeline = field(default_factory=list)
    """Media of others in which it is tagged."""
    invited: Timeline = field(default_factory=list)
    """Media of others to which it was invited as a collaborator."""
    broadcasts: Timeline = field(default_factory=list)
    hashtag_searches: dict[str, float] = field(default_factory=dict)
    """When it first asked for a hashtag, by the hashtag's id."""
    timeline: Timeline = field(default_factory=list)
    stories: Timeline = field(default_factory=list)
    containers: list[tuple[float, str]] = field(default_factory=list)
    published: list[float] = field(default_factory=list)
    type: str = "BUSINESS"
    """``BUSINESS`` or ``MEDIA_CREATOR`` (§2.3); a personal account has no type."""
    checkpoint: bool = False
    subscribed: dict[str, list[str]] = field(default_factory=dict)
    """Webhook fields by app, switched on through Instagram Login (§6.1); a Page has its own switch."""


class Container(Struct):
    """A draft on its way (instagram.md §3.1). ``ready_at`` is None while the fetch of a video is still running."""

    id: str
    account_id: str
    app_id: str
    kind: str
    created_at: float
    request_id: str
    ready_at: float | None = None
    failed_at: float | None = None
    failure: str = ""
    caption: str = ""
    blob: str = ""
    cover: str = ""
    alt_text: str = ""
    children: list[str] = field(default_factory=list)
    is_item: bool = False
    share_to_feed: bool = True
    media_id: str = ""
    published_at: float | None = None
    extras: dict[str, str] = field(default_factory=dict)
    """Whatever else was said of it: collaborators, product_tags, audio_name, is_ai_generated, … as they were sent."""
    reads: int = 0
    """How often it was asked for: the price of waiting for it."""


class Upload(Struct):
    """The bytes of a resumable upload so far (instagram.md §3.4). ``file_size`` 0: nothing has been said of it."""

    container_id: str
    file_size: int = 0
    offset: int = 0
    """How many bytes have arrived."""
    whole: bool = False


class Usage(Struct):
    """Calls of a rolling window (instagram.md §8.1), in slots of its 96th part, oldest first.

    ``forced`` calls were laid on from outside until ``forced_until``, and so were the percents of the two times.
    """

    kind: str
    """app, user, instagram, pages, messenger, or the endpoint of a rate."""
    app_id: str
    subject_id: str
    window: float
    slots: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    total: int = 0
    blocked_until: float = 0.0
    forced: int = 0
    forced_cputime: int = 0
    forced_time: int = 0
    forced_until: float = 0.0


class Media(Struct):
    """A published medium. ``blob`` names bytes in the store or a drawn picture."""

    id: str
    account_id: str
    kind: str
    product: str
    timestamp: float
    shortcode: str
    caption: str = ""
    blob: str = ""
    cover: str = ""
    alt_text: str = ""
    children: list[str] = field(default_factory=list)
    parent_id: str = ""
    comments: Timeline = field(default_factory=list)
    comment_count: int = 0
    likes: int = 0
    comments_enabled: bool = True
    shared_to_feed: bool = True
    extras: dict[str, str] = field(default_factory=dict)
    """The container's."""
    saves: int = 0
    shares: int = 0
    reposts: int = 0
    likers: list[str] = field(default_factory=list)
    """Professional accounts that liked it through the API."""
    likes_hidden: bool = False
    claimed: bool = False
    """Whether a rights holder has claimed it."""
    on_facebook: bool = False
    """Whether it is shared to Facebook too."""
    age_gated: bool = False
    broadcasting: bool = False
    ad_comments: Timeline = field(default_factory=list)
    """Comments under advertisements made of it."""
    ads: list[str] = field(default_factory=list)
    """The advertisements made of it."""
    partners: dict[str, str] = field(default_factory=dict)
    """Invited collaborators by user name: Pending, Accepted or Declined."""


class Comment(Struct):
    """A comment or, with a ``parent_id``, a reply. ``author_id`` is an Instagram-scoped id or the account's own."""

    id: str
    media_id: str
    author_id: str
    username: str
    text: str
    timestamp: float
    parent_id: str = ""
    hidden: bool = False
    likes: int = 0
    replies: Timeline = field(default_factory=list)
    likers: list[str] = field(default_factory=list)
    ad_id: str = ""
    """The advertisement under which it was written."""


class Grant(Struct):
    """What one person, or through Instagram Login one account, allowed one app.

    ``page_ids`` None means every Page, also future ones; ``data_access_expires_at`` 0 has no end.
    """

    app_id: str
    user_id: str
    permissions: dict[str, str]
    page_ids: list[str] | None
    data_access_expires_at: float
    session: int = 0


class Token(Struct):
    """A user, Page or Instagram token. ``expires_at`` 0 has no end by time; a dead one carries its error subcode.

    An Instagram token has the account's id in ``account_id`` and in ``user_id``, where its grant is kept too.
    """

    value: str
    app_id: str
    user_id: str
    issued_at: float
    expires_at: float
    page_id: str = ""
    long_lived: bool = False
    dead: int | None = None
    account_id: str = ""


class Code(Struct):
    """An authorisation code, single use, bound to its redirect address."""

    value: str
    app_id: str
    user_id: str
    redirect_uri: str
    expires_at: float
    used: bool = False
    account_id: str = ""
    """Of Instagram Login; as in :class:`Token`."""


class World(Struct):
    """All of it, by id."""

    apps: dict[str, App] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    portfolios: dict[str, Portfolio] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    containers: dict[str, Container] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    usages: dict[str, Usage] = field(default_factory=dict)
    """By ``app/kind/subject``."""
    media: dict[str, Media] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    page_tokens: dict[str, str] = field(default_factory=dict)
    """Token by ``app/person/page/long-lived``: asking again gives the same one."""
    shortcodes: dict[str, str] = field(default_factory=dict)
    followers: dict[str, str] = field(default_factory=dict)
    """Instagram-scoped id of a follower by ``account/username``."""
    inbox: Inbox = field(default_factory=Inbox)
    hashtags: dict[str, str] = field(default_factory=dict)
    """Names of the hashtags somebody asked for, by id."""
    scoped: dict[str, str] = field(default_factory=dict)
    """Account by the id that one app sees of it through Instagram Login (§2.3)."""

    def instagram_app(self, instagram_id: str) -> App | None:
        """The app that has this Instagram app id, if any."""
        return next((app for app in self.apps.values() if instagram_id and app.instagram_id == instagram_id), None)

    def grant(self, app_id: str, user_id: str) -> Grant | None:
        """What that person allowed that app, if anything."""
        return self.grants.get(f"{app_id}/{user_id}")


def put(timeline: Timeline, at: float, object_id: str) -> None:
    """Insert in order of time."""
    bisect.insort(timeline, (at, object_id))


def take(timeline: Timeline, at: float, object_id: str) -> None:
    """Remove an entry; nothing happens if it is not there."""
    index = bisect.bisect_left(timeline, (at, object_id))
    if index < len(timeline) and timeline[index] == (at, object_id):
        del timeline[index]
