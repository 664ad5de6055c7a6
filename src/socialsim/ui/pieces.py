"""The small pieces that return on many pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Literal, TypeVar
from urllib.parse import quote, urlencode

import htpy as h

Tone = Literal["", "good", "warn", "bad"]
T = TypeVar("T")
_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def icon(name: str) -> h.Renderable:
    """A drawn sign; the words stand beside it."""
    return h.svg(".icon", aria_hidden="true", width="20", height="20")[
        h.Element("use")(href=f"/_sim/static/icons.svg#{name}")
    ]


def heading(title: str, lead: str, *actions: h.Node) -> h.Renderable:
    """What the page is, and for what."""
    return h.div(".head")[h.div[h.h1[title], h.p(".soft")[lead]], bool(actions) and h.div(".actions")[actions]]


def panel(title: str, *content: h.Node, aside: h.Node = None, live: str = "") -> h.Renderable:
    """A card with a heading; with a ``live`` id it is shown anew whenever something happens."""
    return h.section(".card", id=live or None, data_live=bool(live))[
        h.div(".card-head")[h.h2[title], aside],
        content,
    ]


def empty(title: str, words: h.Node, *actions: h.Node) -> h.Renderable:
    """What this place is for, and how something comes here."""
    return h.div(".empty")[h.p(".empty-title")[title], h.p[words], bool(actions) and h.div(".actions")[actions]]


def badge(words: str, tone: Tone = "") -> h.Renderable:
    """A state in a word or two."""
    return h.span(class_=["badge", tone])[words]


def count(number: int) -> str:
    """``48,210``."""
    return f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """``1 like``, ``2 likes``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def when(epoch: float, now: float) -> h.Renderable:
    """How long ago, with the exact time for those who point at it."""
    at = datetime.fromtimestamp(epoch, UTC)
    return h.time(datetime=at.isoformat(timespec="seconds"), title=at.strftime("%Y-%m-%d %H:%M:%S UTC"))[
        _ago(now - epoch)
    ]


def _ago(seconds: float) -> str:
    if seconds < 0:
        return f"in {duration(-seconds)}"
    if seconds < 45:
        return "just now"
    return f"{duration(seconds)} ago"


def duration(seconds: float, *, sign: bool = False) -> str:
    """``3 d``, ``23 h``, ``+2 min``: the largest unit that fits; weeks are told in days."""
    size = abs(seconds)
    lead = ("+" if seconds >= 0 else "-") if sign else ""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{lead}{int(size // unit):,} {name}"
    return f"{lead}0 s"


def clock_time(epoch: float) -> h.Renderable:
    """The time of day with milliseconds, the day in the tooltip."""
    at = datetime.fromtimestamp(epoch, UTC)
    return h.time(".n", datetime=at.isoformat(timespec="milliseconds"), title=at.strftime("%A %d %B %Y, UTC"))[
        at.strftime("%H:%M:%S.%f")[:-3]
    ]


def avatar(picture: str, size: int) -> h.Renderable:
    """A round emblem; the name stands beside it, so it needs no words."""
    return h.img(".avatar", src=picture_link(picture, size * 2, size * 2), alt="", width=str(size), height=str(size))


def picture_link(name: str, width: int, height: int) -> str:
    """A link that gives drawn pictures in the wanted size and fetched ones as they are."""
    return f"/_sim/media/{quote(name, safe='')}?w={width}&h={height}"


def follower(username: str, size: int = 36) -> h.Renderable:
    """A drawn emblem for a made-up person."""
    return avatar(f"avatar-{username.replace('/', '')}.jpg", size)


def who(name: str, note: h.Node) -> h.Renderable:
    """A name and what there is to say of it."""
    return h.span(".who")[h.strong[name], h.span(".soft")[note]]


def network(name: Literal["instagram", "tiktok", "facebook"]) -> h.Renderable:
    """Which network something is on."""
    words = {"instagram": "Instagram", "tiktok": "TikTok", "facebook": "Facebook"}[name]
    return h.span(".network")[icon("people" if name == "facebook" else name), words]


def stats(pairs: Iterable[tuple[str, h.Node]]) -> h.Renderable:
    """Numbers with their names."""
    return h.dl(".stats")[(h.div[h.dt[name], h.dd[value]] for name, value in pairs)]


def facts(pairs: Iterable[tuple[str, h.Node]]) -> h.Renderable:
    """Names and values, one a line."""
    return h.dl(".facts")[(h.div[h.dt[name], h.dd[value]] for name, value in pairs)]


def field(label: str, control: h.Node, help_text: str = "", css: str = "") -> h.Renderable:
    """A labelled control."""
    return h.label(class_=["field", css])[h.span(".label")[label], control, help_text and h.span(".help")[help_text]]


def options(pairs: Iterable[tuple[str, str]], chosen: str = "") -> h.Node:
    """The choices of a select: value and words."""
    return [h.option(value=value, selected=value == chosen)[words] for value, words in pairs]


def press(
    action: str, label: str, fields: Mapping[str, str] | None = None, *, mark: str = "", css: str = ""
) -> h.Renderable:
    """A form that is one button."""
    return h.form(".press", method="post", action=action)[
        (h.input(type="hidden", name=name, value=value) for name, value in (fields or {}).items()),
        h.button(type="submit", class_=css or None)[mark and icon(mark), label],
    ]


def link_button(href: str, label: str, mark: str = "", css: str = "") -> h.Renderable:
    """A link that looks like a button."""
    return h.a(href=href, class_=["button", css])[mark and icon(mark), label]


def table(head: Iterable[str], rows: Iterable[h.Node], caption: str, css: str = "") -> h.Renderable:
    """A table that scrolls sideways on narrow screens, reachable by key."""
    return h.div(tabindex="0", role="region", aria_label=caption, class_=["scroll", css])[
        h.table[h.caption(".hidden")[caption], h.thead[h.tr[(h.th(scope="col")[name] for name in head)]], h.tbody[rows]]
    ]


def tabs(label: str, entries: Iterable[tuple[str, str, str, bool]]) -> h.Renderable:
    """Ways to look at one thing: address, words, icon, whether it is shown now."""
    return h.nav(".tabs", aria_label=label)[
        (
            h.a(href=href, aria_current="page" if here else None)[mark and icon(mark), h.span[words]]
            for href, words, mark, here in entries
        )
    ]


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """One page of a long list."""

    items: Sequence[T]
    number: int
    of: int
    total: int


def newest(items: Sequence[T], number: int, size: int) -> Sheet[T]:
    """A page of a list that is ordered oldest first, turned round; only that page is copied."""
    total = len(items)
    pages = max(1, -(-total // size))
    number = min(number, pages)
    end = total - (number - 1) * size
    return Sheet(items[max(0, end - size) : end][::-1], number, pages, total)


def pager(sheet: Sheet[T], path: str, query: Mapping[str, str]) -> h.Node:
    """Newer and older; nothing if everything is on one page."""
    if sheet.of == 1:
        return None

    def link(number: int, words: str, mark: str) -> h.Node:
        if not 1 <= number <= sheet.of:
            return h.span(".button.off", aria_hidden="true")[words]
        there = urlencode({**query, "page": str(number)})
        return link_button(f"{path}?{there}", words, css=mark)

    return h.nav(".pager", aria_label="Pages of this list")[
        link(sheet.number - 1, "Newer", ""),
        h.span(".soft.n")[f"{sheet.number} of {sheet.of}"],
        link(sheet.number + 1, "Older", ""),
    ]
