"""What the commands say when something is wrong: words and a remedy, never a traceback."""

import asyncio
import json
import socket
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from huntaze.__main__ import parser
from huntaze.commands import bulk, given, sync, token
from huntaze.commands.demo.ports import choose
from huntaze.commands.demo.run import beside
from huntaze.commands.demo_home import Places, State
from huntaze.commands.doctor import clocks
from huntaze.commands.failure import CommandFailed
from huntaze.commands.readiness import ready_database
from huntaze.kit.db import Database
from huntaze.settings import Settings
from tests.commands.running import complete, huntaze
from tests.support.clocks import Skewed
from tests.support.databases import Databases, pool

NOWHERE = "postgresql://huntaze@127.0.0.1:1/huntaze"


def test_every_problem_of_the_settings_is_listed_with_its_remedy(tmp_path: Path) -> None:
    ended = huntaze("serve", given={"HUNTAZE_HOME": str(tmp_path), "LOG_LEVEL": "loud"}, folder=tmp_path)
    assert ended.status == 2
    for name in ("LOG_LEVEL", "DATABASE_URL", "TOKEN_ENCRYPTION_KEY", "PUBLIC_URL"):
        assert f"  {name}: " in ended.err
    assert ended.err.count("→") == 4
    assert "Traceback" not in ended.err


def test_a_database_that_is_not_there_is_said_without_a_traceback(tmp_path: Path) -> None:
    ended = huntaze("migrate", given=complete(tmp_path, NOWHERE), folder=tmp_path)
    assert ended.status == 1
    assert "cannot be reached" in ended.err
    assert "DATABASE_URL" in ended.err
    assert "Traceback" not in ended.err


async def test_a_server_does_not_start_on_a_database_that_lacks_migrations(databases: Databases) -> None:
    async with databases.fresh(migrated=False) as dsn:
        with pytest.raises(CommandFailed, match="huntaze migrate"):
            await ready_database(dsn, patience=0)


async def test_whoever_waits_for_a_database_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(CommandFailed, match="cannot be reached"):
        await ready_database(NOWHERE, patience=0.25)
    assert caplog.text.count("waiting_for_database") == 1


async def test_a_database_that_refuses_us_is_not_waited_for(postgres: str) -> None:
    with pytest.raises(CommandFailed, match="refuses us"):
        await ready_database(postgres.replace("/huntaze?", "/nobody_made_this?"), patience=30)


async def test_migrating_applies_what_is_missing_and_then_nothing(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh(migrated=False) as dsn:
        given = complete(tmp_path, dsn)
        first, second = (huntaze("migrate", given=given, folder=tmp_path) for _ in range(2))
        await ready_database(dsn, patience=0)
    assert first.out.startswith("applied 0001_rooms, ")
    assert second.out == "the database is up to date\n"
    assert (first.status, second.status) == (0, 0)


async def test_the_doctor_names_what_keeps_the_house_from_working(dsn: str, tmp_path: Path) -> None:
    ended = huntaze("doctor", "--json", given=complete(tmp_path, dsn), folder=tmp_path)
    report = json.loads(ended.out)
    findings = {finding["name"]: finding for finding in report["findings"]}
    assert findings["database"]["verdict"] == "good"
    assert findings["clock"]["verdict"] == "good"
    assert findings["media store"]["verdict"] == "good"
    assert findings["instagram"]["verdict"] == "off"
    assert "FACEBOOK_APP_ID" in findings["instagram"]["remedy"]
    assert findings["worker"]["verdict"] == "bad"
    assert "huntaze work" in findings["worker"]["remedy"]
    assert not report["ok"]
    assert ended.status == 1
    assert list((tmp_path / "media").rglob("*.*")) == []  # what it wrote to try is gone


@pytest.mark.parametrize(("seconds", "words"), [(300, "ahead of the database's"), (-5, "behind the database's")])
async def test_the_doctor_says_that_this_clock_is_not_the_databases(
    database: Database, seconds: int, words: str
) -> None:
    finding = await clocks(database, Skewed(timedelta(seconds=seconds)))
    assert finding.verdict == "warning"
    assert words in finding.words
    assert "NTP" in finding.remedy


async def test_an_older_release_says_that_a_newer_one_has_migrated_and_works_on(
    databases: Databases, tmp_path: Path
) -> None:
    async with databases.fresh() as dsn:
        async with pool(dsn) as database:
            await database.pool.execute("UPDATE schema_revision SET version_num = '9999'")
        await ready_database(dsn, patience=0)
        given = complete(tmp_path, dsn)
        migrated, looked = (huntaze(command, given=given, folder=tmp_path) for command in ("migrate", "doctor"))
    assert (migrated.status, "newer release" in migrated.out) == (0, True)
    assert "! database: reachable; a newer release" in looked.out


def test_the_doctor_lists_problems_of_the_settings_as_findings(tmp_path: Path) -> None:
    ended = huntaze("doctor", "--json", given={"HUNTAZE_HOME": str(tmp_path)}, folder=tmp_path)
    assert ended.status == 2
    names = [finding["name"] for finding in json.loads(ended.out)["findings"]]
    assert names == ["DATABASE_URL", "TOKEN_ENCRYPTION_KEY", "PUBLIC_URL"]


def test_the_doctor_says_that_the_database_is_away(tmp_path: Path) -> None:
    ended = huntaze("doctor", given=complete(tmp_path, NOWHERE), folder=tmp_path)
    assert ended.status == 1
    assert "✗ database: cannot be used" in ended.out
    assert "Traceback" not in ended.err


async def test_a_workspace_that_nobody_has_is_said_by_each_command_that_takes_one(dsn: str, tmp_path: Path) -> None:
    settings, nobody = Settings.load(complete(tmp_path, dsn), None), str(uuid4())
    file = tmp_path / "posts.csv"
    file.write_text("account,type\n")
    for ask in (
        partial(sync.run, settings, None),
        partial(token.create, settings, "key"),
        partial(bulk.bring_in, settings, file, key=None, dry_run=True),
        partial(bulk.send_out, settings, None, states=None),
    ):
        for workspace, words in ((nobody, "there is no workspace"), ("mine", "not a workspace's id")):
            with pytest.raises(CommandFailed, match=words):
                await asyncio.to_thread(ask, workspace)


def test_a_number_that_the_database_cannot_hold_is_refused_before_it_is_asked() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["events", "replay", "9" * 19])


