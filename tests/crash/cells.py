"""The cells of the crash matrix, as data: what is published, who is killed where, which call goes wrong how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

TIME_SCALE = 0.01
SETTLED_LATE = 6.0
"""Seconds after which a late commit comes when everything has settled long ago at `TIME_SCALE`."""

CHECKPOINTS = (
    "prepare.created",
    "publish.intent",
    "publish.before_send",
    "publish.answered",
    "publish.committed",
    "link",
)
COMMENT_CHECKPOINTS = ("comment.intent", "comment.before_send", "comment.answered", "comment.committed")
"""Those of a first comment (`tests.crash.test_killed`)."""
VICTIMS = ("worker", "web", "postgres")
FREEZE = "freeze"
"""The worker stands still until another one has settled its post, then goes on (a machine that was suspended)."""
RELAY = "relay"
"""The worker dies, and one that stood still at the same post goes on in the same moment."""


@dataclass(frozen=True, slots=True)
class Around:
    """A call and which one of its kind: the ``nth`` of the account (0: the first); before it the irreversible call
    lost its answer in the way of ``after``."""

    endpoint: str
    nth: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is published, and the calls that may go wrong on the way."""

    name: str
    platform: str
    media_type: str
    irreversible: str
    around: tuple[Around, ...]
    fuse: bool = False
    """The irreversible call makes the artefact."""


def _containers(name: str, media_type: str) -> Kind:
    around = (
        Around("POST /{ig}/media"),
        Around("GET /{c}"),
        Around("GET /{c}", 6, "before reset"),
        Around("GET /{ig}/media"),
        Around("GET /{ig}/media", 2, "before reset"),
        Around("GET /{ig}/media", 2, "after reset"),
        Around("GET /{ig}/content_publishing_limit"),
        Around("GET /{ig}/content_publishing_limit", 2, "before reset"),
        Around("GET /{m}"),
    )
    return Kind(name, "instagram", media_type, "POST /{ig}/media_publish", around)


_LISTS = (
    Around("GET /{a}/posts"),
    Around("GET /{a}/posts", 2, "before reset"),
    Around("GET /{a}/quota"),
    Around("GET /{a}/quota", 2, "before reset"),
)
KINDS = {
    kind.name: kind
    for kind in (
        _containers("image", "IMAGE"),
        _containers("carousel", "CAROUSEL"),
        _containers("reel", "REELS"),
        Kind(
            "publish_call", "publish_call", "IMAGE", "POST /{a}/publish",
            (
                Around("POST /{a}/drafts"), Around("GET /{a}/drafts/{id}"),
                Around("GET /{a}/drafts/{id}", 6, "before reset"), *_LISTS,
            ),
        ),
        Kind(
            "last_chunk", "last_chunk", "IMAGE", "PUT /{a}/uploads/{id} last",
            (
                Around("POST /{a}/uploads"), Around("PUT /{a}/uploads/{id}"),
                Around("GET /{a}/uploads/{id}", 1, "before reset"), *_LISTS,
            ),
        ),
        Kind(
            "init", "init", "IMAGE", "POST /{a}/publish",
            (
                Around("GET /{a}/publish/{id}"), Around("GET /{a}/posts"), Around("GET /{a}/quota"),
                Around("GET /{a}/posts", 2, "after reset"),
            ),
            fuse=True,
        ),
    )
}  # fmt: skip

Rule = Mapping[str, object]


def _rule(where: str, what: str, **more: object) -> Rule:
    return MappingProxyType({"where": where, "what": what, **more})


CALL_SECONDS = 1.0
"""How long a scaled house waits for an answer."""
_TOO_LONG = {"seconds": 1.6}
FORMS: dict[str, Rule] = {
    "before timeout": _rule("before", "timeout", **_TOO_LONG),
    "before reset": _rule("before", "reset"),
    "before 500": _rule("before", "status", status=500),
    "before 503": _rule("before", "status", status=503, message=""),
    "before error": _rule("before", "error", status=500, code=2, transient=True),
    "before refusal": _rule("before", "error", status=400, code=100, subcode=2207028),
    "before malformed": _rule("before", "malformed"),
    "before slow": _rule("before", "slow", seconds=0.4),
    "before stall": _rule("before", "slow", **_TOO_LONG),
    "after timeout": _rule("after", "timeout", **_TOO_LONG),
    "after reset": _rule("after", "reset"),
    "after 500": _rule("after", "status", status=500),
    "after 503": _rule("after", "status", status=503, message=""),
    "after error": _rule("after", "error", status=500, code=1),
    "after malformed": _rule("after", "malformed"),
    "after slow": _rule("after", "slow", seconds=0.4),
    "after stall": _rule("after", "slow", **_TOO_LONG),
    "mid": _rule("mid", "reset"),
    "late-commit soon": _rule("after", "late-commit", seconds=0.4),
    "late-commit": _rule("after", "late-commit", seconds=2.0),
    "late-commit settled": _rule("after", "late-commit", seconds=SETTLED_LATE),
}
"""The simulator's fault grammar, each form with times that mean something at `TIME_SCALE`."""
_ACCEPTED = frozenset(
    name for name in FORMS if (name.startswith("after") or name in ("mid", "late-commit soon", "late-commit"))
)


