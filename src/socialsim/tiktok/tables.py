"""What open.tiktokapis.com can do: method and path of everything that is imitated, with scopes and limits."""

from socialsim.tiktok.access import Endpoints


def open_api() -> Endpoints:
    """open.tiktokapis.com besides ``/v2/oauth/``."""
    return {}
