"""Identity: the front of the room, made once by wiring from its collaborators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import HTTPConnection, Request

from huntaze.identity import store
from huntaze.identity.browser import Cookies, FormTokens
from huntaze.identity.doors import LARGEST_BODY, Doors, GuardedRoute, PageHandler, Require
from huntaze.identity.errors import BadInput
from huntaze.identity.frame import Frame
from huntaze.identity.keys import Keys
from huntaze.identity.model import Actor, LinkRow
from huntaze.identity.network import Network, RateLimit, client_address, subject_of
from huntaze.identity.passwords import Passwords
from huntaze.identity.people import OwnerEntry, People
from huntaze.identity.rights import OWNER, VERBS
from huntaze.identity.sessions import Sessions, forgotten_before
from huntaze.identity.throttle import FORGOTTEN_AFTER
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.kit.log import get_logger
from huntaze.kit.secret import Secret
from huntaze.ui.viewer import Viewer

log = get_logger(__name__)

_KEY_CALLS_A_MINUTE = 1200
_SIGN_IN_PAGES_A_MINUTE = 120


class Identity:
    """People, sessions, keys and the guarded routes."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ring: KeyRing,
        *,
        frame: Frame,
        public_url: str,
        trusted_proxies: Sequence[Network] = (),
        passwords: Passwords | None = None,
        key_calls_a_minute: int = _KEY_CALLS_A_MINUTE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._trusted = tuple(trusted_proxies)
        self.frame = frame
        self.public_url = public_url
        self.cookies = Cookies(https=urlsplit(public_url).scheme == "https")
        self.forms = FormTokens(ring)
        self.people = People(database, clock, passwords or Passwords())
        self.sessions = Sessions(clock)
        self.keys = Keys(database, clock)
        self.entrance_limit = RateLimit(clock, _SIGN_IN_PAGES_A_MINUTE, timedelta(minutes=1))
        key_calls = RateLimit(clock, key_calls_a_minute, timedelta(minutes=1))
        self.doors = Doors(database, self.sessions, self.keys, self.cookies, self.forms, frame, public_url, key_calls)

    # Guarded routes --------------------------------------------------------------------------------------------

    def page_route(
        self,
        path: str,
        verb: str,
        handler: PageHandler,
        methods: Sequence[str] = ("GET",),
        name: str | None = None,
        max_body: int = LARGEST_BODY,
    ) -> GuardedRoute:
        """A page for signed-in people who may do ``verb``; ``handler(request, actor)`` answers it. A request brings
        at most ``max_body`` bytes."""
        return self.doors.page_route(path, verb, handler, methods, name, max_body)

    def require(self, verb: str) -> Require:
        """The FastAPI dependency that gives the ``Actor`` of an endpoint."""
        return self.doors.require(verb)

    def viewer(self, request: Request, actor: Actor) -> Viewer:
        """What a page is handed about who looks at it."""
        return self.doors.viewer(request, actor)

    def visitor(self, request: Request) -> Viewer:
        """What a page without a session is handed."""
        return self.frame.visitor(request)

    async def actor_of(self, request: Request) -> Actor | None:
        """The person whose session the browser brings, or None; checks no verb."""
        return await self.doors.actor_of(request)

    def address_of(self, request: HTTPConnection) -> str:
        """The address that asks, seen through the trusted proxies."""
        return client_address(request, self._trusted)

    # People ----------------------------------------------------------------------------------------------------

    async def owner_link(self, public_url: str) -> str:
        """A one-time address, alive for an hour: it makes the first owner, or lets the owner in who is there already
        (the way back for a forgotten password). Whoever can run the command owns the server anyway."""
        owner = await self.people.owner()
        return await self.person_link(owner.id if owner else None, public_url)

    async def person_link(self, person_id: UUID | None, public_url: str) -> str:
        """A one-time address that signs this person in and goes to Home."""
        token = await self.people.link_token(person_id)
        return f"{public_url}/sign-in/link/{token.reveal()}"

    async def operator(self, workspace_id: UUID | None = None) -> Actor | None:
        """Whoever runs a command, as an owner of this workspace (None: of the first owner's); None where there is no
        such workspace. Whoever can run a command owns the server anyway."""
        owner = await self.people.owner()
        wanted = workspace_id or (owner.workspace_id if owner else None)
        if wanted is None:
            return None
        async with self._database.transaction() as tx:
            row = await store.workspace(tx, wanted)
        if row is None:
            return None
        name = owner.name if owner is not None and owner.workspace_id == row.id else row.name
        return Actor(row.id, None, None, name, OWNER, VERBS, row.locale, row.zone, None, row.name)

    async def create_workspace(self, name: str, zone: str, locale: str) -> UUID:
        """A new workspace; ``zone`` is an IANA name, ``locale`` a language we speak."""
        async with self._database.transaction() as tx:
            return await self.people.create_workspace(tx, name, zone, locale)

    async def create_person(self, workspace_id: UUID, name: str, email: str, password: Secret | None = None) -> UUID:
        """A new owner of a workspace. Without a password they come in by one-time links only."""
        hashed = None if password is None else await self.people.password_hash(password)
        async with self._database.transaction() as tx:
            return (await self.people.create_person(tx, workspace_id, name, email, hashed)).id

    async def sign_in(self, login: str, password: Secret, address: str, old: Secret | None = None) -> Secret:
        """A new session for an e-mail or name and a password; ``old`` is the session that the browser had.
        Raises ``WrongPassword`` or ``Locked``."""
        person = await self.people.check(login, password, address)
        async with self._database.transaction() as tx:
            token = await self.sessions.begin(tx, person, instead_of=old)
        log.info("signed_in", person_id=str(person.id), by="password")
        return token

    async def open_link(self, token: Secret) -> LinkRow:
        """What a one-time link is for, without using it. Raises ``LinkSpent``."""
        return await self.people.open_link(token)

    async def sign_in_by_link(self, link: Secret, old: Secret | None = None) -> Secret:
        """A new session for the person that a one-time link is bound to. Raises ``LinkSpent``."""
        async with self._database.transaction() as tx:
            person = await self.people.use_link(tx, link)
            token = await self.sessions.begin(tx, person, instead_of=old)
        log.info("signed_in", person_id=str(person.id), by="link")
        return token

    async def first_owner(self, link: Secret, entry: OwnerEntry, old: Secret | None = None) -> Secret:
        """Make the first owner and sign them in. Raises ``BadInput``, ``LinkSpent`` or ``AlreadyOwned``."""
        faults = entry.faults()
        if faults:
            raise BadInput(faults)
        await self.people.open_link(link)
        hashed = await self.people.password_hash(entry.password)
        async with self._database.transaction() as tx:
            person = await self.people.first_owner(tx, link, entry, hashed)
            token = await self.sessions.begin(tx, person, instead_of=old)
        log.info("first_owner_made", person_id=str(person.id))
        return token

    async def sign_out(self, token: Secret) -> None:
        """End a session at once, on every tab."""
        async with self._database.transaction() as tx:
            await self.sessions.end(tx, token)

    async def speak_language(self, actor: Actor, locale: str) -> None:
        """Keep a person's language."""
        if actor.person_id is None:
            return
        async with self._database.transaction() as tx:
            await store.speak_language(tx, actor.workspace_id, actor.person_id, locale)

    # Keys ------------------------------------------------------------------------------------------------------

    async def create_key(self, workspace_id: UUID, name: str, scopes: Iterable[str]) -> tuple[UUID, str]:
        """A new API key: its id and its text, which is shown now or never. Raises ``BadInput``."""
        key, text = await self.keys.create(workspace_id, name, scopes)
        log.info("key_made", workspace_id=str(workspace_id), prefix=key.prefix, scopes=key.scopes)
        return key.id, text.reveal()

    async def revoke_key(self, workspace_id: UUID, key_id: UUID) -> bool:
        """End a key at once; False when this workspace has none of this id that works."""
        ended = await self.keys.revoke(workspace_id, key_id)
        log.info("key_revoked", workspace_id=str(workspace_id), key_id=str(key_id), ended=ended)
        return ended

    # Housekeeping ----------------------------------------------------------------------------------------------

    def entrance_wait(self, request: HTTPConnection) -> int:
        """Count a visit to a door without a session: 0 to go on, else the seconds to wait."""
        return self.entrance_limit.take(subject_of(self.address_of(request)))

    async def tidy(self) -> int:
        """Forget ended sessions, dead links and old tries; how many rows."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            return await store.drop_old(tx, now, forgotten_before(now), now - FORGOTTEN_AFTER)
