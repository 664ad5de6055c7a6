"""How many calls are allowed, what the headers say of it, and what happens above (instagram.md §8.1, §8.2).

Each call counts for its app, for the person behind the token, and for the account or Page that it is about. Usage is
told in percent; at 100 the next call is refused, and each call while refused lengthens the block.
"""

import json
import math
from dataclasses import dataclass, field

from socialsim.kernel.services import Services
from socialsim.kernel.wire import Call
from socialsim.meta import errors
from socialsim.meta.access import INSTAGRAM_GRAPH, token_of
from socialsim.meta.errors import Problem
from socialsim.meta.model import Token, Usage, World

Header = tuple[bytes, bytes]
HOUR, DAY = 3600.0, 86400.0
PER_IMPRESSION, PER_USER = 4800, 200
SLOTS = 96
_BUSINESS = ("instagram", "messenger", "pages")
_CODES = {"instagram": errors.INSTAGRAM_LIMIT, "messenger": errors.MESSENGER_LIMIT}
_KEPT_HEADERS = 4096
_MESSAGING = ("message", "messenger", "conversation")
_DISCOVERY = "business_discovery"


@dataclass(slots=True)
class Charge:
    """What a call costs: the headers of its answer, and the refusal if there is one."""

    headers: list[Header] = field(default_factory=list)
    problem: Problem | None = None


