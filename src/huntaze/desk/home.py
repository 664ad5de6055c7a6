"""Home: what needs a person, the account cards, what goes out next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from htpy import Node, Renderable, a, div, h2, img, li, ol, p, section, span, strong, ul
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from huntaze.crm import MediaRow
from huntaze.desk.cards import AccountCard, Cards
from huntaze.identity import Actor, Identity, spoken
from huntaze.kit.db import Database
from huntaze.kit.jobs import WorkersSeen, workers_seen
from huntaze.publishing import PostView, Publishing, State, pages
from huntaze.ui import parts
from huntaze.ui.i18n import _, compact, ngettext, number
from huntaze.ui.page import html, page
from huntaze.ui.viewer import Viewer

NO_WORKER = timedelta(minutes=2)
"""How long without a worker before Home says so."""
NEXT = 6


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything Home shows."""

    cards: Sequence[AccountCard]
    attention: Sequence[PostView]
    coming: Sequence[PostView]
    workers: WorkersSeen
    started: bool
    now: datetime


class Home:
    """Gathers and shows Home."""

    def __init__(self, database: Database, cards: Cards, publishing: Publishing, identity: Identity) -> None:
        self.database = database
        self.cards = cards
        self.publishing = publishing
        self.identity = identity

    def routes(self) -> list[Route]:
        """`/`."""
        return [self.identity.page_route("/", "accounts.read", self.show, name="home")]

    async def show(self, request: Request, actor: Actor) -> Response:
        """The page."""
        now = self.cards.clock.now()
        attention = [State.UNCONFIRMED, State.FAILED, State.HELD]
        coming = [State.SCHEDULED, State.PREPARING, State.PREPARED, State.ARMED, State.SENT, State.UNKNOWN]
        async with self.database.transaction() as tx:
            workers = await workers_seen(tx, now)
        shown = HomePage(
            cards=await self.cards.all(actor.workspace_id),
            attention=await self.publishing.recent(actor.workspace_id, None, attention, NEXT),
            coming=await self.publishing.recent(actor.workspace_id, None, coming, NEXT),
            workers=workers,
            started=bool(await self.publishing.recent(actor.workspace_id, None, None, 1)),
            now=now,
        )
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            return html(home_page(viewer, shown, actor.name))


def home_page(viewer: Viewer, shown: HomePage, name: str) -> Renderable:
    """Trouble first, then the accounts, then what comes next."""
    new = parts.link_button(_("New post"), "/posts/new", kind="primary", icon_name="plus")
    return page(
        viewer,
        _greeting(shown.now, viewer, name),
        _no_worker(shown),
        [_attention(view) for view in shown.attention],
        section(".cards", aria_label=_("Accounts"))[[account_card(card) for card in shown.cards]]
        if shown.cards
        else _start(shown),
        _coming(shown) if shown.cards else None,
        lead=_lead(shown),
        actions=new if shown.cards else None,
    )


def _greeting(now: datetime, viewer: Viewer, name: str) -> str:
    hour = now.astimezone(viewer.zone).hour
    if hour < 5 or hour >= 18:
        return _("Good evening, {name}").format(name=name)
    return (_("Good morning, {name}") if hour < 12 else _("Good afternoon, {name}")).format(name=name)


def _lead(shown: HomePage) -> str:
    if not shown.cards:
        return _("Three steps and your first post is out.")
    n = len(shown.coming)
    if not n:
        return _("Nothing is planned. A good moment to write something.")
    return ngettext("{n} post goes out next.", "{n} posts go out next.", n).format(n=number(n))


def _no_worker(shown: HomePage) -> Node:
    seen = shown.workers.last_seen
    if shown.workers.alive or (seen is not None and shown.now - seen < NO_WORKER):
        return None
    return parts.banner(
        _("No worker is running."),
        _("Nothing is published or synced until one is started: run huntaze work, or huntaze serve --with-worker."),
        tone="bad",
    )


def _attention(view: PostView) -> Node:
    row = next((one for one in view.publications if one.problem is not None), None)
    why = pages.problem_words(row) if row else ""
    action = parts.link_button(_("Fix"), f"/posts/{view.post.id}")
    return parts.banner(pages.title(view), why, tone="bad" if view.state is not State.HELD else "warn", action=action)


