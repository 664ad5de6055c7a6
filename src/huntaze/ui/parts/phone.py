"""The phone: how a post will look on Instagram, with Instagram's own cut of the caption.

Instagram shows a caption's beginning up to about 125 characters or its first line break, whichever comes first, then
“… more”. frontend/lib/caption.ts does the same while one writes; tests/browser holds the two together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from htpy import Node, Renderable, div, figcaption, figure, img, span, strong, video

from huntaze.ui.i18n import _
from huntaze.ui.parts.marks import avatar, icon
from huntaze.ui.parts.media import MediaKind

Shape = Literal["feed", "reel"]
Ratio = Literal["portrait", "square", "wide"]
CAPTION_CUT = 125
_TAG = re.compile(r"[#@][\w.]*\w")
_LAST_WORD = re.compile(r"\s+\S*$")


@dataclass(frozen=True, slots=True)
class PhoneMedia:
    """What is shown; `play_src` is the video itself, `src` its cover or the picture."""

    src: str
    kind: MediaKind = "image"
    play_src: str = ""
    alt: str = ""


def cut_caption(text: str, limit: int = CAPTION_CUT) -> tuple[str, bool]:
    """The part of a caption that a feed shows, and whether something is hidden behind “… more”."""
    whole = text.strip()
    first = whole.split("\n", 1)[0].rstrip()
    if len(first) > limit:
        cut = _LAST_WORD.sub("", first[: limit + 1])
        first = cut if len(cut) <= limit and cut else first[:limit]
    return first, len(first) < len(whole)


def phone(
    handle: str,
    caption: str,
    media: Sequence[PhoneMedia],
    *,
    shape: Shape = "feed",
    ratio: Ratio = "portrait",
    avatar_src: str = "",
    note: str = "",
) -> Renderable:
    """The post as a follower will see it. `post-composer` keeps it in step with what is written."""
    return figure(".phone", data_shape=shape, data_ratio=ratio)[
        div(".phone-body")[
            div(
                ".phone-screen",
                role="img" if not media else None,
                aria_label=_("Preview, empty") if not media else None,
            )[
                div(".phone-head")[
                    avatar(handle, src=avatar_src, size="s"), span(data_preview="handle")[handle], icon("ellipsis")
                ],
                div(".phone-picture", data_preview="media")[_picture(media), _blank()],
                div(".phone-under")[
                    div(".phone-tools", aria_hidden="true")[
                        icon("heart"), icon("message-circle"), icon("send"), icon("bookmark")
                    ],
                    div(".phone-caption", data_preview="caption")[_caption(handle, caption)],
                    div(".phone-when")[_("Just now")],
                ],
                div(".phone-rail", aria_hidden="true")[
                    icon("heart"), icon("message-circle"), icon("send"), icon("ellipsis")
                ],
            ]
        ],
        figcaption[note or _("Preview. Instagram may crop differently.")],
    ]


def _blank() -> Renderable:
    return div(".phone-blank")[icon("image-plus"), span[_("Add a photo or a video")]]


def _picture(media: Sequence[PhoneMedia]) -> Node:
    if not media:
        return None
    first = media[0]
    shown = (
        video(
            src=first.play_src,
            poster=first.src or None,
            controls=True,
            muted=True,
            playsinline=True,
            preload="metadata",
        )
        if first.kind == "video" and first.play_src
        else img(src=first.src, alt=first.alt)
    )
    return [shown, len(media) > 1 and span(".phone-page")[f"1/{len(media)}"]]


def _caption(handle: str, caption: str) -> Node:
    shown, hidden = cut_caption(caption)
    words: list[Node] = []
    end = 0
    for tag in _TAG.finditer(shown):
        words += [shown[end : tag.start()], span(".tagged")[tag.group()]]
        end = tag.end()
    words.append(shown[end:])
    return [strong[f"{handle} "], words, hidden and span(".phone-more", data_more=True)["… ", _("more")]]
