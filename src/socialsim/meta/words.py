"""Hashtags and mentions in what people write."""

import re

_HASHTAG = re.compile(r"(?<!\w)#(\w+)")
_MENTION = re.compile(r"(?<![\w.])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{0,28}[A-Za-z0-9_])?)")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def hashtags(text: str) -> list[str]:
    """Names without ``#`` in small letters, as the platform compares them."""
    return [name.lower() for name in _HASHTAG.findall(text)]


def mentioned(text: str) -> list[str]:
    """User names behind an ``@`` in small letters; a closing full stop does not belong to the name."""
    return [name.lower() for name in _MENTION.findall(text)]


def links(text: str) -> list[str]:
    """Web addresses."""
    return _LINK.findall(text)
