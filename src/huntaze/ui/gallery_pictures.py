"""The pictures of /_parts: five little prints, drawn here so that development needs no files."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

# Sky above, sky below, sun, far hill, near hill, water.
_INKS = (
    ("#2b2f63", "#d98a6f", "#ffd79a", "#4a4472", "#332f58", "#1d4a66"),
    ("#f4c8c4", "#f9e6d8", "#e0556b", "#c9788c", "#a64a66", "#7c2f4e"),
    ("#bfe3e6", "#fdf3dc", "#fff6c9", "#7fb1a8", "#4f8f92", "#2f6f80"),
    ("#e9ddf3", "#fbeadb", "#f2a65a", "#a58bbd", "#7a6296", "#54497a"),
    ("#0f3a46", "#2f7f86", "#eef7f2", "#185763", "#0d3942", "#082a33"),
)
_PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 500" preserveAspectRatio="xMidYMid slice">
<defs><linearGradient id="s" x2="0" y2="1">
<stop stop-color="{0}"/><stop offset="1" stop-color="{1}"/></linearGradient></defs>
<path fill="url(#s)" d="M0 0h400v500H0z"/><circle cx="150" cy="215" r="58" fill="{2}"/>
<path fill="{3}" d="M0 290 120 190l90 80 110-120 80 90v60H0z"/>
<path fill="{4}" d="M0 310l90-60 100 70 90-50 120 60v40H0z"/>
<path fill="{5}" d="M0 320h400v180H0z"/><g fill="none" stroke="#fff" stroke-opacity=".28" stroke-width="2">
<path d="M0 350q50-12 100 0t100 0 100 0 100 0M0 385q50-12 100 0t100 0 100 0 100 0M0 420q50-12 100 0t100 0 100 0 100 0"/>
<path d="M0 455q50-12 100 0t100 0 100 0 100 0"/></g></svg>"""


def picture_route(path: str) -> Route:
    """GET a picture by its number; they come round again after the fifth."""

    async def draw(request: Request) -> Response:
        inks = _INKS[(int(request.path_params["number"]) - 1) % len(_INKS)]
        return Response(_PICTURE.format(*inks), media_type="image/svg+xml")

    return Route(path, draw, methods=["GET"])
