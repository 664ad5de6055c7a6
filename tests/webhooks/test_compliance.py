"""People who take our rights away or want to be forgotten, and the canaries that nothing may keep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from huntaze.kit.secret import Secret
from huntaze.outbox import ErasedAccount
from huntaze.platforms.compliance import NotSigned, PersonAsked
from huntaze.platforms.instagram import SignedRequests
from huntaze.webhooks import erasure_store
from socialsim.meta.webhooks.compliance import signed_request
from socialsim.testing import MAYA
from tests.support.leaks import captured_logs, every_row
from tests.support.waiting import eventually
from tests.webhooks.conftest import PATH, Door
from tests.webhooks.deliveries import MAYA_ACCOUNT, OTHER_ACCOUNT, comment, delivery, envelope

VECTOR = (
    "3Wdj6_VUb1miYf-CVkJisBdI5_pcaLYbHf9632GUsR0.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV4cGlyZXMiOjAsImlzc3VlZF9h"
    "dCI6MTc3MDAwMDAwMCwidXNlcl9pZCI6IjkwMDEifQ"
)
"""Of the fact sheet, signed with ``demo-secret`` (instagram.md §7)."""
PERSON, NAME, WORDS = "987650001234567", "canary.lena", "canary words of lena"


def payload(user_id: str = MAYA, issued_at: int = 1770000000, algorithm: str = "HMAC-SHA256") -> dict[str, object]:
    return {"algorithm": algorithm, "user_id": user_id, "issued_at": issued_at, "expires": 0}


async def call(door: Door, what: str, word: str, platform: str = "instagram") -> tuple[int, bytes]:
    answer = await door.client.post(f"/api/webhooks/{platform}/{what}", data={"signed_request": word})
    return answer.status_code, answer.content


async def refusal(door: Door, what: str, word: str, platform: str = "instagram") -> tuple[int, str]:
    status, answer = await call(door, what, word, platform)
    said = json.loads(answer)
    assert said["detail"], "a person reads it"
    return status, said["code"]


async def live(door: Door) -> list[str]:
    rows = await door.rooms.rows("SELECT account_ref FROM account WHERE disconnected_at IS NULL ORDER BY 1")
    return [row["account_ref"] for row in rows]


def test_the_signed_request_of_the_fact_sheet_is_read_and_a_changed_one_is_not() -> None:
    read = SignedRequests().read
    asked = read({"signed_request": VECTOR}, [Secret("another"), Secret("demo-secret")])
    assert (asked.user_ref, int(asked.issued_at.timestamp())) == ("9001", 1770000000)
    signature, _, encoded = VECTOR.partition(".")
    forged = [f"A{VECTOR[1:]}", f"{signature}.{signed_request('x', payload()).partition('.')[2]}"]
    for word in forged:
        with pytest.raises(NotSigned):
            read({"signed_request": word}, [Secret("demo-secret"), Secret("")])
    with pytest.raises(NotSigned):
        read({"signed_request": VECTOR}, [])
    for word in ("", ".", "a.b.c", f"{signature}=.{encoded}", f"{VECTOR}=", signature, f"{VECTOR[:-1]}R"):
        with pytest.raises(ValueError):
            read({"signed_request": word}, [Secret("demo-secret")])
    for wrong in (payload(algorithm="none"), payload(user_id=""), payload(issued_at=0), {"user_id": "1"}):
        with pytest.raises(ValueError):
            read({"signed_request": signed_request("demo-secret", wrong)}, [Secret("demo-secret")])


async def test_a_forged_callback_is_refused_in_words_and_changes_nothing(door: Door) -> None:
    await door.rooms.connect(await door.rooms.owner(), MAYA_ACCOUNT)
    secret = door.rooms.sim.app_secret
    good = signed_request(secret, payload())
    for what in ("deauthorize", "deletion"):
        assert await refusal(door, what, signed_request("not ours", payload())) == (401, "not_signed")
        assert await refusal(door, what, signed_request(secret, payload(algorithm="none"))) == (400, "no_callback")
        assert await refusal(door, what, "nonsense") == (400, "no_callback")
        assert await refusal(door, what, good, platform="tiktok") == (404, "not_found")
    assert await live(door) == [MAYA_ACCOUNT]
    assert (await door.client.get("/deletion/ABCDEFGHIJKLMNOPQRSTUVWXYZ")).status_code == 404


async def test_who_removes_the_app_is_disconnected_at_once_and_an_old_callback_ends_no_later_sign_in(
    door: Door,
) -> None:
    actor, sim = await door.rooms.owner(), door.rooms.sim
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    sim.post(
        "/_sim/apps", {"id": sim.app_id, "secret": sim.app_secret, "deauthorizeUrl": f"{door.url}{PATH}/deauthorize"}
    )
    sim.post("/_sim/act/remove-app", {"userId": MAYA})

    async def gone() -> bool:
        return await live(door) == []

    await eventually(gone)
    (row,) = await door.rooms.rows("SELECT token, disconnected_at FROM account")
    assert row["token"] == b""
    left = await door.rooms.value("SELECT count(*) FROM grants WHERE user_ref = $1 AND token <> ''", MAYA)
    assert left == 0
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    long_ago = int(door.rooms.clock.now().timestamp()) - 86_400
    assert await call(door, "deauthorize", signed_request(sim.app_secret, payload(issued_at=long_ago))) == (200, b"")
    assert await live(door) == [MAYA_ACCOUNT]


async def plant(door: Door) -> Sequence[str]:
    """A person's traces through every door that there is; what must not be found afterwards."""
    sides = {"sender": {"id": PERSON}, "recipient": {"id": MAYA_ACCOUNT}, "timestamp": 1770000000001}
    parts = [
        sides | {"message": {"mid": "canary-1", "text": WORDS}},
        sides | {"message_edit": {"mid": "canary-1", "text": f"{WORDS}, again", "num_edit": 1}},
        sides | {"reaction": {"mid": "canary-1", "action": "react", "reaction": "love", "emoji": "❤"}},
        sides | {"postback": {"mid": "canary-2", "title": WORDS, "payload": NAME}},
        sides | {"read": {"mid": "canary-1"}},
    ]
    theirs = {"id": "71", "text": WORDS, "from": {"id": PERSON, "username": NAME}, "media": {"id": "1789"}}
    others = [comment("72", "beau"), {"field": "never_heard_of", "value": {"who": PERSON, "name": NAME}}]
    broken = {"field": "comments", "value": {"id": "73", "from": [PERSON, NAME], "text": WORDS}}
    await door.post(delivery([{"field": "comments", "value": theirs}, *others, broken]))
    await door.post(envelope([{"id": MAYA_ACCOUNT, "time": 1, "messaging": parts}]))
    await door.drain()
    await door.post(delivery([{"field": "comments", "value": theirs | {"id": "74"}}]))  # it still waits
    return (PERSON, NAME, WORDS)


