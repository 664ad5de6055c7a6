"""The webhook page of an app's dashboard, as far as a test needs it: the Test button."""

from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import Body, Endpoints, answer, read
from socialsim.core import Core
from socialsim.meta.seed import DEFAULT_APP_ID
from socialsim.meta.webhooks.rules import Login, Product


class TestButton(Body):
    """``POST /_sim/webhooks/test``."""

    field: str
    app_id: str = DEFAULT_APP_ID
    login: Login = "facebook"
    product: Product = "instagram"


class WebhookPage:
    """``/_sim/webhooks``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [("/_sim/webhooks/test", {"POST": self.test})]

    async def test(self, request: Request) -> Response:
        """Send a sample of one field to an app's callback; KeyError without that app, field or callback."""
        body = await read(request, TestButton)
        meta = self._core.meta
        delivery = meta.herald.rehearse(meta.world.apps[body.app_id], body.field, body.login, body.product)
        return answer({"deliveryId": delivery.id}, 201)
