"""/_parts: every component with example data, in development only.

Tests shoot it and hold it to the rules of the design language.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from htpy import Node, Renderable, a, div, form, nav, p, section
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from huntaze.kit.clock import Clock
from huntaze.ui import gallery_charts, gallery_composer, gallery_forms, parts
from huntaze.ui.gallery_pictures import picture_route
from huntaze.ui.i18n import _, number, percent
from huntaze.ui.page import html, page
from huntaze.ui.viewer import Viewer

GALLERY_PATH = "/_parts"


def gallery_routes(viewer_of: Callable[[Request], Awaitable[Viewer]], clock: Clock) -> list[Route]:
    """GET /_parts and the pictures it shows."""

    async def show(request: Request) -> Response:
        viewer = await viewer_of(request)
        with viewer.speaking():
            return html(gallery(viewer, clock.now()))

    async def upload(_request: Request) -> Response:
        viewer = await viewer_of(_request)
        with viewer.speaking():
            item = parts.StripItem("new", "example.jpg", f"{GALLERY_PATH}/picture-3.svg")
            return HTMLResponse(str(parts.strip_item(item, 1)))

    return [
        Route(GALLERY_PATH, show, methods=["GET"]),
        Route(f"{GALLERY_PATH}/upload", upload, methods=["POST"]),
        picture_route(f"{GALLERY_PATH}/picture-{{number:int}}.svg"),
    ]


def gallery(viewer: Viewer, now: datetime) -> Renderable:
    """The page: one section a group of components."""
    groups: list[tuple[str, str, Node]] = [
        ("composer", _("Composer"), gallery_composer.composer_example(viewer, now)),
        ("posts", _("Posts"), _posts(viewer, now)),
        ("actions", _("Buttons and menus"), gallery_forms.actions()),
        ("marks", _("Marks and figures"), _marks(now)),
        ("fields", _("Fields"), gallery_forms.fields(now)),
        ("surfaces", _("Banners and states"), _surfaces(now)),
        ("charts", _("Charts"), gallery_charts.charts()),
        ("media", _("Media"), _media()),
    ]
    ways = nav(".parts-nav", aria_label=_("Groups"))[[a(href=f"#{key}")[words] for key, words, _node in groups]]
    sections = [section(".stack", id=key, aria_label=words)[node] for key, words, node in groups]
    return page(
        viewer,
        _("Components"),
        ways,
        sections,
        lead=_("Every part of the design language, with example data."),
        actions=[
            parts.dialog_button(_("Ask first"), "example-confirm"),
            parts.link_button(_("New post"), "/posts/new", kind="primary", icon_name="plus"),
        ],
        script="insights.js",
    )


def _posts(viewer: Viewer, now: datetime) -> Node:
    any_account = [parts.Option("", _("All accounts")), parts.Option("1", "@atelier.maya")]
    any_state = [parts.Option("", _("Any state")), parts.Option("failed", _("Failed"))]
    filters = [parts.Filter("account", _("Account"), any_account), parts.Filter("state", _("State"), any_state)]
    ways = [
        parts.Tab(_("All"), "#posts", current=True),
        parts.Tab(_("Scheduled"), "#posts", count=3),
        parts.Tab(_("Failed"), "#posts", count=1),
    ]
    return [
        parts.tabs(_("Posts"), ways),
        parts.filter_bar("/_parts", filters, search=""),
        parts.card(
            parts.item_list(_post_items(now)),
            flush=True,
            title=_("This week"),
            actions=parts.link_button(_("See all"), "#posts", kind="quiet"),
        ),
        parts.card(_account_table(now), flush=True),
        parts.pager(_("1 to 5 of 42"), older="#posts"),
        _confirm(viewer),
    ]


def _post_items(now: datetime) -> list[parts.Item]:
    long = _("Pulling the first proof, and why it never works the first time")
    states = [
        (_("First light over the bay"), parts.badge(_("Scheduled"), "accent", icon_name="calendar-clock")),
        (long, parts.badge(_("Failed"), "bad", icon_name="circle-alert")),
        (_("Morning ritual, ink first"), parts.badge(_("Published"), "good", icon_name="circle-check")),
        (_("Studio tour"), parts.badge(_("Draft"), icon_name="circle-dashed")),
        (_("How we mix Breton blue"), parts.badge(_("Sending"), "warn", icon_name="loader-circle", working=True)),
    ]
    return [
        parts.Item(
            f"post-{place}",
            title,
            f"/posts/{place}",
            picture=parts.thumbnail(f"{GALLERY_PATH}/picture-{place}.svg"),
            meta=[parts.handle("instagram", "atelier.maya"), parts.local_time(now + timedelta(hours=7 * place))],
            end=badge,
        )
        for place, (title, badge) in enumerate(states, 1)
    ]


def _account_table(now: datetime) -> Renderable:
    columns = [
        parts.Column(_("Account")),
        parts.Column(_("Followers"), numeric=True),
        parts.Column(_("Last sync")),
        parts.Column(_("State")),
    ]
    connected = parts.badge(_("Connected"), "good")
    ending = parts.badge(_("Ends soon"), "warn")
    rows = [
        _account_row("@atelier.maya", "instagram", 48_210, now - timedelta(minutes=3), now, connected),
        _account_row("@mayaprints", "tiktok", 112_904, now - timedelta(minutes=65), now, ending),
    ]
    return form[parts.table(_("Accounts"), columns, rows, bulk=parts.button(_("Disconnect"), kind="danger"))]


def _account_row(name: str, platform: str, followers: int, synced: datetime, now: datetime, state: Node) -> parts.Row:
    who = div(".row")[parts.avatar(name, size="s", platform=platform), a(href="#posts")[name]]
    return parts.Row(f"row-{platform}", [who, number(followers), parts.relative_time(synced, now), state], label=name)


def _confirm(viewer: Viewer) -> Renderable:
    return parts.confirm(
        viewer,
        "example-confirm",
        _("Disconnect @atelier.maya?"),
        _("Three scheduled posts will be held. They are not lost: connect again and they can go out."),
        action="/_parts",
        label=_("Disconnect"),
        typed="atelier.maya",
    )


def _marks(now: datetime) -> Node:
    figures = parts.stats(
        parts.stat(_("Followers"), number(48_210), change=f"+{percent(0.012)}", tone="good"),
        parts.stat(_("Posts this week"), number(3)),
        parts.stat(_("Comments"), number(126), change=number(-4), tone="bad"),
    )
    account = div(".row.apart")[
        div(".row")[
            parts.avatar("Atelier Maya", size="l", platform="instagram"),
            div[p(".firm")["Atelier Maya"], p(".small.soft")["@atelier.maya"]],
        ],
        parts.badge(_("Connected"), "good"),
    ]
    steps = [
        parts.TimelineItem(_("Sent to Instagram"), now - timedelta(minutes=4), "accent"),
        parts.TimelineItem(
            _("Instagram is processing the video"), now - timedelta(minutes=3), "neutral", icon="loader-circle"
        ),
        parts.TimelineItem(
            _("No answer came"), now - timedelta(minutes=2), "warn", _("We look on the account before sending again.")
        ),
        parts.TimelineItem(
            _("Found on the account"), now - timedelta(minutes=1), "good", a(href="#marks")[_("See it on Instagram")]
        ),
    ]
    return div(".grid.fit")[
        parts.card(account, figures),
        parts.card(parts.timeline(steps), title=_("What happened")),
        parts.card(
            div(".row")[
                parts.avatar("Léa", size="s"),
                parts.avatar("Noor", platform="tiktok"),
                parts.network_mark("instagram"),
                parts.network_mark("tiktok"),
                parts.count(4, _("4 new")),
                parts.badge(_("Waiting"), icon_name="clock"),
            ],
            parts.progress(_("Uploading pressing.mp4"), 62),
            parts.skeleton("text"),
            title=_("Small signs"),
        ),
    ]


def _surfaces(now: datetime) -> Node:
    again = parts.button(_("Retry"), icon_name="rotate-ccw")
    return [
        parts.banner(
            _("“Pulling the first proof” was not published"),
            _("Instagram says: the image's ratio is not supported."),
            tone="bad",
            action=again,
        ),
        parts.banner(
            _("The connection of @mayaprints ends on Friday"),
            tone="warn",
            action=parts.link_button(_("Connect again"), "#surfaces"),
        ),
        parts.banner(_("Everything went out this week"), tone="good"),
        parts.banner(_("No worker has been seen for 2 minutes"), _("Posts wait until one is back."), tone="accent"),
        parts.card(
            parts.empty(
                _("No comments yet"),
                _("What people write under your posts appears here within seconds."),
                icon_name="message-circle",
                action=parts.link_button(_("See your posts"), "#surfaces"),
            )
        ),
        div(".row")[
            parts.toast(_("Saved")),
            parts.toast(_("Moved to Tuesday 18:30"), "accent", action=parts.button(_("Undo"), kind="quiet")),
        ],
    ]


def _media() -> Node:
    def picture(place: int, name: str, detail: str, length: float | None = None) -> parts.Tile:
        return parts.Tile(
            f"asset-{place}",
            name,
            f"{GALLERY_PATH}/picture-{place}.svg",
            name,
            kind="video" if length else "image",
            length=length,
            href="#media",
            detail=detail,
            pick="asset",
        )

    files = [
        picture(1, "bay-at-dawn.jpg", "1080 x 1350"),
        picture(2, "pressing.mp4", "1080 x 1920", 42.0),
        picture(3, "proof-and-a-very-long-file-name.jpg", "1080 x 1080"),
        picture(4, "studio.jpg", "1200 x 630"),
        picture(5, "blue.jpg", "1080 x 1350"),
    ]
    return [
        parts.dropzone(f"{GALLERY_PATH}/upload", key="library", attrs={"data-into": "#library-tiles"}),
        parts.tiles(files, key="library-tiles"),
    ]
