"""The frame of every page and the small pieces that return in all of them."""

from collections.abc import Iterable
from datetime import UTC, datetime

import htpy as h
from starlette.responses import HTMLResponse

from socialsim.meta.model import Account, Media, World

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_SECTIONS = (("/", "Accounts"), ("/calls", "Calls"), ("/webhooks", "Webhooks"), ("/controls", "Clock and faults"))


def page(title: str, here: str, *content: h.Node, status: int = 200) -> HTMLResponse:
    """A whole page. ``here`` is the section's path, marked in the navigation."""
    document = h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.meta(name="color-scheme", content="light dark"),
            h.title[f"{title} · socialsim"],
            h.link(rel="icon", href="/_sim/static/icon.svg", type="image/svg+xml"),
            h.link(rel="stylesheet", href="/_sim/static/sim.css"),
        ],
        h.body[
            h.a(".skip", href="#main")["Skip to content"],
            h.header(".top")[
                h.a(".brand", href="/")[
                    h.img(src="/_sim/static/icon.svg", alt="", width="24", height="24"), "socialsim"
                ],
                h.nav(aria_label="Sections")[
                    (h.a(href=path, aria_current="page" if path == here else None)[label] for path, label in _SECTIONS)
                ],
            ],
            h.main("#main")[content],
            h.footer(".foot")["A simulated social network. Everybody here is made up."],
        ],
    ]
    headers = {"content-security-policy": POLICY, "cache-control": "no-store", "x-content-type-options": "nosniff"}
    return HTMLResponse(str(document), status, headers)


def heading(title: str, lead: str) -> h.Renderable:
    """What the page is, and for what."""
    return h.div(".head")[h.h1[title], h.p(".soft")[lead]]


def count(number: int) -> str:
    """``48,210``."""
    return f"{number:,}"


def when(epoch: float, now: float) -> h.Renderable:
    """How long ago, with the exact time for those who point at it."""
    at = datetime.fromtimestamp(epoch, UTC)
    return h.time(datetime=at.isoformat(timespec="seconds"), title=at.strftime("%Y-%m-%d %H:%M:%S UTC"))[
        _ago(now - epoch)
    ]


def _ago(seconds: float) -> str:
    if seconds < 0:
        return "in the future"
    if seconds < 60:
        return "just now"
    for size, unit in ((86400 * 7, "w"), (86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return ""


def avatar(picture: str, size: int) -> h.Renderable:
    """A round emblem; the name stands beside it, so it needs no words."""
    return h.img(".avatar", src=picture_link(picture, size * 2, size * 2), alt="", width=str(size), height=str(size))


def picture_link(name: str, width: int, height: int) -> str:
    """A link that gives drawn pictures in the wanted size and fetched ones as they are."""
    return f"/_sim/media/{name}?w={width}&h={height}"


def follower(username: str) -> h.Renderable:
    """A drawn emblem for a made-up person."""
    return h.img(".avatar", src=f"/_sim/pictures/avatar-{username}.jpg?w=72&h=72", alt="", width="36", height="36")


def face(world: World, media: Media) -> str:
    """The name of the picture that stands for a medium; an album is shown by its first."""
    first = world.media[media.children[0]] if media.children else media
    return first.cover if first.kind == "VIDEO" else first.blob


def tile(world: World, media: Media) -> h.Renderable:
    """A medium in a feed."""
    children = len(media.children)
    words = media.alt_text or media.caption.partition("\n")[0] or "A post without words"
    mark = "Reel" if media.product == "REELS" else f"{children} pictures" if children else ""
    return h.a(".tile", href=f"/media/{media.id}")[
        h.img(src=picture_link(face(world, media), 480, 600), alt=words, loading="lazy", width="480", height="600"),
        mark and h.span(".corner")[mark],
        h.span(".tile-counts")[f"{count(media.likes)} likes · {count(media.comment_count)} comments"],
    ]


def account_line(account: Account) -> h.Renderable:
    """Name and handle."""
    return h.span(".who")[h.strong[account.name], h.span(".soft")[f"@{account.username}"]]


def field(label: str, control: h.Node, help_text: str = "") -> h.Renderable:
    """A labelled control."""
    return h.label(".field")[h.span(".label")[label], control, help_text and h.span(".help")[help_text]]


def table(head: Iterable[str], rows: Iterable[h.Node], caption: str) -> h.Renderable:
    """A table that scrolls sideways on narrow screens, reachable by key."""
    return h.div(".scroll", tabindex="0", role="region", aria_label=caption)[
        h.table[h.caption(".hidden")[caption], h.thead[h.tr[(h.th(scope="col")[name] for name in head)]], h.tbody[rows]]
    ]
