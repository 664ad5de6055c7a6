"""Doing one thing inside the house: for short commands that need the rooms and the database, and no server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from huntaze.commands.failure import CommandFailed
from huntaze.commands.readiness import ready_database
from huntaze.settings import Settings
from huntaze.ui.assets import AssetsMissing
from huntaze.wiring import House, build

T = TypeVar("T")


def inside(given: Settings, act: Callable[[House], Awaitable[T]]) -> T:
    """What `act` gives, run with every room built. Raises CommandFailed."""
    return asyncio.run(_act(given, act))


async def _act(given: Settings, act: Callable[[House], Awaitable[T]]) -> T:
    await ready_database(given.database_url.reveal(), patience=0)
    try:
        house = await build(given)
    except AssetsMissing:
        raise CommandFailed("the browser's files are not built", "run: python hatch_build.py") from None
    try:
        return await act(house)
    finally:
        await house.close()
