"""Moments on a page: written by the server in the viewer's zone, kept fresh by the browser."""

from datetime import UTC, datetime

from htpy import Element, Renderable, time

from huntaze.ui import i18n

_local_time = Element("local-time")
_relative_time = Element("relative-time")


def local_time(when: datetime, *, day: bool = True, year: bool = False) -> Renderable:
    """Day and time in the viewer's zone, or the time alone; with ``year`` for what may be long ago. The tooltip tells
    seconds and zone, and the browser's own time where that differs.
    """
    words = (i18n.dated_moment(when) if year else i18n.moment(when)) if day else i18n.clock_time(when)
    return _local_time[time(datetime=_iso(when), title=i18n.full_moment(when))[words]]


def relative_time(when: datetime, now: datetime) -> Renderable:
    """“3 minutes ago”, counted on by the browser; the tooltip tells the moment."""
    return _relative_time[time(datetime=_iso(when), title=i18n.full_moment(when))[i18n.relative(when, now)]]


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
