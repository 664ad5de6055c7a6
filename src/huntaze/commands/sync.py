"""`huntaze sync`: have accounts read whole from their platforms, by the worker."""

import sys
from uuid import UUID

from huntaze.commands.failure import CommandFailed
from huntaze.commands.inside import inside, operator, workspace_id
from huntaze.crm import Asking
from huntaze.kit.jobs import workers_seen
from huntaze.settings import Settings
from huntaze.wiring import House

_REMEDY = "copy its id from GET /api/v1/accounts, or leave --account out for all of them"


def run(given: Settings, account: str | None, workspace: str | None) -> int:
    """Ask for one account, or for all of a workspace (the owner's), and name them."""
    wanted = None if account is None else _id(account)
    of = workspace_id(workspace)

    async def ask(house: House) -> tuple[list[str], bool]:
        actor = await operator(house, of)
        asked = await Asking(house.database, house.accounts, house.mirror).ask(actor.workspace_id, wanted)
        if wanted is not None and not asked:
            raise CommandFailed(f"there is no account {account}", _REMEDY)
        async with house.database.transaction() as tx:
            workers = await workers_seen(tx, house.clock.now())
        return [f"@{one.username}" for one in asked], bool(workers.alive)

    names, at_work = inside(given, ask)
    print(f"to be read: {', '.join(names)}" if names else "no account is connected")
    if names and not at_work:
        print("no worker is running: it begins with `huntaze work`", file=sys.stderr)
    return 0


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CommandFailed(f"{text} is not an account's id", _REMEDY, status=2) from None
