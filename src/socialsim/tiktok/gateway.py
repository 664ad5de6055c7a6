"""open.tiktokapis.com: from method and path to an operation (tiktok.md §1.2, §1.3)."""

from collections.abc import Awaitable, Callable, Mapping

from socialsim.kernel.faults import FaultRule
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Route
from socialsim.tiktok.access import Endpoint, Endpoints, bearer, enter
from socialsim.tiktok.envelope import failure, flat_failure, flat_words, no_such_path, success
from socialsim.tiktok.errors import ApiError, OAuthError
from socialsim.tiktok.model import TikTokWorld

OAuthOperation = Callable[[Call], Awaitable[Answer]]
"""Answers in the flat shape; raises an ``OAuthError``."""

_OTHER_PRODUCTS = ("/v2/research/", "/v2/portability/", "/v2/user/data/")


class Gateway:
    """The API host. ``oauth`` holds operations by path, all of them POST."""

    takes_bytes = 0

    def __init__(
        self, services: Services, world: TikTokWorld, endpoints: Endpoints, oauth: Mapping[str, OAuthOperation]
    ) -> None:
        self._services = services
        self._world = world
        self._endpoints = endpoints
        self._oauth = oauth

    @property
    def endpoints(self) -> list[str]:
        """See :class:`socialsim.kernel.wire.Host`."""
        return [*(f"POST {path}" for path in self._oauth), *(f"{method} {path}" for method, path in self._endpoints)]

    def route(self, call: Call) -> Route:
        """See :class:`socialsim.kernel.wire.Host`."""
        template = f"{call.method} {call.path}"
        operation = self._oauth.get(call.path)
        if operation is not None and call.method == "POST":
            creator_id = self._creator_behind(call)
            return Route(template, lambda: self._flat(call, operation), creator_id, error=self._flat_error)
        endpoint = self._endpoints.get((call.method, call.path))
        if endpoint is not None:
            token = self._world.tokens.get(bearer(call))
            posting = call.path.startswith("/v2/post/")
            creator_id = token.creator_id if token else ""
            return Route(template, lambda: self._enveloped(call, endpoint, posting=posting), creator_id)
        if call.path.startswith(_OTHER_PRODUCTS):
            return Route(f"{call.method} /v2/{call.path.split('/')[2]}/*", self._not_simulated)
        return Route(f"{call.method} unknown", self._no_such_path)

    def error(self, rule: FaultRule) -> Answer:
        """See :class:`socialsim.kernel.wire.Host`."""
        return failure(self._services, ApiError(rule.error, rule.message, rule.status or 500), posting=True)

    def _flat_error(self, rule: FaultRule) -> Answer:
        word = "server_error" if rule.error == "internal_error" else rule.error
        status = rule.status or self._services.config.tiktok.oauth_error_status
        return flat_words(self._services, word, rule.message, status)

    async def _enveloped(self, call: Call, endpoint: Endpoint, *, posting: bool) -> Answer:
        try:
            context = enter(self._services, self._world, call, endpoint)
            return success(self._services, await endpoint.operation(context))
        except ApiError as error:
            return failure(self._services, error, posting=posting)

    async def _flat(self, call: Call, operation: OAuthOperation) -> Answer:
        try:
            return await operation(call)
        except OAuthError as error:
            return flat_failure(self._services, error)

    async def _no_such_path(self) -> Answer:
        return no_such_path(self._services)

    async def _not_simulated(self) -> Answer:
        message = "not simulated: socialsim imitates Login Kit, Display and Content Posting"
        return failure(self._services, ApiError("not_simulated", message, 501), posting=False)

    def _creator_behind(self, call: Call) -> str:
        """Whose code or token a form carries, for fault rules that single out an account."""
        form, world = dict(call.form), self._world
        held = (
            world.refreshes.get(form.get("refresh_token", ""))
            or world.codes.get(form.get("code", ""))
            or world.tokens.get(form.get("token", ""))
        )
        return held.creator_id if held else ""
