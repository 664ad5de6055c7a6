"""The ways to go, from every page."""

from __future__ import annotations

from collections.abc import Sequence

from huntaze.identity import Actor
from huntaze.ui.i18n import _
from huntaze.ui.viewer import NavItem


def navigation(actor: Actor) -> Sequence[NavItem]:
    """What this person's side bar and phone bar hold, in their language."""
    return (
        NavItem("/", _("Home"), "house", keys="g h"),
        NavItem("/posts", _("Posts"), "layers", keys="g o"),
        NavItem("/posts/new", _("New post"), "plus", keys="n", action=True),
        NavItem("/comments", _("Comments"), "message-circle", keys="g i"),
        NavItem("/media", _("Media"), "images", keys="g m"),
        NavItem("/insights", _("Insights"), "chart-line", keys="g s"),
        NavItem("/published", _("Published"), "camera", keys="g f"),
        NavItem("/contacts", _("Contacts"), "users-round", keys="g p"),
        NavItem("/accounts", _("Accounts"), "plug", keys="g a"),
        NavItem("/settings", _("Settings"), "settings", keys="g t"),
    )
