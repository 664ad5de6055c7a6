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


def redirect(location: str, *, cookie: str = "") -> Answer:
    """303 to an address, with a cookie to keep if one is given."""
    headers = [(b"location", location.encode()), (b"cache-control", b"no-store")]
    if cookie:
        headers.append((b"set-cookie", cookie.encode()))
    return Answer(303, b"", _HTML, headers)
