"""Reading the mirror: every post and everybody once, page by page, as JSON, as files and on pages; and nonsense
refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest_asyncio

from huntaze.platforms.contract import PostType
from tests.crm.reading_ground import LEA_NAME, Readers, readers
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def ground(here: Rooms, url: str) -> AsyncIterator[Readers]:
    """A mirrored account and its readers."""
    async with readers(here, url) as found:
        yield found


async def test_every_post_is_listed_once_newest_first_and_found_by_what_it_is(ground: Readers) -> None:
    await ground.publish("=A1 Only ours")
    everything = await ground.all_of("media", limit="3")
    mirrored = await ground.here.rows("SELECT media_ref, type FROM platform_media WHERE parent_ref = ''")
    assert sorted(one["mediaRef"] for one in everything) == sorted(row["media_ref"] for row in mirrored)
    assert [one["publishedAt"] for one in everything] == sorted(
        (one["publishedAt"] for one in everything), reverse=True
    )
    ours = everything[0]
    assert (ours["caption"], ours["madeHere"]) == ("=A1 Only ours", True)
    assert [one["id"] for one in await ground.all_of("media", madeHere="true")] == [ours["id"]]
    assert [one["id"] for one in await ground.all_of("media", q="ONLY OURS")] == [ours["id"]]
    assert await ground.all_of("media", accountId=str(uuid4())) == []
    assert await ground.all_of("media", removed="true") == []
    older = await ground.all_of("media", until=ours["publishedAt"])
    assert [one["id"] for one in older] == [one["id"] for one in everything[1:]]
    kinds = {one["type"] for one in await ground.all_of("media", kind="CAROUSEL")}
    assert kinds == {"CAROUSEL"}
    rows = await ground.file("media.csv", madeHere="true")
    assert [(row["id"], row["caption"], row["madeHere"]) for row in rows] == [(ours["id"], "'=A1 Only ours", "true")]
    assert len(await ground.file("media.csv")) == len(everything)


async def test_a_post_comes_with_its_pictures_and_its_comments_and_a_page_that_is_known_is_not_sent_again(
    ground: Readers,
) -> None:
    carousel, ref = await ground.post_of(PostType.CAROUSEL)
    await ground.lea_speaks(ref)
    path = f"/api/v1/media/{carousel}"
    answer = await ground.program.get(path)
    whole = answer.json()
    assert len(whole["children"]) > 1
    assert [(one["username"], one["text"]) for one in whole["comments"]][-2:] == [
        (LEA_NAME, "<script>alert(1)</script>"),
        (ground.account.username, "merci"),
    ]
    again = await ground.program.get(path, headers={"if-none-match": f'"else", {answer.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    _, key = await ground.here.house.identity.create_key(ground.actor.workspace_id, "media only", ["media.read"])
    shorter = await ground.program.get(path, headers={"authorization": f"Bearer {key}"})
    assert shorter.json()["comments"] is None


async def test_somebody_is_listed_with_what_was_said_may_have_a_copy_and_be_forgotten(ground: Readers) -> None:
    _, ref = await ground.post_of(PostType.IMAGE)
    await ground.lea_speaks(ref)
    (lea,) = await ground.all_of("people", q=LEA_NAME)
    assert (lea["username"], lea["comments"], lea["messages"]) == (LEA_NAME, 1, 2)
    assert ground.account.username not in {one["username"] for one in await ground.all_of("people", limit="2")}
    path = f"people/{lea['id']}"
    said = await ground.all_of(f"{path}/timeline", limit="3")
    assert [(one["kind"], one["text"]) for one in said] == [
        ("answer", "bonjour"),
        ("message", "=1+1"),
        ("own_reply", "merci"),
        ("comment", "<script>alert(1)</script>"),
    ]
    one = await ground.told(path)
    assert one["timeline"] == {"items": said, "nextCursor": None}
    assert {"username"} <= {known["field"] for known in one["known"]}
    copy = await ground.told(f"{path}/export")
    assert copy["timeline"] == said
    assert (await ground.file("people.csv", q=LEA_NAME))[0]["messages"] == "2"

    shown = await ground.page("/contacts", q=LEA_NAME)
    assert f"/contacts/{lea['id']}" in shown
    contact = await ground.page(f"/contacts/{lea['id']}")
    assert "<script>alert" not in contact
    wrong = await ground.press(contact, f"/contacts/{lea['id']}/erase", typed="somebody")
    assert (wrong.status_code, wrong.headers["location"]) == (303, f"/contacts/{lea['id']}")
    gone = await ground.press(contact, f"/contacts/{lea['id']}/erase", typed=LEA_NAME)
    assert (gone.status_code, gone.headers["location"]) == (303, "/contacts")
    assert await ground.all_of("people", q=LEA_NAME) == []
    assert (await ground.program.get(f"/api/v1/{path}")).status_code == 404


async def test_an_accounts_profile_its_sync_and_its_days_are_told(ground: Readers) -> None:
    (account,) = (await ground.told("accounts"))["items"]
    assert account["profile"]["followers"] > 0
    assert account["sync"]["finishedAt"] is not None
    today = ground.here.clock.now().date()
    sql = (
        "INSERT INTO account_figure (workspace_id, account_id, day, username, name, followers, read_at)"
        " VALUES ($1, $2, $3, 'maya', 'Maya', $4, $5)"
    )
    async with ground.here.house.database.transaction() as tx:
        await tx.execute("DELETE FROM account_figure")
        for back, followers in ((2, 100), (1, None), (0, 140)):
            facts = (ground.actor.workspace_id, ground.account.id, today - timedelta(days=back), followers)
            await tx.execute(sql, *facts, ground.here.clock.now())
    days = (await ground.told(f"accounts/{account['id']}/figures", since=str(today - timedelta(days=2))))["items"]
    assert [day["followers"] for day in days] == [100, None, 140]
    assert (await ground.file("accounts.csv"))[0]["followers"] == str(account["profile"]["followers"])
    shown = await ground.page("/accounts")
    assert "+40" in shown
    assert "from 100 to 140" in shown


async def test_the_grid_and_a_post_are_shown_and_a_filter_that_is_nonsense_is_left_out(ground: Readers) -> None:
    await ground.publish("Ours & <b>bold</b>")
    shown = await ground.page("/published", origin="here")
    assert "Ours &amp; &lt;b&gt;bold" in shown
    assert shown.count('class="tile"') == 1
    assert (await ground.page("/published", kind="PAINTING", account="nobody")).count('class="tile"') > 1
    lost = await ground.browser.get("/published", params={"before": "made-up"})
    assert (lost.status_code, lost.headers["location"]) == (303, "/published")
    carousel, _ = await ground.post_of(PostType.CAROUSEL)
    assert "Made here" not in (await ground.page(f"/published/{carousel}"))


NONSENSE = (
    ("media", {"limit": "0"}, "limit"),
    ("media", {"kind": "PAINTING"}, "kind/0"),
    ("media", {"accountId": "maya"}, "accountId/0"),
    ("media", {"since": "2026-11-01T00:00:00"}, "since"),
    ("media", {"since": "0001-01-01T00:00:00+14:00"}, "since"),
    ("media", {"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, "until"),
    ("media", {"removed": "perhaps"}, "removed"),
    ("media", {"q": "a\0b"}, "q"),
    ("media", {"colour": "blue"}, "colour"),
    ("media", {"cursor": "made-up"}, "cursor"),
    ("media.csv", {"limit": "5"}, "limit"),
    ("people", {"kind": "IMAGE"}, "kind"),
    ("people.csv", {"q": "x" * 101}, "q"),
)
"""Path, query, and the parameter that is to blame."""


async def test_nonsense_is_refused_by_name_and_so_is_the_cursor_of_another_list(ground: Readers) -> None:
    cursor = (await ground.told("media", limit="1"))["nextCursor"]
    for path, query, parameter in (*NONSENSE, ("people", {"cursor": cursor}, "cursor")):
        answer = await ground.program.get(f"/api/v1/{path}", params=query)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "invalid"), (path, query)
        assert [fault["parameter"] for fault in problem["errors"]] == [parameter]
        assert problem["remedy"]
