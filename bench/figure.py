"""What a figure is: a name, how it is measured, what it must reach."""

import operator
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Generic, Literal, TypeVar, cast

from bench.demo import Demo
from huntaze.kit.json_value import JsonValue

T = TypeVar("T")
Op = Literal["<=", ">=", "==", "<", ">"]
OPERATORS: Mapping[Op, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out. `baseline` is the same thing done the plain way in the same run; `ok=False` is unmet whatever
    the value; `detail` is added to the figure's line."""

    value: float
    runs: Sequence[float] = ()
    n: int = 1
    baseline: float | None = None
    seed: int | None = None
    detail: Mapping[str, JsonValue] = field(default_factory=dict)
    ok: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a proof. Without a target it is reported and never unmet, unless measuring fails. `last`: measured
    after all that are not."""

    name: str
    measure: Callable[["Ground"], Measured]
    target: float | None = None
    op: Op = "<="
    needs_sheets: bool = False
    needs_chromium: bool = False
    last: bool = False

    def met(self, measured: Measured) -> bool:
        """Whether the target is reached."""
        return measured.ok and (self.target is None or OPERATORS[self.op](measured.value, self.target))


class Ground:
    """What figures measure on: one scratch folder, one shared demo, and what was measured already."""

    def __init__(self, root: Path, python: str, seed: int, sheets: Path | None) -> None:
        self.root = root
        self.python = python
        self.seed = seed
        self.sheets = sheets
        self._kept: dict[Callable[[Ground], object], _Outcome[object]] = {}
        self._closing = ExitStack()
        self.scratch = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="huntaze-bench-")))

    def __enter__(self) -> "Ground":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def once(self, function: "Callable[[Ground], T]") -> T:
        """What `function(ground)` gives, run on first use; what it raised is raised again."""
        known = self._kept.get(function)
        if known is None:
            known = self._kept[function] = _Outcome.of(function, self)
        return cast(T, known.give())

    def closing(self, close: Callable[[], object]) -> None:
        """Call `close` at the end, the last one first."""
        self._closing.callback(close)

    def demo(self) -> Demo:
        """The demo that the figures of one proof share, on a home that was empty."""
        return self.once(_shared_demo)


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[T]):
    value: T | None
    error: Exception | None

    @classmethod
    def of(cls, function: "Callable[[Ground], T]", ground: Ground) -> "_Outcome[T]":
        try:
            return cls(function(ground), None)
        except Exception as error:
            return cls(None, error)

    def give(self) -> T | None:
        if self.error is not None:
            raise self.error
        return self.value


def _shared_demo(ground: Ground) -> Demo:
    demo = Demo.start(ground.scratch / "demo", python=ground.python)
    ground.closing(demo.stop)
    return demo
