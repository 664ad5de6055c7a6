"""The values of identity: who acts, and the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, in which workspace, and what they may do: a person by session, or a program by API key."""

    workspace_id: UUID
    person_id: UUID | None
    key_id: UUID | None
    name: str
    role: str
    """"owner" for people; "key" for API keys, which go by ``scopes`` alone."""
    scopes: frozenset[str]
    locale: str
    zone: str
    """IANA name of the workspace's zone."""
    session_hash: bytes | None
    workspace_name: str = ""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A live session with the person and workspace it stands for."""

    workspace_id: UUID
    person_id: UUID
    name: str
    role: str
    person_locale: str | None
    workspace_name: str
    workspace_locale: str
    zone: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who can sign in, with the workspace they belong to."""

    id: UUID
    workspace_id: UUID
    name: str
    email: str
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    """A workspace; ``zone`` is an IANA name."""

    id: UUID
    name: str
    locale: str
    zone: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A one-time link that still works. Without a person it makes the first owner."""

    workspace_id: UUID | None
    person_id: UUID | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key as its owner sees it: never the secret."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyHolderRow:
    """What a presented key is checked against, and the workspace it acts in."""

    id: UUID
    workspace_id: UUID
    name: str
    key_hash: bytes
    scopes: list[str]
    used_at: datetime | None
    workspace_name: str
    workspace_locale: str
    zone: str


@dataclass(frozen=True, slots=True)
class FailureRow:
    """How often somebody failed to sign in under a name or from an address."""

    failures: int
    last_at: datetime
    locked_until: datetime | None
