"""What creators allow apps: giving it, issuing tokens for it, taking it back (tiktok.md §2.5, §2.6, §6.3)."""

import hashlib
from collections.abc import Callable, Mapping

from socialsim.kernel.ids import letters
from socialsim.kernel.services import Services
from socialsim.tiktok.model import Client, Code, Creator, Grant, Refresh, Removal, TikTokWorld, Token

Tell = Callable[[Client, str, str, Mapping[str, object]], None]
"""Sends a webhook: client, event, open_id, content."""
PROFILES = {"2h": (7200, 15_552_000), "24h": (86_400, 31_536_000)}
"""Seconds that an access and a refresh token live (§2.5)."""
CLIENT_TOKEN_SECONDS = 7200


def open_id_of(services: Services, client: Client, creator: Creator) -> str:
    """Stable for one creator in one app, hyphens and all (§2.5)."""
    stem = f"{services.seed}/open/{client.key}/{creator.id}"
    return f"-000{letters(stem, 20)}-{letters(stem + '/tail', 14)}"


def union_id_of(services: Services, client: Client, creator: Creator) -> str:
    """Stable for one creator in all apps of one developer (§3)."""
    word = hashlib.sha256(f"{services.seed}/union/{client.developer}/{creator.id}".encode()).hexdigest()
    return "-".join((word[:8], word[8:12], word[12:16], word[16:20], word[20:32]))


class Grants:
    """The desk where authorisations are given and ended."""

    def __init__(self, services: Services, world: TikTokWorld, tell: Tell) -> None:
        self._services = services
        self._world = world
        self._tell = tell

    def give(self, client: Client, creator: Creator, scopes: list[str], *, request_id: str, source: str) -> Grant:
        """Store a consent. A second one keeps the grant, and its tokens, and changes what is asked for from now on."""
        grant = self._world.grant(client.key, creator.id)
        if grant is None:
            number = self._services.mint.number("grant")
            open_id = open_id_of(self._services, client, creator)
            now = self._services.clock.epoch()
            grant = Grant(number, client.key, creator.id, open_id, scopes, now)
            self._world.grants[f"{client.key}/{creator.id}"] = grant
        grant.scopes = list(scopes)
        self._record("consent.given", creator.id, grant.open_id, request_id, source, ",".join(scopes))
        return grant

    def code(self, grant: Grant, scopes: list[str], redirect_uri: str, challenge: str, *, request_id: str) -> Code:
        """A single-use code with characters that want to be encoded (§2.3)."""
        mint = self._services.mint
        value = f"{mint.opaque('tiktok-code', 72)}*{mint.number('tiktok-code-tail')}!4382.e1"
        code = Code(
            value,
            grant.client_key,
            grant.creator_id,
            grant.number,
            list(scopes),
            redirect_uri,
            self._services.clock.epoch() + self._services.config.tiktok.code_lifetime,
            challenge,
        )
        self._world.codes[value] = code
        self._record("code.issued", grant.creator_id, grant.open_id, request_id, "creator", ",".join(scopes))
        return code

    def issue(
        self, held: Grant | Code | Refresh, *, refresh_ends_at: float | None, scopes: list[str]
    ) -> tuple[Token, Refresh]:
        """A pair of tokens for a consent; ``refresh_ends_at`` None starts the profile's full life."""
        number = held.number if isinstance(held, Grant) else held.grant
        now = self._services.clock.epoch()
        access_seconds, refresh_seconds = self.lifetimes(self._world.clients[held.client_key])
        mint = self._services.mint
        value = "act." + mint.opaque("act", 64) + "!4382.e1"
        token = Token(value, held.client_key, held.creator_id, number, list(scopes), now, now + access_seconds)
        ends = now + refresh_seconds if refresh_ends_at is None else refresh_ends_at
        word = "rft." + mint.opaque("rft", 64) + "!4382.e1"
        refresh = Refresh(word, held.client_key, held.creator_id, number, list(scopes), ends, access=value)
        self._world.tokens[value] = token
        self._world.refreshes[word] = refresh
        return token, refresh

    def client_token(self, client: Client) -> Token:
        """A token of the app itself (§2.5): of no use for any creator's data."""
        now = self._services.clock.epoch()
        value = "clt." + self._services.mint.opaque("clt", 48)
        token = Token(value, client.key, "", 0, [], now, now + CLIENT_TOKEN_SECONDS)
        self._world.tokens[value] = token
        return token

    def lifetimes(self, client: Client) -> tuple[int, int]:
        """Seconds of an access and of a refresh token, by the app's profile or else by the knob."""
        return PROFILES[client.token_profile or self._services.config.tiktok.token_profile]

    def end(self, client: Client, creator: Creator, reason: Removal, *, request_id: str, source: str) -> bool:
        """The authorisation is over: all its tokens are dead, the app is told. False if there was none."""
        grant = self._world.grants.pop(f"{client.key}/{creator.id}", None)
        if grant is None:
            return False
        self._record("consent.removed", creator.id, grant.open_id, request_id, source, str(reason))
        self._tell(client, "authorization.removed", grant.open_id, {"reason": reason})
        return True

    def end_all(self, creator: Creator, reason: Removal, *, request_id: str) -> None:
        """As :meth:`end`, in every app."""
        for client in list(self._world.clients.values()):
            self.end(client, creator, reason, request_id=request_id, source="creator")

    def _record(self, kind: str, creator_id: str, object_id: str, request_id: str, source: str, text: str) -> None:
        self._services.ledger.write(
            "tiktok",
            kind,
            account_id=creator_id,
            object_id=object_id,
            request_id=request_id,
            source=source,
            text=text,
        )
