"""How webhooks and their deliveries are put for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from htpy import Node, Renderable

from huntaze.accounts import AccountRow
from huntaze.kit.text import N_
from huntaze.outbox.outgoing import (
    ALL_KINDS,
    KINDS,
    TEST,
    DeliveryRow,
    DeliveryState,
    Off,
    TargetRow,
)
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number

_PROBLEMS: Mapping[str, str] = {
    "too_slow": N_("No answer within 15 seconds"),
    "connect": N_("The server cannot be reached, or its certificate is not valid"),
    "broken": N_("The answer was broken off or malformed"),
    "name": N_("The name of the server is not known"),
    "address": N_("The address leads into a private network"),
    "secret": N_("The secret cannot be opened: put the old encryption key back, or rotate the secret"),
}
_REFUSED = N_("The address cannot be asked")
_KIND_WORDS: Mapping[str, str] = {kind.name: kind.words for kind in KINDS} | {TEST: N_("A test")}


def kind_words(name: str) -> str:
    """A kind of event in words; its name if nobody knows it any more."""
    return _(_KIND_WORDS[name]) if name in _KIND_WORDS else name


def problem_words(code: str) -> str:
    """Why an attempt brought no answer; "" when it did."""
    return _(_PROBLEMS.get(code, _REFUSED)) if code else ""


def status_badge(row: TargetRow) -> Renderable:
    """How a webhook is."""
    if row.off_why == Off.PAUSED:
        return parts.badge(_("Paused"), "neutral", icon_name="circle-dashed")
    if row.off_at is not None:
        return parts.badge(_("Switched off"), "bad", icon_name="circle-x")
    if row.failing_since is not None:
        return parts.badge(_("Failing"), "warn", icon_name="triangle-alert")
    if row.delivered_at is None:
        return parts.badge(_("On"), "neutral", icon_name="circle-check")
    return parts.badge(_("Works"), "good", icon_name="circle-check")


def delivery_badge(row: DeliveryRow) -> Renderable:
    """What became of a delivery."""
    if row.state == DeliveryState.DELIVERED:
        return parts.badge(_("Delivered"), "good", icon_name="circle-check")
    if row.state == DeliveryState.FAILED:
        return parts.badge(_("Failed"), "bad", icon_name="circle-x")
    if row.state == DeliveryState.ERASED:
        return parts.badge(_("Erased"), "neutral", icon_name="trash-2")
    if row.attempts:
        return parts.badge(_("Tried again soon"), "warn", icon_name="rotate-ccw")
    return parts.badge(_("Waiting"), "neutral", icon_name="clock")


def answered(status: int | None, latency_ms: int | None, problem: str) -> str:
    """What an attempt brought, in one line."""
    if status is None:
        return problem_words(problem)
    words = _("Answered {status} in {time} ms")
    return words.format(status=status, time=number(latency_ms or 0))


def kinds_words(row: TargetRow) -> str:
    """What is sent, in short."""
    if ALL_KINDS in row.types:
        return _("Every event")
    if len(row.types) == 1:
        return kind_words(row.types[0])
    return ngettext("{n} kind of event", "{n} kinds of event", len(row.types)).format(n=number(len(row.types)))


def accounts_words(row: TargetRow, accounts: Sequence[AccountRow]) -> str:
    """Of which accounts, by name."""
    if not row.account_ids:
        return _("All accounts")
    names = [f"@{one.username}" for one in accounts if one.id in row.account_ids]
    gone = len(row.account_ids) - len(names)
    if gone:
        names.append(ngettext("{n} disconnected", "{n} disconnected", gone).format(n=number(gone)))
    return ", ".join(names)


def host(row: TargetRow) -> str:
    """The server's name."""
    return urlsplit(row.url).netloc


def off_banner(row: TargetRow, action: Node = None) -> Renderable:
    """That a webhook was switched off by itself, and what to do."""
    text = (
        _("It answered 410, which means that nobody wants these events any more.")
        if row.off_why == Off.GONE
        else _(
            "For five days no attempt succeeded. Mend the receiver, then switch it on and send again what it missed."
        )
    )
    return parts.banner(
        _("The webhook “{name}” was switched off.").format(name=row.name), text, tone="bad", action=action
    )
