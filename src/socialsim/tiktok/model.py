"""What TikTok knows: apps, creators, what they granted, tokens and posts.

Everything refers to everything else by id, so that the whole world is one value that JSON can hold.
"""

import bisect
from typing import Literal

from msgspec import Struct, field

from socialsim.kernel.limits import Windows
from socialsim.tiktok.job import Job, Privacy

Timeline = list[tuple[float, str]]
"""Ids with their time, oldest first."""

SCOPES = {
    "user.info.basic": "Read your profile info (avatar, display name)",
    "user.info.profile": "Read access to your additional profile information, such as bio or profile link",
    "user.info.stats": "Read access to your profile engagement statistics, such as like or follower count",
    "video.list": "Read your public videos on TikTok",
    "video.upload": "Upload draft content to TikTok to further edit and share",
    "video.publish": "Post content to TikTok",
}
"""The scopes of §2.9 in a creator's words."""

Removal = Literal[0, 1, 2, 3, 4, 5]
"""Why an authorisation ended (§6.3): unknown, disconnected, deleted, age changed, banned, revoked by the developer."""


class Client(Struct, rename="camel"):
    """A developer app (tiktok.md §2.1, §9). ``redirect_uris`` None takes any loopback or https address."""

    key: str
    secret: str
    name: str
    redirect_uris: list[str] | None = None
    audited: bool = True
    sandbox: bool = False
    callback_url: str = ""
    """Where its webhooks go; empty: nowhere."""
    developer: str = "simdev1"
    """``union_id`` is the same in all apps of one developer."""
    platform: Literal["web", "desktop"] = "web"
    """On the desktop PKCE is mandatory and redirects go to loopback ports (§2.4)."""
    products: list[str] = field(default_factory=lambda: ["login", "posting"])
    """login, posting, research (client-credentials tokens), business (its portal wants a final ``/``)."""
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    """What the review approved."""
    token_profile: Literal["", "2h", "24h"] = ""
    """2h: 2 h and 180 d; 24h: 24 h and 365 d (§2.5). Empty: as the knob ``tiktok.tokenProfile`` says."""
    sandbox_of: str = ""
    """Key of the app it is a sandbox of."""
    targets: dict[str, float] = field(default_factory=dict)
    """Creators who may use a sandbox, with the time each was added."""
    url_properties: list[str] | None = None
    """Verified domains (``example.org``) and prefixes (``https://example.org/media/``); None takes every address."""
    active_creators: int = 0
    """How many creators may post through it in 24 h, by its audit application (§4.11); 0: as many as like."""


class Creator(Struct, rename="camel"):
    """A TikTok account. ``id`` is the simulator's own; the API knows it by an ``open_id`` per app."""

    id: str
    username: str
    nickname: str
    picture: str
    bio: str = ""
    verified: bool = False
    followers: int = 0
    following: int = 0
    likes: int = 0
    private: bool = False
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_video_seconds: int = 600
    app_version: str = "39.2.0"
    posting_banned: bool = False
    """May not post (``spam_risk_user_banned_from_posting``); everything else works."""
    gone: bool = False
    """Deleted or banned for good: nobody can log in as them."""
    posts: Timeline = field(default_factory=list)


class Post(Struct, rename="camel"):
    """A video or a photo post. ``blob`` and ``cover`` name bytes in the store or drawn pictures."""

    id: str
    creator_id: str
    created_at: float
    privacy: Privacy = "PUBLIC_TO_EVERYONE"
    public_from: float | None = None
    """When moderation is, or will be, through; None: never under way."""
    kind: Literal["VIDEO", "PHOTO"] = "VIDEO"
    title: str = ""
    description: str = ""
    blob: str = ""
    cover: str = ""
    images: list[str] = field(default_factory=list)
    duration: int = 0
    width: int = 1080
    height: int = 1920
    likes: int = 0
    comments: int = 0
    shares: int = 0
    views: int = 0
    removed: bool = False
    client_key: str = ""
    """The app that posted it, and by which job."""
    publish_id: str = ""
    publish_type: str = ""


class Grant(Struct, rename="camel"):
    """What one creator allows one app now. A later consent after a removal is another grant with another number."""

    number: int
    client_key: str
    creator_id: str
    open_id: str
    scopes: list[str]
    at: float


class Token(Struct, rename="camel"):
    """An access token (``act.``), or without a creator a client's own (``clt.``). It dies with its grant."""

    value: str
    client_key: str
    creator_id: str
    grant: int
    scopes: list[str]
    issued_at: float
    expires_at: float
    revoked: bool = False


class Refresh(Struct, rename="camel"):
    """A refresh token (``rft.``). ``rotated_at`` is when another one took its place."""

    value: str
    client_key: str
    creator_id: str
    grant: int
    scopes: list[str]
    expires_at: float
    rotated_at: float | None = None
    revoked: bool = False
    access: str = ""
    """The access token that came with it."""


class Code(Struct, rename="camel"):
    """An authorisation code: single use, bound to its client, redirect address and challenge."""

    value: str
    client_key: str
    creator_id: str
    grant: int
    scopes: list[str]
    redirect_uri: str
    expires_at: float
    challenge: str = ""
    used: bool = False


class TikTokWorld(Struct, rename="camel"):
    """All of it, by id."""

    clients: dict[str, Client] = field(default_factory=dict)
    creators: dict[str, Creator] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    """By ``client key/creator id``; see :meth:`grant`."""
    tokens: dict[str, Token] = field(default_factory=dict)
    refreshes: dict[str, Refresh] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    windows: Windows = field(default_factory=Windows)
    """What each token asked in the last minute, what each creator posted in the last day."""
    jobs: dict[str, Job] = field(default_factory=dict)
    """By ``publish_id``."""
    uploads: dict[str, str] = field(default_factory=dict)
    """The ``publish_id`` behind an ``upload_id``."""
    active_creators: dict[str, dict[str, float]] = field(default_factory=dict)
    """By client: who posted through it, and when last."""

    def grant(self, client_key: str, creator_id: str) -> Grant | None:
        """What that creator allows that app, if anything."""
        return self.grants.get(f"{client_key}/{creator_id}")

    def stands(self, given: Token | Refresh | Code) -> bool:
        """Whether the consent that it came from is still in force."""
        grant = self.grant(given.client_key, given.creator_id)
        return grant is not None and grant.number == given.grant

    def add_post(self, post: Post) -> None:
        """Put a post into the world and into its creator's time line."""
        self.posts[post.id] = post
        bisect.insort(self.creators[post.creator_id].posts, (post.created_at, post.id))

    def is_public(self, post: Post, now: float) -> bool:
        """Whether anybody may see it: for everyone, through moderation, not removed, of a public account (§5)."""
        return (
            post.privacy == "PUBLIC_TO_EVERYONE"
            and post.public_from is not None
            and post.public_from <= now
            and not post.removed
            and not self.creators[post.creator_id].private
        )
