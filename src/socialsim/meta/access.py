"""Who is asking and what they may see: tokens, proofs, permissions (instagram.md §1.3, §1.5, §1.6)."""

import hashlib
import hmac
from dataclasses import dataclass, field

from socialsim.kernel.services import Services
from socialsim.kernel.wire import Call
from socialsim.meta import errors
from socialsim.meta.errors import GraphError
from socialsim.meta.model import Account, App, Comment, Container, Grant, Media, Page, Person, Token, World
from socialsim.meta.scopes import of_instagram

INSTAGRAM_GRAPH = "graph.instagram.com"


@dataclass(slots=True)
class Actor:
    """The holder of a token: a person, or through Instagram Login an account. An app token has neither, nor grant."""

    app: App
    token: Token | None = None
    grant: Grant | None = None
    person: Person | None = None
    account: Account | None = None


@dataclass(slots=True)
class Context:
    """One call with the world it is about. ``actor`` is filled on first use."""

    services: Services
    world: World
    call: Call
    version: str
    _actor: Actor | None = field(default=None)

    @property
    def actor(self) -> Actor:
        """The authorised caller; raises the token errors of §8.3."""
        if self._actor is None:
            self._actor = authorise(self.world, self.call)
        return self._actor

    @property
    def by_instagram(self) -> bool:
        """Whether this is the API with Instagram Login: no people, no Pages, one account per token (§0.1)."""
        return self.call.host == INSTAGRAM_GRAPH

    @property
    def person(self) -> Person:
        """The Facebook user behind a user or Page token."""
        person = self.actor.person
        if person is None:
            raise GraphError(errors.NO_TOKEN)
        return person

    @property
    def scoped_page(self) -> str:
        """The Page of a Page token, else an empty text."""
        token = self.actor.token
        return token.page_id if token is not None else ""

    def record(self, kind: str, *, account_id: str, object_id: str, text: str = "", container_id: str = "") -> None:
        """Write an effect of this call into the truth ledger: every operation that changes anything does."""
        self.services.ledger.write(
            "meta",
            kind,
            account_id=account_id,
            object_id=object_id,
            request_id=self.call.request_id,
            source="api",
            text=text,
            container_id=container_id,
        )

    def parameter(self, name: str) -> str:
        """A required parameter; code 100 if it is missing."""
        value = self.call.params.get(name, "")
        if not value:
            raise errors.bad_parameter(f"The parameter {name} is required.")
        return value

    def may(self, permission: str) -> bool:
        """Whether it was granted to the app; Facebook's name also stands for its twin of Instagram Login (§2.1)."""
        grant = self.actor.grant
        name = of_instagram(permission) if self.by_instagram else permission
        return name is None or (grant is not None and grant.permissions.get(name) == "granted")

    def need(self, permission: str) -> None:
        """Code 10 unless it was granted; see :meth:`may`."""
        if not self.may(permission):
            raise errors.no_permission((of_instagram(permission) if self.by_instagram else None) or permission)

    def need_feature(self, feature: str) -> None:
        """Code 10 unless the app has that reviewed feature (§1.1), e.g. ``human_agent``."""
        features = self.actor.app.features
        if features is not None and feature not in features:
            raise errors.no_permission(feature.replace("_", " ").title())

    def page_visible(self, page: Page) -> bool:
        """A Page is visible through its own token, or to a person with a role who ticked it in the dialog."""
        actor = self.actor
        if actor.grant is None or actor.person is None or actor.token is None:
            return False
        if actor.token.page_id:
            return actor.token.page_id == page.id
        if actor.grant.page_ids is not None and page.id not in actor.grant.page_ids:
            return False
        return page.id in actor.person.roles

    def page(self, page_id: str) -> Page:
        """A visible Page; 100/33 otherwise."""
        page = self.world.pages.get(page_id)
        if page is None or not self.page_visible(page):
            raise GraphError(errors.NOT_VISIBLE)
        return page

    def account(self, account_id: str) -> Account:
        """A visible professional account; 100/33 otherwise, 200 if the Page role came through a portfolio (T16)."""
        own = self.actor.account
        account = self.world.accounts.get(account_id)
        if account is None or account.personal or (own is not None and own.id != account.id):
            raise GraphError(errors.NOT_VISIBLE)
        if own is not None:
            self.need("instagram_basic")
            return account
        page = self.world.pages.get(account.page_id)
        if page is None or not self.page_visible(page):
            raise GraphError(errors.NOT_VISIBLE)
        self.need("instagram_basic")
        if page.needs_ads_permission and not (self.may("ads_management") or self.may("ads_read")):
            raise GraphError(errors.PAGE_PERMISSION)
        return account

    def media(self, media_id: str) -> Media:
        """A medium of a visible account."""
        media = self.world.media.get(media_id)
        if media is None:
            raise GraphError(errors.NOT_VISIBLE)
        self.account(media.account_id)
        return media

    def comment(self, comment_id: str) -> Comment:
        """A comment under a medium of a visible account."""
        comment = self.world.comments.get(comment_id)
        if comment is None:
            raise GraphError(errors.NOT_VISIBLE)
        self.media(comment.media_id)
        self.need("instagram_manage_comments")
        return comment

    def container(self, container_id: str) -> Container:
        """A container made by this app on a visible account."""
        container = self.world.containers.get(container_id)
        if container is None or container.app_id != self.actor.app.id:
            raise GraphError(errors.NOT_VISIBLE)
        self.account(container.account_id)
        return container

    def role(self, account: Account, tasks: frozenset[str]) -> None:
        """Code 200 unless the person holds one of the tasks on the account's Page (§1.4); an account is its own."""
        if not self.by_instagram and not tasks.intersection(self.person.roles.get(account.page_id, [])):
            raise GraphError(errors.PAGE_ROLE)


