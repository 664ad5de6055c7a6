"""The ``fields`` language: names, modifiers with arguments, nested braces (instagram.md §4.2).

``id,comments.limit(5){id,replies{text}}`` becomes a tuple of :class:`Field`. The result is cached: clients ask for the
same few selections over and over.
"""

from functools import lru_cache

from msgspec import Struct

from socialsim.meta.errors import bad_parameter


class Field(Struct, frozen=True):
    """One selected name, its modifiers (``limit`` → ``5``) and what is selected below it."""

    name: str
    arguments: tuple[tuple[str, str], ...] = ()
    below: tuple["Field", ...] = ()
    text_below: str = ""

    def argument(self, name: str) -> str:
        """A modifier's argument, or an empty text."""
        for key, value in self.arguments:
            if key == name:
                return value
        return ""


@lru_cache(maxsize=512)
def parse(text: str) -> tuple[Field, ...]:
    """Parse a selection; raises code 100 on a syntax error."""
    reader = _Reader(text)
    fields = reader.selection()
    if reader.at != len(text):
        raise bad_parameter(f"Syntax error at character {reader.at} of fields")
    return fields


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def selection(self) -> tuple[Field, ...]:
        found: dict[str, Field] = {}
        while self.at < len(self.text) and self.text[self.at] != "}":
            field = self._field()
            if field is not None:
                found[field.name] = field
            if self._peek() == ",":
                self.at += 1
        return tuple(found.values())

    def _field(self) -> Field | None:
        name = self._word()
        if not name:
            if self._peek() in {",", "}", ""}:
                return None
            raise bad_parameter(f"Syntax error at character {self.at} of fields")
        arguments: list[tuple[str, str]] = []
        while self._peek() == ".":
            self.at += 1
            key = self._word()
            arguments.append((key, self._argument()))
        below: tuple[Field, ...] = ()
        text_below = ""
        if self._peek() == "{":
            start = self.at + 1
            self.at = start
            below = self.selection()
            if self._peek() != "}":
                raise bad_parameter("Syntax error: a brace is not closed in fields")
            text_below = self.text[start : self.at]
            self.at += 1
        return Field(name, tuple(arguments), below, text_below)

    def _argument(self) -> str:
        if self._peek() != "(":
            raise bad_parameter(f"Syntax error at character {self.at} of fields")
        end = self.text.find(")", self.at)
        if end < 0:
            raise bad_parameter("Syntax error: a parenthesis is not closed in fields")
        value = self.text[self.at + 1 : end]
        self.at = end + 1
        return value

    def _word(self) -> str:
        while self._peek() == " ":
            self.at += 1
        start = self.at
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] in "_-"):
            self.at += 1
        word = self.text[start : self.at]
        while self._peek() == " ":
            self.at += 1
        return word

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""
