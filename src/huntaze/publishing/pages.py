"""The list of posts, and one post with what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from htpy import Node, Renderable, a, div, form, li, p, section, span, strong, ul

from huntaze.accounts import AccountRow
from huntaze.crm import CommentRow
from huntaze.kit.text import N_, Text
from huntaze.library import Asset
from huntaze.platforms.contract import PostType
from huntaze.publishing.model import EvidenceRow, PostView, PublicationRow, text_from
from huntaze.publishing.states import FACES, Action, State, allows
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number
from huntaze.ui.page import page
from huntaze.ui.parts.actions import Kind
from huntaze.ui.parts.marks import NETWORK_NAMES
from huntaze.ui.viewer import Viewer

ByAccount = Mapping[UUID, AccountRow]
ByAsset = Mapping[UUID, Asset]

TYPES: dict[PostType, str] = {
    PostType.IMAGE: N_("Photo"),
    PostType.CAROUSEL: N_("Carousel"),
    PostType.REELS: N_("Reel"),
    PostType.STORIES: N_("Story"),
    PostType.VIDEO: N_("Video"),
}

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

_TONES: dict[str, parts.Tone] = {
    "published": "good",
    "failed": "bad",
    "unconfirmed": "bad",
    "unknown": "warn",
    "held": "warn",
    "refused": "warn",
    "unreadable": "warn",
    "sending": "accent",
    "prepared": "accent",
}


@dataclass(frozen=True, slots=True)
class PostList:
    """One page of the list."""

    views: Sequence[PostView]
    accounts: ByAccount
    assets: ByAsset
    chosen: str
    older: str


@dataclass(frozen=True, slots=True)
class PostPage:
    """One post with everything its page shows. ``comments`` by publication."""

    view: PostView
    accounts: ByAccount
    assets: ByAsset
    comments: Mapping[UUID, Sequence[CommentRow]]


def said(text: Text) -> str:
    """A text in the viewer's language."""
    return str(Text(_(text.message), text.params))


# --- the list ---------------------------------------------------------------------------------------------------


def post_list(viewer: Viewer, shown: PostList) -> Renderable:
    """Posts, newest first, by what they need."""
    new = parts.link_button(_("New post"), "/posts/new", kind="primary", icon_name="plus")
    tabs = [
        parts.Tab(_(word), f"/posts?show={key}" if key else "/posts", key == shown.chosen)
        for key, (word, _s) in FILTERS.items()
    ]
    body: Node = ul(".post-list")[[_post_row(view, shown) for view in shown.views]] if shown.views else _nothing(shown)
    words = ngettext("{n} post", "{n} posts", len(shown.views)).format(n=number(len(shown.views)))
    older = shown.older and parts.pager(words, older=f"/posts?show={shown.chosen}&before={shown.older}")
    return page(viewer, _("Posts"), parts.tabs(_("Which posts"), tabs), body, older, actions=new)


def _nothing(shown: PostList) -> Node:
    if shown.chosen:
        return parts.empty(_("Nothing here"), _("No post is in this state."), icon_name="inbox")
    return parts.empty(
        _("No posts yet"),
        _("A post is written once and goes out to the accounts you choose, now or at a time."),
        action=parts.link_button(_("Write the first one"), "/posts/new", kind="primary", icon_name="plus"),
        icon_name="square-pen",
    )


def _post_row(view: PostView, shown: PostList) -> Node:
    first = shown.assets.get(view.post.asset_ids[0]) if view.post.asset_ids else None
    names = [shown.accounts[row.account_id].username for row in view.publications if row.account_id in shown.accounts]
    return li(".post-row")[
        parts.thumbnail(thumbnail_url(first), kind="video" if first and first.kind == "video" else "image"),
        div(".post-row-text")[
            a(".post-row-title", href=f"/posts/{view.post.id}")[title(view)],
            div(".soft.small")[_(TYPES[PostType(view.post.type)]), " · ", ", ".join(f"@{name}" for name in names)],
        ],
        div(".post-row-when.soft.small")[when(view)],
        status_badge(view),
    ]


