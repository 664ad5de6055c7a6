"""Who is told what: fields of each login and the conditions of delivery (instagram.md §6.1, §6.5)."""

from typing import Literal

from msgspec import Struct

from socialsim.kernel.config import AccountConfig
from socialsim.meta.model import Account, App, Subscription, World

Login = Literal["facebook", "instagram"]
Product = Literal["instagram", "page"]
Branch = Literal["changes", "messaging", "standby"]

CHANGES_FIELDS = frozenset({"comments", "live_comments", "mentions", "story_insights"})
_OF_FACEBOOK_LOGIN = frozenset({"mentions", "story_insights", "messaging_policy_enforcement", "response_feedback"})
_OF_INSTAGRAM_LOGIN = frozenset({"messaging_optins"})
_NEED_ADVANCED_ACCESS = frozenset({"comments", "live_comments"})
_NEED_PUBLIC_ACCOUNT = frozenset({"comments", "live_comments", "mentions"})
_OTHER_NAMES = {"message_edit": "message_edits"}
"""Some lists of the platform have the plural."""
_PAGE_NAMES = {
    "message_edit": "message_edits",
    "messaging_referral": "messaging_referrals",
    "messaging_handover": "messaging_handovers",
    "messaging_seen": "message_reads",
}
"""What the Page product calls them."""


class Receiver(Struct, frozen=True):
    """An app that hears of an account, through which login, and where its events go."""

    app: App
    login: Login
    product: Product
    subscription: Subscription


def branch_of(field: str) -> Branch:
    """Where in an entry a field's events stand."""
    return "changes" if field in CHANGES_FIELDS else "messaging"


def receivers(world: World, account: Account, field: str, settings: AccountConfig) -> list[Receiver]:
    """Every app that is to hear of that field: switched on for the account, Live, subscribed, allowed."""
    if not _account_tells(field, settings):
        return []
    page = world.pages.get(account.page_id)
    switched: list[tuple[str, Login]] = [(app_id, "facebook") for app_id in (page.subscribed if page else ())]
    switched += [(app_id, "instagram") for app_id in account.subscribed]
    found = (_receiver(world.apps[app_id], login, field) for app_id, login in switched)
    return [receiver for receiver in found if receiver is not None]


def _account_tells(field: str, settings: AccountConfig) -> bool:
    if branch_of(field) == "messaging" and not settings.messages_allowed:
        return False
    return settings.public or field not in _NEED_PUBLIC_ACCOUNT


def _receiver(app: App, login: Login, field: str) -> Receiver | None:
    if not app.live or (field in _NEED_ADVANCED_ACCESS and not app.advanced_access):
        return None
    if field in (_OF_INSTAGRAM_LOGIN if login == "facebook" else _OF_FACEBOOK_LOGIN):
        return None
    offers: tuple[tuple[Product, set[str]], ...] = (
        ("instagram", _unlocked_by(field, login)),
        ("page", {field, _PAGE_NAMES.get(field, field)} if branch_of(field) == "messaging" else set()),
    )
    for product, names in offers:
        subscription = app.subscriptions.get(product)
        if subscription is not None and hears(subscription, names):
            return Receiver(app, login, product, subscription)
    return None


def _unlocked_by(field: str, login: Login) -> set[str]:
    """Echoes belong to ``messages`` on the Messenger platform and are a field of their own with Instagram Login."""
    if field == "message_echoes" and login == "facebook":
        return {"messages"}
    return {field, _OTHER_NAMES.get(field, field)}


def hears(subscription: Subscription, names: set[str]) -> bool:
    """Whether a subscription is in force and holds one of the names."""
    return subscription.active and not names.isdisjoint(subscription.fields)


def stands_by(receiver: Receiver) -> bool:
    """Whether it wants to hear what is said while another app owns the conversation."""
    return hears(receiver.subscription, {"standby"})
