"""`/settings`: how it looks and speaks, and the ways to what has a page of its own."""

from __future__ import annotations

from htpy import Renderable, div, p
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from huntaze.identity import Actor, Identity, language_switch
from huntaze.ui import parts
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
    """Language, API keys, accounts."""
    return page(
        viewer,
        _("Settings"),
        div(".stack")[
            parts.card(
                p(".soft")[_("Times are shown in {zone}.").format(zone=actor.zone)],
                language_switch(viewer, languages),
                title=_("Language and times"),
            ),
            parts.card(
                p(".soft")[_("Programs sign in with a key. Each key says what it may do and can be withdrawn.")],
                parts.link_button(_("Open API keys"), "/settings/keys", icon_name="key-round"),
                title=_("API keys"),
            ),
            parts.card(
                p(".soft")[_("Connect, reconnect and disconnect accounts.")],
                parts.link_button(_("Open accounts"), "/accounts", icon_name="plug"),
                title=_("Accounts"),
            ),
        ],
    )
