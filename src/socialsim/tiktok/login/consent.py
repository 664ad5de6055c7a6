"""What a creator decides on the consent page (tiktok.md §2.2, §2.3, §9)."""

from socialsim.kernel.services import Services
from socialsim.tiktok.errors import OAuthError
from socialsim.tiktok.login.grants import Grants
from socialsim.tiktok.login.request import AuthorizeRequest
from socialsim.tiktok.model import Client, Creator, TikTokWorld

ALWAYS = "user.info.basic"
"""Comes with Login Kit; the page offers no way to untick it (§2.9)."""


class Consent:
    """Turns decisions into the address that the browser goes back to. Requests given here have no problem."""

    def __init__(self, services: Services, world: TikTokWorld, grants: Grants) -> None:
        self._services = services
        self._world = world
        self._grants = grants

    def approve(self, request: AuthorizeRequest, creator: Creator, ticked: list[str], request_id: str) -> str:
        """Approved with what is still ticked; single scopes may be refused (§2.1)."""
        assert request.client is not None
        if request.fault is not None:
            return request.failed(request.fault)
        if not self._admits(request.client, creator):
            return request.failed(OAuthError("access_denied", "The user is not a target user."), "non_sandbox_target")
        scopes = [name for name in request.scopes if name in ticked or name == ALWAYS]
        if not scopes:
            return self.deny(request)
        self._grants.give(request.client, creator, scopes, request_id=request_id, source="creator")
        return self._with_code(request, creator, scopes, request_id)

    def deny(self, request: AuthorizeRequest) -> str:
        """Cancelled."""
        return request.failed(OAuthError("access_denied", "The user denied the request."))

    def pass_through(self, request: AuthorizeRequest, creator: Creator, request_id: str) -> str:
        """Where a session that granted all this before is sent without a page; an empty text if it is not."""
        assert request.client is not None
        grant = self._world.grant(request.client.key, creator.id)
        granted = grant is not None and set(request.scopes) <= set(grant.scopes)
        if not request.skips or not granted or not self._admits(request.client, creator):
            return ""
        return self._with_code(request, creator, request.scopes, request_id)

    def _with_code(self, request: AuthorizeRequest, creator: Creator, scopes: list[str], request_id: str) -> str:
        assert request.client is not None
        grant = self._world.grant(request.client.key, creator.id)
        assert grant is not None
        code = self._grants.code(grant, scopes, request.redirect_uri, request.challenge, request_id=request_id)
        return request.back({"code": code.value, "scopes": ",".join(scopes)})

    def _admits(self, client: Client, creator: Creator) -> bool:
        """Only target users authorise a sandbox, some time after they were added (§9)."""
        if not client.sandbox:
            return True
        added = client.targets.get(creator.id)
        delay = self._services.config.tiktok.target_delay
        return added is not None and self._services.clock.epoch() >= added + delay
