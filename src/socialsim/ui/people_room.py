"""The people behind the accounts, and what they can do elsewhere that an app has to live with."""

import htpy as h
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.meta.model import Person
from socialsim.ui.forms import values_of
from socialsim.ui.frame import Visit
from socialsim.ui.health import lives
from socialsim.ui.pieces import Sheet, avatar, badge, count, empty, heading, network, newest, pager, plural, press, who

_PAGE = 24


class People:
    """``/people``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [
            Route("/people", self.show),
            Route("/people/{id}/{deed}", self.act, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Facebook users."""
        visit, world = Visit.of(self._core, request), self._core.meta.world
        people = list(world.people.values())
        sheet: Sheet[Person] = newest(people[::-1], visit.sheet, _PAGE)
        return visit.page(
            "People",
            heading("People", "What the owners of the accounts do elsewhere: passwords, roles, removed apps."),
            h.section("#people", data_live=True)[
                h.h2(".of-network")[network("facebook"), h.span(".soft.n")[count(len(people))]],
                h.div(".cards.roomy")[(_person(self._core, person, visit.now) for person in sheet.items)]
                if people
                else empty("Nobody lives here", ["Seed people with ", h.code["POST /_sim/seed"], "."]),
                pager(sheet, "/people", {}),
            ],
            wide=True,
        )

    async def act(self, request: Request) -> Response:
        """A person does something; KeyError if there is no such person or deed."""
        form, meta, user_id = await values_of(request), self._core.meta, request.path_params["id"]
        match request.path_params["deed"]:
            case "change-password":
                meta.change_password(user_id)
            case "log-out":
                meta.log_out(user_id)
            case "checkpoint":
                meta.checkpoint(user_id, on=form.get("on") == "yes")
            case "remove-app":
                meta.remove_app(user_id, form["app"])
            case "lose-role":
                meta.lose_role(user_id, form["page"])
            case other:
                raise KeyError(other)
        return RedirectResponse(f"/people#p{user_id}", 303)


def _person(core: Core, person: Person, now: float) -> h.Renderable:
    world, there = core.meta.world, f"/people/{person.id}"
    living = sum(token.user_id == person.id and lives(token, now) for token in world.tokens.values())
    grants = [grant for grant in world.grants.values() if grant.user_id == person.id]
    return h.article(".card.person", id=f"p{person.id}")[
        h.div(".card-head")[
            h.div(".line")[avatar(person.picture, 48), who(person.name, h.code[person.id])],
            badge("Checkpoint", "warn") if person.checkpoint else badge(plural(living, "living token")),
        ],
        h.h3["Pages"],
        h.ul(".rows")[(_role(core, person, page_id) for page_id in person.roles)]
        if person.roles
        else h.p(".soft")["No role on any Page."],
        h.h3["Apps"],
        h.ul(".rows")[
            (
                h.li[
                    h.span(".who")[
                        h.strong[world.apps[grant.app_id].name if grant.app_id in world.apps else grant.app_id],
                        h.span(".soft")[plural(sum(s == "granted" for s in grant.permissions.values()), "permission")],
                    ],
                    press(f"{there}/remove-app", "Remove app", {"app": grant.app_id}),
                ]
                for grant in grants
            )
        ]
        if grants
        else h.p(".soft")["Never logged in to an app."],
        h.div(".actions.foot-actions")[
            press(f"{there}/change-password", "Change password"),
            press(f"{there}/log-out", "Log out everywhere"),
            press(
                f"{there}/checkpoint",
                "Lift the checkpoint" if person.checkpoint else "Checkpoint",
                {"on": "no" if person.checkpoint else "yes"},
            ),
        ],
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
