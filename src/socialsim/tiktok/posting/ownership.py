"""Which addresses media may be pulled from: verified domains and URL prefixes (tiktok.md §4.9)."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from socialsim.tiktok.errors import ApiError, invalid
from socialsim.tiktok.model import Client

_SHARED_HOSTS = (
    "amazonaws.com",
    "blob.core.windows.net",
    "cloudfront.net",
    "digitaloceanspaces.com",
    "r2.cloudflarestorage.com",
    "r2.dev",
    "storage.googleapis.com",
    "supabase.co",
)
"""Nobody but their operator can verify them (§4.9)."""


def check(client: Client, url: str, *, strict: bool) -> None:
    """403 ``url_ownership_unverified`` unless the app may have that address pulled, 400 if it is none at all.

    A tester's own machine counts as verified and needs no https, unless ``strict``.
    """
    parts = _parts(url)
    host = (parts.hostname or "") if parts else ""
    if parts is None or not host or parts.scheme not in {"http", "https"}:
        raise invalid("The media address is invalid")
    if not strict and is_loopback(host):
        return
    if strict and (parts.scheme != "https" or _is_ip(host)):
        raise _unverified()
    if client.url_properties is not None and not any(covers(own, url) for own in client.url_properties):
        raise _unverified()


def covers(owned: str, url: str) -> bool:
    """Whether a verified domain or prefix covers an address: sub-domains yes, sibling paths and parents no."""
    if "://" in owned:
        return url.startswith(owned)
    parts = _parts(url)
    host = (parts.hostname or "") if parts else ""
    return host == owned or host.endswith(f".{owned}")


def verify(owned: str) -> None:
    """Whether a domain or prefix could be verified at all; raises ValueError otherwise."""
    parts = _parts(owned if "://" in owned else f"https://{owned}/")
    host = (parts.hostname or "") if parts else ""
    if parts is None or not host or _is_ip(host):
        raise ValueError("a property is a domain, or a prefix on a host that is not an IP address")
    if "://" in owned and (parts.scheme != "https" or not parts.path.endswith("/") or parts.query or parts.fragment):
        raise ValueError("a URL prefix is https://host/path/ with a final slash")
    if "://" not in owned and owned != host:
        raise ValueError("a domain is a bare host name in small letters")
    if any(host == shared or host.endswith(f".{shared}") for shared in _SHARED_HOSTS):
        raise ValueError("a shared storage host cannot be verified: use a domain of your own")


def is_loopback(host: str) -> bool:
    """This very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _unverified() -> ApiError:
    message = "To use PULL_FROM_URL as the file transfer method, you must verify the ownership of the URL."
    return ApiError("url_ownership_unverified", message, 403)
