"""The one screen for what nobody can tell: what was sent, what the network says, what the account shows since.

It asks of an unconfirmed post whether it is there, and of a published one which of several posts it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from htpy import Node, Renderable, a, br, dd, div, dl, dt, fieldset, form, h2, label, legend, p, section, span
from htpy import input as input_element

from huntaze.publishing import signs
from huntaze.publishing.around import Around
from huntaze.publishing.deciding import Candidate, Question
from huntaze.publishing.errors import PublishingError
from huntaze.publishing.post_page import timeline_line
from huntaze.ui import parts
from huntaze.ui.i18n import _, spoken
from huntaze.ui.page import page
from huntaze.ui.parts.marks import NETWORK_NAMES
from huntaze.ui.viewer import Viewer

_SAYS = (
    "unknown",
    "status",
    "unreadable",
    "not_again",
    "fetched",
    "late_answer",
    "may_be_out",
    "unconfirmed",
    "several",
    "none_of_these",
)


@dataclass(frozen=True, slots=True)
class DecidePage:
    """A question with what stands around it, and why the last answer was not taken."""

    asked: Question
    around: Around
    refused: PublishingError | None = None
    link: str = ""


def decide_page(viewer: Viewer, shown: DecidePage) -> Renderable:
    """The page: what we know beside what a person is asked."""
    asked = shown.asked
    post = f"/posts/{asked.view.post.id}"
    return page(
        viewer,
        _("Which one is it?") if asked.row.asks_which else _("Is it there?"),
        div(".decide-page")[
            _sent(shown),
            div(".stack.decide-ask")[
                _there(viewer, shown, post), not asked.row.asks_which and _not_there(viewer, asked, post)
            ],
            _says(asked),
        ],
        lead=p(".post-lead")[_lead(asked)],
        back=(post, signs.title(asked.view)),
    )


def _lead(asked: Question) -> str:
    if asked.row.asks_which:
        return _("It is published. Which post of the account it is, we cannot tell; you can.")
    return _("Nobody can tell whether this post was published. Look, then say what is true.")


def _sent(shown: DecidePage) -> Node:
    """Picture, caption, account and time of what we tried to publish."""
    asked = shown.asked
    account = shown.around.accounts.get(asked.row.account_id)
    tried = asked.row.armed_at or asked.row.due_at
    files = [shown.around.assets[one] for one in asked.view.post.asset_ids if one in shown.around.assets]
    facts: list[tuple[str, Node]] = [
        (_("Account"), f"@{account.username}" if account else _("A disconnected account")),
        (_("Kind"), signs.kind(asked.view)),
        (_("Sent") if asked.row.armed_at else _("Due"), parts.local_time(tried) if tried else _("Without a time")),
    ]
    return section(".card", aria_labelledby="sent-title")[
        h2(id="sent-title")[_("What was sent")],
        div(".decide-pictures")[
            [parts.thumbnail(signs.picture_url(one), one.alt_text, kind=_kind(one.kind)) for one in files]
        ],
        _caption(asked.view.post.caption),
        dl(".decide-facts")[[div[dt[name], dd[value]] for name, value in facts]],
    ]


def _kind(kind: str) -> parts.MediaKind:
    return "video" if kind == "video" else "image"


def _caption(words: str) -> Node:
    lines = words.strip().split("\n")
    return (
        p(".decide-caption")[[(place > 0 and br, line) for place, line in enumerate(lines)]] if words.strip() else None
    )


def _says(asked: Question) -> Node:
    """The evidence in plain words, the newest first; the network's own words are folded away."""
    network = NETWORK_NAMES[asked.row.platform]
    lines = [
        line for line in reversed(asked.view.evidence) if line.publication_id == asked.row.id and line.kind in _SAYS
    ]
    return section(".card", aria_labelledby="says-title")[
        h2(id="says-title")[_("What {network} says").format(network=network)],
        asked.said is not None and parts.banner(_("Asked just now"), spoken(asked.said), icon_name="search"),
        parts.timeline([timeline_line(line) for line in lines])
        if lines
        else p(".soft")[_("It was not asked, or it gave no answer.")],
    ]


