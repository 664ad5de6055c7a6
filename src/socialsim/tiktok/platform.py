"""TikTok as a whole: its world, its hosts, and the hands that act in it from outside."""

from collections.abc import Mapping

from socialsim.kernel.services import Services
from socialsim.kernel.wire import Host
from socialsim.tiktok import tables
from socialsim.tiktok.gateway import Gateway
from socialsim.tiktok.login.grants import Grants
from socialsim.tiktok.login.tokens import TokenDesk
from socialsim.tiktok.model import Client, Creator, TikTokWorld

DEFAULT_CLIENT_KEY = "simck0000000001"
DEFAULT_CLIENT_SECRET = "socialsim-tiktok-client-secret"  # noqa: S105  a made-up app of the simulator


class TikTok:
    """One world of TikTok and what may be asked of it."""

    def __init__(self, services: Services, world: TikTokWorld) -> None:
        self.services = services
        self.world = world
        self.grants = Grants(services, world, self._tell)
        self.tokens = TokenDesk(services, world, self.grants)
        oauth = {"/v2/oauth/token/": self.tokens.token, "/v2/oauth/revoke/": self.tokens.revoke}
        self.hosts: dict[str, Host] = {
            "open.tiktokapis.com": Gateway(services, world, tables.open_api(), oauth),
        }

    def default_client(self) -> Client:
        """The app that the demo uses."""
        client = Client(DEFAULT_CLIENT_KEY, DEFAULT_CLIENT_SECRET, "Huntaze demo")
        self.world.clients[client.key] = client
        return client

    def creator(self, creator_id: str) -> Creator:
        """A TikTok account; KeyError if there is none."""
        return self.world.creators[creator_id]

    def _tell(self, client: Client, event: str, open_id: str, content: Mapping[str, object]) -> None:
        """Webhooks: see the sender."""
