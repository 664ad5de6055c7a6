"""`huntaze import` and `huntaze export`: posts as a CSV file, in the configured database."""

import hashlib
import shlex
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from huntaze.commands.failure import CommandFailed
from huntaze.commands.inside import inside, operator, workspace_id
from huntaze.publishing import PublishingError, Report, State
from huntaze.settings import Settings
from huntaze.wiring import House, bulk


def bring_in(given: Settings, file: Path, workspace: str | None, key: str | None, *, dry_run: bool) -> int:
    """Make the posts of a file and say what became of each row; 1 if any was refused. Without ``key`` the file goes by
    its content: the same file again makes nothing."""
    of = workspace_id(workspace)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}", "name a CSV file") from None
    goes_by = hashlib.sha256(content).hexdigest() if key is None else key

    async def act(house: House) -> Report:
        actor = await operator(house, of)
        try:
            return await bulk(house).bring_in(actor, content, dry_run=dry_run, key=goes_by)
        except PublishingError as error:
            faults = error.faults[1:]
            more = "".join(f"\n{fault.message}\n  → {fault.remedy}" for fault in faults)
            raise CommandFailed(str(error.message), f"{error.remedy}{more}") from None

    report = inside(given, act)
    status = _told(report, given.public_url)
    if status and report.posts and key is None and not dry_run:
        print(f"Mend these rows, then: huntaze import {shlex.quote(str(file))} --key {goes_by}", file=sys.stderr)
    return status


def send_out(given: Settings, out: Path | None, workspace: str | None, states: list[str] | None) -> int:
    """Write the posts to a file or to standard output, newest first."""
    of = workspace_id(workspace)
    wanted = None if states is None else [_state(name) for name in states]

    async def act(house: House) -> None:
        actor = await operator(house, of)
        with _sink(out) as sink:
            async for piece in bulk(house).export(actor.workspace_id, wanted):
                sink.write(piece.encode())

    inside(given, act)
    return 0


def _told(report: Report, public_url: str) -> int:
    for error in report.errors:
        file = "" if error.file is None else f"file {error.file + 1}"
        place = ", ".join(part for part in (f"row {error.row}", error.column, file) if part)
        post = f"\n  → {public_url}/posts/{error.post_id}" if error.post_id else ""
        print(f"{place}: {error.message}\n  → {error.remedy}{post}", file=sys.stderr)
    verb = "would be made" if report.dry_run else "made"
    print(f"{report.made} {verb}, {report.replayed} made before, {report.refused} refused")
    return 1 if report.errors else 0


def _sink(out: Path | None) -> AbstractContextManager[BinaryIO]:
    if out is None:
        return nullcontext(sys.stdout.buffer)
    try:
        return out.open("wb")
    except OSError as error:
        raise CommandFailed(f"{out} cannot be written: {error.strerror}", "name another file") from None


def _state(name: str) -> State:
    try:
        return State(name.upper())
    except ValueError:
        raise CommandFailed(f"{name} is no state", f"one of {', '.join(State).lower()}", status=2) from None
