"""Pictures and videos: tile, thumbnail, the strip of a carousel, the place to drop files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from htpy import Element, Node, Renderable, a, div, img, label, li, p, span, strong, ul, video
from htpy import input as input_element

from huntaze.ui.i18n import _
from huntaze.ui.parts.actions import NO_ATTRS, Attrs, icon_button
from huntaze.ui.parts.marks import icon

MediaKind = Literal["image", "video"]
_media_dropzone = Element("media-dropzone")


def length_words(seconds: float) -> str:
    """A video's length as people read it: 0:09, 1:30, 1:02:05."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def thumbnail(src: str, alt: str = "", *, kind: MediaKind = "image") -> Renderable:
    """A small picture beside words; without a source, the sign of its kind."""
    if not src:
        return span(".thumb.blank")[icon("film" if kind == "video" else "image")]
    return img(".thumb", src=src, alt=alt, loading="lazy", width="56", height="56")


@dataclass(frozen=True, slots=True)
class Tile:
    """One file of the library.

    `length` is in seconds; `state` a badge over the picture; `pick` the name of its checkbox, if any.
    """

    id: str
    name: str
    src: str = ""
    alt: str = ""
    kind: MediaKind = "image"
    length: float | None = None
    href: str = ""
    detail: str = ""
    state: Node = None
    pick: str = ""


def tiles(items: Sequence[Tile], *, key: str = "") -> Renderable:
    """The library's grid."""
    return ul(".tiles", id=key or None)[[media_tile(item) for item in items]]


def media_tile(tile: Tile) -> Renderable:
    """One file: picture, length, state, name, detail."""
    return li(".tile", id=tile.id)[
        tile.pick
        and label(".tile-pick")[
            input_element(
                type="checkbox", name=tile.pick, value=tile.id, aria_label=_("Select {name}").format(name=tile.name)
            )
        ],
        div(".tile-picture")[
            img(src=tile.src, alt=tile.alt, loading="lazy")
            if tile.src
            else icon("film" if tile.kind == "video" else "image"),
            tile.kind == "video"
            and span(".tile-mark.length")[
                icon("play"), length_words(tile.length) if tile.length is not None else _("Video")
            ],
            tile.state is not None and span(".tile-mark.state")[tile.state],
        ],
        div(".tile-name", title=tile.name)[a(href=tile.href)[tile.name] if tile.href else tile.name],
        tile.detail and div(".soft")[tile.detail],
    ]


@dataclass(frozen=True, slots=True)
class StripItem:
    """One picture of a post being written, in its place."""

    asset_id: str
    name: str
    src: str
    kind: MediaKind = "image"
    alt: str = ""
    play_src: str = ""


def strip_item(item: StripItem, place: int) -> Renderable:
    """One picture with its place, its alternative text and the ways to move and remove it.

    Also what an upload's answer holds.
    """
    shown: Node = (
        video(src=item.play_src, muted=True, playsinline=True, preload="metadata", poster=item.src or None)
        if item.kind == "video" and item.play_src
        else img(src=item.src, alt=item.alt)
    )
    words = _("Description of {name}").format(name=item.name)
    return li(
        ".strip-item",
        data_asset=item.asset_id,
        data_name=item.name,
        data_kind=item.kind,
        draggable="true",
        id=f"strip-{item.asset_id}",
    )[
        input_element(type="hidden", name="asset", value=item.asset_id),
        div(".tile-picture")[shown, span(".strip-place")[place]],
        input_element(
            ".input",
            type="text",
            name=f"alt-{item.asset_id}",
            value=item.alt or None,
            maxlength="1000",
            placeholder=_("Describe it"),
            aria_label=words,
        )
        if item.kind == "image"
        else None,
        div(".strip-tools")[
            icon_button(_("Move {name} earlier").format(name=item.name), "arrow-left", attrs={"data-move": "-1"}),
            icon_button(_("Remove {name}").format(name=item.name), "x", attrs={"data-remove": True}),
            icon_button(_("Move {name} later").format(name=item.name), "arrow-right", attrs={"data-move": "1"}),
        ],
    ]


def dropzone(
    upload_url: str,
    *,
    key: str = "files",
    title: str = "",
    text: Node = None,
    accept: str = "image/jpeg,image/png,video/mp4,video/quicktime",
    items: Sequence[StripItem] | None = None,
    slim: bool = False,
    multiple: bool = True,
    attrs: Attrs = NO_ATTRS,
) -> Renderable:
    """A place to drop files. Each is POSTed as multipart field `file` to `upload_url`; the answer is HTML: a
    `strip_item` (or a tile with `data-into` in `attrs` naming the list's selector). `items` makes it a composer's
    strip, ordered by drag, buttons or Alt+arrows.
    """
    return _media_dropzone(
        {
            "data-upload-url": upload_url,
            "data-failed": _("{name} could not be sent."),
            "data-moved": _("{name} is now {place} of {total}."),
            "data-cancel": _("Cancel"),
            **attrs,
        }
    )[
        div(class_=["dropzone", slim and "slim"])[
            icon("image-plus"),
            strong[title or _("Drop photos or a video here")],
            p(".small.soft")[text if text is not None else _("JPEG or PNG photos, MP4 or MOV videos.")],
            label(".button.plain.pick-files")[
                icon("upload"),
                _("Choose files"),
                input_element(id=key, type="file", name="file", accept=accept, multiple=multiple),
            ],
        ],
        ul(".uploads", aria_live="polite"),
        ul(".strip", id=f"{key}-strip")[[strip_item(item, place) for place, item in enumerate(items, 1)]]
        if items is not None
        else None,
        span(".unseen", role="status", data_announce=True),
    ]
