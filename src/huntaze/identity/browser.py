"""What a browser brings: its cookies, the form token bound to them, and where a request says it comes from."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from huntaze.identity.errors import ForgedRequest
from huntaze.identity.sessions import ABSOLUTE_LIMIT
from huntaze.identity.tokens import same_hash
from huntaze.kit.crypto import KeyRing
from huntaze.kit.secret import Secret
from huntaze.kit.signing import BadSignature, Signer

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LANGUAGE_COOKIE = "huntaze_language"
_YEAR = 31_536_000


class Cookies:
    """The cookies of one installation. Over https they are ``__Host-``, so no neighbour domain can plant one."""

    def __init__(self, *, https: bool) -> None:
        self._https = https
        self.session_name = "__Host-session" if https else "session"
        self.visit_name = "__Host-visit" if https else "visit"

    def session(self, request: HTTPConnection) -> Secret | None:
        """The session token that the browser brings."""
        return self._read(request, self.session_name)

    def visit(self, request: HTTPConnection) -> Secret | None:
        """The token to which forms are bound before anybody is signed in."""
        return self._read(request, self.visit_name)

    def keep_session(self, response: Response, token: Secret) -> None:
        """Hand the session to the browser, for as long as it may last."""
        self._keep(response, self.session_name, token.reveal(), int(ABSOLUTE_LIMIT.total_seconds()))

    def keep_visit(self, response: Response, token: Secret) -> None:
        """Hand the visit to the browser, until it is closed."""
        self._keep(response, self.visit_name, token.reveal(), None)

    def keep_language(self, response: Response, locale: str) -> None:
        """Remember the language for people who are not signed in."""
        self._keep(response, LANGUAGE_COOKIE, locale, _YEAR)

    def drop_session(self, response: Response) -> None:
        """Take the session back."""
        self._keep(response, self.session_name, "", 0)

    def _read(self, request: HTTPConnection, name: str) -> Secret | None:
        value = request.cookies.get(name, "")
        return Secret(value) if value else None

    def _keep(self, response: Response, name: str, value: str, max_age: int | None) -> None:
        response.set_cookie(name, value, max_age=max_age, path="/", secure=self._https, httponly=True, samesite="lax")


class FormTokens:
    """Form tokens: the hash of a session (or visit) token, signed. Without that cookie a token is worth nothing."""

    def __init__(self, ring: KeyRing) -> None:
        self._signer = Signer(ring, "form token")

    def make(self, bound_to: bytes) -> str:
        """The token for forms shown in this session."""
        return self._signer.sign(_binding(bound_to))

    def check(self, token: str, bound_to: bytes) -> None:
        """Raises ``ForgedRequest`` unless the token was made for this session."""
        try:
            signed = self._signer.verify(token)
        except BadSignature:
            raise ForgedRequest("the form token is not ours") from None
        if not same_hash(signed, _binding(bound_to)):
            raise ForgedRequest("the form token is another session's")


def check_origin(request: HTTPConnection, public_origin: str) -> None:
    """Raises ``ForgedRequest`` when the browser says that another site sent this.

    ``Sec-Fetch-Site`` and ``Origin`` cannot be written by a page. ``Origin`` may be the public address or the host
    that was asked (a cookie belongs to one host, so asking another name of ours brings no session along).
    """
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise ForgedRequest("sent from another site")
    origin = request.headers.get("origin")
    if origin is None or origin == public_origin:
        return
    if urlsplit(origin).netloc != request.headers.get("host", ""):
        raise ForgedRequest("sent from another origin")


def _binding(bound_to: bytes) -> bytes:
    return hashlib.sha256(b"huntaze form token:" + bound_to).digest()
