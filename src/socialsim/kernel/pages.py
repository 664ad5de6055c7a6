"""Pages that an imitated host shows to people: HTML under a strict policy, and redirects."""

from urllib.parse import urlsplit

import htpy as h

from socialsim.kernel.wire import Answer

_HTML = b"text/html; charset=utf-8"


def html_answer(page: h.Renderable, status: int = 200, *, allow_form_to: str = "") -> Answer:
    """An HTML answer under a strict policy; browsers check ``form-action`` on the redirect after a POST too."""
    parts = urlsplit(allow_form_to)
    target = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self'{target}"
    )
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
    ]
    return Answer(status, str(page).encode(), _HTML, headers)


def sheet(title: str, mark: h.Node, name: str, *content: h.Node, style: str = "") -> h.Renderable:
    """The frame of a platform's window: its mark and name above, one sheet, and who really made it below."""
    return h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.meta(name="color-scheme", content="light dark"),
            h.title[title],
            (h.link(rel="stylesheet", href=f"/_sim/static/{file}.css") for file in ("tokens", "dialog", style) if file),
            h.link(rel="icon", href="/_sim/static/icon.svg", type="image/svg+xml"),
        ],
        h.body[
            h.header(".bar")[h.span(".mark", aria_hidden="true")[mark], h.span(".bar-text")[name]],
            h.main(".sheet")[content],
            h.footer(".foot")["Simulated by socialsim. Nobody here exists and nothing leaves this machine."],
        ],
    ]


def redirect(location: str, *, cookie: str = "") -> Answer:
    """303 to an address, with a cookie to keep if one is given."""
    headers = [(b"location", location.encode()), (b"cache-control", b"no-store")]
    if cookie:
        headers.append((b"set-cookie", cookie.encode()))
    return Answer(303, b"", _HTML, headers)
