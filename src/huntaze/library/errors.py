"""Why a file was not taken, and what a person can do about it."""

from __future__ import annotations

from huntaze.kit.http import FetchError, FetchRefused
from huntaze.kit.text import N_, Text


class LibraryError(Exception):
    """The library cannot do what was asked. ``code`` is for programs, ``message`` and ``remedy`` are for people."""

    code = "library"
    status = 422
    """The HTTP status that says the same."""

    def __init__(self, message: Text, remedy: Text) -> None:
        super().__init__(str(message))
        self.message = message
        self.remedy = remedy


class TooLarge(LibraryError):
    """The file has more bytes than its kind may have."""

    code = "too_large"
    status = 413

    @classmethod
    def over(cls, max_bytes: int) -> TooLarge:
        """More than ``max_bytes`` bytes came."""
        return cls(
            Text(N_("The file is larger than %(megabytes)s MB."), {"megabytes": max_bytes // 1_000_000}),
            Text(N_("Export it smaller, or trim it, and add it again.")),
        )


class UnsupportedType(LibraryError):
    """The bytes are none of the kinds that can be posted, whatever the name says."""

    code = "unsupported_type"
    status = 415

    @classmethod
    def unknown(cls) -> UnsupportedType:
        """The first bytes are of no kind that is taken."""
        return cls(
            Text(N_("This is not a picture or video that can be posted.")),
            Text(N_("Use JPEG, PNG, WebP, HEIC or GIF for pictures and MP4 or MOV for videos.")),
        )


class Unreadable(LibraryError):
    """The file claims a kind that is taken, but cannot be read as one."""

    code = "unreadable"


class FetchNotAllowed(LibraryError):
    """The address may not be asked; nothing was sent to it."""

    code = "fetch_refused"


class FetchBroken(LibraryError):
    """The address was asked and gave no usable file."""

    code = "fetch_failed"


class AssetInUse(LibraryError):
    """The file is part of something that still needs it."""

    code = "in_use"
    status = 409


class BadUpload(LibraryError):
    """The request holds no file, or broke off."""

    code = "bad_upload"
    status = 400

    @classmethod
    def no_file(cls) -> BadUpload:
        """The request is no multipart upload with a file in it."""
        return cls(
            Text(N_("The upload holds no file, or broke off.")),
            Text(N_("Send the file again, as the field “file” of a multipart form.")),
        )


class AssetNotReady(LibraryError):
    """The file is not there, or cannot be used yet."""

    code = "not_ready"
    status = 409


class NotStored(LibraryError):
    """The place where files are kept cannot take this one now. Nothing of it is kept."""

    code = "store_unavailable"
    status = 503

    @classmethod
    def now(cls) -> NotStored:
        """It does not answer, or refuses us."""
        return cls(
            Text(N_("The place where files are kept cannot be written at the moment.")),
            Text(N_("Try again in a moment. If it stays so, whoever runs this server sees why with “huntaze doctor”.")),
        )


class NoRoom(NotStored):
    """The disk is full."""

    code = "no_room"
    status = 507

    @classmethod
    def now(cls) -> NoRoom:
        """It may be written, but has no room left."""
        return cls(
            Text(N_("There is no room left for files on this server.")),
            Text(N_("Whoever runs it must make room (MEDIA_STORE and HUNTAZE_HOME); then add the file again.")),
        )


def fetch_error(error: FetchError) -> LibraryError:
    """The library's word for a fetch that gave nothing."""
    kind = FetchNotAllowed if isinstance(error, FetchRefused) else FetchBroken
    return kind(
        Text(N_("The file could not be fetched: %(reason)s."), {"reason": error.reason}),
        Text(N_("What helps: %(remedy)s."), {"remedy": error.remedy}),
    )
