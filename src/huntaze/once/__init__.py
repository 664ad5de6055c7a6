"""Calls that cannot be taken back, each made once: intent, one request, and looking until its outcome is known.

Rooms bring an ``Errand`` (what is sent, how it is looked for, where it is kept and told); ``Once`` runs it. What holds
is written in docs/understand/publishing.md: no retry, a fence for each attempt, never again without evidence.
"""

from huntaze.once.errand import Errand, Harmless, Look, Refusal, Sayings
from huntaze.once.finding import among
from huntaze.once.machine import Once
from huntaze.once.states import FINAL, CallAction, CallFace, CallState, Faces
from huntaze.once.telling import Entry, LeaseLost, kept, problem, problem_of
from huntaze.once.waits import CALL_TIMEOUT, SETTLE_READS, Waits
from huntaze.once.writes import CallRow, Statements, Writes

__all__ = [
    "CALL_TIMEOUT",
    "FINAL",
    "SETTLE_READS",
    "CallAction",
    "CallFace",
    "CallRow",
    "CallState",
    "Entry",
    "Errand",
    "Faces",
    "Harmless",
    "LeaseLost",
    "Look",
    "Once",
    "Refusal",
    "Sayings",
    "Statements",
    "Waits",
    "Writes",
    "among",
    "kept",
    "problem",
    "problem_of",
]
