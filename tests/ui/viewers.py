"""Viewers for tests of pages."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp

from huntaze.kit.clock import Clock
from huntaze.ui.appearance import appearance_route, theme_of
from huntaze.ui.assets import Assets, static_route
from huntaze.ui.gallery import gallery_routes
from huntaze.ui.headers import SecurityHeaders
from huntaze.ui.i18n import Catalogues
from huntaze.ui.stream import Change, live_route
from huntaze.ui.viewer import NavItem, Theme, Viewer


def nav() -> tuple[NavItem, ...]:
    """The ways to go of the product as it will be."""
    return (
        NavItem("/", "Home", "house", keys="g h"),
        NavItem("/posts", "Posts", "layers", count=2, keys="g o"),
        NavItem("/posts/new", "New post", "plus", keys="n", action=True),
        NavItem("/media", "Media", "images", keys="g m"),
        NavItem("/accounts", "Accounts", "at-sign", keys="g a"),
        NavItem("/settings", "Settings", "settings", keys="g s"),
    )


def viewer(
    locale: str = "en", *, path: str = "/", theme: Theme = "system", live_url: str = "", person: str = "Maya Laurent"
) -> Viewer:
    """Somebody in Paris."""
    return Viewer(
        Catalogues.load().translator(locale, "Europe/Paris"),
        Assets.load(),
        path,
        theme=theme,
        csrf_token="token",
        person=person,
        workspace="Atelier Maya",
        workspace_id="w1",
        nav=nav() if person else (),
        live_url=live_url,
        sign_out_url="/sign-out",
    )


async def no_changes(_workspace_id: str, _after: str | None) -> AsyncGenerator[Change, None]:
    """A workspace in which nothing happens."""
    await asyncio.Event().wait()
    yield Change("0", "never", "")


async def anybody(_request: Request) -> None:
    """Takes every form."""
    return


async def render_nothing(_viewer: Viewer, _change: Change) -> None:
    """No page shows anything of it."""
    return


def gallery_app(clock: Clock) -> ASGIApp:
    """/_parts with its files, headers and stream, as the product serves its pages."""
    catalogues = Catalogues.load()

    async def viewer_of(request: Request) -> Viewer:
        locale = catalogues.negotiate(request.headers.get("accept-language", ""))
        return viewer(locale, path=request.url.path, theme=theme_of(request), live_url="/live")

    live = live_route(no_changes, viewer_of, render_nothing, closing=asyncio.Event())
    routes = [static_route(Assets.load()), appearance_route(anybody), live, *gallery_routes(viewer_of, clock)]
    return SecurityHeaders(Starlette(routes=routes))
