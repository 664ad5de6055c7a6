"""Light, dark or as the system says: kept in a cookie, so that the server writes the right page at once and nothing
flashes.
"""

from collections.abc import Awaitable, Callable
from typing import get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.ui.paths import inner_path
from huntaze.ui.viewer import Theme

THEME_COOKIE = "huntaze_theme"
APPEARANCE_PATH = "/appearance"
_YEAR = 31_536_000
_LARGEST_FORM = 64 * 1024


def theme_of(request: Request) -> Theme:
    """The theme that the browser asked for; “system” when it never did."""
    return _theme(request.cookies.get(THEME_COOKIE, ""))


def appearance_route(check: Callable[[Request], Awaitable[None]]) -> Route:
    """POST /appearance: keeps the theme and goes back to where one was.

    For browsers without JavaScript; with it no request is made. `check` raises when the form is not one of ours.
    """

    async def keep(request: Request) -> Response:
        try:
            await check(request)
            form = await request.form()
        finally:
            await request.close()
        answer = RedirectResponse(inner_path(str(form.get("back", ""))), status_code=303)
        answer.set_cookie(THEME_COOKIE, _theme(str(form.get("theme", ""))), max_age=_YEAR, samesite="lax")
        return answer

    return Route(APPEARANCE_PATH, keep, methods=["POST"], name="appearance", max_body_size=_LARGEST_FORM)


def _theme(text: str) -> Theme:
    for theme in get_args(Theme):
        if text == theme:
            return theme  # type: ignore[no-any-return]
    return "system"
