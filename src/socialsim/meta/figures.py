"""The numbers of one medium at an instant: they only grow, and agree with its likes and comments."""

import math

from socialsim.meta.dice import Dice
from socialsim.meta.model import Media

Figure = int | float
_HOUR = 3600.0
_SHARE_OF_FOLLOWERS = {"REELS": (0.3, 1.6), "STORY": (0.05, 0.12)}
_RIPENING = {"REELS": 110 * _HOUR, "STORY": 7 * _HOUR}
_NO_REPLIES = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "JP", "LT"),
        *("LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""The EU and Japan: story replies read 0 there (§4.4)."""

BREAKDOWNS: dict[str, tuple[tuple[str, float], ...]] = {
    "action_type": (
        ("BIO_LINK_CLICKED", 0.62),
        ("CALL", 0.04),
        ("DIRECTION", 0.08),
        ("EMAIL", 0.12),
        ("OTHER", 0.1),
        ("TEXT", 0.04),
    ),
    "story_navigation_action_type": (
        ("TAP_FORWARD", 0.7),
        ("TAP_BACK", 0.08),
        ("TAP_EXIT", 0.12),
        ("SWIPE_FORWARD", 0.1),
    ),
}
"""Usual shares of the documented values."""


def figures(
    seed: int, media: Media, *, followers: int, country: str, now: float, reach_lag: float, replies: int = 0
) -> dict[str, Figure]:
    """Every metric by name, whether or not the product type offers it. Times are epoch seconds, lags seconds.

    ``replies`` are those that really came to a story; more come from people who are not part of this world.
    """
    dice = Dice(seed, media.id)
    seen = _seen(dice, media, followers, now)
    views = int(seen * dice.draw(2, 1.15, 1.6))
    reach = int(_seen(dice, media, followers, now - (0 if media.product == "STORY" else reach_lag)))
    saved = media.saves + int(seen * dice.draw(3, 0.004, 0.024))
    shares = media.shares + int(seen * dice.draw(4, 0.003, 0.018))
    reposts = media.reposts + int(seen * dice.draw(5, 0.0005, 0.0025))
    visits = int(seen * dice.draw(6, 0.01, 0.04))
    if media.product == "STORY":
        saved = 0
        replies = 0 if country in _NO_REPLIES else replies + int(seen * dice.draw(7, 0.002, 0.012))
    watch = int(dice.draw(8, 2500, 11_500))
    elsewhere = int(views * dice.draw(9, 0.1, 0.4)) if media.on_facebook else 0
    return {
        "views": views,
        "reach": reach,
        "likes": media.likes,
        "comments": media.comment_count,
        "saved": saved,
        "shares": shares,
        "reposts": reposts,
        "replies": replies,
        "total_interactions": media.likes + media.comment_count + saved + shares + reposts + replies,
        "follows": int(seen * dice.draw(10, 0.0005, 0.0025)),
        "profile_visits": visits,
        "profile_activity": int(visits * dice.draw(11, 0.05, 0.18)),
        "navigation": int(views * dice.draw(12, 0.8, 1.3)),
        "ig_reels_avg_watch_time": watch,
        "ig_reels_video_view_total_time": watch * views,
        "reels_skip_rate": round(dice.draw(13, 18, 62), 1),
        "facebook_views": elsewhere,
        "crossposted_views": views + elsewhere,
        "total_views": views + elsewhere,
        "total_likes": media.likes + elsewhere // 60,
        "total_comments": media.comment_count + elsewhere // 900,
    }


def _seen(dice: Dice, media: Media, followers: int, now: float) -> float:
    """How many people have seen it: quickly at first, then ever more slowly; those who liked it among them."""
    low, high = _SHARE_OF_FOLLOWERS.get(media.product, (0.18, 0.45))
    age = max(0.0, now - media.timestamp)
    grown = 1 - math.exp(-age / _RIPENING.get(media.product, 40 * _HOUR))
    return followers * dice.draw(0, low, high) * grown + media.likes * dice.draw(1, 2, 5)
