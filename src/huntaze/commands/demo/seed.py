"""What a demo begins with: an owner called Maya, a handful of pictures and a reel in the library."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from huntaze.commands.demo_home import State
from huntaze.wiring import House

_PATIENCE = 60.0
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the demo, and where."""

    id: UUID
    workspace_id: UUID


@dataclass(frozen=True, slots=True)
class Thing:
    """A file that the simulator gives: where, what it is called in the library, and what it shows."""

    path: str
    name: str
    alt: str


def _picture(name: str, width: int, height: int, alt: str) -> Thing:
    return Thing(f"/_sim/pictures/{name}.jpg?w={width}&h={height}", f"{name}.jpg", alt)


# Oldest first: the reel stands at the top of the library. The formats are those of a feed: 4:5, 1:1, 1.91:1
THINGS = (
    _picture("road-home", 1200, 628, "A cyclist on a country road that runs to the hills"),
    _picture("leaf-studio", 1080, 1350, "A stem with violet leaves before a pale red sun"),
    _picture("still-table", 1080, 1080, "A blue bowl of fruit in a ray of light"),
    _picture("print-heron", 1080, 1080, "A print: the sun with its rays above a sea of patterned waves"),
    _picture("hills-late-summer", 1080, 1350, "Hills in many layers of green, birds and a low sun above them"),
    _picture("sea-morning", 1080, 1350, "The sea under a full pale moon, its light on the water"),
    Thing("/_sim/videos/sea-evening.mp4", "sea-evening.mp4", "A sailing boat on a violet sea while the sun goes down"),
)


async def prepare(house: House, state: State | None) -> str:
    """What the demo needs and does not have yet; the one-time address that signs its owner in."""
    owner = await _owner(house)
    if state is None or not state.seeded:
        await _fill_library(house, owner.workspace_id)
    elif state.webhooks_at != house.settings.public_url:
        await _subscribe_again(house, owner.workspace_id)
    return await house.identity.person_link(owner.id, house.settings.public_url)


async def _owner(house: House) -> Owner:
    """Maya, made if nobody owns this database yet."""
    known = await house.identity.people.owner()
    if known is not None:
        return Owner(known.id, known.workspace_id)
    workspace_id = await house.identity.create_workspace("Atelier Maya", "Europe/Paris", "en")
    return Owner(await house.identity.create_person(workspace_id, "Maya", "maya@example.com"), workspace_id)


async def _fill_library(house: House, workspace_id: UUID) -> None:
    """The pictures and the reel, as the simulator gives them; what is there already is left as it is."""
    simulator = house.settings.simulator_url or ""
    await _answering(simulator)
    for thing in THINGS:
        asset = await house.library.import_url(workspace_id, simulator + thing.path, thing.name)
        async with house.database.transaction() as tx:
            await house.library.describe(tx, workspace_id, asset.id, thing.alt)


async def _subscribe_again(house: House, workspace_id: UUID) -> None:
    """Tell the platforms our new address: live events go to the one that was current when they were switched on."""
    async with house.database.transaction() as tx:
        for account in await house.accounts.list_accounts(tx, workspace_id):
            if account.disconnected_at is None:
                await house.jobs.enqueue(tx, "accounts.subscribe", {"account": str(account.id)})


async def _answering(simulator: str) -> None:
    """Wait until the simulator listens; it started before us."""
    place = urlsplit(simulator)
    for _ in range(int(_PATIENCE / _PAUSE)):
        try:
            _, writer = await asyncio.open_connection(place.hostname, place.port)
        except OSError:
            await asyncio.sleep(_PAUSE)
            continue
        writer.close()
        return
