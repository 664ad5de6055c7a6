"""What clients asked: the transcript, one call with its answer, counts per endpoint."""

from collections.abc import Mapping
from urllib.parse import urlencode

import htpy as h
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.kernel.calls import CallRecord, is_secret
from socialsim.ui.directory import account_of
from socialsim.ui.frame import Visit
from socialsim.ui.json_view import HIDDEN, body_view, without_secrets
from socialsim.ui.pieces import (
    Sheet,
    badge,
    clock_time,
    count,
    empty,
    facts,
    heading,
    link_button,
    newest,
    pager,
    panel,
    plural,
    press,
    table,
    tabs,
)
from socialsim.ui.timeline import story

_PAGE = 50
_ENDPOINTS = 14
_SHOWN_HEADERS = ("user-agent", "content-type", "authorization", "accept", "host")


class Requests:
    """``/requests``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [
            Route("/requests", self.show),
            Route("/requests/clear", self.clear, methods=["POST"]),
            Route("/requests/{id}", self.one),
        ]

    async def show(self, request: Request) -> Response:
        """The newest first."""
        visit, book = Visit.of(self._core, request), self._core.services.calls
        show, endpoint = visit.query.get("show", ""), visit.query.get("endpoint", "")
        records = [record for record in book.records if _matches(record, show, endpoint)]
        sheet = newest(records, visit.sheet, _PAGE)
        chosen = {key: value for key, value in (("show", show), ("endpoint", endpoint)) if value}
        return visit.page(
            "Requests",
            heading(
                "Requests",
                "What clients asked of the platforms. Secrets are masked.",
                bool(book.total) and press("/requests/clear", "Start counting anew", mark="trash"),
            ),
            _filters(show, endpoint),
            h.div(".with-rail")[
                h.div("#calls", data_live=True)[
                    _transcript(self._core, sheet, chosen), pager(sheet, "/requests", chosen)
                ],
                h.div("#counts.rail", data_live=True)[_counts(book.counts, book.total)],
            ],
            wide=True,
        )

    async def one(self, request: Request) -> Response:
        """One call: what was asked, what was answered, what came of it."""
        visit, core = Visit.of(self._core, request), self._core
        wanted = request.path_params["id"]
        record = next((each for each in reversed(core.services.calls.records) if each.request_id == wanted), None)
        if record is None:
            raise KeyError(wanted)
        return visit.page(f"{record.method} {record.path}", _call_head(core, record), _call_body(core, record, visit))

    async def clear(self, request: Request) -> Response:
        """Forget the calls."""
        self._core.services.calls.clear()
        return RedirectResponse("/requests", 303)


def _matches(record: CallRecord, show: str, endpoint: str) -> bool:
    if endpoint and record.template != endpoint:
        return False
    return {"failed": not record.went_well, "faults": bool(record.fault)}.get(show, True)


def _filters(show: str, endpoint: str) -> h.Node:
    def address(value: str) -> str:
        chosen = {key: each for key, each in (("show", value), ("endpoint", endpoint)) if each}
        return f"/requests?{urlencode(chosen)}" if chosen else "/requests"

    kinds = (("", "All"), ("failed", "Failed"), ("faults", "Struck by a fault"))
    return [
        tabs("Which requests", ((address(value), words, "", show == value) for value, words in kinds)),
        endpoint and h.p(".narrowed")["Only ", h.code[endpoint], " ", h.a(href="/requests")["Show every endpoint"]],
    ]


def _transcript(core: Core, sheet: Sheet[CallRecord], chosen: Mapping[str, str]) -> h.Renderable:
    if not sheet.items and chosen:
        return empty("Nothing matches", h.a(href="/requests")["Show all requests"])
    if not sheet.items:
        words = [
            "Point a client at ",
            h.code[f"{core.services.home}/graph.facebook.com"],
            " and its calls appear here.",
        ]
        return empty("No client has called yet", words)
    rows = (_row(core, record) for record in sheet.items)
    return table(("Time", "Request", "Account", "Status", "ms", "Fault"), rows, "Transcript", "calls")


def _row(core: Core, record: CallRecord) -> h.Renderable:
    account = account_of(core, record.account_id)
    return h.tr[
        h.td(".at")[clock_time(record.at)],
        h.td(".asked")[
            h.a(href=f"/requests/{record.request_id}")[method_mark(record.method), h.code[_path_of(record.template)]],
            h.span(".host.soft")[record.host],
        ],
        h.td(".by")[account is not None and h.a(href=account.href)[f"@{account.handle}"]],
        h.td(".status")[status_mark(record)],
        h.td(".ms.n")[f"{record.milliseconds:.1f}"],
        h.td(".fault")[bool(record.fault) and badge(record.fault, "warn")],
    ]


def method_mark(method: str) -> h.Renderable:
    """GET, POST, DELETE in a width of their own."""
    return h.span(class_=["method", {"POST": "writes", "PUT": "writes", "DELETE": "deletes"}.get(method)])[method[:8]]


def status_mark(record: CallRecord) -> h.Renderable:
    """The status; a cut socket has none."""
    return badge(str(record.status) if record.status else "cut", "good" if record.went_well else "bad")


def _path_of(template: str) -> str:
    return template.partition(" ")[2] or template


def _counts(counts: Mapping[str, int], total: int) -> h.Renderable:
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    if not ordered:
        return panel("By endpoint", h.p(".soft")["Counted as the platforms count: each of ids= and each batch item."])
    most = ordered[0][1]
    rest = ordered[_ENDPOINTS:]
    return panel(
        "By endpoint",
        h.ol(".counts-by")[(_count(name, times, most) for name, times in ordered[:_ENDPOINTS])],
        bool(rest)
        and h.details("#more-endpoints")[
            h.summary[f"{len(rest)} more"], h.ol(".counts-by")[(_count(name, times, most) for name, times in rest)]
        ],
        aside=h.span(".soft.n")[plural(total, "call")],
    )


def _count(name: str, times: int, most: int) -> h.Renderable:
    method, _, path = name.partition(" ")
    return h.li[
        h.a(href=f"/requests?{urlencode({'endpoint': name})}")[method_mark(method), h.code[path]],
        h.span(".n")[count(times)],
        h.meter(min="0", max=str(most), value=str(times), aria_hidden="true"),
    ]


def _call_head(core: Core, record: CallRecord) -> h.Renderable:
    account = account_of(core, record.account_id)
    fault_there = f"/faults?{urlencode({'endpoint': record.template})}#own"
    return h.div[
        h.p(".crumbs")[h.a(href="/requests")["Requests"], " / ", record.request_id],
        h.div(".head")[
            h.div[
                h.h1(".call-title")[method_mark(record.method), h.code[record.path]],
                h.p(".soft")[record.host, " · ", clock_time(record.at), f" · {record.milliseconds:.1f} ms"],
            ],
            h.div(".actions")[
                status_mark(record),
                bool(record.fault) and badge(record.fault, "warn"),
                account is not None and h.a(href=account.href)[f"@{account.handle}"],
                link_button(fault_there, "Fault for this endpoint", "faults"),
            ],
        ],
    ]


def _call_body(core: Core, record: CallRecord, visit: Visit) -> h.Renderable:
    changed = [row for row in core.services.ledger.rows if row.request_id == record.request_id]
    text = record.answer.decode("utf-8", "replace")
    cut = record.answer_size > len(record.answer)
    nothing = "Nothing was answered: the socket was cut." if not record.status else "An empty body."
    return h.div(".halves")[
        h.div[
            panel("Asked", _pairs(record.params, "No parameters.")),
            panel("Headers", _pairs({k: v for k, v in record.headers.items() if k in _SHOWN_HEADERS}, "None.")),
            panel("What it changed", story(core, changed, visit.now) if changed else h.p(".soft")["Nothing."]),
        ],
        h.div[
            panel(
                "Answered",
                body_view(text, "Body of the answer") if text else h.p(".soft")[nothing],
                bool(text)
                and not record.status
                and h.p(".soft.small")["Half of it was sent, then the socket was cut."],
                cut and h.p(".soft.small")[f"The first {len(record.answer):,} of {record.answer_size:,} bytes."],
                aside=h.span(".soft")[record.answer_type.decode("latin-1").partition(";")[0]],
            ),
            bool(record.answer_headers)
            and panel(
                "Headers of the answer",
                _pairs({k.decode("latin-1"): v.decode("latin-1") for k, v in record.answer_headers}, ""),
            ),
        ],
    ]


def _pairs(values: Mapping[str, str], otherwise: str) -> h.Renderable:
    if not values:
        return h.p(".soft")[otherwise]
    return facts((name, h.code[_shown(name, value)]) for name, value in values.items())


def _shown(name: str, value: str) -> str:
    if name == "authorization":
        return f"{value.partition(' ')[0]} {HIDDEN}"
    return HIDDEN if is_secret(name) else without_secrets(value)
