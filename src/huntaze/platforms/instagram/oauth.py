"""Signing in with Facebook Login for Business (instagram.md §1): dialog, tokens, permissions, webhooks, farewell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec

from huntaze.kit.clock import Clock
from huntaze.kit.secret import Secret
from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import Access, App, Denied, Discovery, Grant
from huntaze.platforms.errors import Reconnect
from huntaze.platforms.instagram.client import Caller, Graph, Success
from huntaze.platforms.instagram.discovery import Discoverer
from huntaze.platforms.instagram.errors import Answer, Fault, error_of_fault
from huntaze.platforms.instagram.permissions import FACEBOOK_SCOPES

WEBHOOK_FIELDS = (
    "comments",
    "live_comments",
    "mentions",
    "story_insights",
    "messages",
    "message_edit",
    "message_reactions",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "messaging_handover",
    "standby",
)
"""What the app asks for on the object ``instagram`` (§6.5)."""

PAGE_FIELD = "feed"
"""The Page field that switches an account's Instagram events on (§6.1): the Page edge knows no Instagram fields."""

_FRAGMENT = "#_=_"


class _TokenReply(msgspec.Struct, frozen=True):
    access_token: Secret
    expires_in: int = 0


class _Granular(msgspec.Struct, frozen=True):
    scope: str = ""
    target_ids: tuple[str, ...] | None = None


class _TokenFacts(msgspec.Struct, frozen=True):
    """What ``debug_token`` says of a token (§1.5). Moments are epoch seconds; an end of 0 is no end by time."""

    is_valid: bool = False
    expires_at: int | None = None
    data_access_expires_at: int = 0
    issued_at: int = 0
    scopes: tuple[str, ...] = ()
    granular_scopes: tuple[_Granular, ...] = ()
    user_id: str = ""
    error: Fault | None = None


class _TokenFactsReply(msgspec.Struct, frozen=True):
    data: _TokenFacts


class _Permission(msgspec.Struct, frozen=True):
    permission: str
    status: str


class _Permissions(msgspec.Struct, frozen=True):
    data: tuple[_Permission, ...] = ()


