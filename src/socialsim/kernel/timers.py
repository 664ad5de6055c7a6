"""Work that is due at a virtual time: webhook retries, late commits."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable

from socialsim.kernel.clock import VirtualClock

Action = Callable[[float], Awaitable[None]]
"""Given the virtual time it was due at: after a jump of the clock that is not the present one."""


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

    def due_times(self) -> list[float]:
        """When each waiting action is due, in no order."""
        return [due for due, _, _ in self._heap]

    async def settle(self) -> None:
        """Return once nothing that is due is left to do."""
        while self._tasks or (self._heap and self._heap[0][0] <= self._clock.epoch()):
            self._rouse()
            await (asyncio.wait(self._tasks) if self._tasks else asyncio.sleep(0))

    async def run(self) -> None:
        """Serve for ever; ends by cancellation, which also ends what it started."""
        self._wake = asyncio.Event()
        try:
            while True:
                self._wake.clear()
                self._start_due()
                standing = self._clock.stands or not self._heap
                timeout = None if standing else self._heap[0][0] - self._clock.epoch()
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
            due, _, action = heapq.heappop(self._heap)
            task = asyncio.ensure_future(_await(action, due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _await(action: Action, due: float) -> None:
    await action(due)
