"""Connected accounts: signing in at a platform, sealed tokens, keeping them alive, health, disconnecting."""

from huntaze.accounts.api import router
from huntaze.accounts.apps import Apps, WebhookKeys
from huntaze.accounts.errors import (
    AccountsError,
    AccountUnavailable,
    GrantGone,
    NothingChosen,
    StateRefused,
    SwitchedOff,
    Throttled,
)
from huntaze.accounts.governor import CallKind, Go, Governor, Wait
from huntaze.accounts.model import AccountRow, AccountSpan, Addresses, Connected, GrantRow, Note, PendingGrant, QuotaRow
from huntaze.accounts.neighbours import FollowersOn, Mirrored, MirroredOf, Neighbours, Seen, Syncing
from huntaze.accounts.service import Accounts
from huntaze.accounts.standing import Standing, standing
from huntaze.accounts.tasks import tasks
from huntaze.accounts.web import routes

__all__ = [
    "AccountRow",
    "AccountSpan",
    "AccountUnavailable",
    "Accounts",
    "AccountsError",
    "Addresses",
    "Apps",
    "CallKind",
    "Connected",
    "FollowersOn",
    "Go",
    "Governor",
    "GrantGone",
    "GrantRow",
    "Mirrored",
    "MirroredOf",
    "Neighbours",
    "Note",
    "NothingChosen",
    "PendingGrant",
    "QuotaRow",
    "Seen",
    "Standing",
    "StateRefused",
    "SwitchedOff",
    "Syncing",
    "Throttled",
    "Wait",
    "WebhookKeys",
    "router",
    "routes",
    "standing",
    "tasks",
]
