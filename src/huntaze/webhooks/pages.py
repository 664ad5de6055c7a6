"""The events pages: what the networks told, what became of it, and what failed on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from htpy import Node, Renderable, a, code, dd, dl, dt, form, p, pre, span
from htpy import input as input_element

from huntaze.kit.text import N_
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number
from huntaze.ui.page import page
from huntaze.ui.parts import Column, Row, Tone
from huntaze.ui.viewer import Viewer
from huntaze.webhooks.model import EventState, ListedRow, OpenedRow
from huntaze.webhooks.reading_store import Wanted
from huntaze.webhooks.replay import REPEATABLE, Overview
from huntaze.webhooks.words import kind_words, reason_words

PATH = "/events"
PERIODS: Mapping[str, str] = {"hour": N_("Last hour"), "day": N_("Last 24 hours")}
_STATES: Mapping[EventState, tuple[str, Tone, str]] = {
    EventState.PENDING: (N_("Waits"), "accent", "clock"),
    EventState.DONE: (N_("Done"), "good", "circle-check"),
    EventState.UNHANDLED: (N_("Kept only"), "neutral", "bookmark"),
    EventState.DEAD: (N_("Failed"), "bad", "circle-alert"),
    EventState.DISMISSED: (N_("Put aside"), "neutral", "circle-x"),
    EventState.ERASED: (N_("Erased"), "neutral", "shield-check"),
}
_MEANS: Mapping[EventState, str] = {
    EventState.PENDING: N_("It waits to be worked on."),
    EventState.DONE: N_("What it says is in your data."),
    EventState.UNHANDLED: N_("It is kept and shown. Nothing here works on events of this kind, or for this account."),
    EventState.DEAD: N_("It could not be worked on, and is not tried again by itself. Nothing of it is lost."),
    EventState.DISMISSED: N_("Somebody decided that it is not needed."),
    EventState.ERASED: N_("It was of somebody who asked to be forgotten. Only the mark that it came is left."),
}

Names = Mapping[tuple[str, str], str]
"""User names of accounts by platform and reference."""


@dataclass(frozen=True, slots=True)
class EventsShown:
    """One page of the list, without filters with what failed, and how things stand. ``period`` is one of ``PERIODS`` or
    empty; ``account`` is one of ``accounts``, which are what the filter offers, or empty."""

    overview: Overview
    dead: Sequence[ListedRow]
    rows: Sequence[ListedRow]
    wanted: Wanted
    period: str
    account: str
    older: str
    first: bool
    names: Names
    accounts: Mapping[str, str]
    now: datetime
    moved: int | None = None
    """How many events were just asked to be worked on again."""


def events_page(viewer: Viewer, shown: EventsShown) -> Renderable:
    """The whole page."""
    return page(
        viewer,
        _("Events"),
        _moved(shown.moved),
        _standing(shown),
        _to_decide(viewer, shown),
        _list(viewer, shown),
        lead=_("What the networks told about your accounts, and what became of it."),
        back=("/settings", _("Settings")),
    )


def event_page(viewer: Viewer, row: OpenedRow, payload: str, names: Names) -> Renderable:
    """One event: what became of it, and what arrived."""
    state = EventState(row.state)
    again = state in REPEATABLE and parts.action_form(
        viewer, f"{PATH}/{row.id}/replay", _("Try again"), kind="primary", icon_name="rotate-ccw"
    )
    aside = state is EventState.DEAD and parts.action_form(viewer, f"{PATH}/{row.id}/dismiss", _("Set aside"))
    return page(
        viewer,
        kind_words(row.kind),
        parts.card(
            p[_(_MEANS[state])],
            row.problem and p(".event-problem")[reason_words(row.problem), " ", code[row.problem]],
            _facts(row, names),
            title=_("What became of it"),
            actions=_badge(row),
        ),
        row.payload
        and parts.card(
            pre(".event-payload", tabindex="0", role="region", aria_label=_("What arrived"))[code[payload]],
            title=_("What arrived"),
            lead=_("Without secrets; signed addresses are cut."),
        ),
        actions=[again, aside] if again or aside else None,
        back=(PATH, _("Events")),
    )


def _moved(count: int | None) -> Node:
    if count is None:
        return None
    if not count:
        return parts.banner(_("Nothing had to be tried again."), tone="neutral")
    words = ngettext("{n} event is being tried again.", "{n} events are being tried again.", count)
    return parts.banner(words.format(n=number(count)), tone="good")


def _standing(shown: EventsShown) -> Renderable:
    counts, oldest = shown.overview.counts, shown.overview.oldest
    waits = counts[EventState.PENDING]
    figures = [
        parts.stat(_("Waiting"), number(waits)),
        parts.stat(_("Failed"), number(counts[EventState.DEAD])),
        parts.stat(_("Done in 24 hours"), number(counts[EventState.DONE])),
        parts.stat(_("Kept only in 24 hours"), number(counts[EventState.UNHANDLED])),
    ]
    since = None
    if oldest is not None:
        since = p(".small.soft")[_("The oldest that waits came"), " ", parts.relative_time(oldest, shown.now), "."]
    return parts.card(parts.stats(*figures), since)


def _to_decide(viewer: Viewer, shown: EventsShown) -> Node:
    """What a person must decide about, before everything else."""
    if not shown.dead:
        return None
    total = shown.overview.counts[EventState.DEAD]
    title = ngettext("{n} event failed", "{n} events failed", total).format(n=number(total))
    return _failed(viewer, shown, shown.dead, title)


def _failed(viewer: Viewer, shown: EventsShown, rows: Sequence[ListedRow], title: str) -> Renderable:
    """Why each failed, and what may be done with it."""
    items = [
        parts.Item(
            f"failed-{row.id}",
            kind_words(row.kind),
            f"{PATH}/{row.id}",
            picture=span(".event-mark")[parts.icon("circle-alert")],
            meta=[
                span[_account(row, shown.names)],
                parts.local_time(row.received_at),
                span(".item-trouble")[reason_words(row.problem)],
            ],
            end=[
                parts.action_form(viewer, f"{PATH}/{row.id}/replay", _("Try again"), icon_name="rotate-ccw"),
                parts.action_form(viewer, f"{PATH}/{row.id}/dismiss", _("Set aside"), kind="quiet"),
            ],
        )
        for row in rows
    ]
    return parts.card(
        parts.item_list(items, key="failed-events"),
        title=title,
        lead=_("They are kept until they are tried again or set aside."),
        actions=_replay_all(viewer, shown),
        flush=True,
    )


def _replay_all(viewer: Viewer, shown: EventsShown) -> Renderable:
    """Every failed event that the filters show."""
    chosen = _chosen(shown) | {"state": EventState.DEAD.value}
    return form(action=f"{PATH}/replay", method="post")[
        parts.csrf(viewer),
        [input_element(type="hidden", name=name, value=value) for name, value in chosen.items()],
        parts.button(_("Try all again"), kind="primary", icon_name="rotate-ccw"),
    ]


def _list(viewer: Viewer, shown: EventsShown) -> Node:
    filtered = bool(_chosen(shown))
    if not shown.rows and not filtered and shown.first:
        return parts.card(
            parts.empty(
                _("Nothing came yet"),
                _("Comments, messages and mentions stand here as soon as a network tells of them."),
                icon_name="webhook",
            )
        )
    return [_filters(shown), _found(viewer, shown), _pager(shown)]


def _found(viewer: Viewer, shown: EventsShown) -> Renderable:
    """A table; of failed ones alone the list on which they are decided about."""
    if not shown.rows:
        return parts.card(parts.empty(_("Nothing fits"), _("No event fits these filters."), icon_name="search"))
    if shown.wanted.states == (EventState.DEAD,):
        return _failed(viewer, shown, shown.rows, _("Failed"))
    columns = [Column(_("What")), Column(_("Account")), Column(_("Came")), Column(_("State"))]
    table = parts.table(_("Events"), columns, [_row(row, shown) for row in shown.rows], key="events")
    return parts.card(table, flush=True)


def _row(row: ListedRow, shown: EventsShown) -> Row:
    cells: list[Node] = [
        a(href=f"{PATH}/{row.id}")[kind_words(row.kind)],
        _account(row, shown.names),
        parts.relative_time(row.received_at, shown.now),
        _badge(row),
    ]
    return Row(f"event-{row.id}", cells, kind_words(row.kind))


def _filters(shown: EventsShown) -> Renderable:
    wanted = shown.wanted
    states = {state.value: _(words) for state, (words, _t, _i) in _STATES.items()}
    known = sorted({*shown.overview.kinds, wanted.kind} - {""}, key=kind_words)
    kinds = {kind: kind_words(kind) for kind in known}
    periods = {key: _(words) for key, words in PERIODS.items()}
    return parts.filter_bar(
        PATH,
        [
            parts.choice("state", _("State"), _("Any state"), states, wanted.states[0].value if wanted.states else ""),
            parts.choice("kind", _("What"), _("Any kind"), kinds, wanted.kind),
            parts.choice("account", _("Account"), _("All accounts"), shown.accounts, shown.account),
            parts.choice("since", _("Came"), _("Any time"), periods, shown.period),
        ],
    )


def _chosen(shown: EventsShown) -> dict[str, str]:
    """The filters that are set, as the address has them."""
    wanted = shown.wanted
    given = {
        "state": wanted.states[0].value if wanted.states else "",
        "kind": wanted.kind,
        "account": shown.account,
        "since": shown.period,
    }
    return {name: value for name, value in given.items() if value}


def _pager(shown: EventsShown) -> Node:
    chosen = _chosen(shown)
    newer = "" if shown.first else f"{PATH}?{urlencode(chosen)}".rstrip("?")
    older = f"{PATH}?{urlencode(chosen | {'before': shown.older})}" if shown.older else ""
    if not newer and not older:
        return None
    words = ngettext("{n} event", "{n} events", len(shown.rows)).format(n=number(len(shown.rows)))
    return parts.pager(words, newer=newer, older=older)


def _badge(row: ListedRow) -> Renderable:
    words, tone, icon_name = _STATES[EventState(row.state)]
    if row.state == EventState.PENDING and row.tries:
        return parts.badge(_("Tried again"), "warn", icon_name="history")
    return parts.badge(_(words), tone, icon_name=icon_name)


def _account(row: ListedRow, names: Names) -> Node:
    name = names.get((row.platform, row.account_ref))
    if name:
        return parts.handle(row.platform, name)
    return span(".soft")[_("Unknown account")] if row.account_ref else span(".soft")[_("No account")]


def _facts(row: OpenedRow, names: Names) -> Renderable:
    lines: list[tuple[str, Node]] = [
        (_("Account"), _account(row, names)),
        (_("Came"), parts.local_time(row.received_at)),
    ]
    if row.tries:
        lines.append((_("Failed tries"), number(row.tries)))
    if row.next_attempt_at is not None:
        lines.append((_("Next try"), parts.local_time(row.next_attempt_at)))
    if row.done_at is not None:
        lines.append((_("Ended"), parts.local_time(row.done_at)))
    lines += [(_("Technical name"), code[row.kind]), (_("Number"), str(row.id))]
    return dl(".facts")[[[dt[name], dd[value]] for name, value in lines]]
