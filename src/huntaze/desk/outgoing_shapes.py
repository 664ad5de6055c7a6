"""What programs send and get at `/api/v1/webhooks`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from huntaze.kit.shapes import Period, Shape
from huntaze.outbox.outgoing import (
    ALL_KINDS,
    LONGEST_NAME,
    LONGEST_URL,
    AttemptRow,
    DeliveryRow,
    DeliveryState,
    Off,
    TargetDraft,
    TargetPatch,
    TargetRow,
)

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Address = Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]
Kinds = Annotated[list[str], Field(min_length=1, max_length=50)]
AccountIds = Annotated[list[UUID], Field(max_length=200)]


class NewWebhook(Shape):
    """A webhook to make. ``types`` are kinds of event, or ``*`` alone; without ``accountIds`` events of all accounts
    are sent. ``includeContent`` adds what people wrote; a key cannot switch it on."""

    name: Name
    url: Address
    types: Kinds = Field(default_factory=lambda: [ALL_KINDS])
    account_ids: AccountIds = Field(default_factory=list)
    include_content: bool = False

    def draft(self) -> TargetDraft:
        """The service's value."""
        return TargetDraft(
            self.name, self.url, frozenset(self.types), frozenset(self.account_ids), self.include_content
        )


class WebhookPatch(Shape):
    """What changes; a missing field stays."""

    name: Name | None = None
    url: Address | None = None
    types: Kinds | None = None
    account_ids: AccountIds | None = None
    include_content: bool | None = None
    enabled: bool | None = None

    def patch(self) -> TargetPatch:
        """The service's value."""
        return TargetPatch(
            self.name,
            self.url,
            None if self.types is None else frozenset(self.types),
            None if self.account_ids is None else frozenset(self.account_ids),
            self.include_content,
        )


class WebhookShape(Shape):
    """A webhook. ``offReason`` says why nothing is sent to it; ``failingSince`` since when no attempt succeeded."""

    id: UUID
    name: str
    url: str
    types: list[str]
    account_ids: list[UUID]
    include_content: bool
    enabled: bool
    off_reason: Off | None
    failing_since: datetime | None
    last_delivered_at: datetime | None
    old_secret_until: datetime | None
    created_at: datetime


class WebhookWithSecret(WebhookShape):
    """With its secret, which is in this answer only."""

    secret: str


class WebhookList(Shape):
    """Every webhook of the workspace."""

    items: list[WebhookShape]


class DeliveriesWanted(Shape):
    """A page of the log; a name that is none of these is refused."""

    cursor: str = Field("", description="`nextCursor` of the page before.")
    limit: int = Field(25, ge=1, le=100)
    state: list[DeliveryState] = Field(default_factory=list, max_length=len(DeliveryState))
    type: list[str] = Field(default_factory=list, max_length=50, description="Only these kinds of event.")


class AttemptShape(Shape):
    """One attempt. ``answer`` are the first characters of what came back, ``problem`` why nothing did."""

    number: int
    at: datetime
    status: int | None
    latency_ms: int
    answer: str
    problem: str


class DeliveryShape(Shape):
    """One event for one webhook; its id is what the receiver sees as ``webhook-id``."""

    id: UUID
    type: str
    account_id: UUID | None
    state: DeliveryState
    attempts: int
    status: int | None
    latency_ms: int | None
    answer: str
    problem: str
    event_at: datetime
    created_at: datetime
    next_attempt_at: datetime | None
    ended_at: datetime | None


class DeliveryDetail(DeliveryShape):
    """With the text that is sent, to the letter, and every attempt. ``body`` is null where it holds what people wrote
    and the key may not read that (`comments.read`), and empty once it was erased."""

    body: str | None
    history: list[AttemptShape]


class DeliveryPage(Shape):
    """One page, newest first. ``nextCursor`` null: the end."""

    items: list[DeliveryShape]
    next_cursor: str | None


class ReplayIn(Period):
    """Which deliveries go out again: those made from ``since`` (30 days ago) until before ``until`` (now) that failed;
    ``delivered`` also those that arrived, ``missed`` also what was told while the webhook was off."""

    delivered: bool = False
    missed: bool = False


class Replayed(Shape):
    """How many deliveries go out again."""

    count: int


def webhook(row: TargetRow) -> WebhookShape:
    """A webhook without its secrets."""
    return WebhookShape(
        id=row.id,
        name=row.name,
        url=row.url,
        types=row.types,
        account_ids=row.account_ids,
        include_content=row.include_content,
        enabled=row.off_at is None,
        off_reason=Off(row.off_why) if row.off_why else None,
        failing_since=row.failing_since,
        last_delivered_at=row.delivered_at,
        old_secret_until=row.old_secret_until,
        created_at=row.created_at,
    )


def delivery(row: DeliveryRow) -> DeliveryShape:
    """A line of the log."""
    return DeliveryShape(
        id=row.id,
        type=row.type,
        account_id=row.account_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        status=row.status,
        latency_ms=row.latency_ms,
        answer=row.answer,
        problem=row.problem,
        event_at=row.event_at,
        created_at=row.created_at,
        next_attempt_at=row.next_at if row.state == DeliveryState.WAITING else None,
        ended_at=row.ended_at,
    )


def attempt(row: AttemptRow) -> AttemptShape:
    """A line of a delivery's history."""
    return AttemptShape(
        number=row.number,
        at=row.at,
        status=row.status,
        latency_ms=row.latency_ms,
        answer=row.answer,
        problem=row.problem,
    )
