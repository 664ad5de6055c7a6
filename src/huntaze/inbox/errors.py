"""What a person or a program is told when a wish cannot be taken. Nothing was stored then."""

from __future__ import annotations

from huntaze.kit.text import N_, Text


class InboxError(Exception):
    """The request was understood and refused. ``field`` is what is to be put right, if anything is."""

    status = 409
    code = "not_permitted"

    def __init__(self, message: Text, remedy: Text, field: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.remedy = remedy
        self.field = field


class NotPermitted(InboxError):
    """The platform, the account or the state of the comment does not allow it."""


class BadText(InboxError):
    """The text is empty or too long."""

    status = 422
    code = "invalid"


class UnderWay(InboxError):
    """The same, or something that would cross it, is being done already."""

    code = "under_way"

    def __init__(self) -> None:
        super().__init__(
            Text(N_("Something is being done with this comment already.")),
            Text(N_("Wait until that is finished, then try again.")),
        )


class TooLate(InboxError):
    """A decision that is not asked for any more."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__(
            Text(N_("This has gone on in the meantime.")), Text(N_("Reload the page to see where it stands."))
        )


class UnknownComment(InboxError):
    """No such comment, or nothing of the kind was asked for."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(Text(N_("There is no such comment.")), Text(N_("Check the address.")))
