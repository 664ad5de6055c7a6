"""Reading settings one by one, gathering every problem instead of stopping at the first."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from huntaze.kit.checkpoint import parse_kill_at
from huntaze.kit.secret import Secret
from huntaze.settings_table import SETTINGS

T = TypeVar("T")

LOG_LEVELS = ("debug", "info", "warning", "error")
_OUR_PREFIXES = ("HUNTAZE_", "FACEBOOK_", "INSTAGRAM_", "TIKTOK_", "META_", "POSTGRES_")
_LIKE = "write it like https://example.com"
_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a setting; a secret's value is never part of it."""

    name: str
    what: str
    remedy: str


class SettingsError(Exception):
    """The settings cannot be used; `problems` is the whole list."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        lines = "".join(f"\n  {problem.name}: {problem.what}\n      → {problem.remedy}" for problem in problems)
        super().__init__(f"{len(problems)} setting{'s' * (len(problems) > 1)} to mend:{lines}")
        self.problems = problems


class SettingsReader:
    """Looks names up in the environment, then in the env file, then in `defaults`; an empty value counts as unset."""

    def __init__(self, environ: Mapping[str, str], env_file: Path | None, defaults: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._environ = environ
        self._filed = self._read_env_file(env_file)
        self._defaults = defaults

    def refuse(self, name: str, what: str, remedy: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(name, what, remedy))

    def finish(self) -> None:
        """Raise SettingsError if any problem was noted."""
        if self.problems:
            raise SettingsError(tuple(self.problems))

    def text(self, name: str) -> str | None:
        """The value, without spaces around it, or None."""
        for source in (self._environ, self._filed, self._defaults):
            if value := source.get(name, "").strip():
                return value
        return None

    def secret(self, name: str) -> Secret | None:
        """A secret from `NAME` or from the file that `NAME_FILE` names."""
        path = self._given(f"{name}_FILE")
        if path is None:
            value = self.text(name)
            return Secret(value) if value else None
        if self._given(name):
            self.refuse(name, f"is set, and {name}_FILE too", "keep one of the two")
        try:
            value = Path(path).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as failed:
            self.refuse(f"{name}_FILE", f"cannot be read ({type(failed).__name__})", "name a readable text file")
            return None
        if not value:
            self.refuse(f"{name}_FILE", "names an empty file", "write the secret into it")
        return Secret(value)

    def parsed(self, name: str, parse: Callable[[str], T], default: T, remedy: str) -> T:
        """`parse(value)`, or `default` if unset; a ValueError of `parse` becomes a problem in its words."""
        value = self.text(name)
        if value is None:
            return default
        try:
            return parse(value)
        except ValueError as refusal:
            self.refuse(name, str(refusal), remedy)
            return default

    def url(self, name: str, default: str = "") -> str:
        """A base address, without a slash at its end."""
        return self.parsed(name, parse_url, default, _LIKE).rstrip("/")

    def public_url(self, name: str) -> str:
        """An address that browsers are sent to, exactly as written, or "": https, or http on loopback."""
        return self.parsed(name, parse_public_url, "", _LIKE)

    def _given(self, name: str) -> str | None:
        return self._environ.get(name, "").strip() or self._filed.get(name, "").strip() or None

    def _read_env_file(self, env_file: Path | None) -> dict[str, str]:
        if env_file is None or not env_file.exists():
            return {}
        filed = {name: value or "" for name, value in dotenv_values(env_file, interpolate=False).items()}
        known = {row.name for row in SETTINGS} | {f"{row.name}_FILE" for row in SETTINGS if row.secret}
        for name in sorted(set(filed) - known):
            if name.startswith(_OUR_PREFIXES):
                near = get_close_matches(name, known, n=1)
                self.refuse(
                    name, f"in {env_file.name} is not a setting", f"did you mean {near[0]}?" if near else "remove it"
                )
        return filed


def parse_url(text: str) -> str:
    """An http or https address without query; raises ValueError with words for people."""
    try:
        parts = urlsplit(text)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError("is not a web address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_good or re.search(r"\s", text):
        raise ValueError("is not a web address")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("has a user name, query or fragment")
    return text


def parse_public_url(text: str) -> str:
    """An https address; http on loopback only, since cookies and tokens would travel open."""
    url = parse_url(text)
    if url.startswith("http:") and not _is_loopback(urlsplit(url).hostname or ""):
        raise ValueError("is http, which is allowed on loopback only")
    return url


def parse_flag(text: str) -> bool:
    """1 or 0, yes or no, true or false."""
    if text.lower() not in _FLAGS:
        raise ValueError("is neither 1 nor 0")
    return _FLAGS[text.lower()]


def parse_port(text: str) -> int:
    """A port from 1 to 65535."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ValueError("is not a port")
    return int(text)


def parse_log_level(text: str) -> str:
    """debug, info, warning or error, in small letters."""
    if text.lower() not in LOG_LEVELS:
        raise ValueError(f"{text!r} is not a level")
    return text.lower()


def parse_checkpoint(text: str) -> str:
    """A kill checkpoint, left as it is."""
    parse_kill_at(text)
    return text


def parse_graph_version(text: str) -> str:
    """Like v26.0."""
    if not re.fullmatch(r"v\d{1,3}\.\d{1,2}", text, re.ASCII):
        raise ValueError(f"{text!r} is not a version")
    return text


def parse_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """A comma list of addresses and networks."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as refusal:
        raise ValueError(f"holds what is no network: {refusal}") from None


def parse_media_store(text: str) -> str:
    """`s3://bucket/prefix`, or a folder made absolute."""
    if text.startswith("s3://"):
        if not urlsplit(text).netloc:
            raise ValueError("names no bucket")
        return text.rstrip("/")
    if "://" in text:
        raise ValueError("is neither a folder nor s3://…")
    return str(Path(text).expanduser().absolute())


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
