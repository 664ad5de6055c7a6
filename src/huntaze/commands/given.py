"""The settings a command is given: from the environment and `.env`, or, beside a running demo, the demo's own."""

from collections.abc import Mapping
from pathlib import Path

from huntaze.commands.demo_home import Places
from huntaze.commands.failure import CommandFailed
from huntaze.kit.postgres import running_dsn
from huntaze.settings import LocalSettings, Settings, SettingsError

ENV_FILE = Path(".env")


def local_settings(environ: Mapping[str, str]) -> LocalSettings:
    """What concerns this machine alone. Raises CommandFailed with the whole list of problems."""
    try:
        return LocalSettings.load(environ, ENV_FILE)
    except SettingsError as error:
        raise CommandFailed(str(error), status=2) from None


def settings(environ: Mapping[str, str]) -> Settings:
    """Everything; where a demo runs in HUNTAZE_HOME, what is not set is what the demo uses.

    Raises CommandFailed with the whole list of problems.
    """
    try:
        return read(environ)
    except SettingsError as error:
        raise CommandFailed(str(error), status=2) from None


def read(environ: Mapping[str, str]) -> Settings:
    """As `settings`, but raises SettingsError."""
    return Settings.load(environ, ENV_FILE, defaults=_of_a_demo(environ))


def _of_a_demo(environ: Mapping[str, str]) -> Mapping[str, str]:
    """What a demo that runs in HUNTAZE_HOME uses; nothing where none runs."""
    try:
        home = LocalSettings.load(environ, ENV_FILE).home
    except SettingsError:
        return {}  # the caller is told with everything else
    dsn = running_dsn(home)
    return Places(home).settings(dsn) if dsn else {}
