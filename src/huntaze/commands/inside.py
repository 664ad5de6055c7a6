"""Doing one thing inside the house: for short commands that need the rooms and the database, and no server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from huntaze.commands.failure import CommandFailed
from huntaze.commands.readiness import ready_database
from huntaze.identity import Actor
from huntaze.settings import Settings
from huntaze.ui.assets import AssetsMissing
from huntaze.wiring import House, build

T = TypeVar("T")
_THE_OWNERS = "leave --workspace out for the owner's"


def inside(given: Settings, act: Callable[[House], Awaitable[T]]) -> T:
    """What `act` gives, run with every room built. Raises CommandFailed."""
    return asyncio.run(_act(given, act))


def workspace_id(text: str | None) -> UUID | None:
    """The workspace that an option names, or None without one. Raises CommandFailed."""
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise CommandFailed(f"{text} is not a workspace's id", _THE_OWNERS, status=2) from None


async def operator(house: House, workspace: UUID | None) -> Actor:
    """Whoever runs the command, as an owner of the workspace (None: of the first owner's). Raises CommandFailed."""
    actor = await house.identity.operator(workspace)
    if actor is None and workspace is None:
        raise CommandFailed("nobody owns this installation yet", "open the address `huntaze owner link` prints")
    if actor is None:
        raise CommandFailed(f"there is no workspace {workspace}", _THE_OWNERS)
    return actor


async def _act(given: Settings, act: Callable[[House], Awaitable[T]]) -> T:
    await ready_database(given.database_url.reveal(), patience=0)
    house = await built(given)
    try:
        return await act(house)
    finally:
        await house.close()


async def built(given: Settings) -> House:
    """The house with every room. Raises CommandFailed."""
    try:
        return await build(given)
    except AssetsMissing:
        raise CommandFailed("the browser's files are not built", "run: python hatch_build.py") from None
