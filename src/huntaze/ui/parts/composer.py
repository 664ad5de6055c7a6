"""The frame of the composer: what is written at the left, with «Before publishing» under it; the phone at the right;
the main action below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from htpy import Element, Node, Renderable, a, div, form, h2, li, section, span, ul
from htpy import input as input_element

from huntaze.ui.i18n import _, number
from huntaze.ui.parts.actions import NO_ATTRS, Attrs, csrf
from huntaze.ui.parts.fields import Field, field, textarea
from huntaze.ui.parts.marks import icon
from huntaze.ui.viewer import Viewer

CheckState = Literal["good", "block", "advice"]

_post_composer = Element("post-composer")
_STATE_ICONS: Mapping[CheckState, str] = {"good": "circle-check", "block": "circle-x", "advice": "info"}


@dataclass(frozen=True, slots=True)
class CaptionLimits:
    """How much a network takes: characters, hashtags and mentions of a caption, and media of one post."""

    characters: int = 2200
    hashtags: int = 30
    mentions: int = 20
    media: int = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One line of «Before publishing».

    `good` is said when it holds, `wrong` when not; `severity` tells whether that blocks. While one writes, the element
    judges the keys caption-length, hashtags, mentions, media, media-count, account, time and alt-text; any other key
    keeps the state that the server gave it.
    """

    key: str
    good: str
    wrong: str
    href: str
    severity: Literal["block", "advice"] = "block"
    holds: bool = True

    @property
    def state(self) -> CheckState:
        """What is shown."""
        return "good" if self.holds else self.severity


def caption_field(spec: Field, value: str, limits: CaptionLimits) -> Renderable:
    """The caption with its counters: characters left, hashtags and mentions used."""
    return field(
        spec,
        textarea(spec, value=value, rows=6, attrs={"data-caption": True, "spellcheck": "true"}),
        aside=span(".counters")[
            _counter("hashtags", _("Hashtags {n}/{most}"), value.count("#"), limits.hashtags),
            _counter("mentions", _("Mentions {n}/{most}"), value.count("@"), limits.mentions),
            _counter("characters", _("{n} of {most}"), len(value), limits.characters),
        ],
    )


def counted_field(spec: Field, value: str, most: int) -> Renderable:
    """A few lines of text with the number of their characters; `most` is advised, 0 where nothing is."""
    return field(
        spec,
        textarea(spec, value=value, rows=2, attrs={"data-counted": spec.key, "spellcheck": "true"}),
        aside=span(".counters")[_counter(spec.key, _("{n} of {most}"), len(value), most)] if most else None,
    )


def _counter(name: str, words: str, used: int, most: int) -> Renderable:
    return span(".counter", data_counter=name, data_words=words, data_most=most)[
        words.format(n=number(used), most=number(most))
    ]


@dataclass(frozen=True, slots=True)
class KindWords:
    """What a post is called by its media: one picture, several files, one video."""

    image: str
    several: str
    video: str


def media_kind(words: KindWords, shown: str) -> Renderable:
    """What the post will be, which follows from its media; the element keeps it in step with the strip."""
    return span(
        ".media-kind",
        data_media_kind=True,
        data_image=words.image,
        data_several=words.several,
        data_video=words.video,
        aria_live="polite",
    )[shown]


def checks(items: Sequence[Check], *, key: str = "checks", more: Node = None) -> Renderable:
    """«Before publishing»: live but calm. What blocks is said in colour and words, advice is only said."""
    return section(".checks-part", id=key, aria_labelledby=f"{key}-title")[
        h2(id=f"{key}-title")[_("Before publishing")], check_list(items), more
    ]


def check_list(items: Sequence[Check], attrs: Attrs = NO_ATTRS) -> Renderable:
    """Lines of «Before publishing» alone: those that the server says anew (`attrs` is a `swap()`)."""
    return ul(".checks", attrs)[[_check(item) for item in items]]


def _check(item: Check) -> Renderable:
    states: tuple[CheckState, CheckState] = ("good", item.severity)
    return li(data_check=item.key, data_severity=item.severity, data_state=item.state)[
        [icon(_STATE_ICONS[state], when=state) for state in states],
        span(data_when="good")[item.good],
        span(data_when=item.severity)[a(href=item.href)[item.wrong]],
    ]


def save_state(words: str, state: Literal["saved", "saving", "failed", "new"] = "saved") -> Renderable:
    """What has been kept: «Saved 10:42». The element rewrites it as it saves."""
    return span(".composer-state", role="status", data_save_state=True, data_state=state)[icon("check"), span[words]]


def composer(
    viewer: Viewer,
    *,
    action: str,
    save_url: str,
    write: Node,
    show: Node,
    foot: Node,
    limits: CaptionLimits | None = None,
    version: str = "",
    attrs: Attrs = NO_ATTRS,
) -> Renderable:
    """The whole composer: one form. `save_url` receives it every 3 seconds after a change and answers JSON
    {"version", "url"?}; 409 means that someone else saved. Ctrl+Enter presses the main action (`data-main`), Ctrl+S
    saves.
    """
    most = limits or CaptionLimits()
    return _post_composer(
        {
            "data-save-url": save_url,
            "data-characters": most.characters,
            "data-hashtags": most.hashtags,
            "data-mentions": most.mentions,
            "data-media": most.media,
            "data-saved": _("Saved {time}"),
            "data-saving": _("Saving…"),
            "data-unsaved": _("Not saved yet. Trying again."),
            "data-conflict": _("Someone else saved this post. Load the page again to see it."),
            "data-more": _("more"),
            **attrs,
        }
    )[
        form(".composer", action=action, method="post", novalidate=True)[
            csrf(viewer),
            version and input_element(type="hidden", name="version", value=version),
            div(".composer-write")[write],
            div(".composer-show")[show],
            div(".composer-foot")[foot],
        ]
    ]
