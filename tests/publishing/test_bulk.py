"""Posts by the file: what a dry run promises is made, no row twice, and what is written can be read again."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest

from huntaze.commands import bulk
from huntaze.commands.failure import CommandFailed
from huntaze.kit.sheets import as_meant
from huntaze.publishing.bulk.file import COLUMNS, MAX_BYTES
from tests.commands.running import complete, huntaze
from tests.publishing.ground import Connected, Ground, Json

IMPORT = "/api/v1/posts/import"
PARIS = ZoneInfo("Europe/Paris")
LATER = (datetime.now(PARIS) + timedelta(days=30)).replace(microsecond=0)


def sheet(*rows: Mapping[str, str], columns: Sequence[str] = COLUMNS, mark: str = ",") -> bytes:
    """A file as a spreadsheet saves it."""
    buffer = StringIO()
    writer = csv.DictWriter(buffer, columns, delimiter=mark, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


async def bring_in(ground: Ground, content: bytes, *, dry: bool = False, key: str = "") -> Json:
    """The report of an import."""
    headers = {"content-type": "text/csv; charset=utf-8"} | ({"idempotency-key": key} if key else {})
    address = f"{IMPORT}?dryRun=true" if dry else IMPORT
    answer = await ground.api.post(address, content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    report: Json = answer.json()
    return report


async def exported(ground: Ground, *states: str) -> list[dict[str, str]]:
    """The rows of an export."""
    answer = await ground.api.get("/api/v1/posts.csv", params={"state": list(states)} if states else {})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def asset(ground: Ground) -> str:
    made = await ground.api.post("/api/v1/assets", json={"url": ground.picture()})
    return str(made.json()["id"])


def planned(on: Connected, caption: str, media: str, **more: str) -> dict[str, str]:
    """A row that can be taken."""
    cells = {"account": on.username, "type": "IMAGE", "caption": caption, "media": media}
    return {**cells, "scheduledAt": LATER.isoformat(), **more}


async def counted(ground: Ground) -> list[int]:
    """How much is stored, of everything an import could leave behind; the mirror's copies come when they will."""
    brought = ("post", "publication", "idempotency_key", "asset WHERE source <> 'mirror'")
    async with ground.rows() as tx:
        return [await tx.fetchval(f"SELECT count(*) FROM {table}") for table in brought]


async def test_a_file_becomes_posts_at_their_times(ground: Ground) -> None:
    account, photo = ground.somebody, await asset(ground)
    wall = LATER.replace(tzinfo=None).isoformat(" ")
    report = await bring_in(
        ground,
        sheet(
            planned(account, "With its offset", photo),
            planned(
                account, "By the wall clock", photo, account=f"@{account.username}", scheduledAt=wall, zone="Asia/Tokyo"
            ),
            planned(account, "From an address", ground.picture(), account=account.id, type="image"),
            planned(account, "Two;\r\nfiles", f"{photo} {ground.picture()}", type="CAROUSEL"),
            {"account": account.username, "type": "REELS", "caption": "An idea", "draft": "oui"},
            mark=";",
        ),
    )
    assert (report["made"], report["errors"]) == (5, [])
    posts = [await ground.post(one["id"]) for one in report["posts"]]
    assert [post["caption"] for post in posts] == [
        "With its offset", "By the wall clock", "From an address", "Two;\r\nfiles", "An idea",
    ]  # fmt: skip
    assert [post["state"] for post in posts] == ["SCHEDULED"] * 4 + ["DRAFT"]
    assert [len(post["media"]) for post in posts] == [1, 1, 1, 2, 0]
    assert [post["timeZone"] for post in posts[:2]] == ["Europe/Paris", "Asia/Tokyo"]
    due = [datetime.fromisoformat(post["publications"][0]["dueAt"]) for post in posts[:2]]
    assert due == [LATER, LATER.replace(tzinfo=ZoneInfo("Asia/Tokyo"))]


async def test_a_row_goes_to_several_accounts_and_out_at_once_without_a_time(ground: Ground) -> None:
    one, other = ground.account(), ground.account()
    row = {"account": f"{one.username}|{other.id}", "type": "IMAGE", "caption": "Now", "media": ground.picture()}
    (made,) = (await bring_in(ground, sheet(row)))["posts"]
    assert made["accountIds"] == [one.id, other.id]
    await ground.until(made["id"], "PUBLISHED")
    assert len(ground.public(one)) == 1


