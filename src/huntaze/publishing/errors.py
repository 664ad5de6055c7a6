"""What a person or a program is told when a post cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huntaze.kit.text import N_, Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and the field where it is put right."""

    field: str
    message: Text
    remedy: Text
    file: int | None = None


class PublishingError(Exception):
    """The request was understood and refused; nothing was stored."""

    status = 422
    code = "invalid"

    def __init__(self, message: Text, remedy: Text, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(str(message))
        self.message = message
        self.remedy = remedy
        self.faults = faults


class Invalid(PublishingError):
    """The post breaks a limit of its network, or asks for something impossible."""


def invalid(field: str, message: str, remedy: str, values: Mapping[str, str | int] | None = None) -> Invalid:
    """One thing that is wrong with one field; ``values`` fill the message."""
    fault = Fault(field, Text(message, values or {}), Text(remedy))
    return Invalid(fault.message, fault.remedy, (fault,))


class UnsupportedType(PublishingError):
    """A kind of post that is not offered here."""

    code = "unsupported"


class Duplicate(PublishingError):
    """The content guard: the same post on the same account within a day."""

    status = 409
    code = "duplicate"

    def __init__(self, post_id: str) -> None:
        super().__init__(
            Text(N_("The same post is already planned or published on this account within a day.")),
            Text(N_("Open that post, change this one, or allow the duplicate explicitly.")),
        )
        self.post_id = post_id


class TooLate(PublishingError):
    """The publication has gone further than this change allows."""

    status = 409
    code = "too_late"

    def __init__(self) -> None:
        super().__init__(
            Text(N_("This post has gone too far for that.")), Text(N_("Reload the page to see where it stands."))
        )


class Conflict(PublishingError):
    """Somebody else saved in between."""

    status = 409
    code = "conflict"

    def __init__(self) -> None:
        super().__init__(
            Text(N_("Somebody else saved this post in the meantime.")),
            Text(N_("Reload it and make your change again; your text is kept on this page.")),
        )


class UnknownPost(PublishingError):
    """No such post here."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(Text(N_("There is no such post.")), Text(N_("Check the address.")))


class KeyReused(PublishingError):
    """An Idempotency-Key that stands for another body."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            Text(N_("This Idempotency-Key was used with another body.")),
            Text(N_("Use a new key for a new request.")),
        )


class KeyRunning(PublishingError):
    """The first request with this Idempotency-Key is not finished."""

    status = 409
    code = "idempotency_key_running"

    def __init__(self) -> None:
        super().__init__(
            Text(N_("The first request with this Idempotency-Key is still running.")),
            Text(N_("Wait a moment and ask again with the same key.")),
        )
