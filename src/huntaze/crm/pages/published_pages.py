"""The pages of what stands on the networks: every post of the accounts as a grid, and one with its numbers and
comments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from htpy import Node, Renderable, dd, div, dl, dt, img, p, span

from huntaze.accounts import AccountRow
from huntaze.crm.model import CommentRow, MediaRow
from huntaze.crm.pages.comment_parts import comments_card
from huntaze.crm.pages.listing import Listing, ListWords, list_page
from huntaze.kit.text import N_
from huntaze.platforms.contract import PostType
from huntaze.ui import parts
from huntaze.ui.i18n import _, compact, day, ngettext, number
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer

KINDS: Mapping[str, str] = {
    PostType.IMAGE: N_("Photo"),
    PostType.CAROUSEL: N_("Carousel"),
    PostType.REELS: N_("Reel"),
    PostType.VIDEO: N_("Video"),
    PostType.STORIES: N_("Story"),
}
STANDS: Mapping[str, str] = {"there": N_("On the network"), "removed": N_("Removed there")}
ORIGINS: Mapping[str, str] = {"elsewhere": N_("Made elsewhere"), "here": N_("Made here")}
CHOICES: Mapping[str, Collection[str]] = {"kind": KINDS, "stands": STANDS, "origin": ORIGINS}
"""What an address may choose, beside an account and words."""
_MOVING = (PostType.REELS, PostType.VIDEO)
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """One post. ``pictures`` are those of a carousel, in their order."""

    item: MediaRow
    account: AccountRow | None
    pictures: Sequence[MediaRow]
    comments: Sequence[CommentRow]


def published_list(viewer: Viewer, listing: Listing, media: Sequence[MediaRow], onward: str, file: str) -> Renderable:
    """The whole page of the grid. ``onward``: the cursor of the next one; ``file``: where the same is a CSV file."""
    words = ListWords(
        title=_("Published"),
        lead=_("Everything that stands on your accounts, made here or not."),
        search=_("Search in captions"),
        nothing=_("No post with these words and filters."),
        beginning=parts.empty(
            _("Nothing here yet"),
            _("When an account is connected, its posts are read and shown here, those from before as well."),
            action=parts.link_button(_("See your accounts"), "/accounts"),
            icon_name="images",
        ),
    )
    filters = [
        listing.filter("kind", _("Kind"), _("Every kind"), KINDS),
        listing.filter("stands", _("State"), _("There or removed"), STANDS),
        listing.filter("origin", _("Origin"), _("Made anywhere"), ORIGINS),
    ]
    tiles = [_tile(item, listing.accounts.get(item.account_id)) for item in media]
    return list_page(
        viewer,
        words,
        listing,
        filters,
        body=parts.tiles(tiles, key="published") if tiles else None,
        counted=ngettext("{n} post", "{n} posts", len(media)).format(n=number(len(media))),
        onward=onward,
        file=file,
    )


def published_page(viewer: Viewer, shown: PublishedPage) -> Renderable:
    """The whole page."""
    item, account = shown.item, shown.account
    network = parts.NETWORK_NAMES.get(account.platform, account.platform) if account else ""
    away = {"target": "_blank", "rel": "noopener noreferrer"}
    return page(
        viewer,
        title_of(item),
        item.removed_at is not None
        and parts.banner(
            _("This post is no longer on the network."),
            _("What was known of it is kept here."),
            tone="warn",
        ),
        div(".split")[
            div(".stack")[
                parts.card(_picture(item), len(shown.pictures) > 0 and _pictures(shown)),
                comments_card(item.media_ref, shown.comments),
            ],
            div(".stack")[
                parts.card(_numbers(item)),
                item.caption and parts.card(p(".caption")[item.caption], title=_("Caption")),
                parts.card(_facts(shown), title=_("About this post")),
            ],
        ],
        actions=parts.link_button(
            _("Open on {network}").format(network=network), item.permalink, icon_name="external-link", attrs=away
        )
        if item.permalink.startswith("https://") and network
        else None,
        back=("/published", _("Published")),
    )


def title_of(item: MediaRow) -> str:
    """The beginning of its caption."""
    first = item.caption.strip().split("\n", 1)[0]
    if not first:
        return _("Post without caption")
    return first if len(first) <= _LONGEST_TITLE else first[: _LONGEST_TITLE - 1].rstrip() + "…"


def _tile(item: MediaRow, account: AccountRow | None) -> parts.Tile:
    return parts.Tile(
        id=f"published-{item.id}",
        name=title_of(item),
        src=_copy(item),
        kind="video" if item.type in _MOVING else "image",
        href=f"/published/{item.id}",
        detail=" · ".join(
            filter(None, [day(item.published_at), f"@{account.username}" if account else "", _reception(item)])
        ),
        state=_state(item),
    )


def _state(item: MediaRow) -> Node:
    if item.removed_at is not None:
        return [parts.icon("circle-x"), _("Removed")]
    if item.type == PostType.CAROUSEL:
        return [parts.icon("layers"), _("Carousel")]
    return [parts.icon("clock"), _("Story")] if item.type == PostType.STORIES else None


def _reception(item: MediaRow) -> str:
    said = []
    if item.like_count is not None:
        said.append(ngettext("{n} like", "{n} likes", item.like_count).format(n=compact(item.like_count)))
    if item.comments_count is not None:
        said.append(ngettext("{n} comment", "{n} comments", item.comments_count).format(n=compact(item.comments_count)))
    # Beside other words in a narrow place: a number stays with what it counts
    return " · ".join(one.replace(" ", "\u00a0") for one in said)


def _copy(item: MediaRow) -> str:
    """Our own copy of its picture: the network's addresses die within days."""
    return f"/media/{item.thumbnail_id}/thumbnail" if item.thumbnail_id else ""


