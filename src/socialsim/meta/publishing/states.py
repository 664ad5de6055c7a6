"""Where a container stands: a matter of time alone, never of being asked (instagram.md §3.1)."""

from socialsim.meta import errors
from socialsim.meta.errors import Problem
from socialsim.meta.model import Container

LIFETIME = 86400.0
_VIDEOS = frozenset({"VIDEO", "REELS", "STORIES"})
_DOWNLOAD_FAILED = "2207077"
_ANSWERS = {"2207057": errors.THUMB_OFFSET, "2207026": errors.VIDEO_FORMAT}
"""What publishing a dead container answers when the reason has a row of its own (§3.7)."""


def status_code(container: Container, now: float) -> str:
    """The state at an instant."""
    if container.media_id:
        return "PUBLISHED"
    if container.failed_at is not None and now >= container.failed_at:
        return "ERROR"
    if now >= container.created_at + LIFETIME:
        return "EXPIRED"
    if container.ready_at is not None and now >= container.ready_at:
        return "FINISHED"
    return "IN_PROGRESS"


def status_text(container: Container, now: float) -> str:
    """The human ``status`` beside the code; a failure's number is only in its text (T12)."""
    match status_code(container, now):
        case "PUBLISHED":
            return "Published: Media has been successfully published."
        case "FINISHED":
            return "Finished: Media has been uploaded and it is ready to be published."
        case "EXPIRED":
            return "Expired: The container was not published within 24 hours."
        case "ERROR" if container.failure == _DOWNLOAD_FAILED:
            return "Error: Media download has failed. The media URI could not be read, error code 2207077"
        case "ERROR":
            return f"Error: Media upload has failed with error code {container.failure}"
        case _:
            return "In Progress: Media is still being processed."


def copyright_check(container: Container, now: float, *, matches: bool) -> dict[str, object]:
    """``copyright_check_status``: videos only are checked, while they are processed."""
    state = status_code(container, now)
    if container.kind not in _VIDEOS or (state == "IN_PROGRESS" and container.ready_at is None):
        return {"status": "not_started", "matches_found": False}
    status = {"IN_PROGRESS": "in_progress", "ERROR": "error"}.get(state, "completed")
    return {"status": status, "matches_found": matches and status == "completed"}


def refusal(container: Container) -> Problem:
    """What publishing a container in ERROR answers."""
    return _ANSWERS.get(container.failure, errors.MEDIA_UNKNOWN)
