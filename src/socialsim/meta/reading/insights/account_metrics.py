"""Which metric an account has, with its periods, types and breakdowns (the table of instagram.md §4.5)."""

from msgspec import Struct

_DAY, _LIFETIME = frozenset({"day"}), frozenset({"lifetime"})
_TOTAL, _BOTH, _SERIES = (
    frozenset({"total_value"}),
    frozenset({"time_series", "total_value"}),
    frozenset({"time_series"}),
)
_PRODUCT, _FOLLOW = frozenset({"media_product_type"}), frozenset({"follow_type"})
_PEOPLE = frozenset({"age", "city", "country", "gender"})


class AccountMetric(Struct, frozen=True):
    """A row of the table. ``fewest`` is how many followers (or engagements) it needs; ``days`` how far it goes back."""

    title: str
    description: str
    periods: frozenset[str] = _DAY
    types: frozenset[str] = _TOTAL
    breakdowns: frozenset[str] = frozenset()
    fewest: int = 0
    days: int = 90
    of_people: bool = False


ACCOUNT_METRICS: dict[str, AccountMetric] = {
    "reach": AccountMetric(
        "Accounts reached",
        "The number of unique accounts that have seen your content, at least once. Estimated.",
        periods=frozenset({"day", "week", "days_28"}),
        types=_BOTH,
        breakdowns=_PRODUCT | _FOLLOW,
    ),
    "views": AccountMetric(
        "Views",
        "The number of times your content was played or displayed.",
        breakdowns=_PRODUCT | _FOLLOW | {"follower_type"},
    ),
    "accounts_engaged": AccountMetric("Accounts engaged", "The number of accounts that interacted with your content."),
    "total_interactions": AccountMetric("Content interactions", "The number of interactions.", breakdowns=_PRODUCT),
    "likes": AccountMetric("Content likes", "The number of likes on your content.", breakdowns=_PRODUCT),
    "comments": AccountMetric("Content comments", "The number of comments on your content.", breakdowns=_PRODUCT),
    "shares": AccountMetric("Content shares", "The number of shares of your content.", breakdowns=_PRODUCT),
    "saves": AccountMetric("Content saves", "The number of saves of your content.", breakdowns=_PRODUCT),
    "replies": AccountMetric("Content replies", "The number of replies to your stories."),
    "reposts": AccountMetric("Reposts", "The number of reposts of your content."),
    "follows_and_unfollows": AccountMetric(
        "Follows and unfollows", "Accounts that began or ceased to follow you.", breakdowns=_FOLLOW, fewest=100
    ),
    "profile_links_taps": AccountMetric(
        "Profile links taps", "Taps on the buttons of your profile.", breakdowns=frozenset({"contact_button_type"})
    ),
    "follower_demographics": AccountMetric(
        "Follower demographics",
        "Who your followers are.",
        periods=_LIFETIME,
        breakdowns=_PEOPLE,
        fewest=100,
        of_people=True,
    ),
    "engaged_audience_demographics": AccountMetric(
        "Engaged audience demographics",
        "Who interacted with your content.",
        periods=_LIFETIME,
        breakdowns=_PEOPLE,
        fewest=100,
        of_people=True,
    ),
    "follower_count": AccountMetric(
        "Follower count", "The change of your followers on that day.", types=_SERIES, fewest=100, days=30
    ),
    "online_followers": AccountMetric(
        "Online followers",
        "How many of your followers were online, by hour.",
        periods=_LIFETIME,
        types=_SERIES,
        fewest=100,
        days=30,
    ),
}
ACCOUNT_GONE = frozenset(
    {
        "impressions",
        "profile_views",
        "website_clicks",
        "email_contacts",
        "phone_call_clicks",
        "text_message_clicks",
        "get_directions_clicks",
        "audience_gender_age",
        "audience_locale",
        "audience_country",
        "audience_city",
    }
)
PERIODS = dict.fromkeys(("day", "week", "days_28", "month", "lifetime", "total_over_range"))
METRIC_TYPES = dict.fromkeys(("default", "time_series", "total_value"))
TIMEFRAMES = dict.fromkeys(("this_week", "this_month"))
DIMENSIONS: dict[str, tuple[tuple[str, float], ...]] = {
    "media_product_type": (
        ("POST", 0.34),
        ("REEL", 0.38),
        ("CAROUSEL_CONTAINER", 0.16),
        ("STORY", 0.11),
        ("AD", 0.01),
    ),
    "follow_type": (("FOLLOWER", 0.64), ("NON_FOLLOWER", 0.35), ("UNKNOWN", 0.01)),
    "follower_type": (("FOLLOWER", 0.64), ("NON_FOLLOWER", 0.35), ("UNKNOWN", 0.01)),
    "contact_button_type": (
        ("BOOK_NOW", 0.08),
        ("CALL", 0.1),
        ("DIRECTION", 0.14),
        ("EMAIL", 0.4),
        ("INSTANT_EXPERIENCE", 0.03),
        ("TEXT", 0.15),
        ("UNDEFINED", 0.1),
    ),
}
"""Values with their usual shares; an open set on the platform."""
