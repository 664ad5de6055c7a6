"""The list of posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from htpy import Node, Renderable, span

from huntaze.kit.text import N_
from huntaze.publishing import signs
from huntaze.publishing.around import Around
from huntaze.publishing.model import PostView
from huntaze.publishing.states import State
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer

FILTERS: dict[str, tuple[str, tuple[State, ...] | None]] = {
    "": (N_("All"), None),
    "attention": (N_("Need you"), (State.UNCONFIRMED, State.FAILED, State.HELD)),
    "planned": (
        N_("Planned"),
        (State.SCHEDULED, State.PREPARING, State.PREPARED, State.ARMED, State.SENT, State.UNKNOWN, State.RECONCILING),
    ),
    "drafts": (N_("Drafts"), (State.DRAFT,)),
    "published": (N_("Published"), (State.PUBLISHED,)),
}

_NOTHING: dict[str, tuple[str, str, str]] = {
    "attention": (N_("Nothing needs you"), N_("Posts that fail or wait for a decision stand here."), "circle-check"),
    "planned": (N_("Nothing is planned"), N_("Posts with a time stand here until they are out."), "calendar-clock"),
    "drafts": (N_("No drafts"), N_("What you write is kept by itself, and stands here until it goes out."), "pencil"),
    "published": (N_("Nothing is published yet"), N_("Posts that are out stand here, with their links."), "send"),
}


@dataclass(frozen=True, slots=True)
class PostList:
    """One page of the list."""

    views: Sequence[PostView]
    around: Around
    chosen: str
    older: str


def post_list(viewer: Viewer, shown: PostList) -> Renderable:
    """Posts, newest first, by what they need."""
    new = span(".desk-only")[parts.link_button(_("New post"), "/posts/new", kind="primary", icon_name="plus")]
    tabs = [
        parts.Tab(_(word), f"/posts?show={key}" if key else "/posts", key == shown.chosen)
        for key, (word, _states) in FILTERS.items()
    ]
    words = ngettext("{n} post", "{n} posts", len(shown.views)).format(n=number(len(shown.views)))
    older = shown.older and parts.pager(words, older=f"/posts?show={shown.chosen}&before={shown.older}")
    lines = parts.card(
        parts.item_list([_line(view, shown.around) for view in shown.views], key="posts", level=2), flush=True
    )
    body = lines if shown.views else parts.card(_nothing(shown.chosen))
    return page(viewer, _("Posts"), parts.tabs(_("Which posts"), tabs), body, older, actions=new)


def _nothing(chosen: str) -> Node:
    if chosen:
        title, text, icon_name = _NOTHING[chosen]
        return parts.empty(_(title), _(text), icon_name=icon_name)
    return parts.empty(
        _("No posts yet"),
        _("A post is written once and goes out to the accounts you choose, now or at a time."),
        action=parts.link_button(_("Write the first one"), "/posts/new", kind="primary", icon_name="plus"),
        icon_name="square-pen",
    )


def _line(view: PostView, around: Around) -> parts.Item:
    trouble = signs.trouble(view)
    names = signs.names(view, around)
    about = span[signs.kind(view), names and f" · {names}", " · ", signs.when(view)]
    return parts.Item(
        f"post-{view.post.id}",
        signs.title(view),
        f"/posts/{view.post.id}",
        picture=signs.picture(view, around),
        meta=[about, trouble and span(".item-trouble")[trouble]],
        end=signs.status_badge(view),
    )
