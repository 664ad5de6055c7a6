"""Words, numbers and times in the viewer's language and zone.

`_()` and its kin answer in the language of the `Translator` that speaks in the current context
(`Translator.speaking()`); outside of one they answer the English source, so that a log line or a job never fails for
want of a reader.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers, units
from babel.core import negotiate_locale

from huntaze.kit.text import Text

SOURCE_LANGUAGE = "en"
LOCALES_FOLDER = Path(__file__).parent.parent / "locales"
Length = Literal["short", "medium", "long", "full"]


class CatalogueMissing(Exception):
    """A compiled catalogue is missing: run `python hatch_build.py`, which compiles src/huntaze/locales."""


@dataclass(frozen=True, slots=True)
class Translator:
    """One language and one time zone, with the catalogue that serves them."""

    locale: str
    zone: ZoneInfo
    catalogue: NullTranslations = field(default_factory=NullTranslations, repr=False)

    @property
    def babel(self) -> Locale:
        """Babel's value for the locale."""
        return Locale.parse(self.locale)

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Inside, `_()`, `number()`, `moment()` and the others use this translator."""
        token = _speaker.set(self)
        try:
            yield
        finally:
            _speaker.reset(token)


_speaker: ContextVar[Translator] = ContextVar("huntaze_translator")
_SOURCE = Translator(SOURCE_LANGUAGE, ZoneInfo("UTC"))


def speaker() -> Translator:
    """The translator of the current context, else the English source in UTC."""
    return _speaker.get(_SOURCE)


@dataclass(frozen=True, slots=True)
class Catalogues:
    """Every compiled catalogue, loaded once when the process starts."""

    by_language: Mapping[str, NullTranslations]

    @classmethod
    def load(cls, folder: Path = LOCALES_FOLDER) -> "Catalogues":
        """Read `LANGUAGE/LC_MESSAGES/messages.mo` of every language folder.

        Raises CatalogueMissing when one is not compiled.
        """
        found: dict[str, NullTranslations] = {SOURCE_LANGUAGE: NullTranslations()}
        for language in sorted(path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/messages.po")):
            compiled = folder / language / "LC_MESSAGES" / "messages.mo"
            if not compiled.exists():
                raise CatalogueMissing(f"{compiled} is missing. {CatalogueMissing.__doc__}")
            with compiled.open("rb") as stream:
                found[language] = GNUTranslations(stream)
        return cls(found)

    def translator(self, locale: str, zone: str | ZoneInfo) -> Translator:
        """The translator of a known locale; an unknown one speaks the source language.

        `zone` is an IANA name or a ZoneInfo.
        """
        language = locale if locale in self.by_language else SOURCE_LANGUAGE
        return Translator(language, zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone), self.by_language[language])

    def negotiate(self, accept_language: str) -> str:
        """The best language we have for an Accept-Language header (RFC 9110 §12.5.4); English when none fits."""
        wanted: list[tuple[float, str]] = []
        for part in accept_language.split(","):
            tag, _sep, weight = part.strip().partition(";q=")
            try:
                wanted.append((-float(weight or 1), tag.strip()))
            except ValueError:
                continue
        preferred = [tag for weight, tag in sorted(wanted, key=lambda pair: pair[0]) if weight < 0]
        return negotiate_locale(preferred, list(self.by_language), sep="-") or SOURCE_LANGUAGE


def _(message: str) -> str:
    """The message in the speaker's language."""
    return speaker().catalogue.gettext(message)


def spoken(text: Text) -> str:
    """A kept text in the speaker's language."""
    return str(Text(_(text.message), text.params))


def ngettext(one: str, many: str, n: int) -> str:
    """The form that fits `n` in the speaker's language."""
    return speaker().catalogue.ngettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    """The message in the speaker's language, told apart from its homonyms by a context."""
    return speaker().catalogue.pgettext(context, message)


def number(value: int | float) -> str:
    """A number with the speaker's separators: 48,210 or 48 210."""
    return numbers.format_decimal(value, locale=speaker().babel)


def compact(value: int | float) -> str:
    """A large number in short: 126K or 126 k."""
    return numbers.format_compact_decimal(value, locale=speaker().babel, fraction_digits=1)


def percent(share: float, digits: int = 1) -> str:
    """A share of one as per cent: 0.054 → 5.4% or 5,4 %."""
    return numbers.format_percent(round(share, digits + 2), locale=speaker().babel, decimal_quantization=False)


def file_size(size: int) -> str:
    """A size in bytes as kB, MB or GB (powers of ten), in the speaker's language."""
    scales = (("gigabyte", 1e9), ("megabyte", 1e6), ("kilobyte", 1e3), ("byte", 1))
    unit, scale = next((pair for pair in scales if size >= pair[1]), scales[-1])
    return units.format_unit(round(size / scale, 1), f"digital-{unit}", "short", locale=speaker().babel)


def day(when: datetime, length: Length = "medium") -> str:
    """The calendar day of an aware moment, in the speaker's zone."""
    return dates.format_date(when.astimezone(speaker().zone), length, locale=speaker().babel)


def calendar_day(on: date, length: Length = "medium") -> str:
    """A calendar day that stands in no zone."""
    return dates.format_date(on, length, locale=speaker().babel)


def weekday(when: datetime) -> str:
    """Day and weekday without the year: Tue, Nov 24 or mar. 24 nov."""
    return dates.format_skeleton("MMMEd", when.astimezone(speaker().zone), locale=speaker().babel)


def clock_time(when: datetime) -> str:
    """The time of day of an aware moment, in the speaker's zone."""
    return dates.format_time(when, "short", tzinfo=speaker().zone, locale=speaker().babel)


def moment(when: datetime) -> str:
    """Weekday, day and time of an aware moment, in the speaker's zone."""
    return _("{day}, {time}").format(day=weekday(when), time=clock_time(when))


def dated_moment(when: datetime) -> str:
    """Day with its year, and time: for what may be long ago."""
    return _("{day}, {time}").format(day=day(when), time=clock_time(when))


def full_moment(when: datetime) -> str:
    """Date and time to the second with the zone's name, for tooltips and logs."""
    return dates.format_datetime(when, "long", tzinfo=speaker().zone, locale=speaker().babel)


def relative(when: datetime, now: datetime) -> str:
    """How far `when` is from `now`: “3 minutes ago”, “in 2 hours”. Both are aware."""
    distance: timedelta = when - now
    return dates.format_timedelta(distance, add_direction=True, locale=speaker().babel)


def zone_name(when: datetime) -> str:
    """The speaker's zone as people say it: “Paris (GMT+1)”."""
    city = dates.get_timezone_location(speaker().zone, locale=speaker().babel, return_city=True)
    offset = dates.get_timezone_gmt(when.astimezone(speaker().zone), "long", locale=speaker().babel)
    return f"{city} ({offset})"