def test_a_demo_names_its_command_line_as_the_shell_finds_it() -> None:
    here = Path("/clone")
    assert beside(here / ".huntaze", here, here / ".venv/bin/huntaze") == "HUNTAZE_HOME=.huntaze .venv/bin/huntaze"
    assert beside(Path("/my data"), here, here / "bin/huntaze") == "HUNTAZE_HOME='/my data' bin/huntaze"


def test_beside_a_demo_that_was_stopped_the_way_out_is_to_start_it(tmp_path: Path) -> None:
    Places(tmp_path).keep(State(8420, 8421))
    with pytest.raises(CommandFailed, match=f"demo in {tmp_path}: start it") as failed:
        given.settings({"HOME": str(tmp_path), "HUNTAZE_HOME": str(tmp_path)})
    assert "DATABASE_URL" in failed.value.what


def test_a_taken_port_is_said_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = huntaze("serve", "--port", port, given=complete(tmp_path, NOWHERE), folder=tmp_path)
    assert ended.status == 1
    assert f"127.0.0.1:{port}" in ended.err
    assert "--port" in ended.err


def test_the_demo_takes_the_next_free_port_but_not_one_in_place_of_what_was_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert choose("127.0.0.1", None, None, port) > port
        assert choose("127.0.0.1", None, port, port) > port
        with pytest.raises(CommandFailed, match="is taken"):
            choose("127.0.0.1", port, None, port)
    assert choose("127.0.0.1", None, port, 8420) == port
    assert choose("127.0.0.1", None, port, 8420, but=port) != port


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ((), "huntaze: the following arguments are required: COMMAND\n  → huntaze --help"),
        (("publish",), "invalid choice: 'publish'"),
        (("owner",), "huntaze owner: the following arguments are required: {link}\n  → huntaze owner --help"),
        (("serve", "--port", "70000"), "70000 is not a port (0 to 65535)\n  → huntaze serve --help"),
        (("work", "--concurrency", "0"), "0 is not a whole number above 0"),
    ],
)
def test_what_is_typed_wrongly_is_told_with_where_the_right_way_stands(
    typed: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(typed)
    told = capsys.readouterr().err
    assert (ended.value.code, said in told) == (2, True), told
    assert "--help says what it takes" in told


def test_every_command_says_in_its_own_help_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    commands = ["demo", "serve", "work", "migrate", "doctor", "owner link", "token create", "sync", "import", "export"]
    for command in [*commands, "events list", "events replay", "bench intake"]:
        with pytest.raises(SystemExit):
            parser().parse_args([*command.split(), "--help"])
        usage, _, rest = capsys.readouterr().out.partition("\n\n")
        assert usage.startswith(f"usage: huntaze {command}")
        assert not rest.startswith(("options:", "positional arguments:")), command
