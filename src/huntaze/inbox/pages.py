"""The page of comments over all accounts, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from htpy import Element, Node, Renderable, a, div, kbd, p, span, ul

from huntaze.inbox.boxes import Box
from huntaze.inbox.model import DeedRow, LineRow
from huntaze.inbox.parts import FACES_OF_LINES, HEADS, post_line, thread, thread_key
from huntaze.inbox.views import CommentView, ThreadView
from huntaze.kit.text import N_
from huntaze.publishing.around import Around
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number, spoken
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer

SHOWS: dict[str, str] = {
    "": N_("All comments"),
    "unanswered": N_("Unanswered"),
    "hidden": N_("Hidden"),
}
_comment_desk = Element("comment-desk")
_KEYS = (("j k", N_("next and previous")), ("r", N_("reply")), ("Ctrl Enter", N_("send")))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for."""

    account: str = ""
    show: str = ""
    post: str = ""
    words: str = ""

    def address(self, before: str = "") -> str:
        """The page of this choice."""
        asked = {"account": self.account, "show": self.show, "post": self.post, "q": self.words, "before": before}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/comments?{query}" if query else "/comments"

    @property
    def any(self) -> bool:
        """Whether not everything is asked for."""
        return bool(self.account or self.show or self.post or self.words)

    def file(self) -> str:
        """The same as a CSV file."""
        asked = {"accountId": self.account, "mediaId": self.post, "q": self.words}
        asked |= {self.show: "true"} if self.show else {}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/api/v1/comments.csv?{query}" if query else "/api/v1/comments.csv"


@dataclass(frozen=True, slots=True)
class CommentList:
    """One page of threads. ``older`` is the place of the next one; ``first``: it is the newest."""

    threads: Sequence[ThreadView]
    chosen: Chosen
    around: Around
    older: str
    first: bool


def comment_list(viewer: Viewer, shown: CommentList) -> Renderable:
    """Threads, that with the newest word first."""
    nothing = not shown.threads
    return page(
        viewer,
        _("Comments"),
        not (nothing and not shown.chosen.any) and _filters(shown),
        news(),
        parts.card(_nothing(shown)) if nothing else _threads(viewer, shown),
        not nothing and _keys(),
        _pager(shown),
        lead=_("What people say under your posts, on every account."),
        actions=not nothing and parts.link_button(_("Save as CSV"), shown.chosen.file(), icon_name="download"),
    )


def comment_page(viewer: Viewer, shown: ThreadView, view: CommentView, around: Around, box: Box | None) -> Renderable:
    """One comment in its thread, with the course of what was done with it."""
    lines = [(row, line) for row in view.deeds for line in view.lines if line.deed_id == row.id]
    return page(
        viewer,
        _("Comment"),
        div(".stack")[
            _comment_desk[ul(".threads")[thread(viewer, shown, around, box)]],
            bool(lines) and parts.card(_course(lines), title=_("What was done")),
        ],
        back=("/comments", _("Comments")),
    )


def news(shown: bool = False) -> Renderable:
    """The place where it is said that something new came; the list itself stays as it is while somebody reads."""
    words = parts.banner(
        _("Something new was said."),
        action=a(".button.plain", href="")[parts.icon("refresh-cw"), _("Show it")],
        icon_name="message-circle",
    )
    return div("#comments-news", aria_live="polite")[words if shown else None]


def _threads(viewer: Viewer, shown: CommentList) -> Renderable:
    return _comment_desk[ul(".threads")[[thread(viewer, one, shown.around, None) for one in shown.threads]]]


def _filters(shown: CommentList) -> Renderable:
    accounts = {str(one.id): f"@{one.username}" for one in shown.around.accounts.values()}
    filters = [
        parts.choice("account", _("Account"), _("All accounts"), accounts, shown.chosen.account),
        parts.Filter(
            "show", _("Which"), [parts.Option(key, _(word)) for key, word in SHOWS.items()], shown.chosen.show
        ),
    ]
    if shown.chosen.post:
        told = next((post_line(one) for one in shown.threads), _("This post"))
        filters.append(parts.choice("post", _("Post"), _("All posts"), {shown.chosen.post: told}, shown.chosen.post))
    return parts.filter_bar("/comments", filters, search=shown.chosen.words, search_label=_("Search in comments"))


def _nothing(shown: CommentList) -> Renderable:
    if shown.chosen.show == "unanswered" and not (shown.chosen.words or shown.chosen.post):
        words = _("Whoever writes next stands here.")
        return parts.empty(_("All answered"), words, icon_name="circle-check")
    if shown.chosen.any or not shown.first:
        words = _("No comment fits what you chose.")
        return parts.empty(
            _("Nothing matches"), words, action=parts.link_button(_("Show all"), "/comments"), icon_name="search"
        )
    return parts.empty(
        _("No comments yet"),
        _("What people write under your posts appears here by itself, ready to be answered."),
        icon_name="message-circle",
    )


def _keys() -> Renderable:
    return p(".small.soft.desk-keys")[
        [span[[[kbd[key], " "] for key in keys.split()], _(words)] for keys, words in _KEYS]
    ]


def _pager(shown: CommentList) -> Node:
    if shown.first and not shown.older:
        return None
    counted = ngettext("{n} thread", "{n} threads", len(shown.threads)).format(n=number(len(shown.threads)))
    newer = "" if shown.first else shown.chosen.address()
    return parts.pager(counted, newer=newer, older=shown.chosen.address(shown.older) if shown.older else "")


def _course(lines: Sequence[tuple[DeedRow, LineRow]]) -> Renderable:
    items = []
    for row, line in sorted(lines, key=lambda pair: (pair[1].at, pair[1].id), reverse=True):
        tone, icon_name = FACES_OF_LINES.get(line.kind, ("neutral", ""))
        head = f"{_(HEADS[row.deed])} · {spoken(line.text)}"
        items.append(parts.TimelineItem(head, line.at, tone, icon=icon_name))
    return parts.timeline(items)


__all__ = ["Chosen", "CommentList", "comment_list", "comment_page", "news", "thread_key"]