def title(view: PostView) -> str:
    """The first line of a caption, or what the post is when it has none."""
    first = view.post.caption.strip().split("\n", 1)[0]
    return (first[:77] + "…" if len(first) > 78 else first) or _("Without caption")


def thumbnail_url(asset: Asset | None) -> str:
    """Our small picture of a file."""
    return "" if asset is None else f"/media/{asset.id}/thumbnail"


def when(view: PostView) -> Node:
    """When it goes or went out."""
    moments = [row.published_at or row.due_at for row in view.publications]
    known = [moment for moment in moments if moment is not None]
    return parts.local_time(min(known)) if known else _("Not planned")


def status_badge(view: PostView) -> Renderable:
    """The state of a post. A page may show it twice, so the live stream finds it by its class."""
    return span(class_=f"post-status-{view.post.id}")[badge(view.state)]


def badge(state: State) -> Renderable:
    """A state as its word, colour and sign."""
    face = FACES[state]
    return parts.badge(_(face.word), face.tone, icon_name=face.icon, working=face.icon == "loader-circle")


# --- one post ---------------------------------------------------------------------------------------------------


def post_page(viewer: Viewer, shown: PostPage) -> Renderable:
    """What was sent, what became of it, what people say."""
    view = shown.view
    return page(
        viewer,
        title(view),
        div(".post-page")[
            div(".stack")[
                progress(view, shown.accounts),
                [_comments(row, shown) for row in view.publications if row.media_ref],
            ],
            div(".post-aside")[preview(view, shown.accounts, shown.assets)],
        ],
        lead=status_badge(view),
        actions=_actions(viewer, view),
        back=("/posts", _("Posts")),
    )


def preview(view: PostView, accounts: ByAccount, assets: ByAsset) -> Renderable:
    """The post as a follower sees it."""
    chosen = [accounts[row.account_id].username for row in view.publications if row.account_id in accounts]
    media = [phone_media(assets[asset_id]) for asset_id in view.post.asset_ids if asset_id in assets]
    return parts.phone(
        chosen[0] if chosen else _("your account"),
        view.post.caption,
        media,
        shape="reel" if view.post.type == PostType.REELS else "feed",
    )


def phone_media(asset: Asset) -> parts.PhoneMedia:
    """A file in the phone."""
    if asset.kind == "video":
        return parts.PhoneMedia(thumbnail_url(asset), "video", f"/media/{asset.id}/file", asset.alt_text)
    return parts.PhoneMedia(f"/media/{asset.id}/file", alt=asset.alt_text)


def progress(view: PostView, accounts: ByAccount) -> Renderable:
    """Every account with its state and timeline; the live stream replaces it by its id."""
    return div(".stack", id=f"post-progress-{view.post.id}")[
        [_publication(view, row, accounts.get(row.account_id)) for row in view.publications]
    ]


def _publication(view: PostView, row: PublicationRow, account: AccountRow | None) -> Node:
    name = f"@{account.username}" if account else _("A disconnected account")
    lines = [line for line in view.evidence if line.publication_id == row.id]
    return parts.card(
        _trouble(row),
        row.permalink
        and p[
            a(".button.plain", href=row.permalink, target="_blank", rel="noopener noreferrer")[
                parts.icon("external-link"), _("Open on {network}").format(network=NETWORK_NAMES[row.platform])
            ]
        ],
        row.now_state is State.PUBLISHED and not row.permalink and p(".soft")[_("Published; its link is on the way.")],
        parts.timeline([_line(line) for line in reversed(lines)])
        if lines
        else p(".soft")[_("It waits for its time; every step will be written here.")],
        title=name,
        lead=_moment(row),
        actions=badge(row.now_state),
    )


def _moment(row: PublicationRow) -> Node:
    if row.published_at is not None:
        return [_("Published"), " ", parts.local_time(row.published_at)]
    return [_("Due"), " ", parts.local_time(row.due_at)] if row.due_at is not None else None


