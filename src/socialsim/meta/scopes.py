"""The permissions of both logins (instagram.md §1.1, §2.1)."""

INSTAGRAM_BASIC = "instagram_business_basic"
INSTAGRAM_PERMISSIONS = {
    INSTAGRAM_BASIC: "View your profile and posts",
    "instagram_business_content_publish": "Create posts, reels and stories for you",
    "instagram_business_manage_comments": "Read, answer, hide and delete comments",
    "instagram_business_manage_messages": "Read and send messages",
    "instagram_business_manage_insights": "See the insights of your account and posts",
}
"""The permissions of Instagram Login in a person's words."""
_PREFIX, _TWIN_PREFIX = "instagram_", "instagram_business_"
_OF_PAGES = ("pages_", "ads_", "business_management")


def of_instagram(permission: str) -> str | None:
    """The name under Instagram Login; None for what only Pages need, the same name for what has no twin there."""
    if permission.startswith(_OF_PAGES):
        return None
    twin = _TWIN_PREFIX + permission.removeprefix(_PREFIX)
    return twin if twin in INSTAGRAM_PERMISSIONS else permission
