"""Webhooks: who listens, what was sent, how it was taken, and sending it again."""

import htpy as h
import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.kernel.deliveries import Delivery, Terms
from socialsim.meta.webhooks import samples
from socialsim.meta.webhooks.rules import Product
from socialsim.ui.directory import account_of
from socialsim.ui.forms import settle, values_of
from socialsim.ui.frame import Visit
from socialsim.ui.json_view import body_view
from socialsim.ui.pieces import (
    Tone,
    badge,
    empty,
    facts,
    field,
    heading,
    icon,
    newest,
    options,
    pager,
    panel,
    plural,
    press,
    tabs,
)

_PAGE = 30
_TONES: dict[str, Tone] = {"delivered": "good", "dropped": "bad", "waiting": "warn"}


class Webhooks:
    """``/webhooks``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [
            Route("/webhooks", self.show),
            Route("/webhooks/test", self.test, methods=["POST"]),
            Route("/webhooks/{id}/again", self.again, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The newest first."""
        visit, core = Visit.of(self._core, request), self._core
        state = visit.query.get("state", "")
        log = [each for each in core.services.postman.log.values() if state in {"", each.state}]
        sheet = newest(log, visit.sheet, _PAGE)
        chosen = {"state": state} if state else {}
        kinds = (("", "All"), ("delivered", "Delivered"), ("waiting", "Waiting"), ("dropped", "Dropped"))
        there = (
            (f"/webhooks?state={value}" if value else "/webhooks", words, "", state == value) for value, words in kinds
        )
        return visit.page(
            "Webhooks",
            heading("Webhooks", "Events on their way to the apps that are subscribed, with every attempt."),
            h.div(".with-rail")[
                h.div[
                    tabs("Which deliveries", there),
                    h.div("#deliveries", data_live=True)[
                        h.ul(".plain")[(_delivery(core, each) for each in sheet.items)]
                        if sheet.items
                        else _nothing(state),
                        pager(sheet, "/webhooks", chosen),
                    ],
                ],
                h.div(".rail")[_listeners(core)],
            ],
            wide=True,
        )

    async def test(self, request: Request) -> Response:
        """The dashboard's Test button: a sample of one field to the app's callback; KeyError without one."""
        form, meta = await values_of(request), self._core.meta
        product: Product = "page" if form.get("product") == "page" else "instagram"
        delivery = meta.herald.rehearse(meta.world.apps[form["app"]], form["field"], "facebook", product)
        await settle(self._core)
        return RedirectResponse(f"/webhooks#{delivery.id}", 303)

    async def again(self, request: Request) -> Response:
        """The same body and signature once more, as a delivery of its own that is tried once."""
        services = self._core.services
        sent = services.postman.log[request.path_params["id"]]
        copy = msgspec.structs.replace(
            sent, id=f"delivery-{services.mint.number('delivery')}", state="waiting", attempts=[]
        )
        services.postman.post(copy, Terms(ladder=()))
        await settle(self._core)
        return RedirectResponse(f"/webhooks#{copy.id}", 303)


def _nothing(state: str) -> h.Renderable:
    if state:
        return empty(f"Nothing is {state}", h.a(href="/webhooks")["Show all deliveries"])
    words = "Write a comment as a follower: every app that is subscribed to comments is told at once."
    return empty("Nothing sent yet", words)


def _delivery(core: Core, delivery: Delivery) -> h.Renderable:
    account = account_of(core, delivery.account_id)
    return h.li(".card.delivery", id=delivery.id)[
        h.div(".card-head")[
            h.h2[h.code[delivery.field]],
            h.span(".soft")[delivery.id],
            badge(delivery.state, _TONES.get(delivery.state, "")),
            press(f"/webhooks/{delivery.id}/again", "Send again", mark="again", css="little"),
        ],
        h.p(".route")[
            account is not None and h.a(href=account.href)[icon(account.platform), f"@{account.handle}"],
            h.span(".soft", aria_hidden="true")["→"],
            h.code[delivery.url],
        ],
        h.ol(".attempts")[(_attempt(delivery, number) for number in range(len(delivery.attempts)))]
        if delivery.attempts
        else h.p(".soft")["Not tried yet."],
        h.details(id=f"body-{delivery.id}")[
            h.summary["Body and headers"],
            body_view(delivery.body, f"Body of {delivery.id}"),
            facts((name, h.code[value]) for name, value in delivery.headers.items()),
        ],
    ]


def _attempt(delivery: Delivery, number: int) -> h.Renderable:
    attempt = delivery.attempts[number]
    good = delivery.state == "delivered" and number == len(delivery.attempts) - 1
    return h.li(class_=["attempt", "good" if good else "bad"])[
        icon("check" if good else "cross"),
        h.time(".n", datetime=attempt.at, title=attempt.at)[attempt.at[11:19]],
        h.span[str(attempt.status) if attempt.status else attempt.error.partition(":")[0]],
    ]


def _listeners(core: Core) -> h.Renderable:
    world = core.meta.world
    items: list[h.Node] = []
    for app in world.apps.values():
        pages = sum(app.id in page.subscribed for page in world.pages.values())
        accounts = sum(app.id in account.subscribed for account in world.accounts.values())
        for name, subscription in app.subscriptions.items():
            items.append(
                h.li(".app")[
                    h.div(".line")[icon("webhooks"), h.span(".who")[h.strong[app.name], h.span(".soft")[name]]],
                    facts(
                        (
                            ("Address", h.code[subscription.callback_url]),
                            ("Fields", ", ".join(subscription.fields)),
                            ("Pages", plural(pages, "Page") + " subscribed"),
                            ("Accounts", plural(accounts, "account") + " subscribed"),
                        )
                    ),
                    _test_button(app.id, name),
                ]
            )
    for client in core.tiktok.world.clients.values():
        if client.callback_url:
            items.append(
                h.li(".app")[
                    h.div(".line")[icon("tiktok"), h.span(".who")[h.strong[client.name], h.span(".soft")["TikTok"]]],
                    facts((("Address", h.code[client.callback_url]),)),
                ]
            )
    words = ["An app subscribes with ", h.code["POST /{app}/subscriptions"], " and on each Page."]
    return panel("Who listens", h.ul(".plain")[items] if items else empty("Nobody yet", words), live="listeners")


def _test_button(app_id: str, product: str) -> h.Renderable:
    return h.form(".inline.test", method="post", action="/webhooks/test")[
        h.input(type="hidden", name="app", value=app_id),
        h.input(type="hidden", name="product", value=product),
        field("Sample", h.select(name="field")[options((name, name) for name in samples.FIELDS)]),
        h.button(type="submit")["Test"],
    ]