def faulty(account: Connected, photo: str) -> list[dict[str, str]]:
    """Rows of which only those whose caption begins with Good can be taken."""
    return [
        planned(account, "Good one", photo),
        planned(account, "Good two", photo, draft="no"),
        planned(account, "Nobody", photo, account="nobody.at.all"),
        planned(account, "A kind there is not", photo, type="POSTER"),
        planned(account, "x" * 2300, photo),
        planned(account, "Gone by", photo, scheduledAt="2020-01-01T10:00+01:00"),
        planned(account, "No zone", photo, scheduledAt="2030-01-01T10:00"),
        planned(account, "Bad zone", photo, scheduledAt="2030-01-01T10:00", zone="Mars/Crater"),
        planned(account, "No time", photo, scheduledAt="2030-01-01"),
        planned(account, "No end", photo, scheduledAt="9999-12-31T23:59:59-12:00"),
        planned(account, "No media", ""),
        planned(account, "No such file", "00000000-0000-4000-8000-000000000000"),
        planned(account, "Private", "http://169.254.169.254/latest.jpg"),
        planned(account, "No address", "photo.jpg"),
        planned(account, "Maybe", photo, draft="maybe"),
        planned(account, "Nowhere", photo, locationId="x" * 41),
        planned(account, "Good one", photo),
        planned(account, "Good one", photo, allowDuplicate="yes"),
    ]


FAULTS = [
    (4, "account"), (5, "type"), (6, "caption"), (7, "scheduledAt"), (8, "scheduledAt"), (9, "zone"),
    (10, "scheduledAt"), (11, "scheduledAt"), (12, "media"), (13, "media"), (14, "media"), (15, "media"),
    (16, "draft"), (17, "locationId"), (18, ""),
]  # fmt: skip


async def test_a_dry_run_tells_what_the_real_run_does_and_leaves_nothing(ground: Ground) -> None:
    content = sheet(*faulty(ground.somebody, await asset(ground)))
    before = await counted(ground)
    dry = await bring_in(ground, content, dry=True, key="dry-1")
    assert await counted(ground) == before
    real = await bring_in(ground, content, key="dry-1")
    for report in (dry, real):
        assert [(error["row"], error["column"]) for error in report["errors"]] == FAULTS
        assert all(error["message"] and error["remedy"] for error in report["errors"])
        assert [post["row"] for post in report["posts"]] == [2, 3, 19]
        assert (report["made"], report["refused"]) == (3, len(FAULTS))
    assert [post["id"] for post in dry["posts"]] == [None] * 3
    assert real["errors"][-1]["postId"] == real["posts"][0]["id"]


@pytest.mark.parametrize(("kind", "files"), [("IMAGE", 1), ("CAROUSEL", 3), ("REELS", 1), ("VIDEO", 1)])
async def test_an_address_is_not_asked_in_a_dry_run(ground: Ground, kind: str, files: int) -> None:
    media = " ".join(f"{ground.sim.url}/_sim/pictures/no-such-{number}" for number in range(files))
    before = await counted(ground)
    report = await bring_in(ground, sheet(planned(ground.somebody, f"Unasked {kind}", media, type=kind)), dry=True)
    assert (report["made"], report["errors"]) == (1, [])
    assert await counted(ground) == before


async def test_the_same_file_under_the_same_key_makes_nothing_twice(ground: Ground) -> None:
    account, photo = ground.somebody, await asset(ground)
    rows = [
        planned(account, "First", photo),
        planned(account, "Second", ground.picture(), draft="yes"),
        planned(account, "x" * 2300, photo),
    ]
    first = await bring_in(ground, sheet(*rows), key="file-1")
    again = await bring_in(ground, sheet(*rows), key="file-1")
    assert (first["made"], first["replayed"], first["refused"]) == (2, 0, 1)
    assert (again["made"], again["replayed"], again["refused"]) == (0, 2, 1)
    assert [post["id"] for post in again["posts"]] == [post["id"] for post in first["posts"]]
    promised = await bring_in(ground, sheet(*rows), key="file-1", dry=True)
    assert (promised["made"], promised["replayed"]) == (0, 2)
    rows[2] = planned(account, "Mended", photo)
    mended = await bring_in(ground, sheet(*rows), key="file-1")
    assert (mended["made"], mended["replayed"], mended["refused"]) == (1, 2, 0)
    rows[0] = planned(account, "Rewritten", photo)
    rewritten = await bring_in(ground, sheet(*rows), key="file-1")
    assert [(error["row"], error["column"]) for error in rewritten["errors"]] == [(2, "key")]
    assert rewritten["made"] == 0


async def test_a_row_with_a_key_of_its_own_is_made_once_from_whatever_file(ground: Ground) -> None:
    account, photo = ground.somebody, await asset(ground)
    row = planned(account, "Once", photo, draft="yes", key="spring-1")
    first = await bring_in(ground, sheet(row))
    other = await bring_in(
        ground, sheet(planned(account, "Another", photo), row, {**row, "caption": "Twice"}), key="other"
    )
    assert (first["made"], other["made"], other["replayed"]) == (1, 1, 1)
    assert other["posts"][1]["id"] == first["posts"][0]["id"]
    assert [(error["row"], error["column"], error["message"]) for error in other["errors"]] == [
        (4, "key", "Row 3 has this key already.")
    ]


