"""A thread as it is drawn: its post, what was said, what may be done with each comment, and what is being done."""

from __future__ import annotations

from htpy import Node, Renderable, a, blockquote, div, h2, li, p, span, strong, ul

from huntaze.inbox.boxes import BOX_NAMES, Box, box_address, box_id, box_part
from huntaze.inbox.model import FACES, DeedRow, allows
from huntaze.inbox.views import CommentView, ThreadView
from huntaze.kit.text import N_, read_text
from huntaze.once import CallAction, CallState
from huntaze.platforms.contract import CommentDeed
from huntaze.publishing.around import Around
from huntaze.ui import parts
from huntaze.ui.htmx import swap
from huntaze.ui.i18n import _, ngettext, number, spoken
from huntaze.ui.viewer import Viewer

HEADS: dict[CommentDeed, str] = {
    CommentDeed.REPLY: N_("Reply"),
    CommentDeed.PRIVATE_REPLY: N_("Private reply"),
    CommentDeed.HIDE: N_("Hide"),
    CommentDeed.UNHIDE: N_("Show again"),
    CommentDeed.DELETE: N_("Delete"),
}
FACES_OF_LINES: dict[str, tuple[parts.Tone, str]] = {
    "sending": ("accent", ""),
    "done": ("good", ""),
    "confirmed": ("good", ""),
    "failed": ("bad", ""),
    "unconfirmed": ("bad", ""),
    "unknown": ("warn", "search"),
    "unreadable": ("warn", ""),
    "waiting": ("warn", "clock"),
    "late_answer": ("warn", ""),
}
_TITLE = 90


def thread_key(view: ThreadView) -> str:
    """By which its parts are found on a page."""
    return f"{view.last.account_id}-{view.last.parent_ref or view.last.comment_ref}"


def thread(viewer: Viewer, view: ThreadView, around: Around, box: Box | None) -> Renderable:
    """One thread; the box under it is for whoever answers, and nothing that comes in touches it."""
    key = thread_key(view)
    return li(".thread-card.card", id=f"thread-{key}", tabindex="-1", data_thread=True)[
        _post(view, around),
        said(viewer, view),
        div(".thread-box", id=box_id(key))[box_part(viewer, box) if box else None],
    ]


def said(viewer: Viewer, view: ThreadView) -> Renderable:
    """What was said, with what may be done; the live stream replaces it by its id."""
    key = thread_key(view)
    return div(".thread-said", id=f"said-{key}", aria_live="polite")[
        view.cut and p(".small.soft")[_("Older replies of this thread are not shown.")],
        ul(".comments")[[_said(viewer, one, key, view) for one in view.said]],
    ]


def post_line(view: ThreadView) -> str:
    """The post in one line: the beginning of its caption."""
    media = next((one.subject.media for one in view.said if one.subject.media), None)
    first = media.caption.strip().split("\n", 1)[0] if media else ""
    return (first[: _TITLE - 1].rstrip() + "…" if len(first) > _TITLE else first) or _("A post without caption")


def _post(view: ThreadView, around: Around) -> Renderable:
    media = next((one.subject.media for one in view.said if one.subject.media), None)
    account = next((one.subject.account for one in view.said if one.subject.account), None)
    picture = f"/media/{media.thumbnail_id}/thumbnail" if media and media.thumbnail_id else ""
    kind: parts.MediaKind = "video" if media and media.type in ("REELS", "VIDEO") else "image"
    href = f"/comments?post={view.last.media_ref}" if view.last.media_ref else "/comments"
    away = {"target": "_blank", "rel": "noopener noreferrer"}
    return div(".thread-post")[
        parts.thumbnail(picture, kind=kind),
        div(".thread-post-text")[
            h2[a(href=href)[post_line(view)]],
            account is not None and span(".small.soft")[parts.handle(account.platform, account.username)],
        ],
        media is not None
        and bool(media.permalink)
        and parts.icon_button(_("Open the post"), "external-link", href=media.permalink, attrs=away),
    ]


