"""The query of the consent page, checked (tiktok.md §2.1, §2.2, §2.4)."""

from urllib.parse import parse_qsl, urlencode

from socialsim.tiktok.errors import OAuthError
from socialsim.tiktok.login.redirects import redirect_allowed
from socialsim.tiktok.model import SCOPES, Client, TikTokWorld


class AuthorizeRequest:
    """``problem`` is shown on the page, because there is no safe address to return to; ``fault`` goes back there."""

    def __init__(self, world: TikTokWorld, query: str) -> None:
        self.params = dict(parse_qsl(query, keep_blank_values=True))
        self.client: Client | None = world.clients.get(self.params.get("client_key", ""))
        self.redirect_uri = self.params.get("redirect_uri", "")
        self.challenge = self.params.get("code_challenge", "")
        self.problem = self._problem()
        self.fault = None if self.problem else self._fault()

    @property
    def scopes(self) -> list[str]:
        """What is asked for, each once."""
        return list(dict.fromkeys(self.params.get("scope", "").split(",")))

    @property
    def skips(self) -> bool:
        """Whether a valid session passes without seeing the page (§2.2 disable_auto_auth)."""
        return self.params.get("disable_auto_auth", "0") != "1"

    def _problem(self) -> str:
        if self.client is None or "login" not in self.client.products:
            return "client_key"
        if not redirect_allowed(self.client, self.redirect_uri):
            return "redirect_uri"
        return ""

    def _fault(self) -> OAuthError | None:
        assert self.client is not None
        if self.params.get("response_type", "") != "code":
            return OAuthError("unsupported_response_type", "The response_type must be code.")
        scope = self.params.get("scope", "")
        if not scope or " " in scope:
            return OAuthError("invalid_request", "The scope is missing or not a comma-separated list.")
        refused = [name for name in self.scopes if name not in SCOPES or name not in self.client.scopes]
        if refused:
            return OAuthError("invalid_scope", f"The scope is unknown or not approved: {', '.join(refused)}.")
        if self.client.platform == "desktop" and not self.challenge:
            return OAuthError("invalid_request", "The code_challenge is required.")
        if self.challenge and self.params.get("code_challenge_method", "") != "S256":
            return OAuthError("invalid_request", "The code_challenge_method must be S256.")
        return None

    def back(self, values: dict[str, str]) -> str:
        """The redirect, with ``state`` returned unchanged (§2.3)."""
        if "state" in self.params:
            values = {**values, "state": self.params["state"]}
        return f"{self.redirect_uri}?{urlencode(values)}"

    def failed(self, error: OAuthError, error_type: str = "") -> str:
        """The redirect of an error (§2.3)."""
        values: dict[str, str] = {"error": error.word, "error_description": str(error)}
        if error_type:
            values["error_type"] = error_type
        return self.back(values)
