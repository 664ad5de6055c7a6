"""Pages that anybody may open: what became of a request to be forgotten, and what is kept of people here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel import Locale
from htpy import Node, Renderable, a, code, dd, div, dl, dt, li, p, ul

from huntaze.kit.text import N_
from huntaze.ui import parts
from huntaze.ui.i18n import _, number
from huntaze.ui.page import bare_page
from huntaze.ui.parts.marks import NETWORK_NAMES
from huntaze.ui.viewer import Viewer
from huntaze.webhooks.model import ErasureRow

_ROOMS: Mapping[str, str] = {
    "crm": N_("Posts, comments, messages and people"),
    "insights": N_("Figures"),
    "inbox": N_("Work on comments"),
    "webhooks": N_("Events that the network sent"),
    "publishing": N_("The network's words about published posts"),
    "accounts": N_("Connected accounts"),
    "grants": N_("Sign-ins and permissions"),
    "outbox": N_("Records of what was done here"),
    "outgoing": N_("What was handed on to programs"),
}


def deletion_page(viewer: Viewer, row: ErasureRow, languages: Sequence[str]) -> Renderable:
    """One request: that it came, and whether it is worked off."""
    network = NETWORK_NAMES.get(row.platform, row.platform)
    lines: list[tuple[str, Node]] = [
        (_("Network"), network),
        (_("Confirmation code"), code[row.code]),
        (_("Asked"), [parts.local_time(row.asked_at, year=True), " UTC"]),
    ]
    if row.done_at is not None:
        lines.append((_("Finished"), [parts.local_time(row.done_at, year=True), " UTC"]))
    return bare_page(
        viewer,
        _("Deletion of your data"),
        _state(row),
        parts.card(dl(".facts")[[[dt[name], dd[value]] for name, value in lines]], title=_("Your request")),
        _erased(row.counts) if row.done_at is not None else None,
        p(".small.soft")[a(href="/privacy")[_("What is kept here, why, and for how long")]],
        language_links(viewer, languages),
        lead=_("You need no account here to see this page. Keep its address: it stays."),
    )


def privacy_page(viewer: Viewer, languages: Sequence[str]) -> Renderable:
    """What is kept of people, why, how long, and how it is deleted."""
    why = _(
        "To publish for the connected account, to show what is said to it, and to answer. Nothing is sold, "
        "and nothing is handed on except to programs that the account's owner has set up."
    )
    return bare_page(
        viewer,
        _("Privacy"),
        div(".stack.prose")[
            _kept(),
            parts.card(p[why], title=_("Why")),
            _how_long(),
            _how_deleted(),
            p(".small.soft")[
                _("This service is run by the person or team whose address you see. They answer questions.")
            ],
        ],
        language_links(viewer, languages),
        lead=_("What is kept of people here, why, for how long, and how it is deleted."),
        roomy=True,
    )


def _kept() -> Renderable:
    return parts.card(
        p[_("If you connect your account:")],
        _bullets(
            _("Your account's id, name and picture, and the permission you gave to act for it, kept encrypted."),
            _("Your posts with their figures, and the comments, mentions and messages around them."),
        ),
        p[_("If you write to an account that is connected here:")],
        _bullets(_("What you wrote, your name on the network, and the id that the network gave you here.")),
        title=_("What is kept"),
    )


def _how_long() -> Renderable:
    return parts.card(
        _bullets(
            _("What the networks sent, as it came: eight days."),
            _("Records of what was done here: thirty days."),
            _("The permission: until the account is disconnected. Then it is given back to the network and wiped."),
            _("Posts, comments, messages and figures: until somebody asks for their deletion."),
        ),
        title=_("How long"),
    )


def _how_deleted() -> Renderable:
    own = _(
        "Your own account: remove this app in the settings of the network, and ask there for the "
        "deletion of your data. You are given a code and a page that shows when it is done."
    )
    others = _("What you wrote to an account: ask its owner. They erase you here with one button, for good.")
    return parts.card(_bullets(own, others), title=_("How it is deleted"))


def _bullets(*sentences: str) -> Renderable:
    return ul(".bullets")[[li[sentence] for sentence in sentences]]


def language_links(viewer: Viewer, languages: Sequence[str]) -> Renderable:
    """The same page in another language, without a cookie."""
    tabs = [parts.Tab(_own_name(one), f"{viewer.path}?lang={one}", current=one == viewer.locale) for one in languages]
    return parts.tabs(_("Language"), tabs)


def _state(row: ErasureRow) -> Node:
    if row.done_at is None:
        return parts.banner(
            _("Your data is being deleted."), _("This takes minutes. Load the page again to see."), tone="accent"
        )
    return parts.banner(
        _("Your data is deleted."),
        _("Nothing that tells who you are is left here."),
        tone="good",
    )


def _erased(counts: Mapping[str, int]) -> Renderable:
    """How much it was, by what it was."""
    found = [(name, count) for name, count in counts.items() if count]
    if not found:
        return parts.card(p(".soft")[_("There was nothing about you here.")], title=_("What was deleted"))
    return parts.card(
        dl(".facts.counts")[
            [[dt[_(_ROOMS[name]) if name in _ROOMS else name], dd[number(count)]] for name, count in found]
        ],
        title=_("What was deleted"),
    )


def _own_name(locale: str) -> str:
    name = Locale.parse(locale).get_display_name(locale) or locale
    return name[:1].upper() + name[1:]
