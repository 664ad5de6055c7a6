"""The first comment on the page of its post: its words, where it stands, and what a person may do."""

from __future__ import annotations

from htpy import Node, Renderable, div, form, h2, p, section, span
from htpy import input as input_element

from huntaze.kit.text import read_text
from huntaze.publishing.around import Around
from huntaze.publishing.first_comment_model import COMMENT_FACES, CommentAction, CommentState, allows
from huntaze.publishing.first_comment_view import FirstComment, first_comment_of
from huntaze.publishing.model import PostView, PublicationRow
from huntaze.ui import parts
from huntaze.ui.i18n import _, spoken
from huntaze.ui.viewer import Viewer


def first_comments(viewer: Viewer, view: PostView, around: Around) -> Renderable:
    """One card for each account on which the post says something first; the live stream replaces it by its id."""
    return div(".stack", id=f"post-first-comments-{view.post.id}")[
        [
            _card(viewer, view, row, said, around)
            for row in view.publications
            if (said := first_comment_of(view, row)) is not None
        ]
    ]


def _card(viewer: Viewer, view: PostView, row: PublicationRow, said: FirstComment, around: Around) -> Node:
    title, account = f"first-comment-{row.id}", around.accounts.get(row.account_id)
    face = COMMENT_FACES[said.state]
    several = len(view.publications) > 1 and account is not None
    return section(".card", aria_labelledby=title)[
        div(".card-head")[
            h2(id=title)[
                _("First comment on {name}").format(name=f"@{account.username}")
                if several and account
                else _("First comment")
            ],
            span[parts.badge(_(face.word), face.tone, icon_name=face.icon)],
        ],
        _trouble(said),
        p(".first-comment")[said.text],
        said.state is CommentState.WAITING and p(".small.soft")[_("It goes under the post as soon as that is out.")],
        said.can_act and _actions(viewer, view, row, said.state),
    ]


def _trouble(said: FirstComment) -> Node:
    if said.problem is None:
        return None
    bad = said.state in (CommentState.FAILED, CommentState.UNCONFIRMED)
    message, remedy = spoken(read_text(said.problem["message"])), spoken(read_text(said.problem["remedy"]))
    return parts.banner(message, remedy, tone="bad" if bad else "warn")


def _actions(viewer: Viewer, view: PostView, row: PublicationRow, state: CommentState) -> Node:
    def press(way: str, label: str, icon_name: str, kind: parts.Kind) -> Node:
        return form(action=f"/posts/{view.post.id}/first-comment/{way}", method="post")[
            parts.csrf(viewer),
            input_element(type="hidden", name="publication", value=str(row.id)),
            parts.button(label, kind=kind, icon_name=icon_name),
        ]

    buttons = [
        allows(state, CommentAction.RETRY) and press("retry", _("Try again"), "rotate-ccw", "plain"),
        allows(state, CommentAction.CONFIRM) and press("confirm", _("It is there"), "check", "plain"),
        allows(state, CommentAction.RETRY_LOOKED)
        and press("retry-looked", _("I looked, it is not there: send again"), "rotate-ccw", "danger"),
    ]
    return div(".post-actions")[buttons] if any(buttons) else None
