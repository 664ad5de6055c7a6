"""The guided set-up inside the dialog: become professional, get a Page, link both (instagram.md §1.1)."""

import json
from collections.abc import Mapping

from socialsim.kernel.services import Services
from socialsim.meta.model import Account, Page, Person, World

CHANNEL = "IG_API_ONBOARDING"
_TASKS = ("MANAGE", "CREATE_CONTENT", "MODERATE", "MESSAGING", "ADVERTISE", "ANALYZE")


def wanted(params: Mapping[str, str]) -> bool:
    """Whether the app asked for it: ``display=page`` and ``extras={"setup":{"channel":"IG_API_ONBOARDING"}}``."""
    try:
        extras = json.loads(params.get("extras") or "{}")
    except (ValueError, RecursionError):
        return False
    setup = extras.get("setup") if isinstance(extras, dict) else None
    return params.get("display") == "page" and isinstance(setup, dict) and setup.get("channel") == CHANNEL


class SetUp:
    """What a person may still do to reach an Instagram account through a Page."""

    def __init__(self, services: Services, world: World, person: Person) -> None:
        self._services = services
        self._world = world
        self._person = person

    def linked(self) -> list[Account]:
        """Professional accounts behind the person's Pages."""
        return [account for account in self._behind() if not account.personal]

    def personal(self) -> list[Account]:
        """Accounts that have to become professional first."""
        return [account for account in self._behind() if account.personal]

    def without_page(self) -> list[Account]:
        """Professional accounts that no Page is linked to."""
        return [account for account in self._world.accounts.values() if not account.personal and not account.page_id]

    def convert(self, account_id: str) -> bool:
        """Make a personal account professional; False, and nothing happens, to any other."""
        account = next((one for one in self.personal() if one.id == account_id), None)
        if account is None:
            return False
        account.personal = False
        account.page_id = next(
            page_id for page_id in self._person.roles if self._world.pages[page_id].instagram_id == account_id
        )
        account.professional_since = self._services.clock.epoch()
        return True

    def link(self, account_id: str) -> bool:
        """Make a Page for an account that has none: a Page has one account, an account one Page (§1.4)."""
        account = next((one for one in self.without_page() if one.id == account_id), None)
        if account is None:
            return False
        page = Page(self._services.mint.id("1011", 15), account.name, instagram_id=account.id)
        self._world.pages[page.id] = page
        self._person.roles[page.id] = list(_TASKS)
        account.page_id = page.id
        return True

    def _behind(self) -> list[Account]:
        pages = (self._world.pages[page_id] for page_id in self._person.roles)
        return [self._world.accounts[page.instagram_id] for page in pages if page.instagram_id]
