"""Light, dark or as the system says: kept in a cookie, so that the server writes the right page at once and nothing
flashes.
"""

from typing import get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.ui.viewer import Theme

THEME_COOKIE = "huntaze_theme"
APPEARANCE_PATH = "/appearance"
_YEAR = 31_536_000


def theme_of(request: Request) -> Theme:
    """The theme that the browser asked for; “system” when it never did."""
    return _theme(request.cookies.get(THEME_COOKIE, ""))


def appearance_route() -> Route:
    """POST /appearance: keeps the theme and goes back to where one was.

    For browsers without JavaScript; with it no request is made.
    """

    async def keep(request: Request) -> Response:
        form = await request.form()
        back = str(form.get("back", "/"))
        same_site = back.startswith("/") and not back.startswith(("//", "/\\"))
        answer = RedirectResponse(back if same_site else "/", status_code=303)
        answer.set_cookie(THEME_COOKIE, _theme(str(form.get("theme", ""))), max_age=_YEAR, samesite="lax")
        return answer

    return Route(APPEARANCE_PATH, keep, methods=["POST"], name="appearance")


def _theme(text: str) -> Theme:
    for theme in get_args(Theme):
        if text == theme:
            return theme  # type: ignore[no-any-return]
    return "system"
