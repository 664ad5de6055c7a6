"""From an actor to what a page must know about who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from huntaze.identity.browser import LANGUAGE_COOKIE
from huntaze.identity.model import Actor
from huntaze.kit.live import Position
from huntaze.ui.appearance import theme_of
from huntaze.ui.assets import Assets
from huntaze.ui.i18n import Catalogues
from huntaze.ui.viewer import NavItem, Viewer

SIGN_OUT_PATH = "/sign-out"
_NOBODYS_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page shares, handed in by wiring. ``nav`` is asked for each page, in the language of the page."""

    catalogues: Catalogues
    assets: Assets
    nav: Callable[[Actor], Sequence[NavItem]]
    live_path: str = "/live"

    def language(self, request: Request, chosen: str | None = None, otherwise: str | None = None) -> str:
        """The person's own choice, else the browser's cookie, else its Accept-Language, else the workspace's."""
        for wanted in (chosen, request.cookies.get(LANGUAGE_COOKIE)):
            if wanted in self.catalogues.by_language:
                return str(wanted)
        accepted = request.headers.get("accept-language")
        if accepted is None and otherwise is not None:
            return otherwise
        return self.catalogues.negotiate(accepted or "")

    def visitor(self, request: Request, form_token: str = "") -> Viewer:
        """Somebody who is not signed in."""
        return Viewer(
            translator=self.catalogues.translator(self.language(request), _NOBODYS_ZONE),
            assets=self.assets,
            path=request.url.path,
            theme=theme_of(request),
            csrf_token=form_token,
        )

    def viewer(self, request: Request, actor: Actor, form_token: str, since: Position) -> Viewer:
        """Somebody who is signed in. ``since`` was read before the page's data, so its live stream misses nothing."""
        translator = self.catalogues.translator(actor.locale, actor.zone)
        with translator.speaking():
            nav = tuple(self.nav(actor))
        return Viewer(
            translator=translator,
            assets=self.assets,
            path=request.url.path,
            theme=theme_of(request),
            csrf_token=form_token,
            person=actor.name,
            workspace=actor.workspace_name,
            workspace_id=str(actor.workspace_id),
            nav=nav,
            live_url=f"{self.live_path}?since={since}",
            sign_out_url=SIGN_OUT_PATH,
        )
