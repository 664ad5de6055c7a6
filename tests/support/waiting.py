"""Waiting for something to become true, without asserting how long it took."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(check: Callable[[], Awaitable[T]], *, seconds: float = 30.0, every: float = 0.02) -> T:
    """Ask `check` until it gives something true, and give that; fails after `seconds`."""
    for _ in range(int(seconds / every)):
        if value := await check():
            return value
        await asyncio.sleep(every)
    raise AssertionError(f"still not so after {seconds:g} s")
