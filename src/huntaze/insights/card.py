"""The figures of one post, for the page of that post."""

from __future__ import annotations

from collections.abc import Sequence

from htpy import Node, p

from huntaze.insights.model import LatestRow
from huntaze.insights.words import figure, knows, metric_name, missing
from huntaze.ui import parts
from huntaze.ui.i18n import _


def post_card(rows: Sequence[LatestRow], name: str = "") -> Node:
    """What was counted since the post is out; nothing before the first reading. ``name``: the account, where several
    stand beside one another."""
    whole = [row for row in rows if not row.breakdown and knows(row.metric)]
    if not whole:
        return None
    title = _("How it did on {name}").format(name=name) if name else _("How it did")
    told = [row for row in whole if row.value is not None]
    if not told:
        return parts.card(p(".soft")[missing(whole[0].note)], title=title)
    newest = max(row.read_at for row in told)
    figures = [parts.stat(metric_name(row.metric), figure(row.metric, row.value)) for row in told]
    lead: Node = [_("Changed last"), " ", parts.local_time(newest)]
    return parts.card(parts.stats(*figures), title=title, lead=lead)
