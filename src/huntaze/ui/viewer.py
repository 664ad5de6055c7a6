"""Who looks at a page, as far as a page must know: language, zone, theme, names and ways to go.

Made by the rooms above, per request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from htpy import Renderable

from huntaze.ui.assets import Assets
from huntaze.ui.i18n import Translator

CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One way to go.

    `action` marks the one thing to make (New post); `keys` is shown in the keyboard help and works: “g p”.
    """

    href: str
    label: str
    icon: str
    count: int = 0
    keys: str = ""
    action: bool = False

    def current(self, path: str) -> bool:
        """Whether the page at `path` is this item's page or lies under it."""
        return path == self.href or (self.href != "/" and path.startswith(self.href + "/"))


@dataclass(frozen=True, slots=True)
class Viewer:
    """What the frame is handed.

    An empty `person` means that nobody is signed in: the frame then shows no person's menu.
    """

    translator: Translator
    assets: Assets
    path: str
    theme: Theme = "system"
    csrf_token: str = ""
    person: str = ""
    workspace: str = ""
    workspace_id: str = ""
    nav: tuple[NavItem, ...] = ()
    live_url: str = ""
    sign_out_url: str = ""
    banners: tuple[Renderable, ...] = ()

    @property
    def locale(self) -> str:
        """The language of the page: “en” or “fr”."""
        return self.translator.locale

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return self.translator.zone

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Inside, words, numbers, times and icons are this viewer's."""
        token = _looking.set(self.assets)
        try:
            with self.translator.speaking():
                yield
        finally:
            _looking.reset(token)


_looking: ContextVar[Assets] = ContextVar("huntaze_assets")


def icon_address(name: str) -> str:
    """The sprite's address of an icon for the current viewer.

    Raises LookupError outside `Viewer.speaking()`, UnknownIcon for a wrong name.
    """
    try:
        assets = _looking.get()
    except LookupError:
        raise LookupError("components are built inside `with viewer.speaking():`") from None
    return assets.icon(name)
