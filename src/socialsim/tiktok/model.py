"""What TikTok knows: apps, creators, grants and tokens. One value that JSON can hold."""

from msgspec import Struct, field


class Client(Struct):
    """A developer app (tiktok.md §2.1). ``redirect_uris`` None takes any loopback or https address."""

    key: str
    secret: str
    name: str
    redirect_uris: list[str] | None = None
    audited: bool = True
    sandbox: bool = False
    callback_url: str = ""
    """Where its webhooks go; empty: nowhere."""


class Creator(Struct):
    """A TikTok account. ``id`` is the simulator's own; the API knows it by an ``open_id`` per app."""

    id: str
    username: str
    nickname: str
    picture: str


class TikTokWorld(Struct):
    """All of it, by id."""

    clients: dict[str, Client] = field(default_factory=dict)
    creators: dict[str, Creator] = field(default_factory=dict)
