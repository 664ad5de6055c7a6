"""Home: what needs a person, the account cards, what goes out next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from htpy import Node, Renderable, a, div, h2, li, ol, p, section, span, strong, ul
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from huntaze.crm import Drift, DriftRow
from huntaze.desk.account_card import account_card
from huntaze.desk.cards import AccountCard, Cards, Posts
from huntaze.desk.drifting import missing_events
from huntaze.desk.outgoing_words import off_banner
from huntaze.identity import Actor, Identity
from huntaze.kit.db import Database
from huntaze.kit.jobs import WorkersSeen, workers_seen
from huntaze.outbox.outgoing import TargetRow, Targets
from huntaze.publishing import Overdue, PostView, State, Watch, signs
from huntaze.ui import parts
from huntaze.ui.i18n import _, ngettext, number
from huntaze.ui.page import html, page
from huntaze.ui.viewer import Viewer

NO_WORKER = timedelta(minutes=2)
"""How long without a worker before Home says so."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything Home shows."""

    cards: Sequence[AccountCard]
    gone: Sequence[str]
    """Without any card: the accounts that were connected once, by name."""
    attention: Posts
    coming: Posts
    workers: WorkersSeen
    overdue: Overdue | None
    drift: Sequence[DriftRow]
    now: datetime
    webhooks_off: Sequence[TargetRow] = ()


class Home:
    """Gathers and shows Home."""

    def __init__(
        self, database: Database, cards: Cards, identity: Identity, watch: Watch, drift: Drift, webhooks: Targets
    ) -> None:
        self.database = database
        self.cards = cards
        self.identity = identity
        self.watch = watch
        self.drift = drift
        self.webhooks = webhooks

    def routes(self) -> list[Route]:
        """`/`."""
        return [self.identity.page_route("/", "accounts.read", self.show, name="home")]

    async def show(self, request: Request, actor: Actor) -> Response:
        """The page."""
        now = self.cards.clock.now()
        async with self.database.transaction() as tx:
            workers = await workers_seen(tx, now)
            overdue = next(iter(await self.watch.overdue(tx, actor.workspace_id)), None)
            drift = await self.drift.found(tx, actor.workspace_id)
        cards = await self.cards.all(actor.workspace_id)
        shown = HomePage(
            cards=cards,
            gone=[] if cards else await self.cards.gone(actor.workspace_id),
            attention=await self.cards.attention(actor.workspace_id),
            coming=await self.cards.coming(actor.workspace_id),
            workers=workers,
            overdue=overdue,
            drift=drift,
            now=now,
            webhooks_off=await self.webhooks.off(actor.workspace_id),
        )
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            return html(home_page(viewer, shown, actor.name))


def home_page(viewer: Viewer, shown: HomePage, name: str) -> Renderable:
    """Trouble first, then the accounts, then what comes next."""
    new = span(".desk-only")[parts.link_button(_("New post"), "/posts/new", kind="primary", icon_name="plus")]
    return page(
        viewer,
        _greeting(shown.now, viewer, name),
        div(".alerts")[
            _worker_health(shown),
            needs_you(shown.attention),
            [_webhook_off(row) for row in shown.webhooks_off],
            missing_events(shown.cards, shown.drift),
        ],
        _board(shown) if shown.cards else _start(shown.gone),
        lead=_lead(shown),
        actions=new if shown.cards else None,
    )


def _board(shown: HomePage) -> Renderable:
    return div(".home")[
        section(".home-cards", aria_label=_("Accounts"))[[account_card(card) for card in shown.cards]],
        next_up(shown.coming),
    ]


def _greeting(now: datetime, viewer: Viewer, name: str) -> str:
    hour = now.astimezone(viewer.zone).hour
    if hour < 5 or hour >= 18:
        return _("Good evening, {name}").format(name=name)
    return (_("Good morning, {name}") if hour < 12 else _("Good afternoon, {name}")).format(name=name)


def _lead(shown: HomePage) -> str:
    if not shown.cards and shown.gone:
        return _("Connect the account again: its posts, media and comments stay.")
    if not shown.cards:
        return _("Three steps and your first post is out.")
    n = len(shown.coming.views)
    if not n:
        return _("Nothing is planned. A good moment to write something.")
    return ngettext("{n} post goes out next.", "{n} posts go out next.", n).format(n=number(n))