def _start(shown: HomePage) -> Node:
    """The empty Home: three steps, the first one to be done now."""
    steps = [
        (_("Connect an Instagram account"), _("Business or Creator, linked to a Facebook Page."), False),
        (_("Write your first post"), _("A photo, a carousel or a reel, with a live preview."), shown.started),
        (_("Watch it go out"), _("Every step is written down, and comments arrive by themselves."), False),
    ]
    action = parts.link_button(
        _("Connect Instagram"), "/platforms/connect/instagram", kind="primary", icon_name="plug", wide=True
    )
    return parts.card(
        ol(".steps")[
            [
                li(".step")[span(".step-number", aria_hidden="true")[number(n)], div[strong[title], p(".soft")[text]]]
                for n, (title, text, _done) in enumerate(steps, 1)
            ]
        ],
        action,
        title=_("Start here"),
    )


def account_card(card: AccountCard) -> Renderable:
    """The dashboard widget; the live stream replaces it by its id."""
    account, profile = card.account, card.profile
    picture = f"/media/{profile.picture_id}/thumbnail" if profile and profile.picture_id else ""
    return parts.card(
        div(".account-head")[
            parts.avatar(account.name or account.username, src=picture, size="l", platform=account.platform),
            div(".account-name")[strong[account.name or account.username], span(".soft")[f"@{account.username}"]],
            parts.badge(_(card.standing.words), card.standing.tone, working=card.standing.code == "starting"),
        ],
        _stats(card),
        _note(card),
        _feed(card.media),
        _recent(card),
        div(".account-foot")[
            span(".soft.small")[_synced(card)],
            span(".account-actions")[
                parts.link_button(
                    _("Reconnect"),
                    f"/api/auth/{account.platform}?account={account.id}&again=1",
                    kind="primary" if card.standing.reconnect_helps else "quiet",
                ),
                parts.link_button(_("Disconnect"), f"/accounts/{account.id}/disconnect", kind="quiet"),
            ],
        ],
        attrs={"id": f"account-card-{account.id}", "class": "card account"},
    )


def _stats(card: AccountCard) -> Node:
    profile = card.profile

    def figure(value: int | None) -> str:
        return "\u2013" if value is None else compact(value)

    return parts.stats(
        parts.stat(_("Followers"), figure(profile.followers if profile else None)),
        parts.stat(_("Following"), figure(profile.following if profile else None)),
        parts.stat(_("Posts"), figure(profile.media_count if profile else None)),
    )


def _note(card: AccountCard) -> Node:
    note = card.standing.note
    return None if note is None else parts.banner(spoken(note.reason), spoken(note.remedy), tone=card.standing.tone)


def _feed(media: Sequence[MediaRow]) -> Node:
    """The newest pictures of the feed, each a way to its post."""
    shown = [row for row in media if row.thumbnail_id is not None]
    if not shown:
        return None
    return ul(".feed-strip", aria_label=_("Newest posts"))[
        [
            li[
                a(href=row.permalink or None, target="_blank", rel="noopener noreferrer")[
                    img(src=f"/media/{row.thumbnail_id}/thumbnail", alt=row.caption[:80] or _("Post"), loading="lazy")
                ]
            ]
            for row in shown
        ]
    ]


def _recent(card: AccountCard) -> Node:
    """Posts of ours on this account, with their live state."""
    if not card.posts:
        return None
    return ul(".recent")[
        [li[a(href=f"/posts/{view.post.id}")[pages.title(view)], pages.status_badge(view)] for view in card.posts]
    ]


def _synced(card: AccountCard) -> Node:
    if card.sync is None or card.profile is None:
        return _("First sync is on its way")
    if card.sync.problem is not None:
        return _("The last sync failed; it is tried again by itself.")
    return [_("Synced"), " ", parts.relative_time(card.profile.synced_at, card.now)]


def _coming(shown: HomePage) -> Node:
    if not shown.coming:
        return None
    return section(".next", aria_labelledby="next-title")[
        h2("#next-title")[_("Next up")],
        ul(".recent")[
            [
                li[
                    a(href=f"/posts/{view.post.id}")[pages.title(view)],
                    span(".soft.small")[pages.when(view)],
                    pages.status_badge(view),
                ]
                for view in shown.coming
            ]
        ],
    ]
