"""What a demo begins with: an owner called Maya, a handful of pictures and a reel in the library."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import UUID

from huntaze.library import Asset, find_ffmpeg
from huntaze.wiring import House

_PATIENCE = 60.0
_PAUSE = 0.05
_REEL_SECONDS = 6
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the demo, and where."""

    id: UUID
    workspace_id: UUID


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of the simulator's: its name there, its size in pixels, and what it shows."""

    name: str
    width: int
    height: int
    alt: str

    @property
    def path(self) -> str:
        """Where the simulator draws it."""
        return f"/_sim/pictures/{self.name}.jpg?w={self.width}&h={self.height}"


PICTURES = (
    Picture("sea-morning", 1080, 1350, "The sea in the morning, calm, under a pale sky"),
    Picture("hills-late-summer", 1080, 1350, "Rows of hills in late summer light"),
    Picture("print-heron", 1080, 1080, "A print of two colours, drying"),
    Picture("still-table", 1080, 1080, "A still life on a table"),
    Picture("leaf-studio", 1080, 1350, "A large leaf by the window of the studio"),
    Picture("road-home", 1200, 628, "The road home along the coast"),
)
_REEL = Picture("sea-evening", 720, 1600, "The evening sea, seen from the top of the cliff down to the water")


async def demo_owner(house: House) -> Owner:
    """Maya, made if nobody owns this database yet."""
    known = await house.identity.people.owner()
    if known is not None:
        return Owner(known.id, known.workspace_id)
    workspace_id = await house.identity.create_workspace("Atelier Maya", "Europe/Paris", "en")
    return Owner(await house.identity.create_person(workspace_id, "Maya", "maya@example.com"), workspace_id)


async def fill_library(house: House, workspace_id: UUID) -> None:
    """The pictures and, where there is an ffmpeg, the reel; what is there already is left as it is."""
    simulator = house.settings.simulator_url or ""
    await _answering(simulator)
    reel = asyncio.create_task(_add_reel(house, workspace_id, simulator))
    for picture in PICTURES:
        await _add(house, workspace_id, await _fetched(house, workspace_id, simulator, picture), picture.alt)
    await reel


async def subscribe_again(house: House, workspace_id: UUID) -> None:
    """Tell the platforms our new address: live events go to the one that was current when they were switched on."""
    async with house.database.transaction() as tx:
        for account in await house.accounts.list_accounts(tx, workspace_id):
            if account.disconnected_at is None:
                await house.jobs.enqueue(tx, "accounts.subscribe", {"account": str(account.id)})


async def _fetched(house: House, workspace_id: UUID, simulator: str, picture: Picture) -> Asset:
    return await house.library.import_url(workspace_id, simulator + picture.path, f"{picture.name}.jpg")


async def _add(house: House, workspace_id: UUID, asset: Asset, alt: str) -> None:
    async with house.database.transaction() as tx:
        await house.library.describe(tx, workspace_id, asset.id, alt)


async def _add_reel(house: House, workspace_id: UUID, simulator: str) -> None:
    ffmpeg = find_ffmpeg(house.settings.local.ffmpeg)
    if ffmpeg is None:
        return
    with TemporaryDirectory(prefix="huntaze-") as folder:
        film = Path(folder) / "reel.mp4"
        # The camera glides down a tall picture; 9:16, H.264 and AAC, as a reel is to be (instagram.md §3.3)
        glide = f"crop=720:1280:0:(ih-oh)*t/{_REEL_SECONDS},format=yuv420p"
        making = await asyncio.create_subprocess_exec(
            *(ffmpeg, "-v", "error", "-nostdin", "-threads", "2", "-loop", "1", "-i", simulator + _REEL.path),
            *("-f", "lavfi", "-i", "anullsrc=channel_layout=stereo:sample_rate=44100", "-t", str(_REEL_SECONDS)),
            *("-vf", glide, "-r", "30", "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"),
            *("-movflags", "+faststart", film),
        )
        if await making.wait() == 0:
            reel = await house.library.receive(workspace_id, f"{_REEL.name}.mp4", _pieces(film))
            await _add(house, workspace_id, reel, _REEL.alt)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


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
