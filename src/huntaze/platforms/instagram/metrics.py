"""Which figures there are, by kind of post and for accounts, as data (the tables of instagram.md §4.4 and §4.5).

Metrics that err unless a post is shared to Facebook too (``crossposted_views``, ``facebook_views``) are not asked: one
of them fails a whole call.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FEED, REELS, STORY = "FEED", "REELS", "STORY"

EVERY_POST = ("views", "reach", "likes", "comments", "saved", "shares", "total_interactions", "reposts")
"""What posts of every kind have, but for stories."""
EVERY_SURFACE = ("total_views", "total_likes", "total_comments")
"""Instagram and Facebook together; by Facebook Login only."""
OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        FEED: ("follows", "profile_visits", "profile_activity"),
        REELS: ("ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate"),
    }
)
"""What only one kind has. Watch times are milliseconds, the skip rate is per cent."""
STORIES = (
    *("views", "reach", "shares", "total_interactions", "reposts", "follows", "profile_visits", "profile_activity"),
    *("replies", "navigation"),
)
NAVIGATION, NAVIGATION_DIMENSION = "navigation", "story_navigation_action_type"

TOLD = MappingProxyType({"impressions": "views", "reach": "reach", "replies": "replies"})
TOLD_WAYS = MappingProxyType({"taps_forward": "tap_forward", "taps_back": "tap_back", "exits": "tap_exit"})
"""The webhook of an ended story still uses retired names (§6.7): today's, and the ways out of it."""

BY_KIND = ("views", "reach", "total_interactions", "likes", "comments", "shares", "saves")
"""Account totals that are told by kind of post as well."""
KIND_DIMENSION = "media_product_type"
PLAIN_TOTALS = ("accounts_engaged", "replies", "reposts", "profile_links_taps")
FOLLOWS, FOLLOWS_DIMENSION = "follows_and_unfollows", "follow_type"
REACH, FOLLOWER_CHANGE, ONLINE = "reach", "follower_count", "online_followers"
HOUR = "hour"
"""Our own word for the dimension of ``online_followers``: the hour of the platform's day, 0 to 23."""
PEOPLE = ("follower_demographics", "engaged_audience_demographics")
PEOPLE_DIMENSIONS = ("age", "gender", "city", "country")
PEOPLE_TIMEFRAME = "this_month"