@dataclass(frozen=True, slots=True)
class Order:
    """At this checkpoint of the cell's publication: kill a process, freeze the worker, or relay."""

    checkpoint: str
    deed: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One fresh post and what befalls it."""

    kind: Kind
    orders: tuple[Order, ...] = ()
    faults: tuple[tuple[Around, str, int], ...] = field(default=())
    """Which call, the form, how often."""

    @property
    def name(self) -> str:
        """Unique in the matrix."""
        words = [self.kind.name]
        words += [f"{order.deed} at {order.checkpoint}" for order in self.orders]
        words += [f"{form} x{times} of {call.endpoint} #{call.nth}" for call, form, times in self.faults]
        return ", ".join(words)

    @property
    def sent_once(self) -> bool:
        """Whether the platform took the first send, and nothing but a blind worker would send again."""
        first = next((form for call, form, _ in self.faults if call.endpoint == self.kind.irreversible), "")
        return not self.orders and not self.kind.fuse and first in _ACCEPTED and not first.endswith("slow")

    @property
    def lingers(self) -> float:
        """Seconds after the start of its wave in which something may still come."""
        if any(order.deed == FREEZE for order in self.orders):
            return 3.0
        late = max((float(str(FORMS[form].get("seconds", 0))) for _, form, _ in self.faults), default=0.0)
        return late + 1.0 if late else 0.0


def _lost(kind: Kind, form: str) -> tuple[tuple[Around, str, int], ...]:
    return ((Around(kind.irreversible), form, 1),) if form else ()


def kills() -> Iterator[Cell]:
    """Every checkpoint by every victim by what the first send met, then two kills of one post, then frozen workers."""
    for kind in KINDS.values():
        for weather in ("", "before reset", "after reset", "late-commit soon"):
            for checkpoint in CHECKPOINTS:
                taken = weather in ("after reset", "late-commit soon")
                if taken and checkpoint in ("publish.answered", "publish.committed"):
                    continue
                for victim in VICTIMS:
                    yield Cell(kind, (Order(checkpoint, victim),), _lost(kind, weather))
        for first in CHECKPOINTS:
            for victim in ("worker", "postgres"):
                for second in _reached_after(first, victim):
                    yield Cell(kind, (Order(first, victim), Order(second, "worker")))
        for checkpoint in ("prepare.created", "publish.intent", "publish.before_send", "publish.answered"):
            yield Cell(kind, (Order(checkpoint, FREEZE),))
        yield relayed(kind)


def relayed(kind: Kind) -> Cell:
    """A worker sends what another one has sent since, whose answer nobody could write down."""
    return Cell(kind, (Order("publish.before_send", FREEZE), Order("publish.answered", RELAY)))


def _reached_after(first: str, victim: str) -> tuple[str, ...]:
    """Which checkpoints a post still comes to when ``victim`` was killed at ``first``. A send needs no database: when
    that one dies just before, the post is out, and nothing is sent again."""
    if first in ("publish.answered", "publish.committed"):
        return ("link",)
    if (first, victim) == ("publish.before_send", "postgres"):
        return ("publish.answered", "link")
    return () if first == "link" else tuple(name for name in CHECKPOINTS if name != "prepare.created")


def faults() -> Iterator[Cell]:
    """Every form of the grammar at the irreversible call, once and twice, and at the calls around it."""
    for form in FORMS:
        for kind in KINDS.values():
            for times in (1, 2):
                yield Cell(kind, (), ((Around(kind.irreversible), form, times),))
            for call in kind.around:
                yield Cell(kind, (), (*_lost(kind, call.after), (call, form, 1)))


def fates() -> Iterator[Cell]:
    """One post for each way things end, to be run with the designed waits."""
    image, init = KINDS["image"], KINDS["init"]
    yield Cell(image)
    yield Cell(image, (Order("publish.answered", "worker"),))
    yield Cell(image, (Order("publish.before_send", "worker"),))
    yield Cell(image, (), _lost(image, "after reset"))
    yield Cell(init, (), _lost(init, "before reset"))
    yield Cell(KINDS["publish_call"], (), _lost(KINDS["publish_call"], "before refusal"))


def small() -> list[Cell]:
    """The few cells that turn red when any one of the invariants is switched off (`tests.crash.mutants`)."""
    image, init = KINDS["image"], KINDS["init"]
    return [
        Cell(image, (Order("prepare.created", "worker"),)),
        Cell(image, (Order("publish.answered", "worker"),)),
        Cell(init, (Order("publish.answered", "worker"),)),
        Cell(image, (Order("publish.before_send", FREEZE),)),
        Cell(KINDS["last_chunk"], (Order("publish.before_send", FREEZE),)),
        relayed(KINDS["last_chunk"]),
        relayed(init),
        Cell(image, (), _lost(image, "late-commit")),
        Cell(image, (), _lost(image, "late-commit settled")),
        Cell(init, (), _lost(init, "late-commit")),
    ]
