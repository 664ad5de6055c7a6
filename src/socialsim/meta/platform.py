"""Meta as a whole: its world, its hosts, and the hands that act in it from outside."""

from urllib.parse import parse_qsl, urlsplit

from socialsim.kernel.faults import FaultRule
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Host, Route, json_answer
from socialsim.meta import tables
from socialsim.meta.access import INSTAGRAM_GRAPH
from socialsim.meta.community.comments import CommentDesk
from socialsim.meta.community.crowd import Crowd
from socialsim.meta.graph import GraphHost
from socialsim.meta.login.dialog import DialogHost, LoginRequest, denial
from socialsim.meta.login.instagram_dialog import InstagramDialogHost
from socialsim.meta.login.instagram_hand import InstagramHand
from socialsim.meta.login.instagram_tokens import InstagramTokenHost
from socialsim.meta.login.removal import remove_app
from socialsim.meta.login.tokens import end_tokens, grant_permissions, page_token_for, user_token
from socialsim.meta.messaging.correspondents import Correspondents
from socialsim.meta.messaging.threads import Threads
from socialsim.meta.model import Account, Comment, Media, Person, Token, World
from socialsim.meta.publishing.resumable import UploadHost
from socialsim.meta.seed import DEFAULT_APP_ID, Seeder
from socialsim.meta.webhooks.herald import Herald
from socialsim.meta.webhooks.stories import StoryWatch

USUAL_SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_metadata",
    "business_management",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "instagram_manage_messages",
    "instagram_manage_contents",
    "instagram_manage_engagement",
    "instagram_branded_content_creator",
)


