"""The kernel's parts in one hand: what platforms, control plane and UI are given."""

import random
from pathlib import Path

from socialsim.kernel.blobs import Blobs
from socialsim.kernel.calls import CallBook
from socialsim.kernel.clock import VirtualClock
from socialsim.kernel.config import Config
from socialsim.kernel.deliveries import Postman
from socialsim.kernel.faults import Faults
from socialsim.kernel.fetching import Download, Fetcher
from socialsim.kernel.ids import Mint
from socialsim.kernel.ledger import Ledger
from socialsim.kernel.probing import Prober
from socialsim.kernel.timers import Timers


class Services:
    """One simulator's clock, ids, ledger, books, rules and carriers. ``home`` is its own address once it listens."""

    def __init__(self, seed: int, media_folder: Path | None) -> None:
        self.home = ""
        self.clock = VirtualClock()
        self.timers = Timers(self.clock)
        self.blobs = Blobs(media_folder)
        self.prober = Prober(self.blobs)
        self.fetcher = Fetcher()
        self.postman = Postman(self.clock, self.timers, lambda: self.config.webhooks.timeout)
        self.calls = CallBook()
        self.faults = Faults()
        self.ledger = Ledger(self.clock)
        self.restart(seed)

    def restart(self, seed: int) -> None:
        """Forget what happened: ids, ledger, counts, rules, waiting work and the clock's offset."""
        self.seed = seed
        self.mint = Mint(seed)
        self.dice = random.Random(seed)
        self.config = Config()
        self.ledger.rows.clear()
        self.calls.clear()
        self.faults.clear()
        self.timers.clear()
        self.postman.log.clear()
        self.clock.reset()

    async def fetch(self, url: str) -> Download:
        """Ask for media as the knobs say; raises ``FetchFailed``."""
        config = self.config
        return await self.fetcher.open(
            url, strict=config.strict_media, timeout=config.fetch_timeout, robots=config.robots
        )

    def chance(self) -> list[int]:
        """The state of the dice, for :meth:`resume_chance`."""
        _, words, _ = self.dice.getstate()
        return list(words)

    def resume_chance(self, words: list[int]) -> None:
        """Throw on from a state; an empty one leaves the dice as the seed made them."""
        if words:
            version, _, gauss = self.dice.getstate()
            self.dice.setstate((version, tuple(words), gauss))

    async def close(self) -> None:
        """Let go of connections and files."""
        await self.fetcher.close()
        await self.postman.close()
        self.blobs.close()
