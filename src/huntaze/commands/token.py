"""`huntaze token create`: an API key."""

from huntaze.commands.failure import CommandFailed
from huntaze.commands.inside import inside, operator, workspace_id
from huntaze.identity import KEY_SCOPES, IdentityError
from huntaze.settings import Settings
from huntaze.wiring import House


def create(given: Settings, name: str, workspace: str | None) -> int:
    """Print a new key that may do all that keys may; it is shown this once. Without a workspace: the owner's."""
    wanted = workspace_id(workspace)

    async def make(house: House) -> str:
        actor = await operator(house, wanted)
        try:
            _, key = await house.identity.create_key(actor.workspace_id, name, KEY_SCOPES)
        except IdentityError as error:
            raise CommandFailed(
                f"such a key cannot be made: {error}", "give it a name of 1 to 100 characters"
            ) from None
        return key

    print(inside(given, make))
    return 0
