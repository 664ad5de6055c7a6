"""The clock: what time it is in the simulated world, and what comes due next."""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime

import htpy as h
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.ui.directory import account_of
from socialsim.ui.forms import number_of, settle, values_of
from socialsim.ui.frame import Visit
from socialsim.ui.pieces import duration, empty, field, heading, icon, panel
from socialsim.ui.profiles import STORY_SECONDS

_JUMPS = (("1 min", 60), ("1 h", 3600), ("24 h", 86400), ("7 d", 604_800), ("60 d", 5_184_000))
_UNITS = (("1", "seconds"), ("60", "minutes"), ("3600", "hours"), ("86400", "days"))
_EARLIEST, _LATEST = 946_684_800.0, 7_258_118_400.0
"""2000 and 2200: beyond them no date of a platform makes sense."""
_AHEAD = 8


class ClockRoom:
    """``/clock``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [Route("/clock", self.show), Route("/clock", self.move, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Now, the ways to move it, and what comes."""
        visit, core = Visit.of(self._core, request), self._core
        return visit.page(
            "Clock",
            heading("Clock", "Both platforms live by this clock. Expiries, quotas and retries follow it at once."),
            h.div(".with-rail")[
                h.div[h.section("#now.card.now", data_live=True)[_now(core)], _jumps(), _set(visit.now)],
                h.div(".rail")[_ahead(core, visit.now)],
            ],
            wide=True,
        )

    async def move(self, request: Request) -> Response:
        """Jump, stand still, run, or go back to the wall clock; what became due is done before the page comes."""
        form = await values_of(request)
        services = self._core.services
        clock = services.clock
        match form.get("do", "jump"):
            case "stand":
                clock.stop()
            case "run":
                clock.run()
            case "reset":
                clock.reset()
            case "set":
                clock.advance(_within(_moment(form.get("at", ""))) - clock.epoch())
            case _:
                seconds = number_of(form, "seconds") * number_of(form, "unit", 1)
                clock.advance(_within(clock.epoch() + seconds) - clock.epoch())
        await settle(self._core)
        return RedirectResponse("/clock", 303)


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _within(epoch: float) -> float:
    if not _EARLIEST <= epoch <= _LATEST:
        raise ValueError("The clock goes from the year 2000 to 2200.")
    return epoch


def _now(core: Core) -> h.Node:
    clock = core.services.clock
    now = clock.now()
    if clock.stands:
        state = "Stands still: time passes only when it is moved."
    elif abs(clock.offset) >= 1:
        state = f"Runs, {duration(abs(clock.offset))} {'ahead of' if clock.offset > 0 else 'behind'} the wall clock."
    else:
        state = "Runs with the wall clock."
    return [
        h.p(".big-time.n", data_epoch=None if clock.stands else f"{clock.epoch():.3f}")[now.strftime("%H:%M:%S")],
        h.p(".big-day")[now.strftime("%A %-d %B %Y"), h.span(".soft")[" UTC"]],
        h.p(".soft")[state],
        h.div(".actions")[
            _do("run", "Let it run") if clock.stands else _do("stand", "Stand still"),
            (clock.stands or abs(clock.offset) >= 1) and _do("reset", "Back to the wall clock"),
        ],
    ]


def _do(what: str, label: str) -> h.Renderable:
    return h.form(".press", method="post", action="/clock")[
        h.button(type="submit", name="do", value=what, id=f"do-{what}")[label]
    ]


def _jumps() -> h.Renderable:
    return panel(
        "Jump ahead",
        h.form(".jumps", method="post", action="/clock")[
            h.input(type="hidden", name="do", value="jump"),
            (h.button(type="submit", name="seconds", value=str(seconds))[f"+{label}"] for label, seconds in _JUMPS),
        ],
        h.form(".inline", method="post", action="/clock")[
            h.input(type="hidden", name="do", value="jump"),
            field("Or by", h.input(name="seconds", type="number", step="any", required=True, value="90")),
            field("Unit", h.select(name="unit")[(h.option(value=v, selected=v == "60")[w] for v, w in _UNITS)]),
            h.button(".primary", type="submit")["Jump"],
        ],
        h.p(".soft.small")["A number below zero goes back."],
    )


def _set(now: float) -> h.Renderable:
    value = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M")
    return panel(
        "Set the time",
        h.form(".inline", method="post", action="/clock")[
            h.input(type="hidden", name="do", value="set"),
            field("Date and time, UTC", h.input(name="at", type="datetime-local", required=True, value=value)),
            h.button(type="submit")["Set"],
        ],
    )


def _ahead(core: Core, now: float) -> h.Renderable:
    coming = heapq.nsmallest(_AHEAD, (each for each in _coming(core, now) if each[0] > now))
    body: h.Node = h.ol(".plain.ahead")[
        (
            h.li[
                icon(mark),
                h.div(".who")[h.strong[words], h.span(".soft")[f"in {duration(at - now)}"]],
                h.form(".press", method="post", action="/clock")[
                    h.input(type="hidden", name="do", value="jump"),
                    h.button(
                        type="submit", name="seconds", value=f"{at - now + 1:.3f}", aria_label=f"Jump there: {words}"
                    )["Jump there"],
                ],
            ]
            for at, words, mark in coming
        )
    ]
    if not coming:
        body = empty(
            "Nothing is waiting", "Stories, containers, tokens and webhook retries stand here with their time."
        )
    return panel("What comes next", body, live="ahead")


def _coming(core: Core, now: float) -> Iterator[tuple[float, str, str]]:
    meta, tiktok = core.meta.world, core.tiktok.world
    for account in meta.accounts.values():
        for at, _ in account.stories[-20:]:
            yield at + STORY_SECONDS, f"Story of @{account.username} ends", "story"
    for container in meta.containers.values():
        if not container.media_id and container.created_at > now - STORY_SECONDS:
            known = account_of(core, container.account_id)
            name = f"@{known.handle}" if known else container.account_id
            yield container.created_at + STORY_SECONDS, f"Container of {name} expires", "upload"
    for token in meta.tokens.values():
        if token.dead is None and token.expires_at:
            person = meta.people.get(token.user_id)
            yield token.expires_at, f"Token of {person.name if person else token.user_id} expires", "key"
    for access in tiktok.tokens.values():
        creator = tiktok.creators.get(access.creator_id)
        if not access.revoked and creator is not None:
            yield access.expires_at, f"Token of @{creator.username} expires", "key"
    for post in tiktok.posts.values():
        if post.public_from is not None and post.public_from > now:
            yield post.public_from, f"Post of @{tiktok.creators[post.creator_id].username} is through", "reel"
    for at in core.services.timers.due_times():
        yield at, "A webhook, retry or late effect is due", "webhooks"
