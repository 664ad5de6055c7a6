"""Which addresses an app may send creators back to (tiktok.md §2.1)."""

import re
from urllib.parse import urlsplit

from socialsim.tiktok.model import Client

MOST, LONGEST = 10, 512
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_PLAIN = re.compile(r"[!\"$->@-~]+")
"""Visible ASCII without ``#`` and ``?``: no fragment, no query, nothing that breaks a header."""
_DESKTOP = re.compile(r"https?://(localhost|127\.0\.0\.1):(\*|\d{1,5})(/[^?#]*)?")


def registration_problem(client: Client) -> str:
    """What the developer portal objects to in the registered addresses, or an empty text."""
    uris = client.redirect_uris or []
    if len(uris) > MOST:
        return f"at most {MOST} redirect URIs"
    for uri in uris:
        problem = _problem(client, uri)
        if problem:
            return f"{uri}: {problem}"
    return ""


def _problem(client: Client, uri: str) -> str:
    if len(uri) >= LONGEST:
        return f"must be shorter than {LONGEST} characters"
    if "?" in uri or "#" in uri:
        return "must have neither query nor fragment"
    if client.platform == "desktop":
        return "" if _DESKTOP.fullmatch(uri) else "must be localhost or 127.0.0.1 with a port"
    if not re.match(r"https://[^/]+", uri):
        return "must be absolute and https"
    if "business" in client.products and not uri.endswith("/"):
        return "must end in /"
    return ""


def redirect_allowed(client: Client, uri: str) -> bool:
    """Character by character; a desktop app's ``*`` stands for any port. Without a list loopback and https pass."""
    if not _PLAIN.fullmatch(uri) or len(uri) >= LONGEST:
        return False
    if client.redirect_uris is not None:
        return any(_matches(client, registered, uri) for registered in client.redirect_uris)
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    loopback = host in _LOOPBACK or host.endswith(".localhost")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and loopback))


def _matches(client: Client, registered: str, uri: str) -> bool:
    if client.platform == "desktop" and ":*" in registered:
        before, _, after = registered.partition(":*")
        port = uri.removeprefix(before + ":").removesuffix(after)
        return uri == f"{before}:{port}{after}" and port.isascii() and port.isdigit()
    return registered == uri
