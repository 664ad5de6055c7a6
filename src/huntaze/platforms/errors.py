"""How platforms fail, sorted by what the caller should do.

    PlatformError
    ├── Later           retry by itself, perhaps at a given time
    ├── Reconnect       a person must act on the account
    ├── Rejected        the content or a permission is refused: show why, which file, what to do
    │   └── AlreadyDone taken once only, and it was done before or may not be done any more
    ├── Unsupported     the platform or login cannot do this at all
    └── UnknownOutcome  sent, no answer: look before sending again

Each platform maps its wire in one place (its ``errors.py``), by numeric code and subcode, never by English text.
"""

from __future__ import annotations

from datetime import timedelta

from huntaze.kit.text import N_, Text


class PlatformError(Exception):
    """The platform could not do what was asked."""

    def __init__(
        self,
        message: Text,
        remedy: Text,
        *,
        platform: str,
        code: str = "",
        subcode: str = "",
        trace_id: str = "",
        file: int | None = None,
        raw: str = "",
    ) -> None:
        super().__init__(str(message))
        self.message = message
        self.remedy = remedy
        self.platform = platform
        self.code = code
        self.subcode = subcode
        self.trace_id = trace_id
        self.file = file
        """Index of the media item that is to blame, if one is."""
        self.raw = raw
        """The body as it came, shortened; it never holds a token."""


class Later(PlatformError):
    """It will pass: try again, not before ``after`` if the platform named a time.

    ``sent`` is False when not one byte of the request left, which makes even an irreversible call safe to repeat.
    ``same_artefact`` says that what was prepared stays usable.
    """

    def __init__(
        self,
        message: Text,
        remedy: Text,
        *,
        platform: str,
        after: timedelta | None = None,
        sent: bool = True,
        same_artefact: bool = True,
        code: str = "",
        subcode: str = "",
        trace_id: str = "",
        file: int | None = None,
        raw: str = "",
    ) -> None:
        super().__init__(
            message, remedy, platform=platform, code=code, subcode=subcode, trace_id=trace_id, file=file, raw=raw
        )
        self.after = after
        self.sent = sent
        self.same_artefact = same_artefact


class Reconnect(PlatformError):
    """The token or the permission behind it is gone; a person must connect again or act at the platform."""


class Rejected(PlatformError):
    """The platform refuses this content or this request for good."""


class AlreadyDone(Rejected):
    """The platform takes this once only: it was done before, or may not be done any more. It does not say which."""


class Unsupported(PlatformError):
    """The platform cannot do this; ask its limits first."""


class UnknownOutcome(PlatformError):
    """The request left and no clear answer came: it may have happened."""


def unreachable(platform: str, reason: str) -> Later:
    """No byte of the request was written (name not found, connection or TLS refused)."""
    return Later(
        Text(N_("The platform cannot be reached right now.")),
        Text(N_("Nothing was sent. We try again by ourselves.")),
        platform=platform,
        sent=False,
        raw=reason,
    )


def no_answer(platform: str, reason: str) -> UnknownOutcome:
    """The request left, then the connection broke or the time ran out."""
    return UnknownOutcome(
        Text(N_("The platform did not answer.")),
        Text(N_("It may still have happened: we look before anything is sent again.")),
        platform=platform,
        raw=reason,
    )
