"""An account in front of Instagram's authorisation window, without a browser."""

from socialsim.kernel.services import Services
from socialsim.meta.login.instagram import AuthorizeRequest, allow, consent, denial, instagram_token
from socialsim.meta.model import Account, App, Token, World
from socialsim.meta.scopes import INSTAGRAM_PERMISSIONS


class InstagramHand:
    """Goes through the window, or connects at once. Raises LookupError for the unknown, ValueError for the refused."""

    def __init__(self, services: Services, world: World) -> None:
        self._services = services
        self._world = world

    def login(self, params: dict[str, str], account_id: str, declined: list[str]) -> str:
        """The address that the window returns to."""
        request = self._request(params)
        ticked = [name for name in request.scopes() if name not in declined]
        return consent(self._services, self._world, request, self._professional(account_id), ticked)

    def cancelled_login(self, params: dict[str, str]) -> str:
        """The address that a cancelled window returns to."""
        return self._request(params).back(denial())

    def connect(self, app: App, account_id: str, scopes: list[str]) -> Token:
        """A long-lived token as after a whole login; every permission unless some are named."""
        account = self._professional(account_id)
        allow(self._world, app, account, dict.fromkeys(scopes or INSTAGRAM_PERMISSIONS, True))
        return instagram_token(self._services, self._world, app.id, account.id, long_lived=True)

    def _request(self, params: dict[str, str]) -> AuthorizeRequest:
        request = AuthorizeRequest(self._world, params)
        if request.problem:
            raise ValueError(request.problem)
        return request

    def _professional(self, account_id: str) -> Account:
        account = self._world.accounts[account_id]
        if account.personal:
            raise ValueError(f"@{account.username} is a personal account")
        return account
