"""How an account stands with the apps: connected, cut off, restricted."""

from dataclasses import dataclass

from socialsim.core import Core
from socialsim.meta.model import Account, Grant, Token, World
from socialsim.tiktok.model import Creator
from socialsim.ui.pieces import Tone


@dataclass(frozen=True, slots=True)
class Health:
    """In a few words."""

    words: str
    tone: Tone


_NOBODY = Health("No app connected", "")


def instagram_health(core: Core, now: float) -> dict[str, Health]:
    """Of every account, in one pass over the tokens."""
    world = core.meta.world
    alive: dict[tuple[str, str], bool] = {}
    for token in world.tokens.values():
        key = (token.app_id, token.user_id)
        alive[key] = alive.get(key, False) or lives(token, now)
    return {account.id: _of_account(world, account, alive) for account in world.accounts.values()}


def _of_account(world: World, account: Account, alive: dict[tuple[str, str], bool]) -> Health:
    if account.personal:
        return Health("Personal account", "")
    if account.restricted:
        return Health("Restricted", "bad")
    if account.checkpoint:
        return Health("Checkpoint", "warn")
    found = _NOBODY
    for grant in world.grants.values():
        if not _reaches(world, grant, account):
            continue
        person = world.people.get(grant.user_id)
        if person is not None and person.checkpoint:
            return Health("Checkpoint", "warn")
        name = world.apps[grant.app_id].name if grant.app_id in world.apps else grant.app_id
        if alive.get((grant.app_id, grant.user_id)):
            return Health(f"Connected to {name}", "good")
        found = Health(f"Cut off from {name}", "bad")
    return found


def _reaches(world: World, grant: Grant, account: Account) -> bool:
    """With Instagram Login the grant is the account's own, else it comes through a person's role on the Page."""
    if grant.user_id == account.id:
        return True
    person = world.people.get(grant.user_id)
    chosen = grant.page_ids is None or account.page_id in grant.page_ids
    return person is not None and account.page_id in person.roles and chosen


def lives(token: Token, now: float) -> bool:
    """Whether a token of Meta still opens anything."""
    return token.dead is None and (not token.expires_at or token.expires_at > now)


def tiktok_health(core: Core, creator: Creator, now: float) -> Health:
    """Of one creator."""
    world = core.tiktok.world
    if creator.gone:
        return Health("Banned or deleted", "bad")
    if creator.posting_banned:
        return Health("May not post", "bad")
    grants = [grant for grant in world.grants.values() if grant.creator_id == creator.id]
    if not grants:
        return _NOBODY
    names = [world.clients[grant.client_key].name for grant in grants if grant.client_key in world.clients]
    return Health(f"Connected to {', '.join(names)}", "good")
