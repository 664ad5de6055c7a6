"""How posts are named and marked wherever they are shown: title, picture, time, state, trouble."""

from __future__ import annotations

from htpy import Node, Renderable, span

from huntaze.kit.text import N_, read_text
from huntaze.library import Asset, Purpose
from huntaze.platforms.contract import PostType
from huntaze.publishing.around import Around
from huntaze.publishing.model import PostView, PublicationRow
from huntaze.publishing.states import FACES, State
from huntaze.ui import parts
from huntaze.ui.i18n import _, spoken

TYPES: dict[PostType, str] = {
    PostType.IMAGE: N_("Photo"),
    PostType.CAROUSEL: N_("Carousel"),
    PostType.REELS: N_("Reel"),
    PostType.STORIES: N_("Story"),
    PostType.VIDEO: N_("Video"),
}
_TITLE = 78


def title(view: PostView) -> str:
    """The first line of a caption, or what the post is when it has none."""
    first = view.post.caption.strip().split("\n", 1)[0]
    return (first[: _TITLE - 1].rstrip() + "…" if len(first) > _TITLE else first) or _("Without caption")


def kind(view: PostView) -> str:
    """Photo, carousel, reel…"""
    return _(TYPES[PostType(view.post.type)])


def names(view: PostView, around: Around) -> str:
    """The accounts that a post goes to."""
    known = [around.accounts[row.account_id] for row in view.publications if row.account_id in around.accounts]
    return ", ".join(f"@{account.username}" for account in known)


def picture_url(asset: Asset | None) -> str:
    """Our small picture of a file; empty where none could be made."""
    return f"/media/{asset.id}/thumbnail" if asset is not None and asset.variant(Purpose.THUMBNAIL) else ""


def picture(view: PostView, around: Around) -> Renderable:
    """The first picture of a post, beside its words."""
    first = around.assets.get(view.post.asset_ids[0]) if view.post.asset_ids else None
    return parts.thumbnail(picture_url(first), kind="video" if first and first.kind == "video" else "image")


def phone_media(asset: Asset) -> parts.PhoneMedia:
    """A file in the phone."""
    if asset.kind == "video":
        return parts.PhoneMedia(picture_url(asset), "video", f"/media/{asset.id}/file", asset.alt_text)
    return parts.PhoneMedia(f"/media/{asset.id}/file", alt=asset.alt_text)


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


def problem_words(row: PublicationRow) -> str:
    """Why it does not go on and what to do, in the viewer's language."""
    if row.problem is None:
        return ""
    return f"{spoken(read_text(row.problem['message']))} {spoken(read_text(row.problem['remedy']))}"


def trouble(view: PostView) -> str:
    """What keeps a post from going on, if anything does."""
    return next((problem_words(row) for row in view.publications if row.problem is not None), "")
