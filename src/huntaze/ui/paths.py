"""Where a person may be sent after a form: only to a page of this installation."""

from urllib.parse import urlsplit


def inner_path(text: str) -> str:
    """``text`` if it is a path on this installation, else “/”: a link in a mail must not lead elsewhere through us."""
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    if not plain or not text.isprintable() or urlsplit(text).netloc or urlsplit(text).scheme:
        return "/"
    return text
