"""The developer portal: apps, their sandboxes and target users; and creators' settings (tiktok.md §2.1, §9)."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType, structs

from socialsim.kernel.services import Services
from socialsim.tiktok.login.redirects import registration_problem
from socialsim.tiktok.model import SCOPES, Client, Creator, TikTokWorld
from socialsim.tiktok.posting.ownership import verify

SANDBOXES, TARGETS = 5, 10
PRODUCTS = frozenset({"login", "posting", "research", "business"})


class ClientChange(Struct, rename="camel", forbid_unknown_fields=True):
    """What to change of an app, or how a new one is; without a ``key`` it is new. ``targets`` are creator ids."""

    key: str = ""
    secret: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    redirect_uris: list[str] | UnsetType | None = UNSET
    audited: bool | UnsetType = UNSET
    sandbox: bool | UnsetType = UNSET
    callback_url: str | UnsetType = UNSET
    developer: str | UnsetType = UNSET
    platform: Literal["web", "desktop"] | UnsetType = UNSET
    products: list[str] | UnsetType = UNSET
    scopes: list[str] | UnsetType = UNSET
    token_profile: Literal["", "2h", "24h"] | UnsetType = UNSET
    sandbox_of: str = ""
    """For a new one: the app whose configuration it clones."""
    targets: list[str] | UnsetType = UNSET
    url_properties: list[str] | UnsetType | None = UNSET
    active_creators: int | UnsetType = UNSET


class CreatorChange(Struct, rename="camel", forbid_unknown_fields=True):
    """What to change of a creator, or how a new one is; without an ``id`` it is new."""

    id: str = ""
    username: str | UnsetType = UNSET
    nickname: str | UnsetType = UNSET
    bio: str | UnsetType = UNSET
    verified: bool | UnsetType = UNSET
    followers: int | UnsetType = UNSET
    following: int | UnsetType = UNSET
    likes: int | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    comment_disabled: bool | UnsetType = UNSET
    duet_disabled: bool | UnsetType = UNSET
    stitch_disabled: bool | UnsetType = UNSET
    max_video_seconds: int | UnsetType = UNSET
    app_version: str | UnsetType = UNSET
    posting_banned: bool | UnsetType = UNSET


class Portal:
    """Keeps what a change does not name; refuses with ``ValueError`` what the portal refuses."""

    def __init__(self, services: Services, world: TikTokWorld) -> None:
        self._services = services
        self._world = world

    def put_client(self, change: ClientChange) -> Client:
        """Make an app or change one."""
        changes = _named(change, skip={"key", "sandbox_of", "targets"})
        known = self._world.clients.get(change.key)
        client = structs.replace(known or self._new_client(change), **changes)
        if not isinstance(change.targets, UnsetType):
            client.targets = self._targets(client, change.targets)
        problem = registration_problem(client)
        for owned in client.url_properties or []:
            verify(owned)
        unknown = sorted({*client.scopes} - {*SCOPES} | {*client.products} - PRODUCTS)
        if problem or unknown:
            raise ValueError(problem or f"there is no scope or product {', '.join(unknown)}")
        self._world.clients[client.key] = client
        return client

    def put_creator(self, change: CreatorChange) -> Creator:
        """Make a creator or change one."""
        changes = _named(change, skip={"id"})
        known = self._world.creators.get(change.id)
        if known is None:
            creator_id = change.id or self._services.mint.id("7300", 19)
            username = f"creator.{creator_id[-4:]}" if isinstance(change.username, UnsetType) else change.username
            known = Creator(creator_id, username, username, f"avatar-{username}.jpg")
        creator = structs.replace(known, **changes)
        self._world.creators[creator.id] = creator
        return creator

    def _new_client(self, change: ClientChange) -> Client:
        parent = self._world.clients[change.sandbox_of] if change.sandbox_of else None
        if parent is not None:
            siblings = [client for client in self._world.clients.values() if client.sandbox_of == parent.key]
            if len(siblings) >= SANDBOXES:
                raise ValueError(f"an app has at most {SANDBOXES} sandboxes")
        mint = self._services.mint
        prefix = "sb" if parent is not None or change.sandbox is True else "simck"
        key = change.key or mint.id(prefix, 18)
        secret = mint.opaque("client-secret", 32)
        if parent is None:
            return Client(key, secret, "App")
        return structs.replace(
            parent,
            key=key,
            secret=secret,
            name=f"{parent.name} sandbox",
            sandbox=True,
            sandbox_of=parent.key,
            targets={},
        )

    def _targets(self, client: Client, creator_ids: list[str]) -> dict[str, float]:
        """Who was a target before keeps the time of then."""
        if len(creator_ids) > TARGETS:
            raise ValueError(f"a sandbox has at most {TARGETS} target users")
        now = self._services.clock.epoch()
        for creator_id in creator_ids:
            if creator_id not in self._world.creators:
                raise KeyError(creator_id)
        return {creator_id: client.targets.get(creator_id, now) for creator_id in creator_ids}


def _named(change: ClientChange | CreatorChange, skip: set[str]) -> dict[str, object]:
    values = {name: getattr(change, name) for name in change.__struct_fields__ if name not in skip}
    return {name: value for name, value in values.items() if value is not UNSET}
