"""What a room registers: a name and the coroutine that does it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

Payload = Mapping[str, str]


class RetryLater(Exception):
    """Raised by a task: not now, again in `delay`. It does not count as a failed try."""

    def __init__(self, delay: timedelta) -> None:
        super().__init__(f"again in {delay}")
        self.delay = delay


@dataclass(frozen=True, slots=True)
class Task:
    """`name` is what `enqueue` says. With `every`, workers also run it by themselves, with an empty payload:
    once per `every` among all of them, and one at a time.

    What is `background` has a few places of its own in each worker: however much of it waits, nothing else does.
    """

    name: str
    handle: Callable[[Payload], Awaitable[None]]
    every: timedelta | None = None
    background: bool = False


@dataclass(frozen=True, slots=True)
class WorkerTimings:
    """How patient a worker is. `drain` and the five seconds after it make the 75 in which a worker leaves."""

    beat: timedelta = timedelta(seconds=3)
    dead_after: timedelta = timedelta(seconds=10)
    poll: timedelta = timedelta(seconds=2)
    drain: timedelta = timedelta(seconds=70)
    last_words: timedelta = timedelta(seconds=5)
    first_retry: timedelta = timedelta(seconds=2)
    longest_retry: timedelta = timedelta(minutes=5)
    max_tries: int = 5

    def retry_after(self, tries: int) -> timedelta:
        """How long to wait after the `tries`-th failed try (from 1): doubling, up to `longest_retry`."""
        # Beyond 2^30 the product would overflow a timedelta long after it has passed any sensible limit.
        return min(self.first_retry * (1 << min(tries - 1, 30)), self.longest_retry)