def _there(viewer: Viewer, shown: DecidePage, post: str) -> Node:
    """«It is there», «it is this one»: one of the account's posts, the address of another, or none of them."""
    asked = shown.asked
    which = asked.row.asks_which
    network = NETWORK_NAMES[asked.row.platform]
    account = shown.around.accounts.get(asked.row.account_id)
    name = f"@{account.username}" if account else network
    link = parts.Field(
        "link", _("Or paste its link"), help=_("Copy it in {network}: Share, then Copy link.").format(network=network),
        error=_error(shown, "permalink"), optional=True,
    )  # fmt: skip
    return section(".card", aria_labelledby="there-title")[
        h2(id="there-title")[_("It is this one") if which else _("It is there")],
        asked.unread is not None
        and parts.banner(
            _("{network} could not be asked just now").format(network=network),
            [spoken(asked.unread), " ", _("What you see is what we knew before.")],
            tone="warn",
        ),
        form(".form", action=f"{post}/confirm", method="post")[
            parts.csrf(viewer),
            input_element(type="hidden", name="publication", value=str(asked.row.id)),
            fieldset(".field", id="media")[
                legend[_("Posts of {name} since then").format(name=name)],
                not asked.candidates and p(".soft.small")[_("There is nothing new that it could be.")],
                div(".candidates")[
                    [_choice(one, chosen=one is _only(asked.candidates)) for one in asked.candidates],
                    (asked.candidates or not which) and _elsewhere(asked),
                ],
                _error(shown, "mediaId")
                and p(".field-error")[parts.icon("circle-alert"), span[_error(shown, "mediaId")]],
            ],
            parts.text_field(link, value=shown.link, input_type="url"),
            div[parts.button(_("Save") if which else _("It is there"), kind="primary", icon_name="check")],
        ],
    ]


def _only(candidates: Sequence[Candidate]) -> Candidate | None:
    """The one post that looks like ours; with several nobody chooses for the person."""
    alike = [one for one in candidates if one.alike]
    return alike[0] if len(alike) == 1 else None


def _choice(one: Candidate, *, chosen: bool) -> Renderable:
    media = one.media
    picture = f"/media/{media.thumbnail_id}/thumbnail" if media.thumbnail_id else ""
    words = media.caption.strip().split("\n", 1)[0] or _("Without caption")
    away = {"target": "_blank", "rel": "noopener noreferrer"}
    return div(".candidate")[
        label[
            input_element(type="radio", name="media", value=media.media_ref, checked=chosen),
            parts.thumbnail(picture, kind=_kind("image" if media.type != "REELS" else "video")),
            span(".candidate-text")[
                span(".candidate-words")[words],
                span(".small.soft")[parts.local_time(media.published_at, year=True)],
                one.alike and parts.badge(_("Looks like yours"), "accent"),
            ],
        ],
        media.permalink and a({"class": "candidate-open small", "href": media.permalink, **away})[_("Open")],
    ]


def _elsewhere(asked: Question) -> Renderable:
    """None of them; which ones were shown is sent along, so that none of those is bound by itself."""
    words, then = _("It is there, but none of these"), _("We look for its link ourselves.")
    if not asked.candidates:
        words = _("It is there all the same")
    elif asked.row.asks_which:
        words, then = _("None of these"), _("It stays published, and we go on looking for its link.")
    return div(".candidate")[
        [input_element(type="hidden", name="seen", value=one.media.media_ref) for one in asked.candidates],
        label[
            input_element(type="radio", name="media", value="", checked=not asked.candidates),
            span(".candidate-text")[span(".candidate-words")[words], span(".small.soft")[then]],
        ],
    ]


def _error(shown: DecidePage, field: str) -> str:
    faults = shown.refused.faults if shown.refused else ()
    return next((f"{spoken(one.message)} {spoken(one.remedy)}" for one in faults if one.field == field), "")


def _not_there(viewer: Viewer, asked: Question, post: str) -> Node:
    """«I looked, it is not there»: kept as evidence, then sent anew."""
    name = NETWORK_NAMES[asked.row.platform]
    return section(".card", aria_labelledby="not-there-title")[
        h2(id="not-there-title")[_("It is not there")],
        p(".soft")[
            _(
                "Look in {network} itself, also under drafts and archived posts. We then prepare it anew and send it."
            ).format(network=name),
            " ",
            _("If it appears later after all, it is there twice."),
        ],
        form(action=f"{post}/retry-looked", method="post")[
            parts.csrf(viewer),
            input_element(type="hidden", name="publication", value=str(asked.row.id)),
            parts.button(_("I looked, it is not there: send again"), kind="danger", icon_name="rotate-ccw"),
        ],
    ]
