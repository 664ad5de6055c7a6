"""Home says so when live events of an account stay away."""

from __future__ import annotations

from collections.abc import Sequence

from htpy import Node, br

from huntaze.crm import DriftRow
from huntaze.desk.cards import AccountCard
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number


def missing_events(cards: Sequence[AccountCard], drift: Sequence[DriftRow]) -> Node:
    """A banner with a line for each connected account that should hear more than it does; nothing when all is well."""
    names = {card.account.id: card.account.username for card in cards}
    known = [one for one in drift if one.account_id in names]
    if not known:
        return None
    remedy = _(
        "Comments are still read from lists, only later. Connect the account again: that switches its events on. If "
        "they still stay away, whoever runs this server sees to it that the network reaches it and that the app's "
        "webhooks are on."
    )
    told = [[f"@{names[one.account_id]} · ", _what(one), br] for one in known]
    return parts.banner(
        _("Live events do not arrive as they should."),
        [told, remedy],
        tone="warn",
        action=parts.link_button(_("Look into it"), "/accounts"),
    )


def _what(one: DriftRow) -> Node:
    if one.silent and one.last_at is not None:
        words = _("usually {n} events a day, and none since").format(n=number(round(one.usual)))
        return [words, " ", parts.local_time(one.last_at), "."]
    return ngettext(
        "{n} comment since yesterday was found in a list only.",
        "{n} comments since yesterday were found in lists only.",
        one.missed,
    ).format(n=number(one.missed))