class FacebookLogin:
    """``contract.Login`` over the Meta app and Facebook Pages."""

    name = "facebook"
    wanted_scopes: tuple[str, ...] = FACEBOOK_SCOPES

    def __init__(self, graph: Graph, dialog_url: str, version: str, clock: Clock) -> None:
        self._graph = graph
        self._dialog = f"{dialog_url.rstrip('/')}/{version}/dialog/oauth"
        self._clock = clock
        self._discoverer = Discoverer(graph)

    def authorize_url(self, app: App, redirect_uri: str, state: str, *, ask_again: bool = False) -> str:
        """The dialog's address (§1.1)."""
        query = {
            "client_id": app.app_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "response_type": "code",
            "scope": ",".join(self.wanted_scopes),
        }
        if ask_again:
            query["auth_type"] = "rerequest"
        return f"{self._dialog}?{urlencode(query)}"

    def denied(self, query: Mapping[str, str]) -> Denied | None:
        """What a callback without a code means (§1.2); a code wins over everything."""
        if query.get("code"):
            return None
        if query.get("error") == "access_denied":
            return Denied(
                Text(N_("You ended the sign-in at Facebook.")),
                Text(N_("Nothing was connected. Start again whenever you like.")),
            )
        words = query.get("error_message") or query.get("error_description") or query.get("error") or ""
        if words:
            return Denied(
                Text(N_("Facebook ended the sign-in: %(words)s"), {"words": words}),
                Text(N_("Check the app's settings at Meta: callback address, app mode, permissions.")),
            )
        return Denied(Text(N_("Facebook came back without an answer.")), Text(N_("Start connecting again.")))

    async def exchange(self, app: App, redirect_uri: str, code: str) -> Grant:
        """Code → short-lived → long-lived token, and what was really granted (§1.3, §1.5, §1.6).

        ``redirect_uri`` must be the dialog's, character by character.
        """
        short = await self._token(app, {"redirect_uri": redirect_uri}, {"code": Secret(code.removesuffix(_FRAGMENT))})
        return await self._grant(app, await self._lengthen(app, short.access_token))

    async def inspect(self, app: App, grant: Grant) -> Grant:
        """What ``debug_token`` and ``me/permissions`` say now (§1.5, §1.6); ``Reconnect`` for a dead token."""
        return await self._grant(app, _TokenReply(grant.token))

    async def discover(self, app: App, grant: Grant) -> Discovery:
        """Every account behind the grant (§1.4)."""
        facts = await self._facts(app, grant.token)
        return await self._discoverer.discover(
            Caller(app, grant.token),
            grant.scopes,
            {row.scope: frozenset(row.target_ids) for row in facts.granular_scopes if row.target_ids is not None},
        )

    async def subscribe(self, access: Access) -> None:
        """Switch the account's webhooks on, with the Page's token (§6.1 step 3)."""
        await self._graph.post(
            Caller.acting(access), f"{access.page_ref}/subscribed_apps", Success, {"subscribed_fields": PAGE_FIELD}
        )

    async def subscribe_app(self, app: App, callback_url: str, verify_token: Secret) -> None:
        """Switch the app's webhooks on; Meta shakes hands with ``callback_url`` during this call (§6.1 step 2)."""
        form = {
            "object": "instagram",
            "callback_url": callback_url,
            "verify_token": verify_token.reveal(),
            "fields": ",".join(WEBHOOK_FIELDS),
            "include_values": "true",
        }
        await self._graph.post(Caller.as_app(app), f"{app.app_id}/subscriptions", Success, form)

    async def refresh(self, app: App, grant: Grant) -> Grant:
        """The exchange once more (§0.1, §1.3): Meta may give the same token, so the end may not have moved."""
        return await self._grant(app, await self._lengthen(app, grant.token))

    async def revoke(self, app: App, grant: Grant) -> None:
        """De-authorise the app for this person; its tokens die (§1.6). A dead token has no rights left to take."""
        try:
            await self._graph.delete(Caller(app, grant.token), f"{grant.user_ref}/permissions")
        except Reconnect:
            return

    async def _lengthen(self, app: App, token: Secret) -> _TokenReply:
        return await self._token(app, {"grant_type": "fb_exchange_token"}, {"fb_exchange_token": token})

    async def _token(self, app: App, params: Mapping[str, str], secrets: Mapping[str, Secret]) -> _TokenReply:
        return await self._graph.get_with_secrets(
            app,
            "oauth/access_token",
            _TokenReply,
            {"client_id": app.app_id, **params},
            {"client_secret": app.secret, **secrets},
        )

    async def _grant(self, app: App, reply: _TokenReply) -> Grant:
        """``debug_token`` tells the end; ``expires_in`` counts only where it does not (§1.3)."""
        token = reply.access_token
        facts = await self._facts(app, token)
        permissions = await self._graph.get(Caller(app, token), "me/permissions", _Permissions)
        now = self._clock.now()
        granted = frozenset(row.permission for row in permissions.data if row.status == "granted")
        expires_at = _moment(facts.expires_at or 0)
        if facts.expires_at is None and reply.expires_in > 0:
            expires_at = now + timedelta(seconds=reply.expires_in)
        return Grant(
            user_ref=facts.user_id,
            token=token,
            issued_at=_moment(facts.issued_at) or now,
            expires_at=expires_at,
            data_access_expires_at=_moment(facts.data_access_expires_at),
            scopes=granted,
            declined=frozenset(self.wanted_scopes) - granted,
        )

    async def _facts(self, app: App, token: Secret) -> _TokenFacts:
        """``debug_token`` with the app's own token; a dead token comes as 200 with an inner error (§1.5)."""
        reply = await self._graph.get_with_secrets(
            Caller.as_app(app), "debug_token", _TokenFactsReply, {}, {"input_token": token}
        )
        if not reply.data.is_valid:
            fault = reply.data.error or Fault(code=190)
            raise error_of_fault(fault, Answer(200, b"", secrets=(token,)))
        return reply.data


def _moment(epoch: int) -> datetime | None:
    return datetime.fromtimestamp(epoch, UTC) if epoch > 0 else None
