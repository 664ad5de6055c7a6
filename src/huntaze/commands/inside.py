"""Doing one thing inside the house: for short commands that need the rooms and the database, and no server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from huntaze.commands.failure import CommandFailed
from huntaze.commands.readiness import ready_database
from huntaze.settings import Settings
from huntaze.ui.assets import AssetsMissing
from huntaze.wiring import House, build

T = TypeVar("T")


def inside(given: Settings, act: Callable[[House], Awaitable[T]]) -> T:
    """What `act` gives, run with every room built. Raises CommandFailed."""
    return asyncio.run(_act(given, act))


def workspace_id(text: str | None) -> UUID | None:
    """The workspace that an option names, or None without one. Raises CommandFailed."""
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise CommandFailed(f"{text} is not a workspace's id", "copy it from Settings", status=2) from None


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
