"""What developers see: the transcript, webhooks, clock and fault rules."""

import htpy as h
from starlette.responses import HTMLResponse

from socialsim.kernel.calls import CallBook
from socialsim.kernel.clock import VirtualClock
from socialsim.kernel.deliveries import Delivery
from socialsim.kernel.faults import Faults
from socialsim.ui.parts import count, field, heading, page, table

_STEPS = (("1 minute", 60), ("1 hour", 3600), ("1 day", 86400), ("30 days", 2_592_000))


def calls_page(book: CallBook) -> HTMLResponse:
    """Counts and transcript."""
    counts = sorted(book.counts.items(), key=lambda item: -item[1])
    calls = book.transcript(100)
    return page(
        "Calls",
        "/calls",
        heading("Calls", "What clients asked of the platforms. Secrets are masked."),
        not calls and h.p(".empty")["No client has called yet."],
        bool(counts)
        and h.section[
            h.h2["By endpoint"],
            table(
                ("Endpoint", "Calls"),
                (h.tr[h.td[h.code[name]], h.td(".n")[count(times)]] for name, times in counts),
                "Counts",
            ),
        ],
        bool(calls)
        and h.section[
            h.h2["The newest hundred"],
            table(
                ("Time", "Endpoint", "Path", "Status", "ms", "Fault"),
                (
                    h.tr[
                        h.td(".n")[str(call["at"])[11:23]],
                        h.td[h.code[str(call["endpoint"])]],
                        h.td(".path")[h.code[f"{call['path']}{'?' if call['query'] else ''}{call['query']}"]],
                        h.td(".n", class_={"bad": not 200 <= int(str(call["status"])) < 400})[
                            str(call["status"]) if call["status"] else "cut"
                        ],
                        h.td(".n")[str(call["milliseconds"])],
                        h.td[str(call["fault"])],
                    ]
                    for call in calls
                ),
                "Transcript",
            ),
        ],
    )


def webhooks_page(log: list[Delivery]) -> HTMLResponse:
    """What was sent and how it was taken."""
    newest = log[-100:][::-1]
    return page(
        "Webhooks",
        "/webhooks",
        heading("Webhooks", "Events sent to the apps that are subscribed, with every attempt."),
        not newest
        and h.p(".empty")["Nothing sent yet. An app has to be subscribed for the object and on the account's Page."],
        h.ul(".plain")[(_delivery(delivery) for delivery in newest)],
    )


def _delivery(delivery: Delivery) -> h.Renderable:
    tone = {"delivered": ".badge.good", "dropped": ".badge.bad"}.get(delivery.state, ".badge")
    attempts = " · ".join(f"{attempt.at[11:23]} → {attempt.status or attempt.error}" for attempt in delivery.attempts)
    return h.li(".card")[
        h.p[h.strong[delivery.field], " to ", h.code[delivery.url], " ", h.span(tone)[delivery.state]],
        h.p(".soft")[attempts],
        h.details[h.summary["Body"], h.pre(tabindex="0")[delivery.body]],
    ]


def controls_page(clock: VirtualClock, faults: Faults) -> HTMLResponse:
    """The clock and the fault rules."""
    return page(
        "Clock and faults",
        "/controls",
        h.h1["Clock and faults"],
        h.section(".card")[
            h.h2["Clock"],
            h.p[
                h.strong[clock.now().strftime("%A %d %B %Y, %H:%M:%S UTC")],
                bool(clock.offset) and h.span(".soft")[f" · {clock.offset:,.0f} s ahead of the wall clock"],
            ],
            h.form(".row", method="post", action="/controls/clock")[
                (
                    h.button(type="submit", name="advance", value=str(seconds))[f"Forward {label}"]
                    for label, seconds in _STEPS
                )
            ],
        ],
        h.section(".card")[h.h2["Fault rules"], _rules(faults), _fault_form()],
    )


def _rules(faults: Faults) -> h.Node:
    listed = faults.armed_rules()
    if not listed:
        return h.p(".empty")["No rule is armed: every call is answered as it should be."]
    return [
        h.ul(".plain")[
            (
                h.li(".line")[
                    h.span(".who")[
                        h.strong[f"{rule.what} {rule.where} the effect"],
                        h.span(".soft")[f"{rule.match.endpoint or 'every endpoint'} · struck {struck} times"],
                    ],
                    h.form(method="post", action="/controls/faults/remove")[
                        h.button(type="submit", name="id", value=rule.id)["Remove"]
                    ],
                ]
                for rule, struck in ((armed.rule, armed.struck) for armed in listed)
            )
        ]
    ]


def _fault_form() -> h.Renderable:
    def options(values: tuple[str, ...]) -> h.Node:
        return [h.option(value=value)[value] for value in values]

    return h.form(".write", method="post", action="/controls/faults")[
        h.h3["Add a rule"],
        h.div(".grid")[
            field("Endpoint", h.input(name="endpoint", value="POST /{ig}/media_publish", autocomplete="off")),
            field("Where", h.select(name="where")[options(("before", "after", "mid"))], "after = the effect happens"),
            field(
                "What",
                h.select(name="what")[
                    options(("reset", "timeout", "status", "error", "malformed", "slow", "late-commit"))
                ],
            ),
            field("Times", h.input(name="times", type="number", min="0", value="1"), "0 = without end"),
            field("Seconds", h.input(name="seconds", type="number", min="0", step="0.1", value="30")),
            field("Graph code", h.input(name="code", type="number", value="1")),
        ],
        h.button(".primary", type="submit")["Arm the rule"],
    ]
