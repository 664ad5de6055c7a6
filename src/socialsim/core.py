"""The simulated state and what may be done to it as a whole; control plane and pages stand on this."""

from pathlib import Path

import msgspec
from msgspec import Struct, field

from socialsim.kernel.config import Config
from socialsim.kernel.ids import Mint
from socialsim.kernel.ledger import TruthRow
from socialsim.kernel.pictures import Gallery
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Host
from socialsim.meta.messaging.past import seed_inbox
from socialsim.meta.model import World
from socialsim.meta.platform import AbsentHost, Meta
from socialsim.tiktok.model import TikTokWorld
from socialsim.tiktok.platform import TikTok

ABSENT_HOSTS = (
    "business-api.tiktok.com",
    "open-api.tiktok.com",
)
"""TikTok's separate product for businesses, and its API of before 2024 (tiktok.md §1.1)."""


class Snapshot(Struct, rename="camel"):
    """The whole state as one JSON value. Bytes of fetched media are not in it."""

    seed: int
    offset: float
    counters: dict[str, int]
    config: Config
    truth: list[TruthRow]
    world: World
    tiktok: TikTokWorld
    stands_at: float | None = None
    """Where the clock stands, if it does."""
    dice: list[int] = field(default_factory=list)
    """How far chance has got."""


class Core:
    """Kernel and platforms; ``reset`` and ``restore`` replace the world behind the hosts."""

    def __init__(self, seed: int = 1, media_folder: Path | None = None, at: float | None = None) -> None:
        """``at``: the clock stands at that epoch second, so that two simulators of one seed are the same world."""
        self.services = Services(seed, media_folder)
        if at is not None:
            self.services.clock.stop(at)
        self.gallery = Gallery()
        self.hosts: dict[str, Host] = {name: AbsentHost(name) for name in ABSENT_HOSTS}
        self._put_worlds(World(), TikTokWorld())
        self._seed_worlds(empty=False)

    def reset(self, seed: int | None = None, *, empty: bool = False, at: float | None = None) -> None:
        """Forget everything; the default world again, or only the default app. With ``at`` the clock stands there."""
        self.services.restart(self.services.seed if seed is None else seed)
        if at is not None:
            self.services.clock.stop(at)
        self._put_worlds(World(), TikTokWorld())
        self._seed_worlds(empty=empty)

    def snapshot(self) -> Snapshot:
        """The state now."""
        services = self.services
        return Snapshot(
            services.seed,
            services.clock.offset,
            services.mint.counters,
            services.config,
            services.ledger.rows,
            self.meta.world,
            self.tiktok.world,
            services.clock.epoch() if services.clock.stands else None,
            services.chance(),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state. Waiting webhook retries of before are dropped."""
        services = self.services
        services.restart(snapshot.seed)
        services.clock.set_offset(snapshot.offset)
        if snapshot.stands_at is not None:
            services.clock.stop(snapshot.stands_at)
        services.resume_chance(snapshot.dice)
        services.mint = Mint(snapshot.seed, dict(snapshot.counters))
        services.config = snapshot.config
        services.ledger.rows.extend(snapshot.truth)
        self._put_worlds(snapshot.world, snapshot.tiktok)

    def save(self, path: Path) -> None:
        """Write the snapshot beside the file, then rename: never half a state."""
        partial = path.with_suffix(path.suffix + ".part")
        partial.write_bytes(msgspec.json.encode(self.snapshot()))
        partial.replace(path)

    def load(self, path: Path) -> None:
        """Restore from a file."""
        self.restore(msgspec.json.decode(path.read_bytes(), type=Snapshot))

    def _put_worlds(self, world: World, tiktok: TikTokWorld) -> None:
        self.meta = Meta(self.services, world)
        self.tiktok = TikTok(self.services, tiktok)
        self.hosts.update(self.meta.hosts)
        self.hosts.update(self.tiktok.hosts)

    def _seed_worlds(self, *, empty: bool) -> None:
        self.meta.seeder.default_app()
        self.tiktok.seeder.default_client()
        if not empty:
            self.meta.seeder.cast()
            seed_inbox(self.meta.threads)
            self.tiktok.seeder.cast()
