"""The values of the room: accounts, what people granted, and the texts kept with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from huntaze.kit.json_value import JsonValue
from huntaze.kit.text import Text, read_text, write_text
from huntaze.platforms.contract import Unusable

GOOD: Final = "good"
RECONNECT: Final = "reconnect"
DISCONNECTED: Final = "disconnected"


@dataclass(frozen=True, slots=True)
class Note:
    """Why something is not as it should be, and what to do."""

    reason: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A connected account, without its token. ``disconnected_at`` None: it is live."""

    id: UUID
    workspace_id: UUID
    platform: str
    login: str
    account_ref: str
    username: str
    name: str
    kind: str
    page_ref: str
    page_name: str
    grant_id: UUID
    health: str
    """"good", "reconnect" or "disconnected"."""
    health_note: Mapping[str, JsonValue]
    functions_off: Sequence[JsonValue]
    webhooks_at: datetime | None
    """Since when live events are on; None: not yet, or not any more (``webhooks_note`` says why)."""
    webhooks_note: Mapping[str, JsonValue]
    webhooks_tries: int
    checked_at: datetime | None
    connected_at: datetime
    disconnected_at: datetime | None

    @property
    def note(self) -> Note | None:
        """Why the account needs a person, else None."""
        return read_note(self.health_note)

    @property
    def stands(self) -> bool:
        """Whether the account is connected and nothing is known against it."""
        return self.disconnected_at is None and self.note is None

    @property
    def webhooks_problem(self) -> Note | None:
        """Why live events are off, else None."""
        return read_note(self.webhooks_note)

    @property
    def off(self) -> tuple[Text, ...]:
        """The functions that are off because a permission or a role is missing."""
        return tuple(read_text(value) for value in self.functions_off)


@dataclass(frozen=True, slots=True)
class AccountSpan:
    """An account that a workspace has, or had ``until`` it was disconnected: what arrived for it in that time concerns
    the workspace."""

    id: UUID
    workspace_id: UUID
    platform: str
    account_ref: str
    page_ref: str
    username: str
    until: datetime | None

    @property
    def refs(self) -> tuple[str, ...]:
        """What events may name it by: itself, and the Page behind it."""
        return (self.account_ref, self.page_ref) if self.page_ref else (self.account_ref,)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """What a person allowed; its tokens are sealed. Wiped tokens are empty."""

    id: UUID
    workspace_id: UUID
    platform: str
    login: str
    user_ref: str
    token: bytes
    refresh_token: bytes | None
    scopes: list[str]
    declined: list[str]
    issued_at: datetime
    expires_at: datetime | None
    data_access_expires_at: datetime | None
    account_id: UUID | None
    refresh_at: datetime | None
    refresh_tries: int
    lease_until: datetime | None
    fence: int
    noticed_days: int | None
    revoke_tries: int
    revoked_at: datetime | None

    @property
    def ends_at(self) -> datetime | None:
        """When the connection stops by time: the token's end or that of the data access, whichever comes first."""
        return min((end for end in (self.expires_at, self.data_access_expires_at) if end), default=None)


@dataclass(frozen=True, slots=True)
class StateRow:
    """What a sign-in set out to do, given back once."""

    workspace_id: UUID
    login: str
    account_id: UUID | None
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An account's sealed token, with the place that its seal is bound to."""

    id: UUID
    workspace_id: UUID
    token: bytes


@dataclass(frozen=True, slots=True)
class AppCredentialRow:
    """A developer app that was entered in the UI."""

    id: UUID
    platform: str
    login: str
    app_id: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """The newest that a platform told of one allowance (``contract.Allowance``)."""

    scope: str
    percent: float
    regain_at: datetime | None
    """When calls are taken again, where the platform named it."""
    refusals: int
    """How often it was full one after another."""
    told_at: datetime


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """How much an account may publish in a rolling ``period``. ``total`` None: the platform did not say."""

    account_id: UUID
    used: int
    total: int | None
    period: timedelta
    told_at: datetime

    @property
    def left(self) -> int | None:
        """What may still go out; None: not known."""
        return None if self.total is None else max(0, self.total - self.used)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where we are reached. ``redirect_uris``: the exact one registered at each platform."""

    public_url: str
    redirect_uris: Mapping[str, str]

    def webhook_url(self, platform: str) -> str:
        """Where the platform sends its webhooks."""
        return f"{self.public_url}/api/webhooks/{platform}"


@dataclass(frozen=True, slots=True)
class PendingGrant:
    """A person came back with a grant; which accounts to connect is still to be chosen."""

    grant_id: UUID
    partial: bool
    """Something that was asked for was declined."""


@dataclass(frozen=True, slots=True)
class Connected:
    """What came of a choice."""

    accounts: tuple[AccountRow, ...]
    refused: tuple[Unusable, ...]


def write_note(reason: Text, remedy: Text) -> dict[str, JsonValue]:
    """A note as it is kept in the database."""
    return {"reason": write_text(reason), "remedy": write_text(remedy)}


def read_note(value: Mapping[str, JsonValue]) -> Note | None:
    """The note that was written; None when there is none."""
    if not value:
        return None
    return Note(read_text(value.get("reason")), read_text(value.get("remedy")))
