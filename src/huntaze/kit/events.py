"""Waiting for an ``asyncio.Event`` in the two ways that tasks which can be told to stop need."""

import asyncio
from collections.abc import Callable


async def then(event: asyncio.Event, act: Callable[[], None]) -> None:
    """Do something once the event is set."""
    await event.wait()
    act()


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event is set before so many seconds have passed."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
