"""What happened to an account on each day, and over a span of days."""

from collections.abc import Iterator

from socialsim.meta.dice import Dice
from socialsim.meta.model import Account
from socialsim.meta.reading.insights.calendar import Day, days_between

_PARTS = ("likes", "comments", "shares", "saves", "replies", "reposts")
_UNIQUE = frozenset({"reach", "accounts_engaged"})
ENGAGEMENTS = "total_interactions"


def of_day(seed: int, account: Account, day: Day) -> dict[str, int]:
    """Every daily metric of a whole day; reach never above views, interactions the sum of their kinds."""
    dice = Dice(seed, account.id, day.ordinal)
    views = int(account.followers * dice.draw(0, 0.12, 0.4) * (1.2 if day.weekend else 1.0))
    reach = int(views * dice.draw(1, 0.45, 0.7))
    engaged = int(reach * dice.draw(2, 0.05, 0.11))
    follows = int(account.followers * dice.draw(3, 0.0004, 0.0018))
    out = {
        "views": views,
        "reach": reach,
        "accounts_engaged": engaged,
        "likes": int(engaged * dice.draw(4, 0.8, 0.95)),
        "comments": int(engaged * dice.draw(5, 0.02, 0.07)),
        "shares": int(engaged * dice.draw(6, 0.05, 0.12)),
        "saves": int(engaged * dice.draw(7, 0.06, 0.15)),
        "replies": int(engaged * dice.draw(8, 0.0, 0.02)),
        "reposts": int(engaged * dice.draw(9, 0.005, 0.02)),
        "profile_links_taps": int(reach * dice.draw(10, 0.001, 0.006)),
        "follows": follows,
        "unfollows": int(follows * dice.draw(11, 0.2, 0.6)),
    }
    out[ENGAGEMENTS] = sum(out[part] for part in _PARTS)
    return out


def over(seed: int, account: Account, since: float, until: float) -> dict[str, int]:
    """The same over a span, days cut off in proportion. A person who came on two days is reached once."""
    total: dict[str, int] = {}
    most: dict[str, int] = {}
    for day, part in _parts(since, until):
        for name, value in of_day(seed, account, day).items():
            piece = int(value * part)
            total[name] = total.get(name, 0) + piece
            most[name] = max(most.get(name, 0), piece)
    for name in _UNIQUE.intersection(total):
        total[name] = int(total[name] ** 0.85 * most[name] ** 0.15 + 1e-9)
    if total:
        total[ENGAGEMENTS] = sum(total[part] for part in _PARTS)
    return total


def _parts(since: float, until: float) -> Iterator[tuple[Day, float]]:
    for day in days_between(since, until):
        yield day, (min(day.end, until) - max(day.start, since)) / (day.end - day.start)


def online(seed: int, account: Account, day: Day) -> dict[str, int]:
    """Followers online by hour of the day."""
    dice = Dice(seed, account.id, day.ordinal, "online")
    return {str(hour): int(account.followers * _AWAKE[hour] * dice.draw(hour, 0.8, 1.0)) for hour in range(24)}


_AWAKE = (
    *(0.42, 0.3, 0.22, 0.16, 0.13, 0.15, 0.24, 0.36, 0.45, 0.5, 0.52, 0.55),
    *(0.6, 0.58, 0.55, 0.55, 0.58, 0.64, 0.7, 0.74, 0.76, 0.72, 0.64, 0.52),
)