class Limits:
    """The counters of one world."""

    def __init__(self, services: Services, world: World) -> None:
        self._services = services
        self._world = world
        self._families: dict[str, str] = {}
        self._headers: dict[tuple[object, ...], list[Header]] = {}

    def charge(self, call: Call, template: str, node_id: str, account_id: str, version: str) -> Charge:
        """Count a call. One without a known token costs nothing: nobody knows whose it is."""
        text = token_of(call)
        token = self._world.tokens.get(text)
        app_id = token.app_id if token is not None else text.partition("|")[0]
        if token is None and app_id not in self._world.apps:
            return Charge()
        subject = self._subject(call, template, node_id, account_id, token)
        meters = self._meters(call, template, app_id, subject, token)
        charge = Charge()
        for usage, limit, problem in meters:
            if self._blocked(usage, limit, call.at):
                usage.blocked_until += self._services.config.limits.penalty
                charge.problem = problem
        if charge.problem is None:
            for usage, limit, _ in meters:
                self._add(usage, limit, call.at)
        if self._speaks():
            charge.headers = self._told(call, app_id, subject, version)
        return charge

    def force(self, kind: str, subject_id: str, app_id: str, percents: tuple[int, int, int], minutes: float) -> Usage:
        """Lay a usage in percent of calls, CPU time and time on a counter, for that many minutes from now."""
        now = self._services.clock.epoch()
        usage = self._usage(kind, subject_id, app_id)
        calls, usage.forced_cputime, usage.forced_time = percents
        self._forget(usage, now)
        usage.forced = max(0, math.ceil(calls * self.limit(kind, subject_id) / 100) - usage.total)
        usage.forced_until = now + minutes * 60
        usage.blocked_until = usage.forced_until if max(percents) >= 100 else 0.0
        return usage

    def percents(self, usage: Usage) -> tuple[int, int, int]:
        """Calls, CPU time and time in percent. The times are an eighth and a sixth of the calls unless forced."""
        now = self._services.clock.epoch()
        calls = self._calls(usage, now) * 100 // max(1, self.limit(usage.kind, usage.subject_id))
        if now < usage.forced_until:
            return calls, usage.forced_cputime, usage.forced_time
        return calls, calls // 8, calls // 6

    def regain_minutes(self, usage: Usage) -> int:
        """Whole minutes until the block ends; 0 without one."""
        return max(0, math.ceil((usage.blocked_until - self._services.clock.epoch()) / 60))

    def limit(self, kind: str, subject_id: str) -> int:
        """The calls allowed in the window of that kind."""
        config, world = self._services.config, self._world
        limits = config.limits
        match kind:
            case "app":
                return PER_USER * max(1, limits.users_floor, len(world.grants))
            case "user":
                return limits.user_calls
            case "instagram":
                own, account = config.accounts.get(subject_id), world.accounts.get(subject_id)
                seen = own.impressions if own is not None else None
                followers = account.followers if account is not None else 0
                return PER_IMPRESSION * max(1, limits.impressions_floor, followers if seen is None else seen)
            case "pages":
                return PER_IMPRESSION * max(1, limits.engaged_floor)
            case "messenger":
                return PER_USER * max(1, limits.engaged_floor)
        return limits.rates[kind].calls if kind in limits.rates else 1

    # Which counters

    def _subject(
        self, call: Call, template: str, node_id: str, account_id: str, token: Token | None
    ) -> tuple[str, str]:
        """Family of limits and id of the account or Page that a call is about; empty if it is the app's alone."""
        family = self._families.get(template)
        if family is None:
            family = self._families[template] = _family(template)
        if call.host == INSTAGRAM_GRAPH:
            own = token.account_id if token is not None else ""
            return ("messenger" if family == "messenger" else "instagram"), account_id or own
        if family == "instagram" and _DISCOVERY in call.params.get("fields", ""):
            return "", ""
        page_id = token.page_id if token is not None else ""
        if family == "me":
            return ("pages", page_id) if page_id else ("", "")
        if family == "messenger":
            return family, page_id or node_id
        return (family, account_id if family == "instagram" else node_id) if family else ("", "")

    def _meters(
        self, call: Call, template: str, app_id: str, subject: tuple[str, str], token: Token | None
    ) -> list[tuple[Usage, int, Problem]]:
        kind, subject_id = subject
        of_page = token is not None and bool(token.page_id)
        meters: list[tuple[Usage, int, Problem]] = []
        if kind:
            problem = errors.PAGES_LIMIT if of_page else errors.PAGE_LIMIT_OF_USER
            problem = _CODES.get(kind, problem)
            meters.append((self._usage(kind, subject_id, app_id), self.limit(kind, subject_id), problem))
        if call.host != INSTAGRAM_GRAPH and not (of_page and kind):
            meters.append((self._usage("app", "", app_id), self.limit("app", ""), errors.APP_LIMIT))
            if token is not None and not of_page:
                meters.append((self._usage("user", token.user_id, app_id), self.limit("user", ""), errors.USER_LIMIT))
        rate = self._services.config.limits.rates.get(template)
        if rate is not None:
            usage = self._usage(template, subject_id, app_id)
            if usage.window != rate.seconds:
                usage.window, usage.total, usage.slots, usage.counts = rate.seconds, 0, [], []
            problem = errors.MESSENGER_LIMIT if kind == "messenger" else errors.CUSTOM_LIMIT
            meters.append((usage, self.limit(template, ""), problem))
        return meters

    def _usage(self, kind: str, subject_id: str, app_id: str) -> Usage:
        key = f"{app_id}/{kind}/{subject_id}"
        usage = self._world.usages.get(key)
        if usage is None:
            rate = self._services.config.limits.rates.get(kind)
            window = rate.seconds if rate is not None else HOUR if kind in {"app", "user"} else DAY
            usage = self._world.usages[key] = Usage(kind, app_id, subject_id, window)
        return usage

    # Counting

    def _calls(self, usage: Usage, now: float) -> int:
        self._forget(usage, now)
        return usage.total + usage.forced

    def _blocked(self, usage: Usage, limit: int, now: float) -> bool:
        return now < usage.blocked_until or (usage.total + usage.forced >= limit and self._block(usage, limit, now))

    def _block(self, usage: Usage, limit: int, now: float) -> bool:
        """Refuse until enough of the window has passed, if it is still full; gives whether it is."""
        calls = self._calls(usage, now)
        width = usage.window / SLOTS
        leaving = [((slot + SLOTS) * width, count) for slot, count in zip(usage.slots, usage.counts, strict=True)]
        if usage.forced:
            leaving.append((usage.forced_until, usage.forced))
        for when, count in sorted(leaving):
            if calls < limit:
                break
            calls -= count
            usage.blocked_until = when
        return now < usage.blocked_until

    def _add(self, usage: Usage, limit: int, now: float) -> None:
        slot = int(now * SLOTS / usage.window)
        if usage.slots and usage.slots[-1] == slot:
            usage.counts[-1] += 1
        else:
            self._forget(usage, now)
            usage.slots.append(slot)
            usage.counts.append(1)
        usage.total += 1
        if usage.total + usage.forced >= limit:
            self._block(usage, limit, now)

    def _forget(self, usage: Usage, now: float) -> None:
        """Let go of what has left the window."""
        if usage.forced and now >= usage.forced_until:
            usage.forced = 0
        oldest, gone = int(now * SLOTS / usage.window) - SLOTS, 0
        while gone < len(usage.slots) and usage.slots[gone] <= oldest:
            usage.total -= usage.counts[gone]
            gone += 1
        if gone:
            del usage.slots[:gone], usage.counts[:gone]

    # Telling

    def _speaks(self) -> bool:
        """Headers come only sometimes, if the knob says so; their absence is not zero."""
        share = self._services.config.limits.headers
        return share >= 1 or (share > 0 and self._services.dice.random() < share)

    def _told(self, call: Call, app_id: str, subject: tuple[str, str], version: str) -> list[Header]:
        by_instagram = call.host == INSTAGRAM_GRAPH
        app = self._world.usages.get(f"{app_id}/app/")
        own = app if not by_instagram else self._world.usages.get(f"{app_id}/instagram/{subject[1]}")
        usages = [self._world.usages.get(f"{app_id}/{kind}/{subject[1]}") for kind in _BUSINESS] if subject[0] else []
        rows = [(use.kind, *self.percents(use), self.regain_minutes(use)) for use in usages if use is not None]
        seen = self.percents(own) if own is not None else (0, 0, 0)
        key = (by_instagram, version, subject[1], seen, *rows)
        headers = self._headers.get(key)
        if headers is None:
            if len(self._headers) >= _KEPT_HEADERS:
                self._headers.clear()
            headers = self._headers[key] = _headers(by_instagram, version, subject[1], seen, rows)
        return headers


