"""Webhooks of ours: signed, retried for days, never lost; the same bytes under the same id at every attempt."""

from huntaze.outbox.outgoing.errors import BadTarget, NoSuchDelivery, NoSuchTarget, TooManyTargets
from huntaze.outbox.outgoing.fan_out import NAME, ContentOf, FactsOf, Neighbours, Said
from huntaze.outbox.outgoing.kinds import ALL_KINDS, FACTS, GROUPS, KINDS, TEST, TOPICS_SENT, Kind
from huntaze.outbox.outgoing.log import DeliveryLog
from huntaze.outbox.outgoing.model import (
    KEPT_FOR,
    LONGEST_NAME,
    LONGEST_URL,
    AttemptRow,
    Backlog,
    DeliveryRow,
    DeliveryState,
    Off,
    Replay,
    TargetDraft,
    TargetHealth,
    TargetPatch,
    TargetRow,
)
from huntaze.outbox.outgoing.posting import Poster
from huntaze.outbox.outgoing.service import Outgoing
from huntaze.outbox.outgoing.targets import Targets
from huntaze.outbox.outgoing.tasks import tasks

__all__ = [
    "ALL_KINDS",
    "FACTS",
    "GROUPS",
    "KEPT_FOR",
    "KINDS",
    "LONGEST_NAME",
    "LONGEST_URL",
    "NAME",
    "TEST",
    "TOPICS_SENT",
    "AttemptRow",
    "Backlog",
    "BadTarget",
    "ContentOf",
    "DeliveryLog",
    "DeliveryRow",
    "DeliveryState",
    "FactsOf",
    "Kind",
    "Neighbours",
    "NoSuchDelivery",
    "NoSuchTarget",
    "Off",
    "Outgoing",
    "Poster",
    "Replay",
    "Said",
    "TargetDraft",
    "TargetHealth",
    "TargetPatch",
    "TargetRow",
    "Targets",
    "TooManyTargets",
    "tasks",
]
