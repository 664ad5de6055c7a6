"""One post: what was sent, what became of it, what people say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from htpy import Node, Renderable, a, code, details, div, h2, p, section, span, summary

from huntaze.crm import CommentRow, comments_card
from huntaze.insights import LatestRow, post_card
from huntaze.kit.text import read_text
from huntaze.platforms.contract import PostType
from huntaze.publishing import signs
from huntaze.publishing.around import Around
from huntaze.publishing.first_comments import CommentCard, first_comment_cards
from huntaze.publishing.model import EvidenceRow, PostView, PublicationRow
from huntaze.publishing.states import Action, State, allows
from huntaze.ui import parts
from huntaze.ui.i18n import _, number, spoken
from huntaze.ui.page import page
from huntaze.ui.parts.marks import NETWORK_NAMES
from huntaze.ui.viewer import Viewer

_TONES: dict[str, parts.Tone] = {
    "published": "good",
    "linked": "good",
    "failed": "bad",
    "unconfirmed": "bad",
    "unknown": "warn",
    "held": "warn",
    "refused": "warn",
    "unreadable": "warn",
    "not_again": "warn",
    "may_be_out": "warn",
    "several": "warn",
    "confirmed": "good",
    "comment_posted": "good",
    "comment_confirmed": "good",
    "comment_failed": "bad",
    "comment_unconfirmed": "bad",
    "comment_unknown": "warn",
    "comment_waiting": "warn",
    "comment_unreadable": "warn",
    "comment_sending": "accent",
    "sending": "accent",
    "prepared": "accent",
}
_SHORT_ANSWER = 60
_ICONS = {"linked": "link", "prepared": "check"}


@dataclass(frozen=True, slots=True)
class PostPage:
    """One post with everything its page shows. ``comments`` and ``figures`` by publication."""

    view: PostView
    around: Around
    comments: Mapping[UUID, Sequence[CommentRow]]
    figures: Mapping[UUID, Sequence[LatestRow]] = field(default_factory=dict)


def post_page(viewer: Viewer, shown: PostPage) -> Renderable:
    """The page: what happened at the left, how it looks at the right."""
    view = shown.view
    about = [signs.status_badge(view), span[signs.kind(view)], span[signs.when(view)]]
    return page(
        viewer,
        signs.title(view),
        div(".post-page")[
            div(".stack")[
                progress(view, shown.around),
                figures(shown),
                first_comments(viewer, view, shown.around),
                comments(shown),
            ],
            div(".post-aside")[_preview(view, shown.around)],
        ],
        _may(view, Action.CANCEL) and _ask_to_cancel(viewer, view),
        lead=span(".post-lead")[about],
        actions=actions(viewer, view),
        back=("/posts", _("Posts")),
    )


def first_comments(viewer: Viewer, view: PostView, around: Around) -> Renderable:
    """What the post says first, on each account."""
    accounts = around.accounts if len(view.publications) > 1 else {}
    names = {row.id: accounts[row.account_id].username for row in view.publications if row.account_id in accounts}
    cards = [
        CommentCard(row.id, said, names.get(row.id, ""))
        for row in view.publications
        if (said := view.first_comment_of(row)) is not None
    ]
    return first_comment_cards(viewer, view.post.id, cards)


def figures(shown: PostPage) -> Node:
    """What the networks counted, of every account where the post is out."""
    several = len(shown.view.publications) > 1
    return [
        post_card(shown.figures.get(row.id, ()), _account_name(shown, row) if several else "")
        for row in shown.view.publications
    ]


def _account_name(shown: PostPage, row: PublicationRow) -> str:
    account = shown.around.accounts.get(row.account_id)
    return f"@{account.username}" if account else _("A disconnected account")


def _preview(view: PostView, around: Around) -> Renderable:
    """The post as a follower sees it."""
    first = next((row.account_id for row in view.publications if row.account_id in around.accounts), None)
    return parts.phone(
        around.accounts[first].username if first else _("your account"),
        view.post.caption,
        [signs.phone_media(around.assets[one]) for one in view.post.asset_ids if one in around.assets],
        shape="reel" if view.post.type == PostType.REELS else "feed",
        avatar_src=around.faces.get(first, "") if first else "",
    )


def progress(view: PostView, around: Around) -> Renderable:
    """Every account with its timeline; the live stream replaces it by its id."""
    return div(".stack", id=f"post-progress-{view.post.id}")[
        [_publication(view, row, around) for row in view.publications]
    ]


def _publication(view: PostView, row: PublicationRow, around: Around) -> Node:
    """One account. Its state stands at the top of the page unless there are several accounts."""
    account = around.accounts.get(row.account_id)
    name = f"@{account.username}" if account else _("A disconnected account")
    lines = [line for line in reversed(view.evidence) if line.publication_id == row.id]
    return section(".card.publication", aria_labelledby=f"publication-{row.id}")[
        div(".publication-head")[
            parts.avatar(name, src=around.faces.get(row.account_id, ""), platform=row.platform),
            div[h2(id=f"publication-{row.id}")[name], p(".small.soft")[_moment(row)]],
            div(".publication-end")[
                len(view.publications) > 1 and signs.badge(row.now_state),
                row.permalink and _open(row.permalink, row.platform),
            ],
        ],
        _trouble(view, row),
        row.asks_which and _which(view, row),
        parts.timeline([timeline_line(line) for line in lines])
        if lines
        else p(".soft")[_("It waits for its time; every step will be written here.")],
    ]


def _open(permalink: str, platform: str) -> Renderable:
    words = _("Open on {network}").format(network=NETWORK_NAMES[platform])
    away = {"target": "_blank", "rel": "noopener noreferrer"}
    return parts.link_button(words, permalink, icon_name="external-link", attrs=away)


def _moment(row: PublicationRow) -> Node:
    if row.published_at is not None:
        searching = not row.permalink and not row.asks_which
        pending = searching and [" · ", _("its link is on the way")]
        return [_("Published"), " ", parts.local_time(row.published_at, year=True), pending]
    if row.now_state is State.HELD and row.held_until is not None:
        return [_("Goes on"), " ", parts.local_time(row.held_until)]
    return [_("Due"), " ", parts.local_time(row.due_at)] if row.due_at is not None else _("Without a time")


def _trouble(view: PostView, row: PublicationRow) -> Node:
    """Why it does not go on. Where several accounts stand, each leads to its own question."""
    if row.problem is None:
        return None
    bad = row.now_state in (State.FAILED, State.UNCONFIRMED)
    message, remedy = spoken(read_text(row.problem["message"])), spoken(read_text(row.problem["remedy"]))
    file = row.problem.get("file")
    place = [_("File {n}.").format(n=number(file + 1)), " "] if file is not None else None
    decide = None
    if len(view.publications) > 1 and allows(row.now_state, Action.CONFIRM):
        where = f"/posts/{view.post.id}/check?publication={row.id}"
        decide = parts.link_button(_("Look and decide"), where, icon_name="search")
    return parts.banner(message, [place, remedy], tone="bad" if bad else "warn", action=decide)


def _which(view: PostView, row: PublicationRow) -> Renderable:
    """Published, and which post of the account it is waits for a person."""
    where = f"/posts/{view.post.id}/check?publication={row.id}"
    return parts.banner(
        _("We do not know which post of the account this is."),
        _("Show us which one, and its link, comments and figures come here."),
        tone="warn",
        action=parts.link_button(_("Choose it"), where, icon_name="search"),
    )


def timeline_line(line: EvidenceRow) -> parts.TimelineItem:
    """One step. An address is a link, and stands in no sentence."""
    words = spoken(line.text)
    address = str(line.text.params.get("url", "")) if line.kind == "linked" else ""
    about: Node = None
    if address:
        words = _("Its address is known.")
        about = a(".timeline-link", href=address, target="_blank", rel="noopener noreferrer")[_without_scheme(address)]
    elif line.raw and line.raw != words:
        about = _raw(line.raw)
    return parts.TimelineItem(
        words, line.at, _TONES.get(line.kind, "neutral"), text=about, icon=_ICONS.get(line.kind, "")
    )


def _raw(answer: str) -> Renderable:
    """What the platform answered, word for word; a long answer is folded away."""
    words = code(".raw")[answer]
    if len(answer) <= _SHORT_ANSWER:
        return words
    return details(".raw-answer")[summary[_("The network's own answer")], words]


def _without_scheme(address: str) -> str:
    return address.partition("://")[2].removeprefix("www.").rstrip("/")


def actions(viewer: Viewer, view: PostView) -> Renderable:
    """What may be done with the post now, each a real form; the live stream replaces it by its id."""
    where = f"/posts/{view.post.id}"

    def press(way: str, label: str, icon_name: str, kind: parts.Kind) -> Node:
        return parts.action_form(viewer, f"{where}/{way}", label, kind=kind, icon_name=icon_name)

    return div(".post-actions", id=f"post-actions-{view.post.id}")[
        _may(view, Action.CANCEL)
        and parts.dialog_button(_("Cancel the post"), "cancel-post", kind="quiet", icon_name="x"),
        _may(view, Action.EDIT) and parts.link_button(_("Edit"), f"{where}/edit", icon_name="pencil"),
        _may(view, Action.CONFIRM)
        and len(view.publications) == 1
        and parts.link_button(_("Look and decide"), f"{where}/check", kind="primary", icon_name="search"),
        _may(view, Action.RETRY) and press("retry", _("Try again"), "rotate-ccw", "primary"),
        _may(view, Action.PUBLISH_NOW) and press("now", _("Publish now"), "send", "primary"),
    ]


def _may(view: PostView, action: Action) -> bool:
    states = [row.now_state for row in view.publications] or [State.DRAFT]
    return any(allows(state, action) for state in states)


def _ask_to_cancel(viewer: Viewer, view: PostView) -> Renderable:
    """Stands apart from the actions, which the live stream replaces while somebody reads."""
    return parts.confirm(
        viewer,
        "cancel-post",
        _("Cancel this post?"),
        _("It does not go out. What was written stays to be read here, and its files stay in the library."),
        action=f"/posts/{view.post.id}/cancel",
        label=_("Cancel it"),
        keep=_("Keep it"),
    )


def comments(shown: PostPage) -> Renderable:
    """The comments of every account where the post is out; the live stream replaces it by its id."""
    several = len(shown.view.publications) > 1

    def name(row: PublicationRow) -> str:
        account = shown.around.accounts.get(row.account_id)
        return f"@{account.username}" if several and account else ""

    return div(".stack", id=f"post-comments-{shown.view.post.id}")[
        [
            comments_card(row.media_ref, shown.comments.get(row.id, ()), name(row))
            for row in shown.view.publications
            if row.media_ref
        ]
    ]
