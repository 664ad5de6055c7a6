"""The frame of every page: navigation, the state of the simulator, the theme."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import htpy as h
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse

from socialsim.core import Core
from socialsim.ui.pieces import duration, icon

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
THEME_COOKIE = "socialsim_theme"
_SHEETS = ("tokens", "sim", "parts", "rooms")
_SECTIONS = (
    ("/", "Home", "home"),
    ("/requests", "Requests", "requests"),
    ("/webhooks", "Webhooks", "webhooks"),
    ("/faults", "Faults", "faults"),
    ("/clock", "Clock", "clock"),
    ("/people", "People", "people"),
)
_NEXT_THEME = {"": "light", "light": "dark", "dark": ""}
_THEME_NAMES = {"": "system", "light": "light", "dark": "dark"}


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody looking at a page: the simulator, and how they want to see it."""

    core: Core
    path: str
    query: QueryParams
    theme: str

    @classmethod
    def of(cls, core: Core, request: Request) -> Self:
        """From a request."""
        theme = request.cookies.get(THEME_COOKIE, "")
        return cls(core, request.url.path, request.query_params, theme if theme in _NEXT_THEME else "")

    @property
    def now(self) -> float:
        """Virtual epoch seconds."""
        return self.core.services.clock.epoch()

    @property
    def sheet(self) -> int:
        """The page of a long list that is asked for, from 1; raises ``ValueError``."""
        return max(1, int(self.query.get("page", "1")))

    def page(self, title: str, *content: h.Node, status: int = 200, wide: bool = False) -> HTMLResponse:
        """A whole page."""
        document = h.html(lang="en", data_theme=self.theme or None, data_pulse=pulse(self.core))[
            _head(title),
            h.body[
                h.a(".skip", href="#main")["Skip to content"],
                self._top(),
                h.main("#main", class_={"wide": wide})[content],
                h.footer(".foot")["A simulated social network. Everybody here is made up."],
                h.p(".lost", role="status")["The simulator does not answer. Trying again…"],
            ],
        ]
        headers = {"content-security-policy": POLICY, "cache-control": "no-store", "x-content-type-options": "nosniff"}
        return HTMLResponse(str(document), status, headers)

    def _top(self) -> h.Renderable:
        here = next((path for path, _, _ in _SECTIONS[1:] if self.path.startswith(path)), "/")
        return h.header(".top")[
            h.a(".brand", href="/")[h.img(src="/_sim/static/icon.svg", alt="", width="26", height="26"), "socialsim"],
            h.nav(".sections", aria_label="Sections")[
                (
                    h.a(href=path, aria_current="page" if path == here else None)[icon(mark), h.span[label]]
                    for path, label, mark in _SECTIONS
                )
            ],
            h.div("#state.state", data_live=True)[self._faults(), self._clock()],
            self._switch(),
        ]

    def _faults(self) -> h.Node:
        armed = len(self.core.services.faults.armed_rules())
        if not armed:
            return None
        return h.a(".chip.warn", href="/faults")[icon("faults"), f"{armed} armed"]

    def _clock(self) -> h.Renderable:
        clock = self.core.services.clock
        now = datetime.fromtimestamp(self.now, UTC)
        away = clock.offset if abs(clock.offset) >= 1 else 0.0
        words = "stands still" if clock.stands else f"{duration(away, sign=True)}" if away else ""
        ticks = None if clock.stands else f"{self.now:.3f}"
        return h.a(href="/clock", class_=["chip", words and "away"])[
            icon("clock"),
            h.span(".day")[now.strftime("%-d %b")],
            h.span(".n", data_epoch=ticks)[now.strftime("%H:%M:%S")],
            words and h.span(".away-by")[words],
        ]

    def _switch(self) -> h.Renderable:
        following = _NEXT_THEME[self.theme]
        words = f"Theme: {_THEME_NAMES[self.theme]}. Switch to {_THEME_NAMES[following]}."
        return h.form(".theme", method="post", action="/theme")[
            h.input(type="hidden", name="back", value=self.path),
            h.button(".only-icon", type="submit", name="theme", value=following, aria_label=words, title=words)[
                icon(self.theme or "system")
            ],
        ]


def _head(title: str) -> h.Renderable:
    return h.head[
        h.meta(charset="utf-8"),
        h.meta(name="viewport", content="width=device-width, initial-scale=1"),
        h.meta(name="color-scheme", content="light dark"),
        h.title[f"{title} · socialsim"],
        h.link(rel="icon", href="/_sim/static/icon.svg", type="image/svg+xml"),
        (h.link(rel="stylesheet", href=f"/_sim/static/{name}.css") for name in _SHEETS),
        h.script(src="/_sim/static/live.js", defer=True),
    ]


def pulse(core: Core) -> str:
    """A short text that is another one whenever something happened that a page may show."""
    services = core.services
    clock = services.clock
    attempts = sum(len(delivery.attempts) for delivery in services.postman.log.values())
    struck = sum(armed.struck for armed in services.faults.armed_rules())
    parts = (
        services.calls.total,
        len(services.ledger.rows),
        len(services.postman.log),
        attempts,
        len(services.faults.armed_rules()),
        struck,
        f"{clock.offset:.3f}",
        int(clock.stands),
    )
    return "-".join(str(part) for part in parts)