async def test_two_that_bring_in_the_same_file_at_once_make_it_once(ground: Ground) -> None:
    account, photo = ground.somebody, await asset(ground)
    rows = [planned(account, f"Raced {number}", photo, draft="yes", key=f"race-{number}") for number in range(6)]
    reports = await asyncio.gather(*(bring_in(ground, sheet(*rows)) for _ in range(3)))
    assert sum(report["made"] for report in reports) == 6
    async with ground.rows() as tx:
        assert await tx.fetchval("SELECT count(*) FROM post WHERE caption LIKE 'Raced %'") == 6


async def test_an_export_is_brought_in_again_as_it_was(ground: Ground) -> None:
    account, photo = ground.account(), await asset(ground)
    captions = ['=HYPERLINK("x")', "''=kept", "+33 1", "-1", "@maya", "\tTab", 'é🌊\r\nnew;"line",', "  spaces  ", "'"]
    rows = [planned(account, caption, photo, draft="yes", locationId="123") for caption in captions]
    made = await bring_in(ground, sheet(*rows))
    assert made["refused"] == 0
    written = [row for row in await exported(ground, "DRAFT") if row["account"] == account.username]
    assert [row["key"] for row in written] == [post["id"] for post in reversed(made["posts"])]
    assert not any(row["caption"].startswith(("=", "+", "-", "@", "\t", "\r")) for row in written)
    copied = await bring_in(ground, sheet(*written))
    assert (copied["made"], copied["refused"]) == (len(captions), 0)
    read = await asyncio.gather(*(ground.post(post["id"]) for post in [*made["posts"], *reversed(copied["posts"])]))
    told = [(one["caption"], one["media"], one["locationId"], one["timeZone"]) for one in read]
    dues = [one["publications"][0]["dueAt"] for one in read]
    assert (told[: len(rows)], dues[: len(rows)]) == (told[len(rows) :], dues[len(rows) :])
    assert [one["caption"] for one in read[: len(rows)]] == [as_meant(caption) for caption in captions]
    again = await bring_in(ground, sheet(*written))
    assert (again["made"], again["replayed"]) == (0, len(captions))


async def test_what_was_called_off_or_is_out_is_not_published_by_bringing_it_in(ground: Ground) -> None:
    account, photo = ground.account(), await asset(ground)
    made = await bring_in(ground, sheet(planned(account, "Called off", photo), planned(account, "Kept", photo)))
    await ground.api.post(f"/api/v1/posts/{made['posts'][0]['id']}/cancel")
    out = await ground.publish(ground.image(account))
    await ground.until(out, "PUBLISHED")
    rows = {row["caption"]: row for row in await exported(ground) if row["account"] == account.username}
    assert (rows["Called off"]["draft"], rows["Kept"]["draft"]) == ("yes", "")
    assert datetime.fromisoformat(rows["Kept"]["scheduledAt"]) == LATER
    report = await bring_in(ground, sheet(*rows.values()))
    states = [(await ground.post(post["id"]))["state"] for post in report["posts"]]
    assert (states, report["refused"]) == (["DRAFT"], 2)
    assert len(ground.public(account)) == 1


async def test_an_export_holds_the_posts_of_its_workspace_alone(ground: Ground) -> None:
    identity = ground.house.identity
    stranger = await identity.create_workspace("Elsewhere", "Europe/Paris", "en")
    _, key = await identity.create_key(stranger, "stranger", ["posts.read", "posts.write"])
    await bring_in(ground, sheet(planned(ground.somebody, "Ours", await asset(ground))))
    bearer = {"authorization": f"Bearer {key}", "content-type": "text/csv"}
    async with httpx2.AsyncClient(base_url=ground.url, headers=bearer, trust_env=False) as program:
        written = await program.get("/api/v1/posts.csv")
        ours = sheet(planned(ground.somebody, "Theirs", ""))
        refused = (await program.post(IMPORT, content=ours)).json()
    assert written.text.removeprefix("\ufeff") == ",".join(COLUMNS) + "\r\n"
    assert [(error["row"], error["column"]) for error in refused["errors"]] == [(2, "account")]


