"""How an account stands with the apps: connected, cut off, restricted."""

from dataclasses import dataclass

from socialsim.core import Core
from socialsim.meta.model import Account, Grant, Token
from socialsim.tiktok.model import Creator
from socialsim.ui.pieces import Tone


@dataclass(frozen=True, slots=True)
class Health:
    """In a few words."""

    words: str
    tone: Tone


_NOBODY = Health("No app connected", "")


class Connections:
    """Who is connected to which app on Meta's side, gathered in one pass over tokens and grants."""

    def __init__(self, core: Core, now: float) -> None:
        self._world = core.meta.world
        self._alive = {(token.app_id, token.user_id) for token in self._world.tokens.values() if lives(token, now)}
        self._by_page: dict[str, list[Grant]] = {}
        self._own: dict[str, list[Grant]] = {}
        for grant in self._world.grants.values():
            self._add(grant)

    def _add(self, grant: Grant) -> None:
        """With Instagram Login the grant is the account's own, else it comes through a person's role on a Page."""
        person = self._world.people.get(grant.user_id)
        if person is None:
            self._own.setdefault(grant.user_id, []).append(grant)
            return
        for page_id in person.roles:
            if grant.page_ids is None or page_id in grant.page_ids:
                self._by_page.setdefault(page_id, []).append(grant)

    def of(self, account: Account) -> Health:
        """One Instagram account."""
        if account.personal:
            return Health("Personal account", "")
        if account.restricted:
            return Health("Restricted", "bad")
        if account.checkpoint:
            return Health("Checkpoint", "warn")
        found = _NOBODY
        through_page = self._by_page.get(account.page_id, []) if account.page_id else []
        for grant in (*self._own.get(account.id, ()), *through_page):
            person = self._world.people.get(grant.user_id)
            if person is not None and person.checkpoint:
                return Health("Checkpoint", "warn")
            app = self._world.apps.get(grant.app_id)
            name = app.name if app is not None else grant.app_id
            if (grant.app_id, grant.user_id) in self._alive:
                return Health(f"Connected to {name}", "good")
            found = Health(f"Cut off from {name}", "bad")
        return found


def lives(token: Token, now: float) -> bool:
    """Whether a token of Meta still opens anything."""
    return token.dead is None and (not token.expires_at or token.expires_at > now)


def tiktok_health(core: Core, creator: Creator) -> Health:
    """Of one creator."""
    world = core.tiktok.world
    if creator.gone:
        return Health("Banned or deleted", "bad")
    if creator.posting_banned:
        return Health("May not post", "bad")
    names = [client.name for client in world.clients.values() if world.grant(client.key, creator.id) is not None]
    return Health(f"Connected to {', '.join(names)}", "good") if names else _NOBODY
