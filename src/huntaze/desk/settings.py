"""`/settings`: how it looks and speaks, and the ways to what has a page of its own."""

from __future__ import annotations

from htpy import Renderable, div, span
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from huntaze.identity import Actor, Identity, language_switch
from huntaze.ui import parts
from huntaze.ui.frame import theme_switch
from huntaze.ui.i18n import _
from huntaze.ui.page import html, page
from huntaze.ui.viewer import Viewer


def routes(identity: Identity) -> list[Route]:
    """The page."""

    async def show(request: Request, actor: Actor) -> Response:
        viewer = identity.viewer(request, actor)
        languages = tuple(identity.frame.catalogues.by_language)
        with viewer.speaking():
            return html(settings_page(viewer, languages, actor))

    return [identity.page_route("/settings", "accounts.read", show, name="settings")]


def settings_page(viewer: Viewer, languages: tuple[str, ...], actor: Actor) -> Renderable:
    """How it looks and speaks, then the pages of their own."""
    ways = [
        _way("to-accounts", _("Accounts"), "/accounts", "plug", _("Connect, reconnect and disconnect accounts.")),
        _way(
            "to-keys",
            _("API keys"),
            "/settings/keys",
            "key-round",
            _("Programs sign in with a key. Each key says what it may do and can be withdrawn."),
        ),
        _way(
            "to-webhooks",
            _("Webhooks"),
            "/settings/webhooks",
            "webhook",
            _("Your own servers are told what happens, signed and without loss."),
        ),
        _way(
            "to-events",
            _("Events"),
            "/events",
            "inbox",
            _("What the networks told, what became of it, and what failed."),
        ),
        _way(
            "to-privacy",
            _("Privacy"),
            "/privacy",
            "shield-check",
            _("What everybody may read about what is kept here of people."),
        ),
    ]
    return page(
        viewer,
        _("Settings"),
        div(".stack.settings")[
            parts.card(
                theme_switch(viewer), title=_("Appearance"), lead=_("As your device has it, or always the same.")
            ),
            parts.card(
                language_switch(viewer, languages),
                title=_("Language and times"),
                lead=_("Times are shown in {zone}.").format(zone=actor.zone.replace("_", " ")),
            ),
            parts.card(parts.item_list(ways), flush=True),
        ],
    )


def _way(key: str, title: str, address: str, icon: str, meta: str) -> parts.Item:
    """Where else something is set or seen."""
    mark = span(".way-mark")[parts.icon(icon)]
    return parts.Item(key, title, address, picture=mark, meta=meta, end=parts.icon("chevron-right"))
