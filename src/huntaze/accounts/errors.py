"""How the room says no. Every error brings its words for people."""

from __future__ import annotations

from datetime import datetime

from huntaze.accounts.model import AccountRow
from huntaze.kit.text import N_, Text


class AccountsError(Exception):
    """Something about accounts cannot be done."""

    def __init__(self, reason: Text, remedy: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.remedy = remedy


class AccountUnavailable(AccountsError):
    """Nobody can act for this account now: unknown (``account`` None), disconnected, or a person must connect again."""

    def __init__(self, account: AccountRow | None, reason: Text, remedy: Text) -> None:
        super().__init__(reason, remedy)
        self.account = account


class Throttled(AccountUnavailable):
    """The platform takes no calls for this account before ``until``: each one until then would lengthen the block."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            None,
            Text(N_("Too many calls: the network takes no more for this account for now.")),
            Text(N_("It goes on by itself when the network takes calls again. Other accounts go on meanwhile.")),
        )
        self.until = until


class SwitchedOff(AccountsError):
    """No developer app is known for this platform and login."""

    def __init__(self, platform: str, login: str) -> None:
        super().__init__(
            Text(N_("This network is switched off: no developer app is set up.")),
            Text(N_("Whoever runs this server enters the app's id and secret, then it can be connected.")),
        )
        self.platform = platform
        self.login = login


class StateRefused(AccountsError):
    """The callback brings a state that is missing, used, too old, or another browser session's."""

    def __init__(self) -> None:
        super().__init__(
            Text(N_("This sign-in does not belong to what you started here.")),
            Text(
                N_(
                    "A sign-in works once, for ten minutes, and only in the browser that began it. "
                    "Nothing was connected; start again."
                )
            ),
        )


class GrantGone(AccountsError):
    """The grant is unknown, wiped or over."""

    def __init__(self) -> None:
        super().__init__(
            Text(N_("This choice is no longer open.")),
            Text(N_("It was left for too long, or the account was disconnected since. Connect again.")),
        )


class NothingChosen(AccountsError):
    """None of the accounts that were found is among the chosen."""

    def __init__(self) -> None:
        super().__init__(Text(N_("Choose at least one account.")), Text(N_("Tick the accounts you want to use here.")))
