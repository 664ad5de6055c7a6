"""What an account's card shows of its profile, and of its followers over time."""

from __future__ import annotations

from collections.abc import Sequence

from htpy import Node, Renderable, details, div, p, summary

from huntaze.accounts.model import AccountRow
from huntaze.accounts.neighbours import FollowersOn, Mirrored
from huntaze.ui import parts
from huntaze.ui.i18n import _, calendar_day, compact, ngettext, number


def profile(account: AccountRow, mirrored: Mirrored) -> Node:
    """Its figures, the course of its followers, and the words it says about itself; nothing until it was read once."""
    seen = mirrored.seen
    if seen is None:
        return None
    change, tone = _change(mirrored.days)
    return div(".account-profile")[
        seen.biography and p(".account-words")[seen.biography],
        parts.stats(
            _figure(_("Followers"), seen.followers, change, tone),
            _figure(_("Following"), seen.following),
            _figure(_("Posts"), seen.media_count),
        ),
        _course(account, mirrored.days),
    ]


def _figure(label: str, value: int | None, change: str = "", tone: parts.Tone = "neutral") -> Renderable:
    if value is None:
        return parts.stat(label, "\u2013", hint=_("The network does not say."))
    return parts.stat(label, compact(value), change=change, tone=tone, hint=number(value))


def _change(days: Sequence[FollowersOn]) -> tuple[str, parts.Tone]:
    """How the last day differs from the first that is shown."""
    if len(days) < 2:
        return "", "neutral"
    difference = days[-1].followers - days[0].followers
    if difference == 0:
        return "±0", "neutral"
    return (f"+{number(difference)}", "good") if difference > 0 else (number(difference), "bad")


def _course(account: AccountRow, days: Sequence[FollowersOn]) -> Node:
    """The line, and behind it the numbers, for those who want them or cannot see it."""
    if len(days) < 2:
        return None
    span = (days[-1].day - days[0].day).days
    words = ngettext(
        "Followers of @{name} in the last day: from {first} to {last}.",
        "Followers of @{name} in the last {n} days: from {first} to {last}.",
        span,
    ).format(name=account.username, n=number(span), first=number(days[0].followers), last=number(days[-1].followers))
    columns = [parts.Column(_("Day")), parts.Column(_("Followers"), numeric=True)]
    rows = [
        parts.Row(f"followers-{account.id}-{one.day}", [calendar_day(one.day), number(one.followers)])
        for one in reversed(days)
    ]
    return details(".account-course")[
        summary(title=words)[parts.sparkline([one.followers for one in days], words), _("Day by day")],
        parts.table(words, columns, rows),
    ]