def _family(template: str) -> str:
    """The limits an endpoint falls under: instagram, messenger, pages, ``me`` (by the token), or none of its own."""
    path = template.partition(" ")[2]
    if any(word in path for word in _MESSAGING):
        return "messenger"
    if path.startswith(("/{ig}", "/{m}", "/{c}", "/{comment}")):
        return "instagram"
    if path.startswith("/{page}"):
        return "pages"
    return "me" if path.startswith("/me") else ""


def _headers(
    by_instagram: bool,
    version: str,
    subject_id: str,
    seen: tuple[int, int, int],
    rows: list[tuple[str, int, int, int, int]],
) -> list[Header]:
    """The usage headers; graph.instagram.com has other keys and tells its version (§8.2)."""
    calls, cputime, time = seen
    if by_instagram:
        told = [(b"x-app-usage", {"call_volume": calls, "cpu_time": cputime})]
        out = [(b"instagram-api-version", version.encode() or b"v26.0")]
    else:
        told = [(b"x-app-usage", {"call_count": calls, "total_time": time, "total_cputime": cputime})]
        out = []
    business: dict[str, object] = {
        subject_id: [
            {
                "type": kind,
                "call_count": count,
                "total_cputime": cpu,
                "total_time": whole,
                "estimated_time_to_regain_access": minutes,
            }
            for kind, count, cpu, whole, minutes in rows
        ]
    }
    out += [(name, json.dumps(value).encode()) for name, value in told]
    if rows:
        out.append((b"x-business-use-case-usage", json.dumps(business).encode()))
    return out
