"""Which metric a medium has, by its product type (the table of instagram.md §4.4)."""

from msgspec import Struct

_POSTS, _ALL = frozenset({"FEED", "REELS"}), frozenset({"FEED", "REELS", "STORY"})
_FEED_STORY, _REELS, _STORY = frozenset({"FEED", "STORY"}), frozenset({"REELS"}), frozenset({"STORY"})


class MediaMetric(Struct, frozen=True):
    """A row of the table. ``breakdown`` is the dimension it can be divided by."""

    products: frozenset[str]
    title: str
    description: str
    breakdown: str = ""
    needs_facebook: bool = False
    """Errors unless the medium is shared to Facebook too."""
    facebook_login: bool = False


MEDIA_METRICS: dict[str, MediaMetric] = {
    "views": MediaMetric(_ALL, "Views", "The number of times your content was played or shown."),
    "reach": MediaMetric(_ALL, "Accounts reached", "The number of unique accounts that saw it. Estimated."),
    "likes": MediaMetric(_POSTS, "Likes", "The number of likes."),
    "comments": MediaMetric(_POSTS, "Comments", "The number of comments."),
    "saved": MediaMetric(_POSTS, "Saved", "The number of saves."),
    "shares": MediaMetric(_ALL, "Shares", "The number of shares."),
    "total_interactions": MediaMetric(
        _ALL, "Interactions", "Likes, saves, comments, shares and the like, less undone."
    ),
    "reposts": MediaMetric(_ALL, "Reposts", "The number of reposts."),
    "follows": MediaMetric(_FEED_STORY, "Follows", "The number of accounts that began to follow you."),
    "profile_visits": MediaMetric(_FEED_STORY, "Profile visits", "The number of times your profile was visited."),
    "profile_activity": MediaMetric(
        _FEED_STORY, "Profile activity", "What people did on your profile after this content.", "action_type"
    ),
    "replies": MediaMetric(_STORY, "Replies", "The number of replies to the story."),
    "navigation": MediaMetric(
        _STORY, "Navigation", "The actions people took in the story.", "story_navigation_action_type"
    ),
    "ig_reels_avg_watch_time": MediaMetric(_REELS, "Average watch time", "Milliseconds spent playing the reel."),
    "ig_reels_video_view_total_time": MediaMetric(_REELS, "Watch time", "Milliseconds the reel was played in all."),
    "reels_skip_rate": MediaMetric(_REELS, "Skip rate", "Share of views skipped in 3 seconds. In development."),
    "crossposted_views": MediaMetric(
        _REELS, "Crossposted views", "Views on Instagram and Facebook.", needs_facebook=True
    ),
    "facebook_views": MediaMetric(_ALL, "Facebook views", "Views on Facebook.", needs_facebook=True),
    "total_views": MediaMetric(_ALL, "Total views", "Views on all surfaces.", facebook_login=True),
    "total_likes": MediaMetric(_POSTS, "Total likes", "Likes on all surfaces.", facebook_login=True),
    "total_comments": MediaMetric(_POSTS, "Total comments", "Comments on all surfaces.", facebook_login=True),
    "link_clicks": MediaMetric(frozenset(), "Link clicks", "In the SDK's list only."),
    "content_views": MediaMetric(frozenset(), "Content views", "In the SDK's list only."),
}
MEDIA_GONE = frozenset(
    {
        "impressions",
        "plays",
        "clips_replays_count",
        "ig_reels_aggregated_all_plays_count",
        "video_views",
        "engagement",
        "taps_forward",
        "taps_back",
        "exits",
    }
)
