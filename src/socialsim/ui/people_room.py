"""The people behind the accounts, and what they can do elsewhere that an app has to live with."""

from collections.abc import Mapping

import htpy as h
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.meta.model import Account, Grant, Person
from socialsim.tiktok.model import Creator
from socialsim.ui.forms import settle, values_of
from socialsim.ui.frame import Visit
from socialsim.ui.health import lives, tiktok_health
from socialsim.ui.pieces import Sheet, avatar, badge, count, empty, heading, network, newest, pager, plural, press, who

_PAGE = 24
Granted = Mapping[str, list[Grant]]
"""By whose they are."""


class People:
    """``/people``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [
            Route("/people", self.show),
            Route("/people/{id}/{deed}", self.act, methods=["POST"]),
            Route("/creators/{id}/{deed}", self.act_on_tiktok, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Facebook users, Instagram accounts that log in by themselves, creators."""
        visit, core = Visit.of(self._core, request), self._core
        world = core.meta.world
        people: Sheet[Person] = newest(list(world.people.values())[::-1], visit.sheet, _PAGE)
        creators = list(core.tiktok.world.creators.values())
        living = _living(core, visit.now)
        grants = _grants(core)
        accounts = [account for account in world.accounts.values() if account.id in grants or account.checkpoint]
        return visit.page(
            "People",
            heading("People", "What the owners of the accounts do elsewhere: passwords, roles, removed apps, bans."),
            h.div("#people.groups", data_live=True)[
                h.section[
                    h.h2(".of-network")[network("facebook"), h.span(".soft.n")[count(people.total)]],
                    h.div(".cards.roomy")[(_person(core, person, living, grants) for person in people.items)]
                    if people.items
                    else empty("Nobody lives here", ["Seed people with ", h.code["POST /_sim/seed"], "."]),
                    pager(people, "/people", {}),
                ],
                bool(accounts)
                and h.section[
                    h.h2(".of-network")[network("instagram"), h.span(".soft")["logged in with Instagram"]],
                    h.div(".cards.roomy")[(_account(core, account, living, grants) for account in accounts[:_PAGE])],
                ],
                bool(creators)
                and h.section[
                    h.h2(".of-network")[network("tiktok"), h.span(".soft.n")[count(len(creators))]],
                    h.div(".cards.roomy")[(_creator(core, creator) for creator in creators[:_PAGE])],
                ],
            ],
            wide=True,
        )

    async def act(self, request: Request) -> Response:
        """A person, or an Instagram account, does something; KeyError if there is no such one or no such deed."""
        form, meta, user_id = await values_of(request), self._core.meta, request.path_params["id"]
        match request.path_params["deed"]:
            case "change-password":
                meta.change_password(user_id)
            case "log-out":
                meta.log_out(user_id)
            case "checkpoint":
                meta.checkpoint(user_id, on=form.get("on") == "yes")
            case "remove-app":
                meta.remove_app(user_id, form["app"], ask_deletion="deletion" in form)
            case "lose-role":
                meta.lose_role(user_id, form["page"])
            case other:
                raise KeyError(other)
        await settle(self._core)
        return RedirectResponse(f"/people#p{user_id}", 303)

    async def act_on_tiktok(self, request: Request) -> Response:
        """A creator does something, or TikTok to them."""
        form, tiktok = await values_of(request), self._core.tiktok
        creator, hands = tiktok.present(request.path_params["id"]), tiktok.hands
        match request.path_params["deed"]:
            case "disconnect":
                hands.disconnect(creator, tiktok.client(form["app"]), 1)
            case "private":
                hands.set_account_private(creator, private=form.get("on") == "yes")
            case "ban":
                hands.ban_from_posting(creator, on=form.get("on") == "yes")
            case "ban-account":
                hands.leave(creator, 4)
            case "delete-account":
                hands.leave(creator, 2)
            case other:
                raise KeyError(other)
        await settle(self._core)
        return RedirectResponse(f"/people#p{creator.id}", 303)


def _living(core: Core, now: float) -> Mapping[str, int]:
    """Living tokens by whose they are, in one pass."""
    found: dict[str, int] = {}
    for token in core.meta.world.tokens.values():
        if lives(token, now):
            found[token.user_id] = found.get(token.user_id, 0) + 1
    return found


def _grants(core: Core) -> Granted:
    found: dict[str, list[Grant]] = {}
    for grant in core.meta.world.grants.values():
        found.setdefault(grant.user_id, []).append(grant)
    return found


