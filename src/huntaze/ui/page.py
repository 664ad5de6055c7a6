"""The frame around every page: side bar at the desk, bar of five on a phone, one heading, the place for toasts, the
live stream.
"""

from collections.abc import Mapping

from htpy import (
    Node,
    Renderable,
    a,
    body,
    div,
    fragment,
    h1,
    head,
    header,
    link,
    main,
    meta,
    p,
    span,
)
from htpy import (
    html as html_element,
)
from htpy import (
    script as script_element,
)
from htpy import (
    title as title_element,
)
from starlette.responses import HTMLResponse

from huntaze.ui import htmx
from huntaze.ui.frame import bottom_bar, helpers, live_element, side_bar
from huntaze.ui.i18n import _
from huntaze.ui.parts.actions import link_button
from huntaze.ui.parts.marks import icon
from huntaze.ui.viewer import Viewer

PRODUCT = "Huntaze"


def html(node: Node, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """An answer with the rendered node; call it inside `viewer.speaking()`.

    Pages are private: nothing on the way may keep them.
    """
    kept_nowhere = {"cache-control": "no-store"} | dict(headers or {})
    return HTMLResponse(str(fragment[node]), status, kept_nowhere)


def page(
    viewer: Viewer,
    title: str,
    *parts: Node,
    lead: Node = None,
    actions: Node = None,
    back: tuple[str, str] | None = None,
    script: str = "",
) -> Renderable:
    """A whole page inside the frame.

    `title` is the heading and the tab's name; `back` is (address, words) of the page above; `script` is a built file
    that only this page needs.
    """
    content = main("#main.main", tabindex="-1")[
        div("#banners.banners")[list(viewer.banners)],
        div(".top")[
            div(".top-text")[
                back and a(".back", href=back[0])[icon("arrow-left"), back[1]],
                h1[title],
                lead is not None and p(".lead")[lead],
            ],
            actions is not None and div(".top-actions")[actions],
        ],
        parts,
    ]
    frame = div(".frame")[side_bar(viewer), content]
    return _document(viewer, title, frame, bottom_bar(viewer), script=script)


def bare_page(viewer: Viewer, title: str, *parts: Node, lead: Node = None, roomy: bool = False) -> Renderable:
    """A page without ways to go: sign-in, first owner, setup."""
    content = main("#main.main", tabindex="-1")[
        div(".top-text")[h1[title], lead is not None and p(".lead.soft")[lead]],
        parts,
    ]
    brand = header[a(".brand", href="/")[icon("huntaze"), PRODUCT]]
    return _document(viewer, title, div(class_=["bare", roomy and "roomy"])[brand, content])


def error_page(
    viewer: Viewer, title: str, text: str, *, error_id: str = "", action: tuple[str, str] | None = None
) -> Renderable:
    """What went wrong in one sentence and one way on;

    `error_id` is the short id to quote to whoever runs the server.
    """
    words, address = action or (_("Go to Home"), "/")
    return bare_page(
        viewer,
        title,
        div(".stack.error-page")[
            p(".soft")[text],
            error_id and p(".small.soft")[_("Quote this number when you ask for help: {id}").format(id=error_id)],
            div[link_button(words, address, kind="primary")],
        ],
    )


def _document(viewer: Viewer, title: str, *content: Node, script: str = "") -> Renderable:
    assets = viewer.assets
    theme = None if viewer.theme == "system" else viewer.theme
    return html_element(lang=viewer.locale, data_theme=theme)[
        head[
            meta(charset="utf-8"),
            meta(name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
            title_element[f"{title} · {PRODUCT}"],
            meta(name="color-scheme", content="light dark"),
            meta(name="csrf-token", content=viewer.csrf_token),
            meta(name="htmx-config", content=htmx.CONFIG),
            link(rel="preload", href=assets.url("inter-latin.woff2"), as_="font", type="font/woff2", crossorigin=""),
            link(rel="stylesheet", href=assets.url("app.css")),
            link(rel="icon", href=assets.url("favicon.svg"), type="image/svg+xml"),
            script_element(type="module", src=assets.url("app.js")),
            script and script_element(type="module", src=assets.url(script)),
        ],
        body[
            a(".skip", href="#main")[_("Skip to the page")],
            span(".progress-line", aria_hidden="true"),
            content,
            helpers(viewer),
            live_element(viewer),
        ],
    ]
