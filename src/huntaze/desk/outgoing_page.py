"""The pages of webhooks under Settings: all of them, one of them with its log, one delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from htpy import Node, Renderable, a, code, dd, div, dl, dt, form, h2, pre, section, span

from huntaze.accounts import AccountRow
from huntaze.desk.outgoing_form import Entered, target_form
from huntaze.desk.outgoing_words import (
    accounts_words,
    answered,
    delivery_badge,
    host,
    kind_words,
    kinds_words,
    off_banner,
    status_badge,
)
from huntaze.outbox.outgoing import AttemptRow, DeliveryRow, DeliveryState, TargetHealth, TargetRow
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number
from huntaze.ui.page import page
from huntaze.ui.parts import Column, Field, Item, Row
from huntaze.ui.viewer import Viewer

HOME = "/settings/webhooks"


@dataclass(frozen=True, slots=True)
class TargetsPage:
    """All webhooks of a workspace. ``entered`` is the form for a new one."""

    rows: Sequence[TargetRow]
    health: Mapping[UUID, TargetHealth]
    accounts: Sequence[AccountRow]
    entered: Entered
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TargetPage:
    """One webhook and a page of its log. ``secret`` is shown this once, ``tested`` is what a test just brought,
    ``again`` how many deliveries were just asked to go out again, ``problem`` what could not be done, in
    English."""

    row: TargetRow
    accounts: Sequence[AccountRow]
    deliveries: Sequence[DeliveryRow]
    older: str
    state: str
    now: datetime
    entered: Entered
    secret: str = ""
    tested: DeliveryRow | None = None
    again: int | None = None
    problem: str = ""


def targets_page(viewer: Viewer, shown: TargetsPage) -> Renderable:
    """Those that are there, then the form for another one."""
    lines = [_line(row, shown.health.get(row.id)) for row in shown.rows]
    return page(
        viewer,
        _("Webhooks"),
        [_off(viewer, row) for row in shown.rows if row.needs_a_person],
        shown.problem and parts.banner(shown.problem, tone="warn"),
        parts.card(parts.item_list(lines, level=2), flush=True) if lines else None,
        parts.card(
            target_form(
                viewer, shown.entered, shown.accounts, action=HOME, label=_("Make a webhook"), icon_name="webhook"
            ),
            title=_("New webhook"),
        ),
        lead=_(
            "Your own servers are told what happens here. Every delivery is signed, and tried again for three days."
        ),
        back=("/settings", _("Settings")),
    )


def target_page(viewer: Viewer, shown: TargetPage) -> Renderable:
    """How it is, what can be done, what was sent; changing it comes last."""
    row, own = shown.row, f"{HOME}/{shown.row.id}"
    return page(
        viewer,
        row.name,
        off_banner(row) if row.needs_a_person else None,
        _secret(shown.secret) if shown.secret else None,
        _tested(shown.tested) if shown.tested else None,
        shown.problem and parts.banner(_(shown.problem), tone="warn"),
        _again(shown.again),
        parts.card(_facts(shown), _actions(viewer, row), title=_("State"), actions=status_badge(row)),
        _log(viewer, shown),
        parts.card(
            target_form(viewer, shown.entered, shown.accounts, action=own, label=_("Save"), icon_name="save"),
            title=_("Change it"),
        ),
        _dialogs(viewer, row),
        back=(HOME, _("Webhooks")),
    )


def delivery_page(
    viewer: Viewer, target: TargetRow, row: DeliveryRow, attempts: Sequence[AttemptRow], now: datetime
) -> Renderable:
    """The text to the letter, and every attempt with the answer."""
    own = f"{HOME}/{target.id}"
    lines: list[tuple[str, Node]] = [
        (_("Event"), code[row.type]),
        (_("Identifier"), code[str(row.id)]),
        (_("Happened"), parts.local_time(row.event_at)),
        (_("Attempts"), number(row.attempts)),
    ]
    if row.state == DeliveryState.WAITING:
        lines.append((_("Next attempt"), parts.relative_time(row.next_at, now)))
    again = row.state != DeliveryState.ERASED and parts.action_form(
        viewer, f"{own}/deliveries/{row.id}/replay", _("Send again"), kind="primary", icon_name="rotate-ccw"
    )
    return page(
        viewer,
        kind_words(row.type),
        parts.card(_definitions(lines), title=_("Delivery"), actions=delivery_badge(row)),
        row.body
        and parts.card(
            pre(".event-payload", tabindex="0", role="region", aria_label=_("What is sent"))[code[row.body.decode()]],
            title=_("What is sent"),
            lead=_("The same text, under the same identifier, at every attempt."),
        ),
        _history(attempts),
        actions=again or None,
        back=(own, target.name),
    )


def _line(row: TargetRow, health: TargetHealth | None) -> Item:
    return Item(
        f"webhook-{row.id}",
        row.name,
        f"{HOME}/{row.id}",
        picture=span(".way-mark")[parts.icon("webhook")],
        meta=[host(row), " · ", kinds_words(row), [" · ", _lately(health)] if health else None],
        end=status_badge(row),
    )


def _lately(health: TargetHealth) -> str:
    words = [
        ngettext("{n} delivered today", "{n} delivered today", health.delivered).format(n=number(health.delivered))
    ]
    if health.failed:
        words.append(ngettext("{n} failed", "{n} failed", health.failed).format(n=number(health.failed)))
    if health.waiting:
        words.append(ngettext("{n} waits", "{n} wait", health.waiting).format(n=number(health.waiting)))
    return ", ".join(words)


def _off(viewer: Viewer, row: TargetRow) -> Renderable:
    return off_banner(row, parts.action_form(viewer, f"{HOME}/{row.id}/enable", _("Switch on")))


def _secret(secret: str) -> Renderable:
    shown = Field(
        "secret", _("Secret"), help=_("Copy it now: it is never shown again. Your receiver verifies with it.")
    )
    return parts.card(parts.copyable(shown, secret), title=_("The secret of this webhook"), attrs={"id": "made"})


def _tested(row: DeliveryRow) -> Renderable:
    good = row.state == DeliveryState.DELIVERED
    title = _("The test arrived.") if good else _("The test did not arrive.")
    text = answered(row.status, row.latency_ms, row.problem)
    return parts.banner(title, [text, "."], tone="good" if good else "bad")


def _again(count: int | None) -> Node:
    if count is None:
        return None
    if not count:
        return parts.banner(_("Nothing had to be sent again."), tone="neutral")
    words = ngettext("{n} delivery is sent again.", "{n} deliveries are sent again.", count)
    return parts.banner(words.format(n=number(count)), tone="good")


def _facts(shown: TargetPage) -> Renderable:
    row, now = shown.row, shown.now
    kinds: Node = kinds_words(row) if len(row.types) < 2 else [div[kind_words(name)] for name in row.types]
    lines: list[tuple[str, Node]] = [
        (_("Address"), code[row.url]),
        (_("Events"), kinds),
        (_("Accounts"), accounts_words(row, shown.accounts)),
        (_("What people wrote"), _("Is sent") if row.include_content else _("Is not sent")),
        (_("Last delivered"), parts.relative_time(row.delivered_at, now) if row.delivered_at else _("Never")),
    ]
    if row.failing_since is not None:
        lines.append((_("Failing since"), parts.local_time(row.failing_since)))
    if row.old_secret_until is not None and row.old_secret_until > now:
        lines.append((_("Old secret ends"), parts.local_time(row.old_secret_until)))
    return _definitions(lines)


def _definitions(lines: Sequence[tuple[str, Node]]) -> Renderable:
    return dl(".facts.stacked")[[[dt[name], dd[value]] for name, value in lines]]


def _actions(viewer: Viewer, row: TargetRow) -> Renderable:
    own = f"{HOME}/{row.id}"
    switch = (
        parts.action_form(viewer, f"{own}/disable", _("Pause"), icon_name="circle-dashed")
        if row.off_at is None
        else parts.action_form(viewer, f"{own}/enable", _("Switch on"), kind="primary", icon_name="play")
    )
    return div(".row")[
        parts.action_form(viewer, f"{own}/test", _("Send a test"), icon_name="send"),
        switch,
        parts.dialog_button(_("Rotate the secret"), "rotate", icon_name="refresh-cw"),
        parts.dialog_button(_("Delete"), "delete", kind="danger", icon_name="trash-2"),
    ]


def _log(viewer: Viewer, shown: TargetPage) -> Renderable:
    own = f"{HOME}/{shown.row.id}"
    states = {
        "": _("All"),
        DeliveryState.FAILED.value: _("Failed"),
        DeliveryState.WAITING.value: _("Waiting"),
        DeliveryState.DELIVERED.value: _("Delivered"),
    }
    ways = [
        parts.Tab(words, f"{own}?state={state}" if state else own, state == shown.state)
        for state, words in states.items()
    ]
    return section(".stack", aria_labelledby="deliveries")[
        div(".row.apart")[
            h2("#deliveries")[_("Deliveries")],
            parts.dialog_button(_("Send several again"), "replay", icon_name="rotate-ccw"),
        ],
        parts.tabs(_("Which deliveries"), ways),
        _lines(viewer, own, shown.deliveries),
        shown.older and _pager(shown),
    ]


def _lines(viewer: Viewer, own: str, rows: Sequence[DeliveryRow]) -> Renderable:
    if not rows:
        words = _("What is sent to this webhook stands here for 30 days.")
        return parts.card(parts.empty(_("Nothing here"), words, icon_name="webhook"))
    columns = [
        Column(_("Event")),
        Column(_("When")),
        Column(_("Result")),
        Column(_("What came back")),
        Column(_("Send again"), hidden_label=True),
    ]
    lines = [_delivery(viewer, own, one) for one in rows]
    return parts.card(parts.table(_("Deliveries"), columns, lines), flush=True)


def _pager(shown: TargetPage) -> Renderable:
    count = ngettext("{n} delivery", "{n} deliveries", len(shown.deliveries)).format(n=number(len(shown.deliveries)))
    return parts.pager(count, older=shown.older)


def _delivery(viewer: Viewer, own: str, row: DeliveryRow) -> Row:
    address = f"{own}/deliveries/{row.id}"
    again = row.state != DeliveryState.ERASED and parts.action_form(
        viewer, f"{address}/replay", _("Send again"), kind="quiet"
    )
    return Row(
        f"delivery-{row.id}",
        [
            a(href=address)[kind_words(row.type)],
            parts.local_time(row.created_at),
            delivery_badge(row),
            answered(row.status, row.latency_ms, row.problem),
            again,
        ],
        row.type,
    )


def _history(attempts: Sequence[AttemptRow]) -> Node:
    if not attempts:
        return parts.card(parts.empty(_("No attempt yet"), _("A worker sends it in a moment."), icon_name="clock"))
    return parts.card(
        parts.timeline(
            [
                parts.TimelineItem(
                    answered(one.status, one.latency_ms, one.problem),
                    one.at,
                    "good" if one.status is not None and 200 <= one.status < 300 else "bad",
                    code(".raw")[one.answer] if one.answer else None,
                )
                for one in reversed(attempts)
            ]
        ),
        title=_("Attempts"),
    )


def _dialogs(viewer: Viewer, row: TargetRow) -> Node:
    own = f"{HOME}/{row.id}"
    return [
        parts.confirm(
            viewer,
            "rotate",
            _("Rotate the secret?"),
            _("A new secret is shown once. For 24 hours every delivery bears both signatures, then the old one ends."),
            action=f"{own}/rotate",
            label=_("Rotate"),
            danger=False,
        ),
        parts.confirm(
            viewer,
            "delete",
            _("Delete “{name}”?").format(name=row.name),
            _("What still waits is not sent, and the log is deleted."),
            action=f"{own}/delete",
            label=_("Delete"),
        ),
        _replay_dialog(viewer, own),
    ]


def _replay_dialog(viewer: Viewer, own: str) -> Renderable:
    since = Field("since", _("From"), help=_("Without a time: everything of the last 30 days."), optional=True)
    delivered = Field("delivered", _("Also what arrived"))
    missed = Field("missed", _("Also what happened while the webhook was off"))
    return parts.dialog(
        "replay",
        _("Send several again"),
        form("#replay-form.stack", method="post", action=f"{own}/replay")[
            parts.csrf(viewer),
            parts.field(since, parts.date_time(since, None)),
            parts.checkbox(missed, checked=True),
            parts.checkbox(delivered),
        ],
        actions=[
            parts.button(_("Cancel"), submits=False, attrs={"command": "close", "commandfor": "replay"}),
            parts.button(_("Send again"), kind="primary", attrs={"form": "replay-form"}),
        ],
    )
