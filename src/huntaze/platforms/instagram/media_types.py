"""Meta's two words for what a post is, and ours (instagram.md §4.2)."""

from huntaze.platforms.contract import PostType

_TYPES = {"IMAGE": PostType.IMAGE, "CAROUSEL_ALBUM": PostType.CAROUSEL}


def post_type(media_type: str, product_type: str) -> PostType:
    """Reels read back as VIDEO (§3.4), and so do the videos of a feed before there were reels."""
    if product_type == "STORY":
        return PostType.STORIES
    if media_type in _TYPES:
        return _TYPES[media_type]
    return PostType.VIDEO if product_type == "FEED" else PostType.REELS
