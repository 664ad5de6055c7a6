"""When a publication is due, prepared and looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import PostType
from huntaze.publishing.errors import Fault, Invalid
from huntaze.publishing.timings import Timings

PAST_SLACK = timedelta(minutes=1)
"""A time this little in the past means now (a form takes a while to fill in)."""
FAR = timedelta(days=366)

Plan = tuple[datetime | None, datetime | None, datetime | None]
"""(due_at, prepare_from, next_check_at)"""

UNPLANNED: Plan = (None, None, None)


def plan(due_at: datetime | None, now: datetime, has_video: bool, timings: Timings) -> Plan:
    """The plan for ``due_at`` (None: now). Videos are prepared earlier than photos. Raises ``Invalid`` for the past."""
    due = due_at or now
    if due < now - PAST_SLACK:
        raise _wrong_time(N_("This time has passed."), N_("Choose a time in the future, or publish now."))
    if due > now + FAR:
        raise _wrong_time(N_("This time is more than a year away."), N_("Choose a time within a year."))
    return plan_at(max(due, now), now, has_video, timings)


def plan_at(due_at: datetime, now: datetime, has_video: bool, timings: Timings) -> Plan:
    """The plan for ``due_at`` whenever that is: what is late is looked at now, and held if it is too late."""
    ahead = timings.prepare_video if has_video else timings.prepare_image
    prepare_from = max(now, due_at - ahead)
    return (due_at, prepare_from, prepare_from)


def in_zone(wall: datetime, zone: str) -> datetime:
    """A wall-clock time of a zone. A time that the clock skips moves on by the gap, a repeated one is the first."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0)


def is_video(post_type: PostType, kinds: list[str]) -> bool:
    """Whether preparing takes as long as a video does."""
    return post_type in (PostType.REELS, PostType.VIDEO) or "video" in kinds


def _wrong_time(message: str, remedy: str) -> Invalid:
    fault = Fault("scheduledAt", Text(message), Text(remedy))
    return Invalid(fault.message, fault.remedy, (fault,))
