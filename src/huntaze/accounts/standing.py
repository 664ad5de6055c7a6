"""How an account stands, as its owner is told: one word, one colour, and the one thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from huntaze.accounts.model import RECONNECT, AccountRow, GrantRow, Note
from huntaze.accounts.schedule import NOTICE_DAYS
from huntaze.kit.text import N_, Text
from huntaze.ui.parts import Tone

ENDS_SOON = timedelta(days=max(NOTICE_DAYS))

_LIMITED = Note(
    Text(N_("Some functions are off.")),
    Text(N_("Connect again and allow what was declined; until then the rest works as usual.")),
)
_ENDS_SOON = Note(
    Text(N_("The sign-in ends soon.")),
    Text(N_("Connect again before then. It takes a minute, and nothing is lost.")),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """``code`` is for programs: good, reconnect, ends_soon, limited, no_events, starting."""

    code: str
    words: str
    tone: Tone
    note: Note | None = None

    @property
    def reconnect_helps(self) -> bool:
        """Whether connecting again is the thing to do."""
        return self.code in ("reconnect", "ends_soon", "limited")


def standing(account: AccountRow, grant: GrantRow | None, now: datetime) -> Standing:
    """The most pressing of what is known."""
    if account.health == RECONNECT:
        return Standing("reconnect", N_("Reconnect needed"), "bad", account.note)
    ends_at = grant.ends_at if grant else None
    if ends_at is not None and ends_at - now <= ENDS_SOON:
        return Standing("ends_soon", N_("Ends soon"), "warn", _ENDS_SOON)
    if account.off:
        return Standing("limited", N_("Limited"), "warn", _LIMITED)
    if account.webhooks_problem is not None:
        return Standing("no_events", N_("No live events"), "warn", account.webhooks_problem)
    if account.webhooks_at is None:
        return Standing("starting", N_("Starting"), "accent")
    return Standing("good", N_("Connected"), "good")
