"""People and workspaces: the first owner, signing in, and one-time links."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import available_timezones

from huntaze.identity import store
from huntaze.identity.errors import AlreadyOwned, BadInput, LinkSpent, Locked, WrongPassword
from huntaze.identity.model import LinkRow, PersonRow
from huntaze.identity.passwords import MIN_LENGTH, Passwords, Strength, strength
from huntaze.identity.rights import OWNER
from huntaze.identity.throttle import SignInThrottle
from huntaze.identity.tokens import new_token, token_hash
from huntaze.kit.clock import Clock
from huntaze.kit.db import Connection, Database
from huntaze.kit.ids import new_id
from huntaze.kit.secret import Secret
from huntaze.kit.text import N_, Text

LINK_LIFE = timedelta(hours=1)
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_LONGEST_EMAIL = 254
_LONGEST_NAME = 100

TOO_WEAK = {
    Strength.SHORT: Text(N_("Too short: use %(count)d characters or more."), {"count": MIN_LENGTH}),
    Strength.LONG: Text(N_("Too long: 256 characters are enough.")),
    Strength.WEAK: Text(N_("Weak: it is easily guessed. Add words; a whole sentence is good.")),
}


@dataclass(frozen=True, slots=True)
class OwnerEntry:
    """What the «Create the owner» form holds."""

    name: str
    email: str
    password: Secret
    zone: str
    locale: str

    def faults(self) -> dict[str, Text]:
        """What cannot be taken, by field."""
        found: dict[str, Text] = {}
        if not 1 <= len(self.name) <= _LONGEST_NAME or not self.name.isprintable():
            found["name"] = Text(N_("Enter your name, up to %(count)d characters."), {"count": _LONGEST_NAME})
        if len(self.email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(self.email):
            found["email"] = Text(N_("Enter an e-mail address, such as ana@example.com."))
        if self.zone not in available_timezones():
            found["zone"] = Text(N_("Choose a time zone from the list."))
        judged = strength(self.password, (self.name, self.email))
        if not judged.taken:
            found["password"] = TOO_WEAK[judged]
        return found


class People:
    """Who can come in, and how."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._throttle = SignInThrottle(database, clock)

    async def create_workspace(self, connection: Connection, name: str, zone: str, locale: str) -> UUID:
        """A new workspace; ``zone`` is an IANA name, ``locale`` a language we speak."""
        now = self._clock.now()
        workspace_id = new_id(now)
        await store.add_workspace(connection, workspace_id, name, zone, locale, now)
        return workspace_id

    async def create_person(
        self, connection: Connection, workspace_id: UUID, name: str, email: str, password_hash: str | None
    ) -> PersonRow:
        """A new owner of a workspace. Without a password they come in by one-time links only."""
        now = self._clock.now()
        person = PersonRow(new_id(now), workspace_id, name, email, password_hash)
        await store.add_person(connection, workspace_id, person, OWNER, None, now)
        return person

    async def password_hash(self, password: Secret) -> str:
        """What is stored of a password; slow on purpose, so never inside a transaction."""
        return await self._passwords.hash(password)

    async def check(self, login: str, password: Secret, address: str) -> PersonRow:
        """Who signs in by e-mail or name and password. Raises ``WrongPassword``, or ``Locked`` after too many tries."""
        attempt = await self._throttle.begin(login, address)
        async with self._database.transaction() as tx:
            person = await store.person_called(tx, unicodedata.normalize("NFKC", login).strip())
        if not await self._passwords.matches(password, person.password_hash if person else None) or person is None:
            raise WrongPassword if attempt.locked_until is None else Locked(attempt.locked_until)
        await self._throttle.right(attempt)
        return person

    async def link_token(self, person_id: UUID | None) -> Secret:
        """A one-time link's token, alive for an hour. Without a person it makes the first owner."""
        token = new_token()
        async with self._database.transaction() as tx:
            person = await store.person_by_id(tx, person_id) if person_id else None
            workspace_id = person.workspace_id if person else None
            await store.add_link(tx, token_hash(token), workspace_id, person_id, self._clock.now() + LINK_LIFE)
        return token

    async def owner(self) -> PersonRow | None:
        """Who has owned this installation longest, or None while it is new."""
        async with self._database.transaction() as tx:
            return await store.first_owner(tx)

    async def open_link(self, token: Secret) -> LinkRow:
        """The link without using it. Raises ``LinkSpent``."""
        async with self._database.transaction() as tx:
            link = await store.open_link(tx, token_hash(token), self._clock.now())
        if link is None:
            raise LinkSpent
        return link

    async def use_link(self, connection: Connection, token: Secret) -> PersonRow:
        """Use a link that is bound to a person. Of two that try, one gets in; the other gets ``LinkSpent``."""
        link = await store.use_link(connection, token_hash(token), self._clock.now())
        person = await store.person_by_id(connection, link.person_id) if link and link.person_id else None
        if person is None:
            raise LinkSpent
        return person

    async def first_owner(self, connection: Connection, token: Secret, entry: OwnerEntry, hashed: str) -> PersonRow:
        """Make the first owner with a workspace of their own, using the link. Raises ``BadInput``, ``LinkSpent``, or
        ``AlreadyOwned`` when somebody was quicker."""
        faults = entry.faults()
        if faults:
            raise BadInput(faults)
        await store.one_first_owner(connection)
        if await store.first_owner(connection) is not None:
            raise AlreadyOwned
        link = await store.use_link(connection, token_hash(token), self._clock.now())
        if link is None or link.person_id is not None:
            raise LinkSpent
        workspace_id = await self.create_workspace(connection, entry.name, entry.zone, entry.locale)
        return await self.create_person(connection, workspace_id, entry.name, entry.email, hashed)