def _said(viewer: Viewer, one: CommentView, key: str, view: ThreadView) -> Renderable:
    comment = one.comment
    name = comment.username or _("Someone")
    is_reply = bool(comment.parent_ref) and view.said[0].comment.id != comment.id
    likes = comment.like_count or 0
    return li(class_=["said", is_reply and "reply", comment.hidden and "hidden-comment"], id=f"said-{comment.id}")[
        div(".comment")[
            parts.avatar(name),
            div(".comment-text")[
                div(".comment-head")[
                    strong[f"@{name}" if comment.username else name],
                    one.subject.own and span(".small.soft")[_("you")],
                    span(".soft.small")[parts.local_time(comment.created_at, year=True)],
                    comment.hidden and parts.badge(_("Hidden"), icon_name="eye-off"),
                ],
                p[comment.text],
                likes > 0
                and span(".comment-likes.soft.small")[
                    parts.icon("heart"), ngettext("{n} like", "{n} likes", likes).format(n=number(likes))
                ],
                _actions(viewer, one, key, view.said[-1]),
            ],
        ],
        [_deed(viewer, row, key) for row in one.deeds if _is_shown(row)],
    ]


def _actions(viewer: Viewer, one: CommentView, key: str, last: CommentView) -> Node:
    """What may be done with a comment. What nothing can be done about is said once, under the thread's last word."""
    refusal = one.permitted[CommentDeed.REPLY].refusal
    if refusal is not None:
        if one is not last and last.permitted[CommentDeed.REPLY].refusal == refusal:
            return None
        return p(".small.soft")[spoken(refusal[0]), " ", spoken(refusal[1])]
    where, target = f"/comments/{one.comment.id}", f"#said-{key}"

    def opens(deed: CommentDeed, label: str, icon_name: str) -> Node:
        if not one.may(deed):
            return None
        address = box_address(one.comment.id, deed)
        name = None if one.subject.own else BOX_NAMES[deed]
        attrs = {**swap(get=address, target=f"#{box_id(key)}", how="innerHTML"), "data-do": name}
        return parts.link_button(label, address, kind="quiet", icon_name=icon_name, attrs=attrs)

    def presses(deed: CommentDeed, label: str, icon_name: str) -> Node:
        if not one.may(deed):
            return None
        way = f"{where}/{deed}"
        attrs = swap(post=way, target=target, how="outerMorph")
        return parts.action_form(viewer, way, label, kind="quiet", icon_name=icon_name, attrs=attrs)

    return div(".comment-actions")[
        opens(CommentDeed.REPLY, _("Reply"), "message-circle"),
        opens(CommentDeed.PRIVATE_REPLY, _("Reply privately"), "send"),
        presses(CommentDeed.UNHIDE, _("Show again"), "eye") if one.comment.hidden else None,
        None if one.comment.hidden else presses(CommentDeed.HIDE, _("Hide"), "eye-off"),
        opens(CommentDeed.DELETE, _("Delete"), "trash-2"),
    ]


def _is_shown(row: DeedRow) -> bool:
    """What is under way or needs somebody, and a private answer, which stands nowhere else."""
    return row.now_state is not CallState.DONE or row.deed is CommentDeed.PRIVATE_REPLY


def _deed(viewer: Viewer, row: DeedRow, key: str) -> Renderable:
    face = FACES[row.now_state]
    if row.now_state is CallState.WAITING and row.problem is not None:
        state = parts.badge(_("Waiting"), "warn", icon_name="clock")
    else:
        state = parts.badge(_(face.word), face.tone, icon_name=face.icon)
    return div(class_=["deed", face.tone], id=f"deed-{row.id}")[
        div(".deed-head")[span(".small.firm")[_(HEADS[row.deed])], state],
        row.text and blockquote(".deed-text")[row.text],
        row.problem is not None and _problem(row),
        _decisions(viewer, row, key),
    ]


def _problem(row: DeedRow) -> Node:
    if row.problem is None:
        return None
    message, remedy = spoken(read_text(row.problem["message"])), spoken(read_text(row.problem["remedy"]))
    return p(".small")[strong[message], " ", remedy]


def _decisions(viewer: Viewer, row: DeedRow, key: str) -> Node:
    def press(action: CallAction, label: str, icon_name: str, kind: parts.Kind) -> Node:
        if not allows(row, action):
            return None
        way = f"/comments/deeds/{row.id}/{action.value.replace('_', '-')}"
        attrs = swap(post=way, target=f"#said-{key}", how="outerMorph")
        return parts.action_form(viewer, way, label, kind=kind, icon_name=icon_name, attrs=attrs)

    buttons = [
        press(CallAction.RETRY, _("Try again"), "rotate-ccw", "plain"),
        press(CallAction.CONFIRM, _("It is done"), "check", "plain"),
        press(CallAction.RETRY_LOOKED, _("I looked, it is not done: do it again"), "rotate-ccw", "danger"),
        press(CallAction.DISMISS, _("Put away"), "x", "quiet"),
    ]
    return div(".comment-actions")[buttons] if any(buttons) else None
