"""What a home folder must look like to others."""

from pathlib import Path


def is_closed(home: Path) -> bool:
    """Its owner's alone. Where the database's user cannot read our own virtual environment, its group may pass through
    to the binaries that were copied into the home, and read nothing."""
    passing = 0o010 if (home / "postgres-tools").is_dir() else 0
    return home.stat().st_mode & 0o777 == 0o700 | passing