def token_of(call: Call) -> str:
    """The token from parameters or the Authorization header (§1.6 Token transport)."""
    token = call.params.get("access_token", "")
    if token:
        return token
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() in {"bearer", "oauth"} else ""


def proof(secret: str, token: str) -> str:
    """``appsecret_proof`` (§1.6)."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def authorise(world: World, call: Call) -> Actor:
    """Check token and proof; raises :class:`GraphError`."""
    text = token_of(call)
    if not text:
        raise GraphError(errors.NO_TOKEN)
    by_instagram = call.host == INSTAGRAM_GRAPH
    app_id, bar, secret = text.partition("|")
    if bar and not by_instagram:
        return Actor(app_by_secret(world, app_id, secret))
    token = world.tokens.get(text)
    if token is None or bool(token.account_id) != by_instagram:
        raise GraphError(errors.TOKEN_INVALID)
    app = world.apps[token.app_id]
    _check_proof(app, text, call.params.get("appsecret_proof", ""), by_instagram=by_instagram)
    grant = check_token(world, token, call.at)
    if grant.data_access_expires_at and call.at >= grant.data_access_expires_at:
        raise GraphError(errors.DATA_ACCESS_OVER)
    if by_instagram:
        return Actor(app, token, grant, account=world.accounts[token.account_id])
    return Actor(app, token, grant, world.people[token.user_id])


def check_token(world: World, token: Token, now: float) -> Grant:
    """The grant behind a living token; raises 190 with the subcode that tells why it is dead."""
    subcode = _death(world, token, now)
    grant = world.grant(token.app_id, token.user_id)
    if subcode is not None or grant is None:
        raise token_error(subcode or 458)
    return grant


def token_error(subcode: int) -> GraphError:
    """Code 190 with a subcode of §8.3."""
    message = errors.TOKEN_SUBCODES[subcode]
    return GraphError(errors.Problem(190, subcode, message, status=400))


def app_by_secret(world: World, app_id: str, secret: str) -> App:
    """The app, if the secret is its own; raises 101 or 1."""
    app = world.apps.get(app_id)
    if app is None:
        raise GraphError(errors.CLIENT_UNKNOWN)
    if not hmac.compare_digest(app.secret.encode(), secret.encode()):
        raise GraphError(errors.SECRET_WRONG)
    return app


def _death(world: World, token: Token, now: float) -> int | None:
    if token.dead is not None:
        return token.dead
    person, account = world.people.get(token.user_id), world.accounts.get(token.account_id)
    holder = person or account
    if holder is None or world.grant(token.app_id, token.user_id) is None:
        return 458
    if holder.checkpoint:
        return 459
    if token.expires_at and now >= token.expires_at:
        return 463
    if token.page_id and person is not None and token.page_id not in person.roles:
        return 492
    return None


def _check_proof(app: App, token: str, given: str, *, by_instagram: bool) -> None:
    """The switch of the dashboard is Facebook Login's; a proof that is given must be right on both hosts."""
    if given:
        secret = app.instagram_secret if by_instagram else app.secret
        if not hmac.compare_digest(proof(secret, token).encode(), given.encode()):
            raise GraphError(errors.PROOF_WRONG)
    elif app.require_proof and not by_instagram:
        raise GraphError(errors.PROOF_MISSING)
