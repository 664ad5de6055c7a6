"""Outgoing webhooks in one hand: who wants to be told, what was told, and how it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from huntaze.kit.checkpoint import Checkpoints
from huntaze.kit.clock import Clock
from huntaze.kit.crypto import KeyRing
from huntaze.kit.db import Database
from huntaze.kit.jobs import Jobs
from huntaze.kit.metrics import Metrics
from huntaze.outbox.outgoing.fan_out import FanOut, Neighbours
from huntaze.outbox.outgoing.log import DeliveryLog
from huntaze.outbox.outgoing.posting import Poster
from huntaze.outbox.outgoing.sending import Sender
from huntaze.outbox.outgoing.targets import Targets


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The parts, joined."""

    targets: Targets
    log: DeliveryLog
    fan_out: FanOut
    sender: Sender

    @classmethod
    def build(
        cls,
        database: Database,
        clock: Clock,
        ring: KeyRing,
        jobs: Jobs,
        checkpoints: Checkpoints,
        metrics: Metrics,
        poster: Poster,
        neighbours: Neighbours = Neighbours(),
    ) -> Self:
        """All parts on one database."""
        targets = Targets(database, clock, ring, jobs, poster)
        fan_out = FanOut(database, clock, jobs, checkpoints, neighbours)
        sender = Sender(database, clock, jobs, checkpoints, metrics, poster, targets)
        return cls(targets, DeliveryLog(database, clock, jobs, fan_out), fan_out, sender)
