"""A fault rule in words."""

from socialsim.kernel.faults import Armed, FaultRule
from socialsim.ui.pieces import duration

WHAT = (
    ("reset", "Reset the connection"),
    ("timeout", "Hold, then cut"),
    ("slow", "Answer late"),
    ("status", "Answer an HTTP status"),
    ("error", "Answer an error of the platform"),
    ("malformed", "Answer half of the JSON"),
    ("late-commit", "Cut now, effect later"),
)
WHERE = (
    ("before", "Before the effect: nothing happens"),
    ("after", "After the effect: it is done, then the fault"),
    ("mid", "In the middle of the answer: it is done, half is sent"),
)


def headline(rule: FaultRule) -> str:
    """What it does, and when."""
    moment = {"before": "before the effect", "after": "after the effect", "mid": "in the middle of the answer"}
    match rule.what:
        case "late-commit":
            return f"Cut now, effect {duration(rule.seconds)} later"
        case "slow":
            return f"Answer {rule.seconds:g} s late, {moment[rule.where]}"
        case "timeout":
            return f"Hold {rule.seconds:g} s, then cut, {moment[rule.where]}"
        case "status":
            return f"Answer HTTP {rule.status or 500}, {moment[rule.where]}"
        case "error":
            code = f"{rule.code}/{rule.subcode}" if rule.subcode else str(rule.code)
            # A rule names the error of one platform; the other's is left as it comes
            name = rule.error if rule.code == 1 and rule.error != "internal_error" else code
            return f"Answer error {name}, {moment[rule.where]}"
    return f"{dict(WHAT)[rule.what]}, {moment[rule.where]}"


def target(rule: FaultRule) -> str:
    """Which calls it is for."""
    nth = f", call no. {rule.match.nth}" if rule.match.nth else ""
    chance = f", {rule.probability:.0%} of them" if rule.probability < 1 else ""
    return (rule.match.endpoint or "every endpoint") + nth + chance


def tally(armed: Armed, now: float) -> str:
    """How often it struck, and how long it stands."""
    rule = armed.rule
    allowed = f"of {rule.times}" if rule.times else "without end"
    ends = f", ends in {duration(armed.ends - now)}" if armed.ends != float("inf") else ""
    return f"struck {armed.struck} {allowed}{ends}"
