"""The fault grammar: where, what, which calls, how often."""

import fnmatch
import random
from typing import Literal

from msgspec import Struct, field

Where = Literal["before", "after", "mid"]
What = Literal["timeout", "reset", "status", "error", "late-commit", "malformed", "slow"]


class Match(Struct, rename="camel", forbid_unknown_fields=True):
    """Which calls a rule is for. An empty field matches all; ``nth`` counts matching calls from 1."""

    endpoint: str = ""
    account_id: str = ""
    nth: int = 0


class FaultRule(Struct, rename="camel", forbid_unknown_fields=True):
    """One rule of ``POST /_sim/faults``.

    ``before``: no effect happens. ``after``: the effect is committed, then the fault (``reset`` = commit-then-drop).
    ``mid``: committed, half of the answer is sent, the socket is cut. ``late-commit``: the client is cut off (after
    ``hold`` seconds), the effect happens ``seconds`` later on the virtual clock.
    """

    what: What
    where: Where = "before"
    match: Match = field(default_factory=Match)
    times: int = 1
    """How often it strikes; 0 = without end."""
    seconds: float = 30.0
    hold: float = 0.0
    status: int = 0
    code: int = 1
    subcode: int | None = None
    """Of Meta's envelope, as ``transient``; TikTok's has a word."""
    error: str = "internal_error"
    """TikTok's word, e.g. ``rate_limit_exceeded``."""
    message: str = "An unknown error occurred"
    """With ``status`` an empty one gives an empty body instead of a page."""
    transient: bool = False
    probability: float = 1.0
    seed: int = 0
    expires_in: float = 0.0
    """Virtual seconds until the rule ends; 0 = never."""
    id: str = ""


class Armed:
    """A rule with what it has seen so far."""

    def __init__(self, rule: FaultRule, now: float) -> None:
        self.rule = rule
        self.seen = 0
        self.struck = 0
        self.ends = now + rule.expires_in if rule.expires_in else float("inf")
        self._dice = random.Random(rule.seed)

    def strikes(self, template: str, account_id: str) -> bool:
        """Count a call; True if the rule hits it."""
        rule, match = self.rule, self.rule.match
        if match.account_id and match.account_id != account_id:
            return False
        if match.endpoint and match.endpoint != template and not fnmatch.fnmatchcase(template, _glob(match.endpoint)):
            return False
        self.seen += 1
        if match.nth and self.seen != match.nth:
            return False
        if rule.probability < 1 and self._dice.random() >= rule.probability:
            return False
        self.struck += 1
        return True

    def spent(self, now: float) -> bool:
        """Whether it will never strike again."""
        return now >= self.ends or bool(self.rule.times and self.struck >= self.rule.times)


class Faults:
    """The armed rules, asked once for every call."""

    def __init__(self) -> None:
        self._armed: dict[str, Armed] = {}
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._armed)

    def add(self, rule: FaultRule, now: float) -> FaultRule:
        """Arm a rule; gives it back with its id."""
        self._count += 1
        rule.id = rule.id or f"fault-{self._count}"
        self._armed[rule.id] = Armed(rule, now)
        return rule

    def remove(self, rule_id: str) -> bool:
        """Disarm one; False if there is none."""
        return self._armed.pop(rule_id, None) is not None

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    def strike(self, template: str, account_id: str, now: float) -> FaultRule | None:
        """The rule that hits this call, if any. A spent rule leaves the list."""
        hit: FaultRule | None = None
        for armed in list(self._armed.values()):
            if not armed.spent(now) and hit is None and armed.strikes(template, account_id):
                hit = armed.rule
            if armed.spent(now):
                del self._armed[armed.rule.id]
        return hit

    def armed_rules(self) -> list[Armed]:
        """The rules that may still strike, as they were armed."""
        return list(self._armed.values())

    def listed(self) -> list[dict[str, object]]:
        """Rules with how often each has seen and struck a call."""
        return [{"rule": armed.rule, "seen": armed.seen, "struck": armed.struck} for armed in self._armed.values()]


def _glob(pattern: str) -> str:
    return pattern.replace("[", "[[]")
