"""The media pages: the grid with its dropzone, and one file with its facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from htpy import Node, Renderable, a, dd, div, dl, dt, form, img, li, noscript, p, span, ul, video
from htpy import input as input_element

from huntaze.library.errors import LibraryError
from huntaze.library.model import Asset, AssetState, Purpose, Source
from huntaze.library.sniff import FILE_TYPES
from huntaze.platforms.contract import MediaRules, Platform
from huntaze.platforms.registry import Platforms
from huntaze.ui import parts
from huntaze.ui.i18n import _, file_size, moment, ngettext, number, spoken
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer

ACCEPT = ",".join(FILE_TYPES)
GRID_ID = "media-grid"


@dataclass(frozen=True, slots=True)
class Grid:
    """One page of the grid. ``older`` is the cursor of the next page, ``error`` what an upload came to."""

    assets: Sequence[Asset]
    kind: str
    older: str
    first: bool
    error: LibraryError | None = None


def words(error: LibraryError) -> str:
    """What went wrong and what helps, in the reader's language."""
    return f"{spoken(error.message)} {spoken(error.remedy)}"


def media(viewer: Viewer, grid: Grid, platforms: Platforms) -> Renderable:
    """The whole page."""
    nothing = not grid.assets and grid.first and not grid.kind
    return page(
        viewer,
        _("Media"),
        _refusal(grid.error),
        _dropzone(viewer, slim=not nothing),
        nothing and _empty(platforms),
        not nothing and _filters(grid.kind),
        _grid(grid),
        _pager(grid),
        lead=_("Photos and videos for your posts. Drop files here, or choose them."),
    )


def tile(asset: Asset) -> Renderable:
    """One file of the grid; also the answer to an upload and the body of a live message."""
    return parts.media_tile(_tile(asset))


def strip_item(asset: Asset, place: int = 1) -> Renderable:
    """One file as an item of a composer's strip."""
    return parts.strip_item(
        parts.StripItem(
            asset_id=str(asset.id),
            name=asset.name,
            src=_thumbnail(asset),
            kind="video" if asset.kind == "video" else "image",
            alt=asset.alt_text,
            play_src=f"/media/{asset.id}/file" if asset.kind == "video" else "",
        ),
        place,
    )


def details(viewer: Viewer, asset: Asset, error: LibraryError | None = None) -> Renderable:
    """One file: what it looks like, what it is, what it is called for people who cannot see it."""
    dialog_id = "delete-asset"
    return page(
        viewer,
        asset.name,
        _refusal(error),
        asset.problem and parts.banner(spoken(asset.problem[0]), spoken(asset.problem[1]), tone="bad"),
        div(".split")[
            parts.card(_preview(asset)),
            div(".stack")[
                parts.card(_facts(asset), title=_("About this file")),
                asset.kind == "image" and _description(viewer, asset),
            ],
        ],
        parts.confirm(
            viewer,
            dialog_id,
            _("Delete this file?"),
            _("It cannot be brought back."),
            action=f"/media/{asset.id}/delete",
            label=_("Delete"),
        ),
        actions=[
            asset.state is AssetState.READY
            and parts.link_button(
                _("Use in a post"), f"/posts/new?asset={asset.id}", kind="primary", icon_name="square-pen"
            ),
            asset.state is AssetState.READY
            and parts.link_button(_("Download"), f"/media/{asset.id}/file?download=1", icon_name="download"),
            parts.dialog_button(_("Delete"), dialog_id, kind="danger", icon_name="trash-2"),
        ],
        back=("/media", _("Media")),
    )


def _refusal(error: LibraryError | None) -> Node:
    return parts.banner(spoken(error.message), spoken(error.remedy), tone="bad") if error else None


def _dropzone(viewer: Viewer, *, slim: bool) -> Node:
    return [
        parts.dropzone(
            "/media",
            slim=slim,
            accept=ACCEPT,
            text=_("JPEG, PNG, WebP, HEIC or GIF pictures, MP4 or MOV videos."),
            attrs={"data-into": f"#{GRID_ID}"},
        ),
        noscript[
            form(method="post", action="/media", enctype="multipart/form-data")[
                parts.csrf(viewer),
                input_element(type="file", name="file", accept=ACCEPT, required=True, aria_label=_("File")),
                parts.button(_("Upload")),
            ]
        ],
    ]


def _empty(platforms: Platforms) -> Renderable:
    return parts.card(
        p(".soft")[_("Files that you add are kept here and can be used in any number of posts.")],
        ul(".limits")[[_limits(platform) for platform in platforms]],
        title=_("What the networks take"),
    )


