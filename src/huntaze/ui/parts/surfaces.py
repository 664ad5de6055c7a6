"""What things stand on: card, tabs, banner, empty place, skeleton, progress, list of errors, course of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from htpy import Node, Renderable, a, div, h2, h3, i, li, nav, ol, p, section, span, strong, ul
from htpy import progress as progress_element

from huntaze.ui.i18n import _, number, weekday
from huntaze.ui.parts.actions import NO_ATTRS, Attrs
from huntaze.ui.parts.marks import TONE_ICONS, Tone, count, icon
from huntaze.ui.parts.times import local_time


def card(
    *inside: Node,
    title: str = "",
    lead: Node = None,
    actions: Node = None,
    level: Literal[2, 3] = 2,
    flush: bool = False,
    attrs: Attrs = NO_ATTRS,
) -> Renderable:
    """A surface with an optional heading. `flush` lets lists and tables reach its edges."""
    heading = h2 if level == 2 else h3
    head = (
        div(".card-head")[div[heading[title], lead is not None and p(".small.soft")[lead]], actions] if title else None
    )
    return section({"class": ["card", flush and "flush"], **attrs})[head, inside]


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of its own beside others."""

    label: str
    href: str
    current: bool = False
    count: int = 0


def tabs(label: str, items: Sequence[Tab]) -> Renderable:
    """Pages side by side; each is a link, so that back and bookmarks work."""
    return nav(".tabs", aria_label=label)[
        [
            a(href=tab.href, aria_current="page" if tab.current else None)[
                tab.label, tab.count > 0 and count(tab.count, number(tab.count), quiet=not tab.current)
            ]
            for tab in items
        ]
    ]


def banner(
    title: str,
    text: Node = None,
    *,
    tone: Tone = "accent",
    action: Node = None,
    icon_name: str = "",
    attrs: Attrs = NO_ATTRS,
) -> Renderable:
    """Something that needs attention now, with the one thing to do about it."""
    return div({"class": ["banner", tone], **attrs})[
        icon(icon_name or TONE_ICONS[tone]),
        div(".banner-text")[strong[title], text is not None and p[text]],
        action is not None and div(".banner-action")[action],
    ]


def empty(title: str, text: str, *, action: Node = None, icon_name: str = "inbox") -> Renderable:
    """What this place is for, and the one way to begin."""
    return div(".empty")[span(".empty-mark")[icon(icon_name)], h2[title], p[text], action]


def skeleton(shape: Literal["text", "card", "tile", "row"] = "text", lines: int = 3) -> Renderable:
    """The shape of what is being loaded."""
    return div(class_=["skeleton", shape], aria_hidden="true")[[i for _line in range(lines)]]


def progress(label: str, value: int, maximum: int = 100, *, key: str = "") -> Renderable:
    """How far something is."""
    return div(".progress")[
        span[label], progress_element(value=str(value), max=str(maximum), id=key or None, aria_label=label)
    ]


def error_summary(errors: Sequence[tuple[str, str]], *, title: str = "") -> Node:
    """What keeps a form from being sent, each with a link to its field (id, message). It takes the focus."""
    if not errors:
        return None
    return div("#errors.error-summary", role="alert", tabindex="-1", autofocus=True)[
        h2[title or _("This needs a change")], ul[[li[a(href=f"#{key}")[message]] for key, message in errors]]
    ]


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One event: what, when, and what was learned."""

    title: str
    when: datetime | None = None
    tone: Tone = "neutral"
    text: Node = None
    icon: str = ""


_TIMELINE_ICONS: dict[Tone, str] = {
    "neutral": "clock",
    "accent": "send",
    "good": "check",
    "warn": "triangle-alert",
    "bad": "x",
}


def timeline(items: Sequence[TimelineItem]) -> Renderable:
    """The course of events in the order handed in. The day is said where it changes; seconds are in the tooltips."""
    days = [None if item.when is None else weekday(item.when) for item in items]
    return ol(".timeline")[
        [_event(item, day=days[place] != days[place - 1] or place == 0) for place, item in enumerate(items)]
    ]


def _event(item: TimelineItem, *, day: bool) -> Renderable:
    return li[
        span(class_=["timeline-mark", item.tone])[icon(item.icon or _TIMELINE_ICONS[item.tone])],
        div(".timeline-text")[
            div(".timeline-head")[
                span(".firm")[item.title],
                item.when is not None and span(".soft")[local_time(item.when, day=day)],
            ],
            item.text is not None and div(".soft")[item.text],
        ],
    ]