def _person(core: Core, person: Person, living: Mapping[str, int], grants: Granted) -> h.Renderable:
    return h.article(".card.person", id=f"p{person.id}")[
        h.div(".card-head")[
            h.div(".line")[avatar(person.picture, 48), who(person.name, h.code[person.id])],
            _state(person, living),
        ],
        h.h3["Pages"],
        h.ul(".rows")[(_role(core, person, page_id) for page_id in person.roles)]
        if person.roles
        else h.p(".soft")["No role on any Page."],
        h.h3["Apps"],
        _apps(core, grants.get(person.id, [])),
        _deeds(person),
    ]


def _account(core: Core, account: Account, living: Mapping[str, int], grants: Granted) -> h.Renderable:
    return h.article(".card.person", id=f"p{account.id}")[
        h.div(".card-head")[
            h.div(".line")[avatar(account.picture, 48), who(account.name, f"@{account.username}")],
            _state(account, living),
        ],
        h.h3["Apps"],
        _apps(core, grants.get(account.id, [])),
        _deeds(account),
    ]


def _state(holder: Person | Account, living: Mapping[str, int]) -> h.Renderable:
    if holder.checkpoint:
        return badge("Checkpoint", "warn")
    return badge(plural(living.get(holder.id, 0), "living token"))


def _deeds(holder: Person | Account) -> h.Renderable:
    there, on = f"/people/{holder.id}", holder.checkpoint
    return h.div(".actions.foot-actions")[
        press(f"{there}/change-password", "Change password"),
        press(f"{there}/log-out", "Log out"),
        press(f"{there}/checkpoint", "Lift the checkpoint" if on else "Checkpoint", {"on": "no" if on else "yes"}),
    ]


def _apps(core: Core, grants: list[Grant]) -> h.Renderable:
    if not grants:
        return h.p(".soft")["Never logged in to an app."]
    return h.ul(".rows")[(_grant(core, grant) for grant in grants)]


def _grant(core: Core, grant: Grant) -> h.Renderable:
    app = core.meta.world.apps.get(grant.app_id)
    granted = sum(state == "granted" for state in grant.permissions.values())
    return h.li[
        h.span(".who")[
            h.strong[app.name if app is not None else grant.app_id],
            h.span(".soft")[plural(granted, "permission")],
        ],
        press(f"/people/{grant.user_id}/remove-app", "Remove app", {"app": grant.app_id}),
    ]


def _role(core: Core, person: Person, page_id: str) -> h.Renderable:
    world = core.meta.world
    page = world.pages[page_id]
    account = world.accounts.get(page.instagram_id)
    return h.li[
        h.span(".who")[
            h.strong[page.name],
            h.span(".soft")[h.a(href=f"/accounts/{account.id}")[f"@{account.username}"] if account else "No Instagram"],
        ],
        press(f"/people/{person.id}/lose-role", "Lose the role", {"page": page_id}),
    ]


def _creator(core: Core, creator: Creator) -> h.Renderable:
    world, there = core.tiktok.world, f"/creators/{creator.id}"
    health = tiktok_health(core, creator)
    grants = [grant for grant in world.grants.values() if grant.creator_id == creator.id]
    apps = [
        h.li[
            h.span(".who")[
                h.strong[world.clients[grant.client_key].name if grant.client_key in world.clients else "An app"],
                h.span(".soft")[plural(len(grant.scopes), "scope")],
            ],
            press(f"{there}/disconnect", "Disconnect", {"app": grant.client_key}),
        ]
        for grant in grants
    ]
    return h.article(".card.person", id=f"p{creator.id}")[
        h.div(".card-head")[
            h.a(".line.plain-link", href=there)[
                avatar(creator.picture, 48), who(creator.nickname, f"@{creator.username}")
            ],
            badge(health.words, health.tone) if not grants else badge("Private" if creator.private else "Connected"),
        ],
        h.h3["Apps"],
        h.ul(".rows")[apps] if apps else h.p(".soft")["Gives no app any access."],
        not creator.gone
        and h.div(".actions.foot-actions")[
            _switch(creator, "private", "Make private", "Make public", on=creator.private),
            _switch(creator, "ban", "Ban from posting", "Lift the ban", on=creator.posting_banned),
            press(f"{there}/ban-account", "Ban the account"),
            press(f"{there}/delete-account", "Delete the account"),
        ],
    ]


def _switch(creator: Creator, deed: str, to_on: str, to_off: str, *, on: bool) -> h.Renderable:
    return press(f"/creators/{creator.id}/{deed}", to_off if on else to_on, {"on": "no" if on else "yes"})
