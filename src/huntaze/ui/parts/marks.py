"""Small signs: icon, badge, count, avatar, network mark, figure."""

from typing import Literal

from htpy import Element, Node, Renderable, dd, div, dl, dt, img, span, svg

from huntaze.ui.viewer import icon_address

Tone = Literal["neutral", "accent", "good", "warn", "bad"]
Size = Literal["s", "m", "l"]
_use = Element("use")
_HUES = 4
TONE_ICONS: dict[Tone, str] = {
    "neutral": "info",
    "accent": "info",
    "good": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
}
NETWORK_NAMES = {"instagram": "Instagram", "tiktok": "TikTok"}


def icon(name: str, css: str = "", *, when: str = "") -> Renderable:
    """An icon of the sprite (frontend/icons.json). It never speaks: the words stand beside it. Raises UnknownIcon.

    `when` shows it only while the check around it is in that state.
    """
    return svg(class_=["icon", css], aria_hidden="true", data_when=when or None)[_use(href=icon_address(name))]


def badge(words: str, tone: Tone = "neutral", *, icon_name: str = "", working: bool = False) -> Renderable:
    """A state in words and colour; without an icon it bears a dot.

    `working` turns the icon while something is under way.
    """
    mark: Node = icon(icon_name) if icon_name else span(".dot", aria_hidden="true")
    return span(class_=["badge", tone, working and "working"])[mark, words]


def count(n: int, label: str, *, quiet: bool = False) -> Renderable:
    """How many wait, as a round mark; `label` says it in words for those who do not see it."""
    return span(class_=["count", quiet and "quiet"])[
        span(aria_hidden="true")["99+" if n > 99 else n], span(".unseen")[f" {label}"]
    ]


def network_mark(platform: str) -> Renderable:
    """The network's own glyph in one colour, as both brand guides ask for small sizes; its name is read aloud."""
    return span(".network")[icon(platform), span(".unseen")[NETWORK_NAMES.get(platform, platform)]]


def handle(platform: str, name: str) -> Renderable:
    """An account in a line of text: its network's mark and its @name."""
    return span(".handle")[network_mark(platform), span[f"@{name.lstrip('@')}"]]


def avatar(name: str, *, src: str = "", size: Size = "m", platform: str = "") -> Renderable:
    """A face or the first letter, with the network in the corner.

    The name stands beside it, so that the picture is silent.
    """
    initial = name.strip().lstrip("@")[:1].upper() or "?"
    hue = sum(name.encode()) % _HUES
    inside: Node = img(src=src, alt="", loading="lazy") if src else span(aria_hidden="true")[initial]
    return span(class_=["avatar", size, f"hue-{hue}"])[inside, platform and network_mark(platform)]


def stat(
    label: str, value: str, *, change: str = "", tone: Tone = "neutral", hint: str = "", about: str = ""
) -> Renderable:
    """One figure with its name;

    `change` is coloured by `tone` and says its sign in words or signs; `about` says what it means. Put several into
    `stats`.
    """
    told = dd[value, change and span(class_=["change", tone])[change]]
    return div(".stat", title=hint or None)[dt[label], told, about and dd(".stat-about")[about]]


def stats(*figures: Node, roomy: bool = False) -> Renderable:
    """Figures side by side; `roomy` where they are what the page is about."""
    return dl(class_=["stats", roomy and "roomy"])[figures]
