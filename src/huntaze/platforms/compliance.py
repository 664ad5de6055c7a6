"""What a platform's callbacks about people say: somebody took our rights away, or wants to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from huntaze.kit.secret import Secret


class NotSigned(Exception):
    """None of our secrets signed it."""


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """A person of the platform, by the id that our app knows them by, and when they asked."""

    user_ref: str
    issued_at: datetime


class Callbacks(Protocol):
    """How a platform signs what it tells about people."""

    def read(self, form: Mapping[str, str], secrets: Sequence[Secret]) -> PersonAsked:
        """Who it is about. Raises ``ValueError`` for what is no callback, ``NotSigned`` for a forged one (constant
        time)."""
        ...
