"""``/v2/oauth/*``: codes and refresh tokens become tokens; tokens are revoked (tiktok.md §2.4 to §2.8)."""

import hashlib
import hmac
import re

from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call
from socialsim.tiktok.access import living
from socialsim.tiktok.envelope import flat
from socialsim.tiktok.errors import OAuthError
from socialsim.tiktok.login.grants import CLIENT_TOKEN_SECONDS, Grants
from socialsim.tiktok.login.redirects import redirect_allowed
from socialsim.tiktok.model import Client, Code, Refresh, TikTokWorld, Token

_FORM = "application/x-www-form-urlencoded"
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


class TokenDesk:
    """The OAuth endpoints."""

    def __init__(self, services: Services, world: TikTokWorld, grants: Grants) -> None:
        self._services = services
        self._world = world
        self._grants = grants

    async def token(self, call: Call) -> Answer:
        """``POST /v2/oauth/token/`` for a code, a refresh token, or the app itself."""
        form = _form(call)
        client = self._client(form)
        match _needed(form, "grant_type"):
            case "authorization_code":
                return self._redeem(call, client, form)
            case "refresh_token":
                return self._refresh(call, client, _needed(form, "refresh_token"))
            case "client_credentials":
                return self._for_client(call, client)
        raise OAuthError("unsupported_grant_type", "The grant type is not supported by the authorization server.")

    async def revoke(self, call: Call) -> Answer:
        """``POST /v2/oauth/revoke/``: the app leaves the creator's list; its echo is reason 5 (§2.7)."""
        form = _form(call)
        client = self._client(form)
        token = living(self._world, _needed(form, "token"), call.at)
        if token is None or token.client_key != client.key:
            raise OAuthError("invalid_grant", "The token is invalid or does not belong to this client.")
        self._record(call, "token.revoked", token.creator_id, client)
        creator = self._world.creators[token.creator_id]
        self._grants.end(client, creator, 5, request_id=call.request_id, source="api")
        return flat(self._services, {})

    def _redeem(self, call: Call, client: Client, form: dict[str, str]) -> Answer:
        code = self._world.codes.get(_needed(form, "code"))
        redirect_uri = _needed(form, "redirect_uri")
        if not redirect_allowed(client, redirect_uri):
            raise OAuthError("invalid_request", "Redirect_uri is not registered for this client.")
        if code is None or code.client_key != client.key:
            raise OAuthError("invalid_grant", "Authorization code is invalid.")
        if code.used or call.at >= code.expires_at or not self._world.stands(code):
            raise OAuthError("invalid_grant", "Authorization code is expired.")
        if code.redirect_uri != redirect_uri:
            raise OAuthError("invalid_grant", "Redirect_uri is not matched with the uri when requesting code.")
        _check_verifier(code, form.get("code_verifier", ""))
        code.used = True
        token, refresh = self._grants.issue(code, refresh_ends_at=None, scopes=code.scopes)
        self._record(call, "token.issued", code.creator_id, client)
        return self._pair(token, refresh)

    def _refresh(self, call: Call, client: Client, value: str) -> Answer:
        """Rotation: the old refresh token stops working at once, unless a grace is set (§2.6)."""
        old = self._world.refreshes.get(value)
        if old is None or old.client_key != client.key or not self._usable(old, call.at):
            raise OAuthError("invalid_grant", "Refresh token is invalid or expired.")
        knobs = self._services.config.tiktok
        if old.rotated_at is None:
            old.rotated_at = call.at
        if knobs.refresh_ends_access and old.access in self._world.tokens:
            self._world.tokens[old.access].revoked = True
        ends = None if knobs.refresh_restarts else old.expires_at
        token, refresh = self._grants.issue(old, refresh_ends_at=ends, scopes=old.scopes)
        self._record(call, "token.refreshed", old.creator_id, client)
        return self._pair(token, refresh)

    def _usable(self, refresh: Refresh, now: float) -> bool:
        grace = self._services.config.tiktok.refresh_grace
        rotated = refresh.rotated_at is not None and now >= refresh.rotated_at + grace
        return not rotated and now < refresh.expires_at and self._world.stands(refresh)

    def _for_client(self, call: Call, client: Client) -> Answer:
        if "research" not in client.products:
            raise OAuthError("unauthorized_client", "The client is not authorized to use this grant type.")
        token = self._grants.client_token(client)
        self._record(call, "token.issued", "", client)
        answer: dict[str, object] = {
            "access_token": token.value,
            "expires_in": CLIENT_TOKEN_SECONDS,
            "token_type": "Bearer",
        }
        return flat(self._services, answer)

    def _pair(self, token: Token, refresh: Refresh) -> Answer:
        """Both lives in whole seconds from now (§2.5)."""
        grant = self._world.grant(token.client_key, token.creator_id)
        assert grant is not None
        answer: dict[str, object] = {
            "access_token": token.value,
            "expires_in": int(token.expires_at - token.issued_at),
            "open_id": grant.open_id,
            "refresh_expires_in": int(refresh.expires_at - token.issued_at),
            "refresh_token": refresh.value,
            "scope": ",".join(token.scopes),
            "token_type": "Bearer",
        }
        return flat(self._services, answer)

    def _client(self, form: dict[str, str]) -> Client:
        client = self._world.clients.get(_needed(form, "client_key"))
        secret = _needed(form, "client_secret")
        if client is None:
            raise OAuthError("invalid_client", "Client key is unknown.")
        if not hmac.compare_digest(client.secret.encode(), secret.encode()):
            raise OAuthError("invalid_client", "Client secret is incorrect.")
        return client

    def _record(self, call: Call, kind: str, creator_id: str, client: Client) -> None:
        """Tokens are not written into the ledger, only that there are new ones."""
        self._services.ledger.write(
            "tiktok",
            kind,
            account_id=creator_id,
            object_id=client.key,
            request_id=call.request_id,
            source="api",
        )


def _form(call: Call) -> dict[str, str]:
    """A form body and nothing else; JSON is refused (§1.2 OAuth bodies)."""
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise OAuthError("invalid_request", f"Only `{_FORM}` is accepted as Content-Type.")
    return dict(call.form)


def _needed(form: dict[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise OAuthError("invalid_request", f"The request parameters are malformed: {name} is required.")
    return value


def _check_verifier(code: Code, verifier: str) -> None:
    """TikTok's challenge is the lower-case hex of the hash; without a challenge a verifier is ignored (§2.4)."""
    if not code.challenge:
        return
    if not _VERIFIER.fullmatch(verifier):
        raise OAuthError("invalid_request", "Code verifier is missing or malformed.")
    if not hmac.compare_digest(hashlib.sha256(verifier.encode()).hexdigest().encode(), code.challenge.encode()):
        raise OAuthError("invalid_request", "Code verifier or code challenge is invalid.")
