"""Faults: presets, a form for the whole grammar, the armed rules and where they struck."""

import htpy as h
import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.kernel.faults import Armed, FaultRule
from socialsim.ui.directory import account_of, endpoints_of, every_account
from socialsim.ui.fault_words import WHAT, WHERE, headline, tally, target
from socialsim.ui.forms import number_of, values_of, whole_of
from socialsim.ui.frame import Visit
from socialsim.ui.pieces import badge, clock_time, empty, field, heading, icon, options, panel, press
from socialsim.ui.presets import PRESETS, Preset

_STRUCK = 8


class FaultRoom:
    """``/faults``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [
            Route("/faults", self.show),
            Route("/faults", self.arm, methods=["POST"]),
            Route("/faults/preset", self.preset, methods=["POST"]),
            Route("/faults/remove", self.remove, methods=["POST"]),
            Route("/faults/clear", self.clear, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Everything about faults."""
        visit, core = Visit.of(self._core, request), self._core
        return visit.page(
            "Faults",
            heading("Faults", "What goes wrong between a client and a platform, on purpose."),
            h.div(".with-rail")[
                h.div[
                    _armed(core, visit.now),
                    panel("Ready-made", h.div(".presets")[(_preset(preset) for preset in PRESETS)]),
                    h.section("#own.card")[
                        h.div(".card-head")[h.h2["Your own rule"]], _form(core, visit.query.get("endpoint", ""))
                    ],
                ],
                h.div(".rail")[_struck(core)],
            ],
            wide=True,
        )

    async def arm(self, request: Request) -> Response:
        """A rule of one's own."""
        return self._add(rule_of(await values_of(request)))

    async def preset(self, request: Request) -> Response:
        """A ready-made one."""
        presets = {preset.key: preset for preset in PRESETS}
        return self._add(presets[(await values_of(request)).get("preset", "")].fresh())

    async def remove(self, request: Request) -> Response:
        """Disarm one."""
        self._core.services.faults.remove((await values_of(request)).get("id", ""))
        return RedirectResponse("/faults", 303)

    async def clear(self, request: Request) -> Response:
        """Disarm all."""
        self._core.services.faults.clear()
        return RedirectResponse("/faults", 303)

    def _add(self, rule: FaultRule) -> Response:
        self._core.services.faults.add(rule, self._core.services.clock.epoch())
        return RedirectResponse("/faults", 303)


def rule_of(form: dict[str, str]) -> FaultRule:
    """What the form says; raises ``ValueError`` or ``msgspec.ValidationError``."""
    subcode = form.get("subcode", "").strip()
    return msgspec.convert(
        {
            "what": form.get("what", "reset"),
            "where": form.get("where", "before"),
            "match": {
                "endpoint": form.get("pattern", "").strip() or form.get("endpoint", "").strip(),
                "accountId": form.get("account", "").strip(),
                "nth": whole_of(form, "nth"),
            },
            "times": whole_of(form, "times", 1),
            "seconds": max(0.0, number_of(form, "seconds", 30)),
            "hold": max(0.0, number_of(form, "hold")),
            "status": _status_of(form),
            "code": whole_of(form, "code", 1),
            "subcode": int(subcode) if subcode else None,
            "error": form.get("error", "").strip() or "internal_error",
            "message": form.get("message", "").strip() or "An unknown error occurred",
            "transient": "transient" in form,
            "probability": number_of(form, "percent", 100) / 100,
            "seed": whole_of(form, "seed"),
            "expiresIn": max(0.0, number_of(form, "minutes") * 60),
        },
        FaultRule,
    )


def _status_of(form: dict[str, str]) -> int:
    status = whole_of(form, "status")
    if status and not 200 <= status <= 599:
        raise ValueError("An HTTP status lies between 200 and 599.")
    return status


def _armed(core: Core, now: float) -> h.Renderable:
    armed = core.services.faults.armed_rules()
    body: h.Node = h.ul(".rules")[(_rule(core, each, now) for each in armed)]
    if not armed:
        body = empty("No rule is armed", "Every call is answered as it should be. Take a ready-made rule, or make one.")
    clear = len(armed) > 1 and press("/faults/clear", "Remove all")
    return panel("Armed", body, aside=clear, live="armed")


