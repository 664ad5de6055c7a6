"""One row of the code table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from huntaze.kit.text import N_
from huntaze.platforms.contract import Allowance


class Means(StrEnum):
    """Which branch of the error tree a code leads to."""

    LATER = "later"
    RECONNECT = "reconnect"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Code:
    """One error. ``message`` and ``remedy`` are message ids; ``%(words)s`` in them is what Meta says to people."""

    code: int | None
    """None: the number stands in a container's status text, or comes under any code."""
    subcode: int | None
    means: Means
    message: str
    remedy: str
    wait: timedelta | None = None
    """How long to wait if Meta names no time."""
    new_artefact: bool = False
    """What was prepared is of no use any more: make a new container."""
    allowance: Allowance | None = None
    """Too many calls: what they used up. The usage header names the minutes (§8.2)."""
    refuses: bool = False
    """Proof that an irreversible call did nothing (docs/understand/publishing.md, Settle)."""
    last: int = 0
    """The end of a range that starts at ``code``; 0: no range."""


WE_RETRY = N_("We try again by ourselves.")
CONNECT_AGAIN = N_("Connect the account again.")
CHANGE_POST = N_("Change the post and send it again.")
REPORT = N_("Report this with the trace id: the request was made wrongly.")