async def test_a_person_who_wrote_is_forgotten_in_every_table_and_the_log_and_does_not_come_back(door: Door) -> None:
    actor, h = await door.rooms.owner(), door.rooms.house
    await door.rooms.connect(actor, MAYA_ACCOUNT)
    with captured_logs() as logs:
        canaries = await plant(door)
        before = await every_row(h.database)
        assert [word for word in canaries if word not in before] == [], "else nothing was planted"
        async with h.database.transaction() as tx:
            counts = await h.erasers.erase(tx, actor.workspace_id, "instagram", PERSON)
        await plant(door)  # the platform sends everything once more
        await door.drain()
    after = await every_row(h.database)
    assert [word for word in canaries if word in after or word in logs.getvalue()] == []
    assert counts["crm"] > 0
    assert counts["webhooks"] >= 7
    assert await door.rooms.value("SELECT username FROM comment WHERE comment_ref = '72'") == "lea", "others stay"


async def test_who_asks_for_deletion_gets_a_code_and_a_page_and_nothing_of_their_accounts_is_left(door: Door) -> None:
    actor, sim, h = await door.rooms.owner("Agency"), door.rooms.sim, door.rooms.house
    await door.rooms.rows("TRUNCATE erasure")
    urls = {"deauthorizeUrl": f"{door.url}{PATH}/deauthorize", "dataDeletionUrl": f"{door.url}{PATH}/deletion"}
    with captured_logs() as logs:
        accounts = await door.rooms.connect(actor, MAYA_ACCOUNT, OTHER_ACCOUNT)
        await door.rooms.run("outbox.deliver")
        await door.rooms.work("crm.sync", "crm.pictures")
        canaries = [*await plant(door), *await their_words(door)]
        before = await every_row(h.database)
        assert [word for word in canaries if word not in before] == [], "else nothing was planted"
        assert stored_files(door) != []
        sim.post("/_sim/apps", {"id": sim.app_id, "secret": sim.app_secret, **urls})
        sim.post("/_sim/act/remove-app", {"userId": MAYA, "askDeletion": True})

        async def told() -> str:
            return "".join(one["url"] for one in sim.get("/_sim/deletions")["deletions"][-1:])

        address = urlsplit(await eventually(told)).path
        code = address.rpartition("/")[2]
        issued = await door.rooms.value("SELECT issued_at FROM erasure")
        again = signed_request(sim.app_secret, payload(issued_at=int(issued.timestamp())))
        _, answer = await call(door, "deletion", again)
        assert json.loads(answer) == {"url": f"{door.url}{address}", "confirmation_code": code}
        waiting = await door.client.get(address, headers={"accept-language": "fr"})
        assert ("en cours de suppression" in waiting.text, code in waiting.text) == (True, True)
        await door.rooms.run("webhooks.erase")
        await door.rooms.run("webhooks.erase")
        await door.rooms.run("outbox.deliver")
    after = await every_row(h.database)
    left = [word for word in canaries if word in after] + [
        f"log: {word}" for word in canaries if word in logs.getvalue()
    ]
    assert left == []
    assert stored_files(door) == []
    done = (await door.client.get(f"{address}?lang=en")).text
    assert "Your data is deleted." in done
    assert json.loads((await call(door, "deletion", again))[1])["confirmation_code"] == code
    assert await live(door) == []
    async with h.database.transaction() as tx:
        assert await h.accounts.get(tx, actor.workspace_id, accounts[0].id) is not None, "posts still refer to it"
    assert "eight days" in (await door.client.get("/privacy?lang=en")).text


