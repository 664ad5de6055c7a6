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
from huntaze.accounts.model import AccountRow, Addresses, Connected, GrantRow, Note, PendingGrant, QuotaRow
from huntaze.accounts.neighbours import Neighbours
from huntaze.accounts.service import Accounts
from huntaze.accounts.standing import Standing, standing
from huntaze.accounts.tasks import tasks
from huntaze.accounts.web import routes

__all__ = [
    "AccountRow",
    "AccountUnavailable",
    "Accounts",
    "AccountsError",
    "Addresses",
    "Apps",
    "CallKind",
    "Connected",
    "Go",
    "Governor",
    "GrantGone",
    "GrantRow",
    "Neighbours",
    "Note",
    "NothingChosen",
    "PendingGrant",
    "QuotaRow",
    "Standing",
    "StateRefused",
    "SwitchedOff",
    "Throttled",
    "Wait",
    "WebhookKeys",
    "router",
    "routes",
    "standing",
    "tasks",
]
