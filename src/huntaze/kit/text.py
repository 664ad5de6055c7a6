"""Words for people, kept untranslated until somebody is there to read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from huntaze.kit.json_value import JsonValue


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


def write_text(text: Text) -> dict[str, JsonValue]:
    """A text as it is kept in the database, untranslated."""
    return {"message": text.message, "params": dict(text.params)}


def read_text(value: JsonValue) -> Text:
    """The text that was written; raises ``ValueError`` for anything else."""
    if not isinstance(value, Mapping) or not isinstance(message := value.get("message"), str):
        raise ValueError("this is no kept text")
    params = value.get("params")
    kept = params if isinstance(params, Mapping) else {}
    return Text(message, {name: item for name, item in kept.items() if isinstance(item, str | int | float)})


def normal(text: str) -> str:
    """``text`` as it is compared with what came back from a platform: NFC and trimmed."""
    return unicodedata.normalize("NFC", text).strip()


def web_address(text: str) -> str:
    """``text`` if it is an address of the web, else "": what strangers name may become a link, and ``javascript:``
    in one would run."""
    return text if text.startswith(("https://", "http://")) else ""
