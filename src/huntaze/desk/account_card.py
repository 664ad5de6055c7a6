"""The dashboard widget of one account: who it is, how it stands, its figures, its feed, our posts on it."""

from __future__ import annotations

from htpy import Node, Renderable, a, div, h2, img, li, p, section, span, ul

from huntaze.crm import MediaRow
from huntaze.desk.cards import PICTURES, AccountCard
from huntaze.publishing import PostView, signs
from huntaze.ui import parts
from huntaze.ui.i18n import _, compact, ngettext, number, spoken

_KIND_ICONS = {"VIDEO": "play", "REELS": "play", "CAROUSEL_ALBUM": "layers", "CAROUSEL": "layers"}
_LONGEST_ALT = 120


def account_card(card: AccountCard) -> Renderable:
    """The whole card; the live stream replaces it by its id."""
    account = card.account
    return section(".card.account-card", id=f"account-card-{account.id}", aria_labelledby=f"account-name-{account.id}")[
        _head(card), _note(card), _stats(card), _feed(card), _recent(card), _foot(card)
    ]


def _head(card: AccountCard) -> Renderable:
    account, profile = card.account, card.profile
    face = f"/media/{profile.picture_id}/thumbnail" if profile and profile.picture_id else ""
    name = account.name or account.username
    return div(".account-card-head")[
        parts.avatar(name, src=face, size="l", platform=account.platform),
        div(".account-card-name")[
            h2(id=f"account-name-{account.id}")[name], span(".soft.small")[f"@{account.username}"]
        ],
        parts.badge(_(card.standing.words), card.standing.tone, working=card.standing.code == "starting"),
    ]


def _note(card: AccountCard) -> Node:
    note = card.standing.note
    if note is None:
        return None
    action = card.standing.reconnect_helps and parts.link_button(_("Reconnect"), _reconnect_url(card), kind="primary")
    return parts.banner(spoken(note.reason), spoken(note.remedy), tone=card.standing.tone, action=action or None)


def _stats(card: AccountCard) -> Node:
    profile = card.profile

    def figure(value: int | None) -> str:
        return "\u2013" if value is None else compact(value)

    def whole(value: int | None) -> str:
        return "" if value is None else number(value)

    facts = (
        (_("Followers"), profile.followers if profile else None),
        (_("Following"), profile.following if profile else None),
        (_("Posts"), profile.media_count if profile else None),
    )
    return parts.stats(*(parts.stat(label, figure(value), hint=whole(value)) for label, value in facts))


def _feed(card: AccountCard) -> Node:
    """The newest pictures of the feed, each a way to its post; until they are here, their places."""
    if card.media:
        return ul(".feed-strip", aria_label=_("Newest in the feed"))[[_feed_picture(row) for row in card.media]]
    if card.profile is not None and not card.profile.media_count:
        return None
    return div(".feed-strip", aria_hidden="true")[[span(".feed-place") for _place in range(PICTURES)]]


def _feed_picture(row: MediaRow) -> Renderable:
    icon_name = _KIND_ICONS.get(row.product_type) or _KIND_ICONS.get(row.type, "")
    words = row.caption.strip().split("\n", 1)[0][:_LONGEST_ALT] or _("Post without caption")
    inside: Node = [
        img(src=f"/media/{row.thumbnail_id}/thumbnail", alt=words, loading="lazy", width="96", height="96")
        if row.thumbnail_id
        else [parts.icon("image"), span(".unseen")[words]],
        icon_name and span(".feed-kind")[parts.icon(icon_name)],
    ]
    if not row.permalink:
        return li[span(".feed-place")[inside]]
    return li[
        a(".feed-place", href=row.permalink, target="_blank", rel="noopener noreferrer", title=_reception(row))[inside]
    ]


def _reception(row: MediaRow) -> str:
    """Likes and comments, as far as the platform says."""
    said = []
    if row.like_count is not None:
        said.append(ngettext("{n} like", "{n} likes", row.like_count).format(n=number(row.like_count)))
    if row.comments_count is not None:
        said.append(ngettext("{n} comment", "{n} comments", row.comments_count).format(n=number(row.comments_count)))
    return " · ".join(said)


def _recent(card: AccountCard) -> Node:
    """Posts of ours on this account, with their live state."""
    if not card.posts.views:
        write = a(href=f"/posts/new?account={card.account.id}")[_("Write the first one")]
        return div(".account-card-none.soft.small")[p[_("Nothing published from here yet.")], write]
    return ul(".post-lines", aria_label=_("Recent posts"))[[_line(view, card) for view in card.posts.views]]


def _line(view: PostView, card: AccountCard) -> Renderable:
    return li(".post-line.slim")[
        signs.picture(view, card.posts.around),
        div(".post-line-text")[
            a(".post-line-title", href=f"/posts/{view.post.id}")[signs.title(view)],
            span(".soft.small")[signs.when(view)],
        ],
        signs.status_badge(view),
    ]


def _foot(card: AccountCard) -> Renderable:
    account = card.account
    waiting = ngettext("{n} waiting", "{n} waiting", card.waiting).format(n=number(card.waiting))
    return div(".account-card-foot")[
        span(".soft.small")[_synced(card), card.waiting > 0 and f" · {waiting}"],
        div(".account-card-actions")[
            not card.standing.reconnect_helps and parts.link_button(_("Reconnect"), _reconnect_url(card), kind="quiet"),
            parts.link_button(_("Disconnect"), f"/accounts/{account.id}/disconnect", kind="quiet"),
        ],
    ]


def _synced(card: AccountCard) -> Node:
    if card.sync is None or card.profile is None:
        return _("First sync is on its way")
    if card.sync.problem is not None:
        return _("The last sync failed; it is tried again by itself.")
    return [_("Synced"), " ", parts.relative_time(card.profile.synced_at, card.now)]


def _reconnect_url(card: AccountCard) -> str:
    return f"/api/auth/{card.account.platform}?account={card.account.id}&again=1"