async def test_a_request_that_is_no_import_is_refused_before_anything_is_made(ground: Ground) -> None:
    content = sheet(planned(ground.somebody, "Never", await asset(ground)))
    before = await counted(ground)

    async def asked(address: str, kind: str, body: bytes = content, **headers: str) -> tuple[int, str]:
        answer = await ground.api.post(address, content=body, headers={"content-type": kind, **headers})
        return answer.status_code, answer.json()["code"]

    assert await asked(IMPORT, "application/json") == (415, "unsupported_type")
    assert await asked(f"{IMPORT}?dryrun=true", "text/csv") == (422, "invalid")
    assert await asked(IMPORT, "text/csv", b"acount\n") == (422, "invalid")
    assert await asked(IMPORT, "text/csv", content, **{"idempotency-key": "x" * 256}) == (422, "invalid")
    declared = await ground.api.post(IMPORT, content=b" " * (MAX_BYTES + 1), headers={"content-type": "text/csv"})
    assert declared.status_code == 413
    assert await counted(ground) == before


async def test_the_command_line_makes_a_file_once_and_tells_its_faulty_rows(
    ground: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account, photo = ground.somebody, await asset(ground)
    late = planned(account, "Too late", photo, scheduledAt="2020-01-01T10:00Z")
    file = tmp_path / "posts.csv"
    file.write_bytes(sheet(planned(account, "By command", photo), late))
    given = complete(tmp_path, ground.house.settings.database_url.reveal())
    made = await asyncio.to_thread(huntaze, "import", "posts.csv", given=given, folder=tmp_path)
    assert (made.status, made.out) == (1, "1 made, 0 made before, 1 refused\n")
    refused, mend = made.err.splitlines()[:-1], made.err.splitlines()[-1]
    assert refused == ["row 3, scheduledAt: This time has passed.", "  → Choose a time in the future, or publish now."]
    assert mend.startswith("Mend these rows, then: huntaze import posts.csv --key ")
    settings, goes_by = ground.house.settings, mend.rpartition(" ")[2]
    dry = await asyncio.to_thread(bulk.bring_in, settings, file, None, "another", dry_run=True)
    again = await asyncio.to_thread(bulk.bring_in, settings, file, None, None, dry_run=False)
    assert (dry, again) == (1, 1)
    told = capsys.readouterr().out.splitlines()
    assert told == ["0 would be made, 0 made before, 2 refused", "0 made, 1 made before, 1 refused"]
    file.write_bytes(sheet(planned(account, "By command", photo), {**late, "scheduledAt": LATER.isoformat()}))
    assert await asyncio.to_thread(bulk.bring_in, settings, file, None, goes_by, dry_run=False) == 0
    assert capsys.readouterr().out == "1 made, 1 made before, 0 refused\n"


async def test_a_refused_file_and_the_post_that_stands_already_are_named(
    ground: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account, photo = ground.somebody, await asset(ground)
    row = planned(account, "Stands already", photo)
    (stands,) = (await bring_in(ground, sheet(row)))["posts"]
    unfetched = planned(account, "Unfetched", f"{photo} http://169.254.169.254/latest.jpg", type="CAROUSEL")
    file = tmp_path / "posts.csv"
    file.write_bytes(sheet(row, unfetched))
    assert await asyncio.to_thread(bulk.bring_in, ground.house.settings, file, None, None, dry_run=True) == 1
    told = capsys.readouterr().err.splitlines()
    assert f"  → {ground.house.settings.public_url}/posts/{stands['id']}" in told
    assert any(line.startswith("row 3, media, file 2: ") for line in told)


async def test_the_command_line_writes_the_posts_to_a_file(ground: Ground, tmp_path: Path) -> None:
    account = ground.account()
    await bring_in(ground, sheet(planned(account, "=Written", await asset(ground), draft="yes")))
    out, settings = tmp_path / "out.csv", ground.house.settings
    assert await asyncio.to_thread(bulk.send_out, settings, out, str(ground.workspace_id), ["draft"]) == 0
    rows = list(csv.DictReader(StringIO(out.read_bytes().decode("utf-8-sig"), newline="")))
    assert [row["caption"] for row in rows if row["account"] == account.username] == ["'=Written"]


@pytest.mark.parametrize(
    ("file", "workspace", "words"),
    [
        ("none.csv", None, "none.csv cannot be read"),
        ("bad.csv", None, "no column called acount"),
        ("bad.csv", "mine", "mine is not a workspace's id"),
        ("bad.csv", "00000000-0000-4000-8000-000000000000", "there is no workspace"),
    ],
)
async def test_what_a_command_cannot_do_is_said_in_words(
    ground: Ground, tmp_path: Path, file: str, workspace: str | None, words: str
) -> None:
    (tmp_path / "bad.csv").write_text("acount\n")
    with pytest.raises(CommandFailed, match=words):
        await asyncio.to_thread(bulk.bring_in, ground.house.settings, tmp_path / file, workspace, None, dry_run=False)
