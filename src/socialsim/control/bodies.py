"""Bodies the control plane takes. An unknown field is refused, so that a typo is seen."""

from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response

from socialsim.kernel.faults import FaultRule


class Body(Struct, rename="camel", forbid_unknown_fields=True):
    """Base of all bodies."""


class Reset(Body):
    """``POST /_sim/reset``."""

    seed: int | None = None
    empty: bool = False
    at: float | None = None
    """The new world begins at that epoch second, with the clock standing still."""


class ClockMove(Body):
    """``POST /_sim/clock``: ``at`` stops it at an epoch second, ``stands`` stops it where it is or lets it run on."""

    at: float | None = None
    stands: bool | None = None
    advance: float | None = None
    """Seconds forward."""
    offset: float | None = None
    """Seconds away from the wall clock, or from where it stands."""
    settle: bool = False
    """Answer once all that became due is done: retries, late commits."""


class FaultRules(Body):
    """Several rules in one POST."""

    rules: list[FaultRule]


With = Literal["facebook", "instagram"]


class Login(Body):
    """``POST /_sim/login``. ``pageIds`` null ticks every Page; ``accountId`` is who logs in with Instagram."""

    redirect_uri: str
    with_: With = field(default="facebook", name="with")
    user_id: str = "9001000000000001"
    account_id: str = "17841400000000001"
    client_id: str = ""
    """Empty: the default app's."""
    state: str | None = None
    scope: str = ""
    response_type: str = "code"
    auth_type: str = ""
    config_id: str = ""
    decline: list[str] = field(default_factory=list)
    page_ids: list[str] | None = None
    cancel: bool = False


class Tokens(Body):
    """``POST /_sim/tokens``: a person's with Facebook, an account's with Instagram."""

    user_id: str = ""
    with_: With = field(default="facebook", name="with")
    account_id: str = ""
    app_id: str = ""
    scopes: list[str] = field(default_factory=list)
    page_ids: list[str] | None = None


class NewApp(Body):
    """``POST /_sim/apps``: makes an app or changes the settings of a known one."""

    id: str
    secret: str
    name: str = "App"
    redirect_uris: list[str] | None = None
    require_proof: bool = False
    live: bool = True
    advanced_access: bool = True
    login_configs: dict[str, list[str]] = field(default_factory=dict)
    instagram_id: str = ""
    instagram_secret: str = ""
    instagram_redirect_uris: list[str] | None = None
    features: list[str] | None = None
    deauthorize_url: str = ""
    data_deletion_url: str = ""


class CommentAct(Body):
    """``POST /_sim/act/comment``."""

    media_id: str
    username: str
    text: str
    account_id: str = ""


class ReplyAct(Body):
    """``POST /_sim/act/reply``."""

    comment_id: str
    username: str
    text: str
    account_id: str = ""


class LikeAct(Body):
    """``POST /_sim/act/like``."""

    media_id: str
    username: str
    account_id: str = ""


class PersonAct(Body):
    """What a Facebook user, or an Instagram account by its id, does elsewhere.

    change-password, remove-app (``askDeletion``: and asks for deletion), checkpoint, log-out, lose-role.
    """

    user_id: str
    ask_deletion: bool = False
    page_id: str = ""
    app_id: str = ""
    on: bool = True


T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Response]]
Endpoints = list[tuple[str, dict[str, Endpoint]]]
"""Paths with what answers each method."""


async def read(request: Request, shape: type[T]) -> T:
    """The JSON body as that shape; an empty body counts as ``{}``. Raises ``ValueError``, answered with 422."""
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=shape)
    except RecursionError:
        raise ValueError("the body is too deeply nested") from None


def answer(value: object, status: int = 200) -> Response:
    """JSON out."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")
