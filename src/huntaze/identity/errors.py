"""How identity says no."""

from __future__ import annotations

from datetime import datetime

from huntaze.kit.text import Text


class IdentityError(Exception):
    """Identity says no."""


class NotSignedIn(IdentityError):
    """No live session and no valid key."""


class Forbidden(IdentityError):
    """Known, but not allowed to do this."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"not allowed: {verb}")
        self.verb = verb


class ForgedRequest(IdentityError):
    """A change asked without this session's form token, or from a foreign site."""


class TooMany(IdentityError):
    """Asked too often; ``wait`` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"asked too often, wait {wait} s")
        self.wait = wait


class WrongPassword(IdentityError):
    """No such person or another password: nobody is told which."""


class Locked(IdentityError):
    """Too many failures under this name or from this address."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"locked until {until.isoformat()}")
        self.until = until


class LinkSpent(IdentityError):
    """The one-time link was used, is too old or never was ours."""


class AlreadyOwned(IdentityError):
    """Somebody owns this installation already."""


class BadInput(IdentityError):
    """What was entered cannot be taken; ``faults`` names each field with the reason."""

    def __init__(self, faults: dict[str, Text]) -> None:
        super().__init__(", ".join(sorted(faults)))
        self.faults = faults