async def their_words(door: Door) -> list[str]:
    """By what the accounts that are about to be forgotten could be known."""
    rows = await door.rooms.rows(
        "SELECT account_ref, username, page_ref FROM account WHERE disconnected_at IS NULL AND page_ref <> ''"
    )
    captions = await door.rooms.rows("SELECT caption FROM platform_media WHERE length(caption) > 12 LIMIT 5")
    told = [str(value) for row in rows for value in row.values()]
    return [*told, MAYA, *(str(row["caption"]) for row in captions)]


def stored_files(door: Door) -> list[Path]:
    """Our copies of pictures."""
    return [path for path in Path(door.rooms.house.settings.media_store).rglob("*") if path.is_file()]


async def test_a_request_for_somebody_who_was_never_here_is_done_at_once_and_says_so(door: Door) -> None:
    compliance, now = door.rooms.house.compliance, door.rooms.clock.now()
    row = await compliance.ask("instagram", PersonAsked("nobody-we-know", now))
    await compliance.run()
    page = (await door.client.get(f"/deletion/{row.code}?lang=en")).text
    assert "There was nothing about you here." in page
    found = await compliance.find(row.code)
    assert found is not None
    assert (found.person_ref, found.done_at) == ("", now)


async def test_everything_that_is_erased_has_a_name_on_the_page_of_the_request(door: Door) -> None:
    actor, h = await door.rooms.owner(), door.rooms.house
    row = await h.compliance.ask("instagram", PersonAsked("asked for the names", door.rooms.clock.now()))
    async with h.database.transaction() as tx:
        rooms = await h.erasers.erase_account(tx, ErasedAccount(actor.workspace_id, uuid4(), "instagram", ("1",)))
        await erasure_store.end(tx, row.code, dict.fromkeys(rooms, 1), door.rooms.clock.now())
    page = (await door.client.get(f"/deletion/{row.code}?lang=en")).text
    assert [name for name in rooms if f"<dt>{name}</dt>" in page] == []
    assert page.count("<dd>1</dd>") == len(rooms)
