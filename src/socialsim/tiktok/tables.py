"""What open.tiktokapis.com can do: method and path of everything that is imitated, with scopes and limits."""

from socialsim.tiktok.access import Endpoint, Endpoints
from socialsim.tiktok.posting.desk import PostingDesk
from socialsim.tiktok.reading import user, videos


def open_api(posting: PostingDesk) -> Endpoints:
    """open.tiktokapis.com besides ``/v2/oauth/``."""
    return {
        ("GET", "/v2/user/info/"): Endpoint(user.info),
        ("POST", "/v2/video/list/"): Endpoint(videos.list_videos, ("video.list",)),
        ("POST", "/v2/video/query/"): Endpoint(videos.query_videos, ("video.list",)),
        **posting.endpoints(),
    }
