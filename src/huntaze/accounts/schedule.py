"""When things are due: refreshes, checks, notices, retries. Every rule of time of the room is here."""

from __future__ import annotations

from datetime import datetime, timedelta

STATE_LIVES = timedelta(minutes=10)
STATES_KEPT = timedelta(days=1)
CHOICE_OPEN = timedelta(hours=1)
"""How long a grant may wait for its accounts to be chosen."""

REFRESH_AHEAD = timedelta(days=30)
"""A grant is refreshed from 30 days before its end; a shorter one from the middle of its life."""
REFRESH_AGAIN = timedelta(days=1)
"""Facebook Login has no refresh call: repeating the exchange may not move the end (instagram.md §0.1, §1.3)."""
REFRESH_LEASE = timedelta(minutes=3)
_REFRESH_RETRY = (timedelta(minutes=5), timedelta(hours=6))

CHECK_EVERY = timedelta(days=1)
CHECK_SOON = timedelta(minutes=10)
CHECK_EASILY = timedelta(hours=1)
"""An account found well so recently is not checked again on a complaint alone."""
CHECK_RETRY = timedelta(minutes=30)

WEBHOOKS_EVERY = timedelta(days=1)
_WEBHOOKS_RETRY = (timedelta(seconds=30), timedelta(hours=1))

_REVOKE_RETRY = (timedelta(minutes=2), timedelta(hours=12))
REVOKE_TRIES = 12

NOTICE_DAYS = (14, 7, 2)


def refresh_at(issued_at: datetime, expires_at: datetime | None) -> datetime | None:
    """When a grant is first refreshed; None when it does not end by time."""
    if expires_at is None:
        return None
    return expires_at - min(REFRESH_AHEAD, max(expires_at - issued_at, timedelta(0)) / 2)


def refresh_retry(tries: int, wanted: timedelta | None = None) -> timedelta:
    """How long to wait after a failed refresh; ``wanted`` is what the platform asked for."""
    return max(_backed_off(_REFRESH_RETRY, tries), wanted or timedelta(0))


def runs_out(expires_at: datetime | None, again_at: datetime) -> bool:
    """Whether a grant would end before a refresh that begins at ``again_at`` could fail once and be tried again."""
    return expires_at is not None and expires_at <= again_at + _REFRESH_RETRY[1]


def webhooks_retry(tries: int) -> timedelta:
    """How long to wait after live events could not be switched on."""
    return _backed_off(_WEBHOOKS_RETRY, tries)


def revoke_retry(tries: int) -> timedelta:
    """How long to wait after a revocation failed."""
    return _backed_off(_REVOKE_RETRY, tries)


def notice_due(ends_at: datetime | None, noticed: int | None, now: datetime) -> int | None:
    """Which of the notices is to be told now: the nearest passed one that is nearer than the last told."""
    if ends_at is None:
        return None
    passed = [days for days in NOTICE_DAYS if ends_at - now <= timedelta(days=days)]
    nearest = min(passed, default=None)
    return nearest if nearest is not None and (noticed is None or nearest < noticed) else None


def _backed_off(bounds: tuple[timedelta, timedelta], tries: int) -> timedelta:
    first, longest = bounds
    return min(first * (1 << min(tries, 20)), longest)
