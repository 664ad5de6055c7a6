"""The box under a thread: where somebody answers, in public or in private, or is asked before deleting."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from htpy import Node, Renderable, blockquote, div, form, h3, p
from htpy import input as input_element

from huntaze.inbox.errors import InboxError
from huntaze.inbox.views import CommentView
from huntaze.platforms.contract import CommentDeed
from huntaze.ui import parts
from huntaze.ui.htmx import swap
from huntaze.ui.i18n import _, number, spoken
from huntaze.ui.viewer import Viewer

BOX_NAMES: dict[CommentDeed, str] = {
    CommentDeed.REPLY: "reply",
    CommentDeed.PRIVATE_REPLY: "private",
    CommentDeed.DELETE: "delete",
}
"""What a box is opened for, as it stands in addresses."""
BOXES = {name: deed for deed, name in BOX_NAMES.items()}
_KEY_BYTES = 12


@dataclass(frozen=True, slots=True)
class Box:
    """A box that is open. ``key`` is its thread's; ``text`` and ``error``: what was sent and refused."""

    view: CommentView
    deed: CommentDeed
    key: str
    text: str = ""
    error: InboxError | None = None


def box_id(key: str) -> str:
    """Of the box of a thread."""
    return f"box-{key}"


def box_address(comment_id: UUID, deed: CommentDeed) -> str:
    """Where the box opens."""
    return f"/comments/{comment_id}?do={BOX_NAMES[deed]}"


def box_part(viewer: Viewer, box: Box) -> Renderable:
    """The inside of the box."""
    if box.deed is CommentDeed.DELETE:
        return _deleting(viewer, box)
    return _answering(viewer, box)


def _answering(viewer: Viewer, box: Box) -> Renderable:
    comment = box.view.comment
    name = f"@{comment.username}" if comment.username else _("this comment")
    private = box.deed is CommentDeed.PRIVATE_REPLY
    title = _("Reply to {name} privately") if private else _("Reply to {name}")
    spec = parts.Field(
        "text",
        title.format(name=name),
        help=_private_help(box) if private else _public_help(box),
        error=f"{spoken(box.error.message)} {spoken(box.error.remedy)}" if box.error else "",
        id=f"text-{comment.id}",
    )
    way = f"/comments/{comment.id}/{box.deed}"
    attrs = swap(post=way, target=f"#{box_id(box.key)}", how="innerHTML")
    return form({"class": "answer-form", "method": "post", "action": way, **attrs})[
        parts.csrf(viewer),
        input_element(type="hidden", name="key", value=secrets.token_urlsafe(_KEY_BYTES)),
        parts.field(spec, parts.textarea(spec, value=box.text, rows=2, attrs={"required": True, "data-answer": True})),
        div(".comment-actions")[
            parts.button(_("Send"), kind="primary", icon_name="send"),
            _closer(box),
        ],
    ]


def _public_help(box: Box) -> Node:
    commenter = box.view.subject.platform.commenter if box.view.subject.platform else None
    if commenter is None:
        return None
    return _("Everybody can read it. The network may refuse more than {n} characters.").format(
        n=number(commenter.advice.characters)
    )


def _private_help(box: Box) -> Node:
    until = box.view.permitted[CommentDeed.PRIVATE_REPLY].until
    words = _("One direct message, which only this person reads.")
    if until is None:
        return words
    return [words, " ", _("Possible until"), " ", parts.local_time(until), "."]


def _deleting(viewer: Viewer, box: Box) -> Renderable:
    way = f"/comments/{box.view.comment.id}/{box.deed}"
    attrs = swap(post=way, target=f"#{box_id(box.key)}", how="innerHTML")
    return form({"class": "answer-form", "method": "post", "action": way, **attrs})[
        parts.csrf(viewer),
        h3[_("Delete this comment?")],
        p(".soft")[_("It goes with all its replies, and cannot be brought back. Hiding it can be undone.")],
        blockquote(".deed-text")[box.view.comment.text],
        box.error is not None and p(".field-error")[spoken(box.error.message), " ", spoken(box.error.remedy)],
        div(".comment-actions")[
            parts.button(_("Delete"), kind="danger", solid=True, icon_name="trash-2"),
            _closer(box),
        ],
    ]


def _closer(box: Box) -> Renderable:
    address = f"/comments/{box.view.comment.id}?do="
    attrs = {**swap(get=address, target=f"#{box_id(box.key)}", how="innerHTML"), "data-do": "close"}
    return parts.link_button(_("Cancel"), "/comments", kind="quiet", attrs=attrs)