def _limits(platform: Platform) -> Node:
    rules = platform.limits
    photos = _("{network} photos: up to {size}, {shape}.").format(
        network=platform.label, size=file_size(rules.image.max_bytes), shape=_shape(rules.image)
    )
    videos = _("{network} videos: up to {size}, {shortest} to {longest}.").format(
        network=platform.label,
        size=file_size(rules.reel.max_bytes),
        shortest=parts.length_words(rules.reel.min_seconds),
        longest=parts.length_words(rules.reel.max_seconds),
    )
    return [li[parts.icon("image"), span[photos]], li[parts.icon("film"), span[videos]]]


def _shape(rules: MediaRules) -> str:
    return _("from {narrowest}:1 to {widest}:1").format(
        narrowest=number(rules.min_aspect), widest=number(rules.max_aspect)
    )


def _filters(kind: str) -> Renderable:
    return parts.tabs(
        _("Kind"),
        [
            parts.Tab(_("All"), "/media", current=not kind),
            parts.Tab(_("Photos"), "/media?kind=image", current=kind == "image"),
            parts.Tab(_("Videos"), "/media?kind=video", current=kind == "video"),
        ],
    )


def _grid(grid: Grid) -> Renderable:
    return parts.tiles([_tile(asset) for asset in grid.assets], key=GRID_ID)


def _pager(grid: Grid) -> Node:
    chosen = f"kind={grid.kind}&" if grid.kind else ""
    newer = "" if grid.first else f"/media?{chosen}".rstrip("?&")
    older = f"/media?{chosen}before={grid.older}" if grid.older else ""
    if not newer and not older:
        return None
    shown = ngettext("{n} file", "{n} files", len(grid.assets)).format(n=number(len(grid.assets)))
    return parts.pager(shown, newer=newer, older=older)


def _tile(asset: Asset) -> parts.Tile:
    return parts.Tile(
        id=f"asset-{asset.id}",
        name=asset.name,
        src=_thumbnail(asset),
        alt=asset.alt_text,
        kind="video" if asset.kind == "video" else "image",
        length=asset.row.duration,
        href=f"/media/{asset.id}",
        detail=_size(asset) if asset.state is AssetState.READY else "",
        state=_state(asset),
    )


def _state(asset: Asset) -> Node:
    if asset.state is AssetState.RECEIVING:
        return parts.badge(_("Processing"), icon_name="loader-circle")
    if asset.state is AssetState.REFUSED:
        return parts.badge(_("Not usable"), "bad")
    return None


def _thumbnail(asset: Asset) -> str:
    return f"/media/{asset.id}/thumbnail" if asset.variant(Purpose.THUMBNAIL) else ""


def _size(asset: Asset) -> str:
    return f"{asset.row.width} × {asset.row.height}"  # noqa: RUF001 — the sign people know


def _preview(asset: Asset) -> Renderable:
    if asset.state is not AssetState.READY:
        return p(".soft")[_("There is no picture of this file yet.")]
    address = f"/media/{asset.id}/file"
    if asset.kind == "video":
        return video(".preview", src=address, controls=True, preload="metadata", poster=_thumbnail(asset) or None)
    # Browsers cannot show every kind that is taken (HEIC); the thumbnail they always can.
    shown = _thumbnail(asset) if asset.row.mime == "image/heic" else address
    return a(href=address)[img(".preview", src=shown, alt=asset.alt_text or asset.name)]


def _facts(asset: Asset) -> Renderable:
    row, facts = asset.row, asset.facts
    lines: list[tuple[str, Node]] = [
        (_("Kind"), FILE_TYPES[row.mime].extension.upper()),
        (_("Size"), file_size(row.size)),
    ]
    if asset.state is AssetState.READY:
        lines.append((_("Dimensions"), _size(asset)))
    if row.duration is not None:
        lines.append((_("Length"), parts.length_words(row.duration)))
    if row.video_codec:
        lines.append((_("Encoding"), " · ".join(filter(None, (row.video_codec, row.audio_codec)))))
    if asset.variant(Purpose.JPEG):
        sent = _("as JPEG, {size}").format(size=file_size(facts.size))
        lines.append((_("Sent to networks"), sent))
    lines.append((_("Added"), moment(row.created_at)))
    lines.append((_("Where from"), row.origin if row.source == Source.IMPORT else _("Uploaded")))
    return dl(".facts")[[[dt[name], dd[value]] for name, value in lines]]


def _description(viewer: Viewer, asset: Asset) -> Renderable:
    spec = parts.Field(
        "alt_text",
        _("Alternative text"),
        help=_("Tells people who cannot see the picture what it shows."),
        optional=True,
    )
    return parts.card(
        form(".stack", method="post", action=f"/media/{asset.id}")[
            parts.csrf(viewer),
            parts.field(spec, parts.textarea(spec, value=asset.alt_text, rows=3)),
            div[parts.button(_("Save"), kind="primary")],
        ]
    )