def _rule(core: Core, armed: Armed, now: float) -> h.Renderable:
    account = account_of(core, armed.rule.match.account_id)
    return h.li[
        icon("faults"),
        h.div(".who")[
            h.strong[headline(armed.rule)],
            h.span(".soft")[h.code[target(armed.rule)], account is not None and f" · @{account.handle}"],
            h.span(".soft.n")[tally(armed, now)],
        ],
        press("/faults/remove", "Remove", {"id": armed.rule.id}),
    ]


def _preset(preset: Preset) -> h.Renderable:
    return h.form(".preset", method="post", action="/faults/preset")[
        h.div[
            h.h3[preset.title],
            h.p(".soft")[preset.words],
        ],
        h.div(".preset-foot")[
            h.span(".network")[
                [icon(preset.platform), {"instagram": "Instagram", "tiktok": "TikTok"}[preset.platform]]
                if preset.platform
                else "Both platforms"
            ],
            h.button(type="submit", name="preset", value=preset.key, aria_label=f"Arm: {preset.title}")["Arm"],
        ],
    ]


def _struck(core: Core) -> h.Renderable:
    hit = [record for record in reversed(core.services.calls.records) if record.fault][:_STRUCK]
    return panel(
        "Where they struck",
        h.ol(".plain.hits")[
            (
                h.li[
                    h.a(href=f"/requests/{record.request_id}")[h.code[record.template]],
                    h.span(".soft")[clock_time(record.at), " ", badge(record.fault, "warn")],
                ]
                for record in hit
            )
        ]
        if hit
        else h.p(".soft")["No call was struck yet."],
        live="struck",
    )


def _form(core: Core, endpoint: str) -> h.Renderable:
    def number(name: str, value: str = "", *, step: str = "1", least: str = "0") -> h.Renderable:
        return h.input(name=name, type="number", min=least, step=step, value=value, inputmode="decimal")

    accounts = [(account_id, f"@{known.handle}") for account_id, known in every_account(core)]
    return h.form(".own-rule", method="post", action="/faults")[
        h.fieldset[
            h.legend["Which calls"],
            field("Endpoint", h.select(name="endpoint")[_endpoints(core, endpoint)], css="two"),
            field("Or a pattern", h.input(name="pattern", autocomplete="off"), "* stands for anything; it wins", "two"),
            field("Account", h.select(name="account")[options([("", "Every account"), *accounts])], css="two"),
            field("Only the call number", number("nth"), "Empty: every call"),
        ],
        h.fieldset[
            h.legend["What happens"],
            field("Fault", h.select(name="what")[options(WHAT)], css="two"),
            field("Where", h.select(name="where")[options(WHERE, "after")], css="two for-where"),
            field("Seconds", number("seconds", "30", step="any"), css="for-seconds"),
            field("Held first, seconds", number("hold", step="any"), css="for-late"),
            field("HTTP status", number("status"), "Empty: 500, or what fits the error", css="for-status"),
            field("Code of Meta", number("code", "1", least="-9"), css="for-error"),
            field("Subcode of Meta", number("subcode"), css="for-error"),
            field("Word of TikTok", h.input(name="error", value="internal_error", autocomplete="off"), css="for-error"),
            field("Message", h.input(name="message", value="An unknown error occurred"), css="two for-error"),
            h.label(".check.for-error")[
                h.input(type="checkbox", name="transient"), h.span["Meta says it is transient"]
            ],
        ],
        h.fieldset[
            h.legend["How often"],
            field("Times", number("times", "1"), "0: without end"),
            field("Ends after minutes", number("minutes", step="any"), "Of the virtual clock; empty: never"),
            field("Chance in percent", number("percent", "100", step="any")),
            field("Seed of the chance", number("seed", "0"), "The same seed, the same strikes"),
        ],
        h.div(".actions")[h.button(".primary", type="submit")["Arm the rule"]],
    ]


def _endpoints(core: Core, chosen: str) -> h.Node:
    groups = endpoints_of(core)
    known = {endpoint for endpoints in groups.values() for endpoint in endpoints}
    return [
        h.option(value="", selected=not chosen)["Every endpoint"],
        bool(chosen and chosen not in known) and h.option(value=chosen, selected=True)[chosen],
        [
            h.optgroup(label=host)[
                (h.option(value=endpoint, selected=endpoint == chosen)[endpoint] for endpoint in endpoints)
            ]
            for host, endpoints in groups.items()
        ],
    ]
