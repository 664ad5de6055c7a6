"""Load on a webhook receiver, or on the simulator itself: requests made ready beforehand, sent over raw sockets by one
thread, and a ledger of what was acknowledged. The generator costs the machine little beside what it measures.
"""

from socialsim.fire.ledger import Ledger
from socialsim.fire.shots import Shot, asked, meta_shots, posted, tiktok_shots
from socialsim.fire.volley import at_rate, fire

__all__ = ["Ledger", "Shot", "asked", "at_rate", "fire", "meta_shots", "posted", "tiktok_shots"]