class Meta:
    """One world of Meta and what may be asked of it."""

    def __init__(self, services: Services, world: World) -> None:
        self.services = services
        self.world = world
        self.herald = Herald(services, world)
        self.comments = CommentDesk(services, world, self.herald)
        self.crowd = Crowd(services, world, self.comments)
        self.threads = Threads(services, world, self.herald)
        self.correspondents = Correspondents(self.threads)
        self.stories = StoryWatch(services, world, self.herald)
        self.stories.resume()
        self.seeder = Seeder(services, world)
        self.dialog = DialogHost(services, world)
        self.instagram = InstagramHand(services, world)
        self.hosts: dict[str, Host] = {
            "graph.facebook.com": GraphHost(
                services, world, tables.facebook(self.comments, self.threads, self.stories)
            ),
            INSTAGRAM_GRAPH: GraphHost(
                services, world, tables.instagram(self.comments, self.threads, self.stories), by_instagram=True
            ),
            "www.facebook.com": self.dialog,
            "www.instagram.com": InstagramDialogHost(services, world),
            "api.instagram.com": InstagramTokenHost(services, world),
            "rupload.facebook.com": UploadHost(services, world),
        }

    # A person in front of the dialog

    def login(self, params: dict[str, str], user_id: str, declined: list[str], page_ids: list[str] | None) -> str:
        """Go through the dialog without a browser; gives the address it returns to. Raises LookupError, ValueError."""
        request = LoginRequest(self.world, params)
        if request.problem:
            raise ValueError(request.problem)
        ticked = [name for name in request.scopes() if name not in declined]
        return self.dialog.consent(request, self.person(user_id), ticked, page_ids)

    def cancelled_login(self, params: dict[str, str]) -> str:
        """The address a cancelled dialog returns to."""
        request = LoginRequest(self.world, params)
        if request.problem:
            raise ValueError(request.problem)
        return request.back(denial())

    def connect(self, user_id: str, app_id: str, scopes: list[str], page_ids: list[str] | None) -> Token:
        """A long-lived user token as after a whole login."""
        app = self.world.apps[app_id or DEFAULT_APP_ID]
        person = self.person(user_id)
        answers = dict.fromkeys(scopes or USUAL_SCOPES, True)
        grant_permissions(self.services, self.world, app, person.id, answers, page_ids)
        return user_token(self.services, self.world, app.id, person.id, long_lived=True)

    def page_tokens(self, token: Token) -> list[dict[str, str]]:
        """The Page tokens that go with a user token."""
        grant = self.world.grant(token.app_id, token.user_id)
        out = []
        for page_id in self.world.people[token.user_id].roles:
            if grant is not None and (grant.page_ids is None or page_id in grant.page_ids):
                page = self.world.pages[page_id]
                value = page_token_for(self.services, self.world, page, token).value
                out.append({"pageId": page_id, "pageToken": value, "instagramId": page.instagram_id})
        return out

    # What people do elsewhere

    def person(self, user_id: str) -> Person:
        """A Facebook user; KeyError if there is none."""
        return self.world.people[user_id]

    def holder(self, user_id: str) -> Person | Account:
        """Whose tokens those of an id are: an Instagram account's, or a Facebook user's."""
        return self.world.accounts.get(user_id) or self.person(user_id)

    def change_password(self, user_id: str) -> None:
        """All tokens die with 190/460."""
        end_tokens(self.world, self.holder(user_id).id, 460)

    def log_out(self, user_id: str) -> None:
        """All tokens die with 190/467."""
        end_tokens(self.world, self.holder(user_id).id, 467)

    def checkpoint(self, user_id: str, *, on: bool) -> None:
        """While it stands every call answers 190/459."""
        self.holder(user_id).checkpoint = on

    def remove_app(self, user_id: str, app_id: str, *, ask_deletion: bool = False) -> None:
        """All tokens of that app die with 190/458, and its callbacks are called (§7)."""
        app = self.world.apps[app_id or DEFAULT_APP_ID]
        remove_app(self.services, self.world, app, self.holder(user_id).id, ask_deletion=ask_deletion)

    def lose_role(self, user_id: str, page_id: str) -> None:
        """The person leaves a Page: its tokens answer 190/492."""
        self.person(user_id).roles.pop(page_id, None)

    # The audience

    def follower_comments(self, media_id: str, username: str, text: str, request_id: str) -> Comment:
        """A follower writes under a post; KeyError if there is none."""
        return self.comments.follower_comments(self._public(media_id), username, text, request_id)

    def follower_replies(self, comment_id: str, username: str, text: str, request_id: str) -> Comment:
        """A follower answers a comment."""
        comment = self.world.comments[comment_id]
        media = self._public(comment.media_id)
        return self.comments.follower_comments(media, username, text, request_id, comment.parent_id or comment.id)

    def follower_likes(self, media_id: str, username: str, request_id: str) -> int:
        """A follower likes a post; no webhook tells it. Gives the new count."""
        media = self._public(media_id)
        media.likes += 1
        self.services.ledger.write(
            "meta",
            "media.liked",
            account_id=media.account_id,
            object_id=media.id,
            request_id=request_id,
            source="audience",
            text=username,
        )
        return media.likes

    def _public(self, media_id: str) -> Media:
        return self.world.media[media_id]


def code_of(location: str) -> str:
    """The code in a redirect address, or an empty text."""
    return dict(parse_qsl(urlsplit(location).query)).get("code", "")


class AbsentHost:
    """A host that is known but not imitated yet: a clear word instead of a strange answer."""

    takes_bytes = 0
    endpoints = ()

    def __init__(self, name: str) -> None:
        self._name = name

    def route(self, call: Call) -> Route:
        """See :class:`socialsim.kernel.wire.Host`."""
        return Route(f"{call.method} {self._name}", self._refuse)

    def error(self, rule: FaultRule) -> Answer:
        """See :class:`socialsim.kernel.wire.Host`."""
        return json_answer({"error": {"message": rule.message, "code": rule.code}}, rule.status or 400)

    async def _refuse(self) -> Answer:
        message = f"not simulated: socialsim does not imitate {self._name} yet"
        return json_answer({"error": {"message": message, "type": "NotSimulated", "code": 1}}, 501)
