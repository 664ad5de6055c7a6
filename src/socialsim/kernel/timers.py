"""Work that is due at a virtual time: webhook retries, late commits."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable

from socialsim.kernel.clock import VirtualClock

Action = Callable[[], Awaitable[None]]


class Timers:
    """A heap of actions ordered by virtual time, run as tasks of the server's loop."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Action]] = []
        self._order = itertools.count()
        self._wake: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        clock.on_jump(self._rouse)

    def at(self, due: float, action: Action) -> None:
        """Run ``action`` once the virtual clock has reached ``due`` (epoch seconds)."""
        heapq.heappush(self._heap, (due, next(self._order), action))
        self._rouse()

    def clear(self) -> None:
        """Forget everything that is still waiting."""
        self._heap.clear()

    async def run(self) -> None:
        """Serve for ever; ends by cancellation, which also ends what it started."""
        self._wake = asyncio.Event()
        try:
            while True:
                self._wake.clear()
                self._start_due()
                timeout = self._heap[0][0] - self._clock.epoch() if self._heap else None
                try:
                    await asyncio.wait_for(self._wake.wait(), timeout)
                except TimeoutError:
                    continue
        finally:
            for task in self._tasks:
                task.cancel()

    def _rouse(self) -> None:
        if self._wake is not None:
            self._wake.set()

    def _start_due(self) -> None:
        while self._heap and self._heap[0][0] <= self._clock.epoch():
            task = asyncio.ensure_future(_await(heapq.heappop(self._heap)[2]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _await(action: Action) -> None:
    await action()
