"""The first comment on the page of its post: its words, where it stands, and what a person may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from htpy import Node, Renderable, div, form, h2, p, section, span
from htpy import input as input_element

from huntaze.kit.text import read_text
from huntaze.once import CallAction, CallState
from huntaze.publishing.first_comments.model import FACES
from huntaze.publishing.first_comments.view import FirstComment
from huntaze.ui import parts
from huntaze.ui.i18n import _, spoken
from huntaze.ui.viewer import Viewer


@dataclass(frozen=True, slots=True)
class CommentCard:
    """The first comment of one publication. ``account``: its name, where a post goes to several."""

    publication_id: UUID
    said: FirstComment
    account: str = ""


def first_comment_cards(viewer: Viewer, post_id: UUID, cards: Iterable[CommentCard]) -> Renderable:
    """One card for each account on which the post says something first; the live stream replaces it by its id."""
    return div(".stack", id=f"post-first-comments-{post_id}")[[_card(viewer, post_id, card) for card in cards]]


def _card(viewer: Viewer, post_id: UUID, card: CommentCard) -> Node:
    said, title = card.said, f"first-comment-{card.publication_id}"
    face = FACES[said.state]
    return section(".card", aria_labelledby=title)[
        div(".card-head")[
            h2(id=title)[
                _("First comment on {name}").format(name=f"@{card.account}") if card.account else _("First comment")
            ],
            span[parts.badge(_(face.word), face.tone, icon_name=face.icon)],
        ],
        _trouble(said),
        p(".first-comment")[said.text],
        said.state is CallState.WAITING and p(".small.soft")[_("It goes under the post as soon as that is out.")],
        said.can_act and _actions(viewer, post_id, card),
    ]


def _trouble(said: FirstComment) -> Node:
    if said.problem is None:
        return None
    bad = said.state in (CallState.FAILED, CallState.UNCONFIRMED)
    message, remedy = spoken(read_text(said.problem["message"])), spoken(read_text(said.problem["remedy"]))
    return parts.banner(message, remedy, tone="bad" if bad else "warn")


def _actions(viewer: Viewer, post_id: UUID, card: CommentCard) -> Node:
    state = card.said.state

    def press(way: str, label: str, icon_name: str, kind: parts.Kind) -> Node:
        return form(action=f"/posts/{post_id}/first-comment/{way}", method="post")[
            parts.csrf(viewer),
            input_element(type="hidden", name="publication", value=str(card.publication_id)),
            parts.button(label, kind=kind, icon_name=icon_name),
        ]

    buttons = [
        FACES.allows(state, CallAction.RETRY) and press("retry", _("Try again"), "rotate-ccw", "plain"),
        FACES.allows(state, CallAction.CONFIRM) and press("confirm", _("It is there"), "check", "plain"),
        FACES.allows(state, CallAction.RETRY_LOOKED)
        and press("retry-looked", _("I looked, it is not there: send again"), "rotate-ccw", "danger"),
    ]
    return div(".post-actions")[buttons] if any(buttons) else None