def _picture(item: MediaRow) -> Renderable:
    address = _copy(item)
    if not address:
        return p(".soft")[_("There is no copy of its picture yet.")]
    return img(".preview", src=address, alt=title_of(item))


def _pictures(shown: PublishedPage) -> Renderable:
    """A carousel's pictures, those of which there is a copy; the others keep their places."""
    return div(".feed-strip")[
        [
            span(".feed-place")[
                img(src=_copy(one), alt="", loading="lazy") if one.thumbnail_id else parts.icon("image")
            ]
            for one in shown.pictures
        ]
    ]


def _numbers(item: MediaRow) -> Renderable:
    def figure(label: str, value: int | None) -> Renderable:
        if value is None:
            return parts.stat(label, "\u2013", hint=_("The network does not say."))
        return parts.stat(label, compact(value), hint=number(value))

    return parts.stats(figure(_("Likes"), item.like_count), figure(_("Comments"), item.comments_count))


def _facts(shown: PublishedPage) -> Renderable:
    item, account = shown.item, shown.account
    origin = ORIGINS["here"] if item.made_here else ORIGINS["elsewhere"]
    lines: list[tuple[str, Node]] = [
        (_("Account"), parts.handle(account.platform, account.username) if account else _("A disconnected account")),
        (_("Kind"), _(KINDS.get(item.type, item.type))),
        (_("Published"), parts.local_time(item.published_at, year=True)),
        (_("Origin"), _(origin)),
        (_("Last read"), parts.local_time(item.synced_at)),
    ]
    if item.ended_at is not None:
        lines.insert(3, (_("Story ended"), parts.local_time(item.ended_at, year=True)))
    if item.removed_at is not None:
        lines.append((_("Found removed"), parts.local_time(item.removed_at, year=True)))
    if shown.pictures:
        lines.insert(2, (_("Pictures"), number(len(shown.pictures))))
    return dl(".facts")[[[dt[name], dd[value]] for name, value in lines]]
