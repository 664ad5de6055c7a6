"""The French catalogue is whole: whatever the code says in English, it says too, with the same placeholders."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import huntaze

SOURCE = Path(huntaze.__file__).parent
CATALOGUES = sorted((SOURCE / "locales").glob("*/LC_MESSAGES/messages.po"))
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_NOT_FRENCH = re.compile(r" [:;?!»]|« |(?<![\s\u00a0])[;?!»](?=\s|$)|«(?!\u00a0)|['\"]|\.\.\.")
"""A sign without its no-break space, so that a line may begin with it; a straight quote; three dots."""
_PERCENT = re.compile(r"%\((\w+)\)[sd]")


def read(path: Path) -> Catalog:
    """A catalogue as its file has it."""
    with path.open("rb") as stream:
        return read_po(stream)


def extracted() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Where each string stands, the string (or its plural forms), its context."""
    for file, line, message, _comments, context in extract_from_dir(SOURCE, [("**.py", "python")], keywords=KEYWORDS):
        yield f"{file}:{line}", message, context


def placeholders(text: str) -> list[str]:
    """The names in braces or percent signs, in order of the alphabet."""
    named = _PERCENT.findall(text)
    if named or "%" in text:
        return sorted(named)
    return sorted(name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None)


def forms(message: Message) -> tuple[list[str], list[str]]:
    """The source's forms and the translation's."""
    source = [message.id] if isinstance(message.id, str) else list(message.id)
    said = [message.string] if isinstance(message.string, str) else list(message.string or [])
    return source, said


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_every_string_of_the_code_is_translated(path: Path) -> None:
    catalogue = read(path)
    missing = []
    for place, message, context in extracted():
        key = message if isinstance(message, str) else message[0]
        known = catalogue.get(key, context)
        if known is None or known.fuzzy or not all(forms(known)[1]):
            missing.append(f"{place}: {key}")
    assert missing == [], f"run `python hatch_build.py messages`, then translate {len(missing)} strings"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_no_translation_is_fuzzy_or_has_other_placeholders(path: Path) -> None:
    catalogue = read(path)
    assert not catalogue.fuzzy
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        source, said = forms(message)
        allowed = {tuple(placeholders(one)) for one in source}
        wrong += [text for text in said if message.fuzzy or tuple(placeholders(text)) not in allowed]
    assert wrong == []


def test_french_is_there() -> None:
    assert [path.parent.parent.name for path in CATALOGUES] == ["fr"]


def test_french_is_set_as_french_is() -> None:
    catalogue = read(SOURCE / "locales" / "fr" / "LC_MESSAGES" / "messages.po")
    wrong = [text for message in catalogue if message.id for text in forms(message)[1] if _NOT_FRENCH.search(text)]
    assert wrong == []
