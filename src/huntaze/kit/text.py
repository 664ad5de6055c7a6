"""Words for people, kept untranslated until somebody is there to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(message: str) -> str:
    """Mark a constant for the catalogue without translating it."""
    return message


@dataclass(frozen=True, slots=True)
class Text:
    """A message id in English with its values; `ui` translates it, everyone else may print it as it is.

    ``message`` uses ``%(name)s`` placeholders that ``params`` fills.
    """

    message: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def web_address(text: str) -> str:
    """``text`` if it is an address of the web, else "": what strangers name may become a link, and ``javascript:``
    in one would run."""
    return text if text.startswith(("https://", "http://")) else ""
