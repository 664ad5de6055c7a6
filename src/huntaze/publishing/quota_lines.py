"""What the chosen accounts may still publish, under «Before publishing»: the lines follow the choice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from htpy import Renderable

from huntaze.accounts import AccountRow, QuotaRow
from huntaze.ui import parts
from huntaze.ui.htmx import swap
from huntaze.ui.i18n import _, number

ADDRESS = "/posts/quotas"
_KEY = "quota-checks"


def quota_lines(
    accounts: Sequence[AccountRow], chosen: Collection[UUID], quotas: Mapping[UUID, QuotaRow]
) -> Renderable:
    """The lines of the chosen accounts; they ask for themselves again when another choice is made."""
    follow = swap(
        get=ADDRESS,
        target=f"#{_KEY}",
        trigger="change from:#account",
        include="[name=account]:checked",
        sync="this:replace",
    )
    lines = list(_lines([account for account in accounts if account.id in chosen], quotas))
    return parts.check_list(lines, {"id": _KEY, "aria-live": "polite", **follow})


def _lines(accounts: Sequence[AccountRow], quotas: Mapping[UUID, QuotaRow]) -> Iterator[parts.Check]:
    """How many posts each account has left. None is no reason not to plan: its window moves on by itself."""
    for account in accounts:
        quota = quotas.get(account.id)
        if quota is None or quota.left is None:
            continue
        name, total = f"@{account.username}", number(quota.total or 0)
        left = _("{name}: {n} of {total} posts left")
        yield parts.Check(
            f"quota-{account.id}",
            left.format(name=name, n=number(quota.left), total=total),
            _("{name} has used up its {total} posts for now: choose a later time").format(name=name, total=total),
            "#when",
            "advice",
            holds=quota.left > 0,
        )
