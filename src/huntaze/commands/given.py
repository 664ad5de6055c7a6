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
        raise CommandFailed(str(error), _demo_stopped(environ), status=2) from None


def read(environ: Mapping[str, str]) -> Settings:
    """As `settings`, but raises SettingsError."""
    return Settings.load(environ, ENV_FILE, defaults=_of_a_demo(environ))


def _of_a_demo(environ: Mapping[str, str]) -> Mapping[str, str]:
    """What a demo that runs in HUNTAZE_HOME uses; nothing where none runs."""
    home = _home(environ)
    dsn = running_dsn(home) if home else None
    return Places(home).settings(dsn) if home and dsn else {}


def _demo_stopped(environ: Mapping[str, str]) -> str:
    """The remedy where a demo was made and does not run; "" where there is none."""
    home = _home(environ)
    if home is None or Places(home).state() is None or running_dsn(home):
        return ""
    return f"or, for the demo in {home}: start it, and ask again while it runs"


def _home(environ: Mapping[str, str]) -> Path | None:
    """HUNTAZE_HOME, or None where the settings cannot be used, which the caller is told with everything else."""
    try:
        return LocalSettings.load(environ, ENV_FILE).home
    except SettingsError:
        return None