def _worker_health(shown: HomePage) -> Node:
    """Whether a worker runs and does its work; without one, what waits for it is told in the same breath."""
    seen = shown.workers.last_seen
    forgotten = _forgotten(shown.overdue)
    if not shown.workers.alive and (seen is None or shown.now - seen >= NO_WORKER):
        start = _(
            "Nothing is published or synced until one is started: run huntaze work, or huntaze serve --with-worker."
        )
        return parts.banner(_("No worker is running."), [start, forgotten and [" ", forgotten]], tone="bad")
    if forgotten is None:
        return None
    remedy = _("See that huntaze work runs and reaches the database; its log says what keeps it.")
    return parts.banner(_("Posts are not looked after."), [forgotten, " ", remedy], tone="bad")


def _webhook_off(row: TargetRow) -> Node:
    return off_banner(row, parts.link_button(_("Look into it"), f"/settings/webhooks/{row.id}"))


def _forgotten(overdue: Overdue | None) -> Node:
    if overdue is None:
        return None
    words = ngettext(
        "The worker has not looked after {n} post since",
        "The worker has not looked after {n} posts since",
        overdue.posts,
    )
    return [words.format(n=number(overdue.posts)), " ", parts.local_time(overdue.since), "."]


def needs_you(posts: Posts) -> Renderable:
    """Posts that wait for a person, each with its reason; the live stream replaces it by its id."""
    return div("#needs-you.needs-you")[[_trouble(view) for view in posts.views]]


def _trouble(view: PostView) -> Node:
    return parts.banner(
        signs.title(view),
        signs.trouble(view),
        tone="warn" if view.state is State.HELD else "bad",
        action=parts.link_button(_("Look into it"), f"/posts/{view.post.id}"),
    )


def next_up(posts: Posts) -> Renderable:
    """What goes out next, with its live state; the live stream replaces it by its id."""
    nothing = p(".soft")[
        _("Nothing is planned."), " ", a(href="/posts/new")[_("Write a post")], " ", _("and give it a time.")
    ]
    return section("#next-up.card.next-up", aria_labelledby="next-up-title")[
        div(".card-head")[
            h2("#next-up-title")[_("Next up")], bool(posts.views) and a(href="/posts?show=planned")[_("See all")]
        ],
        ul(".post-lines")[[_next_line(view, posts) for view in posts.views]] if posts.views else nothing,
    ]


def _next_line(view: PostView, posts: Posts) -> Renderable:
    return li(".post-line", id=f"next-{view.post.id}")[
        signs.picture(view, posts.around),
        div(".post-line-text")[
            a(".post-line-title", href=f"/posts/{view.post.id}")[signs.title(view)],
            span(".soft.small")[signs.when(view)],
            span(".soft.small")[signs.kind(view), " · ", signs.names(view, posts.around)],
            signs.status_badge(view),
        ],
    ]


def _start(gone: Sequence[str]) -> Renderable:
    """Home without an account: what it had, else three steps, the first one to be done now."""
    connect = parts.link_button(
        _("Connect Instagram"),
        "/platforms/connect/instagram",
        kind="primary",
        icon_name="plug",
        attrs={"class": "button primary wide-on-phone"},
    )
    if gone:
        names = ", ".join(f"@{name}" for name in gone)
        return parts.card(parts.empty(_("No account is connected"), names, action=connect, icon_name="plug"))
    steps = [
        (_("Connect an Instagram account"), _("Business or Creator, linked to a Facebook Page.")),
        (_("Write your first post"), _("A photo, a carousel or a reel, with a live preview.")),
        (_("Watch it go out"), _("Every step is written down, and comments arrive by themselves.")),
    ]
    return parts.card(
        ol(".start-steps")[
            [
                li[span(".start-number", aria_hidden="true")[number(place)], div[strong[title], p(".soft")[text]]]
                for place, (title, text) in enumerate(steps, 1)
            ]
        ],
        div[connect],
        title=_("Start here"),
        attrs={"class": "card start"},
    )
