"""`huntaze owner link`: the way in for the owner."""

from huntaze.commands.inside import inside
from huntaze.settings import Settings
from huntaze.wiring import House


def link(given: Settings) -> int:
    """Print a one-time address, alive for an hour: it signs the owner in, or makes the first one."""

    async def make(house: House) -> str:
        return await house.identity.owner_link(house.settings.public_url)

    print(inside(given, make))
    return 0
