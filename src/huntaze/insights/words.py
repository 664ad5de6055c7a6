"""What figures are called, and how they are said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from babel import dates

from huntaze.kit.text import N_
from huntaze.platforms.contract import Missing
from huntaze.ui.i18n import _, number, percent, speaker

_METRICS = {
    "views": N_("Views"),
    "reach": N_("Reach"),
    "likes": N_("Likes"),
    "comments": N_("Comments"),
    "saved": N_("Saves"),
    "shares": N_("Shares"),
    "total_interactions": N_("Interactions"),
    "reposts": N_("Reposts"),
    "replies": N_("Replies"),
    "follows": N_("New followers"),
    "profile_visits": N_("Profile visits"),
    "profile_activity": N_("Taps in the profile"),
    "navigation": N_("Taps in the story"),
    "ig_reels_avg_watch_time": N_("Average watch time"),
    "ig_reels_video_view_total_time": N_("Watch time in all"),
    "reels_skip_rate": N_("Skipped at once"),
}
_KINDS = {
    "post": N_("Photos"),
    "feed": N_("Posts"),
    "reel": N_("Reels"),
    "reels": N_("Reels"),
    "carousel_container": N_("Carousels"),
    "story": N_("Stories"),
    "ad": N_("Ads"),
    "igtv": N_("Long videos"),
}
_ONE_OF = {
    "feed": N_("Post"),
    "reels": N_("Reel"),
    "story": N_("Story"),
    "ad": N_("Ad"),
}
_MISSING = {
    Missing.NOT_YET: N_("No figures yet"),
    Missing.FEW: N_("Too few people: the network tells no figures"),
    Missing.TOO_OLD: N_("Older than the professional account: the network keeps no figures"),
}
_MILLISECONDS = frozenset({"ig_reels_avg_watch_time", "ig_reels_video_view_total_time"})
_PER_CENT = frozenset({"reels_skip_rate"})
NONE = "–"  # noqa: RUF001  the sign for what is not there


def metric_name(metric: str) -> str:
    """What a figure is called; one that is new to us by the platform's own name."""
    return _(_METRICS[metric]) if metric in _METRICS else metric.replace("_", " ")


def knows(metric: str) -> bool:
    """Whether a figure has a name of ours."""
    return metric in _METRICS


def kind_name(kind: str) -> str:
    """What a kind of posts is called; the platform's set is open."""
    return _(_KINDS[kind.lower()]) if kind.lower() in _KINDS else kind.replace("_", " ").capitalize()


def one_of(kind: str) -> str:
    """What one post of a kind is called."""
    return _(_ONE_OF[kind.lower()]) if kind.lower() in _ONE_OF else kind_name(kind)


def missing(note: str) -> str:
    """Why there is no figure; empty where there is nothing to say."""
    return _(_MISSING[Missing(note)]) if note in _MISSING else ""


def figure(metric: str, value: float | None) -> str:
    """A figure with its unit."""
    if value is None:
        return NONE
    if metric in _MILLISECONDS:
        return _duration(value / 1000)
    if metric in _PER_CENT:
        return percent(value / 100)
    return number(round(value))


def change(share: float) -> str:
    """By how much something grew, with its sign: +12%."""
    sign = "+" if share > 0 else "\u2212" if share < 0 else "±"
    return sign + percent(abs(share), 0 if abs(share) >= 0.1 else 1)


def day_name(on: date) -> str:
    """A calendar day of the platform, without the year: Tue, Nov 24."""
    return dates.format_skeleton("MMMEd", datetime.combine(on, time(12)), locale=speaker().babel)


def weekday_name(weekday: int) -> str:
    """Mon to Sun; 0 is Monday."""
    return str(dates.get_day_names("abbreviated", locale=speaker().babel)[weekday])


def hour_name(hour: int) -> str:
    """The hour of the day as people write it: 6 PM or 18 h."""
    locale = speaker().babel
    skeleton = "H" if "H" in str(locale.time_formats["short"]) else "h"
    told = dates.format_skeleton(skeleton, datetime(2000, 1, 1, hour % 24, tzinfo=UTC), locale=locale)
    return told.replace("\u202f", " ")


def _duration(seconds: float) -> str:
    if seconds < 60:
        return _("{n} s").format(n=number(round(seconds, 1)))
    if seconds < 3600:
        return _("{n} min").format(n=number(round(seconds / 60, 1)))
    return _("{n} h").format(n=number(round(seconds / 3600)))
