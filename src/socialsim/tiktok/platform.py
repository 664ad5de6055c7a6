"""TikTok as a whole: its world, its hosts, and the hands that act in it from outside."""

from collections.abc import Mapping
from urllib.parse import urlencode

from socialsim.kernel.services import Services
from socialsim.kernel.wire import Host
from socialsim.tiktok import tables
from socialsim.tiktok.gateway import Gateway
from socialsim.tiktok.hands import Hands
from socialsim.tiktok.login.consent import Consent
from socialsim.tiktok.login.grants import Grants
from socialsim.tiktok.login.request import AuthorizeRequest
from socialsim.tiktok.login.tokens import TokenDesk
from socialsim.tiktok.model import Client, Creator, Post, Refresh, TikTokWorld, Token
from socialsim.tiktok.portal import Portal
from socialsim.tiktok.posting.desk import PostingDesk
from socialsim.tiktok.posting.upload import HOSTS as UPLOAD_HOSTS
from socialsim.tiktok.seed import DEFAULT_CLIENT_KEY, TikTokSeeder
from socialsim.tiktok.site import Site
from socialsim.tiktok.webhooks import Webhooks


class TikTok:
    """One world of TikTok and what may be asked of it."""

    def __init__(self, services: Services, world: TikTokWorld) -> None:
        self.services = services
        self.world = world
        self.seeder = TikTokSeeder(services, world)
        self.portal = Portal(services, world)
        self.webhooks = Webhooks(services)
        self.posting = PostingDesk(services, world, self.webhooks)
        self.grants = Grants(services, world, self._tell)
        self.tokens = TokenDesk(services, world, self.grants)
        self.consent = Consent(services, world, self.grants)
        self.hands = Hands(services, world, self.grants, self.webhooks.tell)
        oauth = {"/v2/oauth/token/": self.tokens.token, "/v2/oauth/revoke/": self.tokens.revoke}
        self.hosts: dict[str, Host] = {
            "open.tiktokapis.com": Gateway(services, world, tables.open_api(self.posting), oauth),
            "www.tiktok.com": Site(services, world, self.consent),
            **dict.fromkeys(UPLOAD_HOSTS, self.posting.upload_host),
        }

    # A creator in front of the consent page

    def login(self, params: Mapping[str, str], creator_id: str, declined: list[str], *, cancel: bool = False) -> str:
        """Go through the page without a browser; gives the address it returns to. Raises LookupError, ValueError."""
        request = AuthorizeRequest(self.world, urlencode(params))
        if request.problem:
            raise ValueError(f"the page shows an error: {request.problem}")
        if cancel:
            return self.consent.deny(request)
        ticked = [name for name in request.scopes if name not in declined]
        return self.consent.approve(request, self.present(creator_id), ticked, self._request_id())

    def connect(self, creator_id: str, client_key: str, scopes: list[str]) -> tuple[Token, Refresh]:
        """A pair of tokens as after a whole login; all scopes of the app if none are named."""
        client = self.client(client_key)
        unknown = [name for name in scopes if name not in client.scopes]
        if unknown:
            raise ValueError(f"not approved for this app: {', '.join(unknown)}")
        chosen = scopes or list(client.scopes)
        creator = self.present(creator_id)
        grant = self.grants.give(client, creator, chosen, request_id=self._request_id(), source="creator")
        return self.grants.issue(grant, refresh_ends_at=None, scopes=chosen)

    # Finding things

    def client(self, key: str) -> Client:
        """An app, the default one for an empty key; KeyError if there is none."""
        return self.world.clients[key or DEFAULT_CLIENT_KEY]

    def creator(self, creator_id: str) -> Creator:
        """A TikTok account; KeyError if there is none."""
        return self.world.creators[creator_id]

    def present(self, creator_id: str) -> Creator:
        """A TikTok account that is neither deleted nor banned; KeyError else."""
        creator = self.creator(creator_id)
        if creator.gone:
            raise KeyError(creator_id)
        return creator

    def post(self, post_id: str) -> Post:
        """A post that was not deleted; KeyError else."""
        post = self.world.posts[post_id]
        if post.removed:
            raise KeyError(post_id)
        return post

    def _tell(self, client: Client, event: str, open_id: str, content: Mapping[str, object]) -> None:
        """The app is told; with its access gone, its jobs end too."""
        self.webhooks.tell(client, event, open_id, content)
        if event == "authorization.removed":
            self.posting.works.access_ended(open_id)

    def _request_id(self) -> str:
        return f"act-{self.services.mint.number('act')}"
