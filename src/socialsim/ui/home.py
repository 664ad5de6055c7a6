"""Home: the accounts of both platforms, what happened last, the developer apps."""

from collections.abc import Mapping, Sequence

import htpy as h
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.meta.model import Account, App
from socialsim.tiktok.model import Client, Creator
from socialsim.ui.drafts import waiting_drafts
from socialsim.ui.frame import Visit
from socialsim.ui.health import Connections, Health, tiktok_health
from socialsim.ui.inbox import unread_of
from socialsim.ui.pieces import (
    Sheet,
    avatar,
    badge,
    count,
    empty,
    facts,
    heading,
    icon,
    network,
    newest,
    pager,
    panel,
    picture_link,
    stats,
    when,
    who,
)
from socialsim.ui.tiles import face, face_of_post
from socialsim.ui.timeline import story

_LATEST = 12
_CARDS = 24


class Home:
    """``/``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [Route("/", self.show)]

    async def show(self, request: Request) -> Response:
        """Everything at a glance."""
        visit, core = Visit.of(self._core, request), self._core
        return visit.page(
            "Home",
            heading("Home", "Two simulated networks. Point a client at them and watch what it does."),
            h.div(".with-rail")[
                h.div[h.div("#accounts", data_live=True)[_accounts(core, visit)], _apps(core)],
                h.div(".rail")[_happened(core, visit.now)],
            ],
            wide=True,
        )


def _accounts(core: Core, visit: Visit) -> h.Node:
    professional = [account for account in core.meta.world.accounts.values() if not account.personal]
    personal = [account for account in core.meta.world.accounts.values() if account.personal]
    creators = list(core.tiktok.world.creators.values())
    if not professional and not creators:
        words = ["Seed some with ", h.code["POST /_sim/seed"], ", or begin anew with ", h.code["POST /_sim/reset"], "."]
        return empty("There are no accounts in this world", words)
    # Oldest last in the lists of the world; here the first that was made comes first
    sheet: Sheet[Account] = newest(professional[::-1], visit.sheet, _CARDS)
    drafts = waiting_drafts(core)
    connections = Connections(core, visit.now)
    return [
        h.section[
            h.h2(".of-network")[network("instagram"), h.span(".soft.n")[count(len(professional))]],
            h.div(".cards")[
                (_account_card(core, account, connections.of(account), visit.now) for account in sheet.items)
            ],
            pager(sheet, "/", {}),
            bool(personal) and h.p(".aside")["Not reachable by an app: ", _personal(personal)],
        ],
        bool(creators)
        and h.section[
            h.h2(".of-network")[network("tiktok"), h.span(".soft.n")[count(len(creators))]],
            h.div(".cards")[(_creator_card(core, creator, drafts, visit.now) for creator in creators[:_CARDS])],
        ],
    ]


def _personal(accounts: list[Account]) -> h.Node:
    names = [h.a(href=f"/accounts/{account.id}")[f"@{account.username}"] for account in accounts[:6]]
    more = f" and {len(accounts) - 6} more" if len(accounts) > 6 else ""
    return [[", " if index else "", name] for index, name in enumerate(names)], more, " (personal)."


def _account_card(core: Core, account: Account, health: Health, now: float) -> h.Renderable:
    world = core.meta.world
    latest = [world.media[media_id] for _, media_id in account.timeline[-3:][::-1]]
    return h.article(".card.account-card")[
        h.a(".line.cover", href=f"/accounts/{account.id}")[
            avatar(account.picture, 48), who(account.name, f"@{account.username}")
        ],
        _standing(health, account.timeline, now),
        stats(
            (
                ("Followers", count(account.followers)),
                ("Posts", count(len(account.timeline))),
                ("Unread", count(unread_of(core, account.id))),
            )
        ),
        _strip([face(world, media) for media in latest]),
    ]


def _creator_card(core: Core, creator: Creator, drafts: Mapping[str, int], now: float) -> h.Renderable:
    world = core.tiktok.world
    latest = [world.posts[post_id] for _, post_id in creator.posts[-3:][::-1]]
    health = tiktok_health(core, creator)
    return h.article(".card.account-card")[
        h.a(".line.cover", href=f"/creators/{creator.id}")[
            avatar(creator.picture, 48), who(creator.nickname, f"@{creator.username}")
        ],
        _standing(health, creator.posts, now),
        stats(
            (
                ("Followers", count(creator.followers)),
                ("Videos", count(len(creator.posts))),
                ("Drafts", count(drafts[creator.id])),
            )
        ),
        _strip([face_of_post(post) for post in latest]),
    ]


def _standing(health: Health, timeline: Sequence[tuple[float, str]], now: float) -> h.Renderable:
    return h.p(".standing")[
        badge(health.words, health.tone),
        bool(timeline) and h.span(".soft")["Last post ", when(timeline[-1][0], now)],
    ]


def _strip(names: list[str]) -> h.Renderable:
    if not names:
        return h.p(".strip-empty")["Nothing posted yet"]
    return h.div(".strip")[
        (h.img(src=picture_link(name, 200, 250), alt="", loading="lazy", width="200", height="250") for name in names)
    ]


def _happened(core: Core, now: float) -> h.Renderable:
    rows = core.services.ledger.rows[-_LATEST:][::-1]
    body: h.Node = story(core, rows, now)
    if not rows:
        words = "Connect a client, publish a post or write as a follower: each effect is written down here."
        body = empty("Nothing happened yet", words)
    return panel("What happened", body, aside=bool(rows) and h.a(href="/timeline")["All of it"], live="happened")


def _apps(core: Core) -> h.Renderable:
    apps = list(core.meta.world.apps.values())
    clients = list(core.tiktok.world.clients.values())
    return h.section("#apps", data_live=True)[
        h.h2(".of-network")["Developer apps"],
        h.ul(".apps")[(_app(app) for app in apps), (_client(client) for client in clients)],
    ]


def _app(app: App) -> h.Renderable:
    told = ", ".join(app.subscriptions) or "nothing"
    return h.li(".card.app")[
        h.div(".line")[icon("app"), who(app.name, "Meta"), badge("Live", "good") if app.live else badge("Development")],
        facts(
            (
                ("App id", h.code[app.id]),
                ("Secret", h.code[app.secret]),
                ("Webhooks", f"Told of {told}"),
                ("Redirects", ", ".join(app.redirect_uris) if app.redirect_uris else "Any loopback or https address"),
            )
        ),
    ]


def _client(client: Client) -> h.Renderable:
    state = badge("Sandbox") if client.sandbox else badge("Audited", "good") if client.audited else badge("Unaudited")
    return h.li(".card.app")[
        h.div(".line")[icon("app"), who(client.name, "TikTok"), state],
        facts(
            (
                ("Client key", h.code[client.key]),
                ("Secret", h.code[client.secret]),
                ("Webhooks", client.callback_url or "Nowhere yet"),
                (
                    "Redirects",
                    ", ".join(client.redirect_uris) if client.redirect_uris else "Any loopback or https address",
                ),
            )
        ),
    ]
