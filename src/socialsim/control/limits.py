"""What stands in the way of an account: how much of its calls is used up, and what its people have not done."""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import Body, Endpoints, answer, read
from socialsim.core import Core
from socialsim.kernel.clock import iso
from socialsim.meta.limits import Limits
from socialsim.meta.model import Usage
from socialsim.meta.seed import DEFAULT_APP_ID

Percent = Annotated[int, Meta(ge=0, le=10_000)]
_KINDS = frozenset({"app", "user", "instagram", "pages", "messenger"})


class ForcedUsage(Body):
    """``POST /_sim/limits``: a counter in percent. ``id`` is the account's, Page's or person's; the app has none."""

    percent: Percent
    type: str = "instagram"
    id: str = ""
    app_id: str = DEFAULT_APP_ID
    cputime: Percent | None = None
    time: Percent | None = None
    minutes: Annotated[float, Meta(ge=0, le=1_000_000)] = 60.0
    """How long it stays; at 100 or above that is also how long the calls are refused."""


class AccountSwitch(Body):
    """``POST /_sim/act/restrict``."""

    account_id: str
    on: bool = True


class PageSwitch(Body):
    """``POST /_sim/act/publishing-authorization`` and ``/_sim/act/two-factor``: what the Page asks for."""

    page_id: str
    on: bool = True


class LimitsDesk:
    """``/_sim/limits`` and the hurdles of publishing."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [
            ("/_sim/limits", {"GET": self.listed, "POST": self.force, "DELETE": self.clear}),
            ("/_sim/act/restrict", {"POST": self.restrict}),
            ("/_sim/act/publishing-authorization", {"POST": self.publishing_authorization}),
            ("/_sim/act/two-factor", {"POST": self.two_factor}),
        ]

    def _limits(self) -> Limits:
        return Limits(self._core.services, self._core.meta.world)

    async def listed(self, request: Request) -> Response:
        """Every counter with its calls, its limit and its percents."""
        limits = self._limits()
        return answer({"limits": [_shown(limits, usage) for usage in self._core.meta.world.usages.values()]})

    async def force(self, request: Request) -> Response:
        """Lay a usage on a counter."""
        body = await read(request, ForcedUsage)
        limits = self._limits()
        if body.type not in _KINDS and body.type not in self._core.services.config.limits.rates:
            raise KeyError(body.type)
        cputime = body.percent // 8 if body.cputime is None else body.cputime
        time = body.percent // 6 if body.time is None else body.time
        usage = limits.force(body.type, body.id, body.app_id, (body.percent, cputime, time), body.minutes)
        return answer(_shown(limits, usage))

    async def clear(self, request: Request) -> Response:
        """Nothing has been used."""
        self._core.meta.world.usages.clear()
        return answer({"limits": []})

    async def restrict(self, request: Request) -> Response:
        """The account is restricted or at a checkpoint: 25/2207050 (instagram.md §3.7)."""
        body = await read(request, AccountSwitch)
        self._core.meta.world.accounts[body.account_id].restricted = body.on
        return answer({"success": True})

    async def publishing_authorization(self, request: Request) -> Response:
        """The Page asks for an authorization that nobody has completed (instagram.md §3.5)."""
        body = await read(request, PageSwitch)
        self._core.meta.world.pages[body.page_id].needs_publishing_authorization = body.on
        return answer({"success": True})

    async def two_factor(self, request: Request) -> Response:
        """The Page asks for a second factor that nobody has set up (instagram.md §3.5)."""
        body = await read(request, PageSwitch)
        self._core.meta.world.pages[body.page_id].needs_two_factor = body.on
        return answer({"success": True})


def _shown(limits: Limits, usage: Usage) -> dict[str, object]:
    calls, cputime, time = limits.percents(usage)
    return {
        "type": usage.kind,
        "id": usage.subject_id,
        "appId": usage.app_id,
        "calls": usage.total + usage.forced,
        "limit": limits.limit(usage.kind, usage.subject_id),
        "percent": calls,
        "cputime": cputime,
        "time": time,
        "minutes": limits.regain_minutes(usage),
        "blockedUntil": iso(usage.blocked_until) if usage.blocked_until else None,
    }
