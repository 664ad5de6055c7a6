"""Who is asking, with which scopes, how often, and in which words (tiktok.md §1.2, §2.9, §11.3)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec

from socialsim.kernel.services import Services
from socialsim.kernel.wire import Call
from socialsim.tiktok.errors import invalid, scope_not_authorized, token_invalid, too_many
from socialsim.tiktok.model import Client, Creator, Grant, TikTokWorld, Token

T = TypeVar("T")
DISPLAY_LIMIT = 600
"""Calls a minute of user info and videos (§4.11); whether per token or per app is not stated."""


@dataclass(slots=True)
class Actor:
    """The holder of an access token: one creator in one app."""

    client: Client
    creator: Creator
    grant: Grant
    token: Token

    def may(self, scope: str) -> bool:
        """Whether the token carries it; a refresh never adds any (§2.6)."""
        return scope in self.token.scopes


@dataclass(slots=True)
class Context:
    """One authorised call with the world it is about."""

    services: Services
    world: TikTokWorld
    call: Call
    actor: Actor

    @property
    def query(self) -> dict[str, str]:
        """The query string alone: ``fields`` is never read from the body (§1.2)."""
        return dict(parse_qsl(self.call.query, keep_blank_values=True))

    def read(self, shape: type[T]) -> T:
        """The JSON body as that shape; an empty body counts as ``{}``. Raises 400 for anything else (§1.2).

        Numbers as text, or text as numbers, are wrong types. Unknown keys are ignored unless the shape forbids them.
        """
        body = self.call.body.strip()
        kind = self.call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind != "application/json":
            raise invalid("The Content-Type of the request must be application/json; charset=UTF-8.")
        try:
            return msgspec.json.decode(body.decode() or "{}", type=shape)
        except msgspec.ValidationError as error:
            raise invalid(f"The request parameters are invalid: {error}") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise invalid("The request body is not a JSON object.") from error

    def record(
        self, kind: str, *, object_id: str, text: str = "", container_id: str = "", at: float | None = None
    ) -> None:
        """Write an effect of this call into the truth ledger, under the creator's id."""
        self.services.ledger.write(
            "tiktok",
            kind,
            account_id=self.actor.creator.id,
            object_id=object_id,
            request_id=self.call.request_id,
            source="api",
            text=text,
            container_id=container_id,
            at=at,
        )


Operation = Callable[[Context], Awaitable[dict[str, object] | None]]
"""Gives ``data`` of the envelope, None for an answer without it; raises an ``ApiError``."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What one path does. Any one of ``scopes`` is enough; ``per_minute`` counts per access token."""

    operation: Operation
    scopes: tuple[str, ...] = ()
    per_minute: int = DISPLAY_LIMIT


Endpoints = dict[tuple[str, str], Endpoint]
"""By method and path."""


def bearer(call: Call) -> str:
    """The token of the Authorization header; nowhere else is one looked for (§1.2 Auth)."""
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def living(world: TikTokWorld, value: str, now: float) -> Token | None:
    """The access token if it is known, not over, not revoked, and its consent stands."""
    token = world.tokens.get(value)
    if token is None or token.revoked or now >= token.expires_at or not world.stands(token):
        return None
    return token


def authorise(world: TikTokWorld, call: Call) -> Actor:
    """Whose token it is; raises 401 ``access_token_invalid``. A client's own token reads no creator (§2.5)."""
    token = living(world, bearer(call), call.at)
    if token is None:
        raise token_invalid()
    grant = world.grant(token.client_key, token.creator_id)
    assert grant is not None
    return Actor(world.clients[token.client_key], world.creators[token.creator_id], grant, token)


def enter(services: Services, world: TikTokWorld, call: Call, endpoint: Endpoint) -> Context:
    """Token, then scope, then rate limit (§11.3); raises the error of the first that fails."""
    actor = authorise(world, call)
    if endpoint.scopes and not any(actor.may(scope) for scope in endpoint.scopes):
        raise scope_not_authorized(endpoint.scopes)
    knobs = services.config.tiktok
    if knobs.rate_limits:
        per_app = endpoint.per_minute == DISPLAY_LIMIT and knobs.display_limit_per == "app"
        key = f"{call.path} {actor.client.key if per_app else actor.token.value}"
        if not world.windows.admit(key, call.at, endpoint.per_minute):
            raise too_many()
    return Context(services, world, call, actor)
