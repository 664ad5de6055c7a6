"""The comments under a post of the platform."""

from __future__ import annotations

from collections.abc import Sequence

from htpy import Node, Renderable, div, h2, li, p, section, span, strong, ul

from huntaze.crm.model import CommentRow
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number


def comments_card(media_ref: str, comments: Sequence[CommentRow], name: str = "") -> Renderable:
    """Comments under their heading. ``name`` is the account, where a post has several."""
    title = f"comments-title-{media_ref}"
    return section(".card", aria_labelledby=title)[
        div(".card-head")[
            h2(id=title)[_("Comments on {name}").format(name=name) if name else _("Comments")],
            comment_count(media_ref, comments),
        ],
        comment_list(media_ref, comments),
    ]


def comment_count(media_ref: str, comments: Sequence[CommentRow]) -> Renderable:
    """How many there are; the live stream replaces it by its id."""
    counted = ngettext("{n} comment", "{n} comments", len(comments)).format(n=number(len(comments)))
    return span(".comments-count.soft.small", id=f"comments-count-{media_ref}")[counted if comments else None]


def comment_list(media_ref: str, comments: Sequence[CommentRow]) -> Renderable:
    """Comments, replies under theirs; the live stream replaces it by its id, and what is new is read aloud."""
    known = {one.comment_ref for one in comments}
    top = [one for one in comments if one.parent_ref not in known]
    return div(id=f"comments-{media_ref}", aria_live="polite")[
        [
            ul(".comments")[[_thread(one, comments) for one in top]],
            div(".comment-actions")[
                parts.link_button(_("Reply"), f"/comments?post={media_ref}", icon_name="message-circle")
            ],
        ]
        if comments
        else p(".soft")[_("No comments yet. They appear here by themselves.")]
    ]


def _thread(one: CommentRow, comments: Sequence[CommentRow]) -> Node:
    replies = [other for other in comments if other.parent_ref == one.comment_ref]
    return li(".thread", id=f"comment-{one.id}")[
        _comment(one),
        bool(replies) and ul(".comments.replies")[[li(id=f"comment-{each.id}")[_comment(each)] for each in replies]],
    ]


def _comment(one: CommentRow) -> Node:
    name = one.username or _("Someone")
    likes = one.like_count or 0
    return div(".comment")[
        parts.avatar(name),
        div(".comment-text")[
            div(".comment-head")[
                strong[f"@{name}" if one.username else name],
                span(".soft.small")[parts.local_time(one.created_at, year=True)],
                one.hidden and parts.badge(_("Hidden")),
            ],
            p[one.text],
            likes > 0
            and span(".comment-likes.soft.small")[
                parts.icon("heart"), ngettext("{n} like", "{n} likes", likes).format(n=number(likes))
            ],
        ],
    ]