def problem_words(row: PublicationRow) -> str:
    """Why it does not go on and what to do, in the viewer's language."""
    if row.problem is None:
        return ""
    return f"{said(text_from(row.problem['message']))} {said(text_from(row.problem['remedy']))}"


def _trouble(row: PublicationRow) -> Node:
    if row.problem is None:
        return None
    bad = row.now_state in (State.FAILED, State.UNCONFIRMED)
    message, remedy = said(text_from(row.problem["message"])), said(text_from(row.problem["remedy"]))
    file = row.problem.get("file")
    place = [_("File {n}.").format(n=number(file + 1)), " "] if file is not None else None
    return parts.banner(message, [place, remedy], tone="bad" if bad else "warn")


def _line(line: EvidenceRow) -> parts.TimelineItem:
    raw = line.raw and line.raw != said(line.text)
    return parts.TimelineItem(
        said(line.text),
        line.at,
        _TONES.get(line.kind, "neutral"),
        text=span(".raw.small.soft")[line.raw] if raw else None,
    )


def _actions(viewer: Viewer, view: PostView) -> Node:
    """What may be done with the post now; each is a real form."""
    states = [row.now_state for row in view.publications] or [State.DRAFT]

    def may(action: Action) -> bool:
        return any(allows(state, action) for state in states)

    return [
        may(Action.EDIT) and parts.link_button(_("Edit"), f"/posts/{view.post.id}/edit", icon_name="pencil"),
        may(Action.PUBLISH_NOW) and _press(viewer, view, "now", _("Publish now"), "send", "primary"),
        may(Action.RETRY) and _press(viewer, view, "retry", _("Try again"), "rotate-ccw", "primary"),
        may(Action.CONFIRM) and _press(viewer, view, "confirm", _("It is there"), "check", "plain"),
        may(Action.RETRY_LOOKED)
        and _press(viewer, view, "retry-looked", _("I looked, it is not there: send again"), "rotate-ccw", "danger"),
        may(Action.CANCEL) and _press(viewer, view, "cancel", _("Cancel"), "x", "quiet"),
    ]


def _press(viewer: Viewer, view: PostView, way: str, label: str, icon: str, kind: Kind) -> Node:
    return form(method="post", action=f"/posts/{view.post.id}/{way}")[
        parts.csrf(viewer), parts.button(label, kind=kind, icon_name=icon)
    ]


# --- comments ---------------------------------------------------------------------------------------------------


def _comments(row: PublicationRow, shown: PostPage) -> Node:
    return parts.card(comment_list(row.media_ref or "", shown.comments.get(row.id, ())), title=_("Comments"))


def comment_list(media_ref: str, comments: Sequence[CommentRow]) -> Renderable:
    """Comments of a post of the platform, replies under theirs; the live stream replaces it by its id."""
    top = [one for one in comments if not _is_reply(one, comments)]
    inside: Node = ul(".comments")[[_thread(one, comments) for one in top]]
    if not comments:
        inside = p(".soft")[_("No comments yet. They appear here by themselves.")]
    counted = ngettext("{n} comment", "{n} comments", len(comments)).format(n=number(len(comments)))
    return section(id=f"comments-{media_ref}", aria_live="polite", aria_label=counted)[inside]


def _is_reply(one: CommentRow, comments: Sequence[CommentRow]) -> bool:
    return any(other.comment_ref == one.parent_ref for other in comments)


def _thread(one: CommentRow, comments: Sequence[CommentRow]) -> Node:
    replies = [other for other in comments if other.parent_ref == one.comment_ref]
    return li(".comment")[
        _comment(one),
        ul(".comments.replies")[[li(".comment")[_comment(reply)] for reply in replies]] if replies else None,
    ]


def _comment(one: CommentRow) -> Node:
    name = one.username or _("Someone")
    return div(".comment-body")[
        parts.avatar(name, size="s"),
        div[
            div(".comment-head")[strong[f"@{name}"], " ", span(".soft.small")[parts.local_time(one.created_at)]],
            p(".comment-text")[one.text],
        ],
    ]
