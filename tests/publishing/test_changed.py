"""People change their minds: moved, edited and cancelled, while it is prepared and when it is ready."""

from __future__ import annotations

from uuid import UUID

from tests.publishing.ground import Connected, Ground, Json, kinds, soon
from tests.support.waiting import eventually

STEP_WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " AND query LIKE '%one step of whoever holds the fence%'"
)


async def _planned(ground: Ground, account: Connected, state: str, *, due: float = 60.0) -> str:
    """A post of which something is made at the platform already: under way, or ready."""
    ground.sim.configure({"ready": {"IMAGE": 0.1 if state == "PREPARED" else 2.0}})
    post_id = await ground.publish(ground.image(account)) if due == 0 else await _scheduled(ground, account, due)
    await ground.until(post_id, state)

    async def made() -> bool:
        return bool(await ground.artefacts(post_id))

    await eventually(made)
    return post_id


async def _scheduled(ground: Ground, account: Connected, due: float) -> str:
    """Scheduled within the time in which it is prepared ahead."""
    return await ground.publish(ground.image(account, scheduledAt=soon(due)))


async def _patch(ground: Ground, post_id: str, **change: object) -> Json:
    answer = await ground.api.patch(f"/api/v1/posts/{post_id}", json=change)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def _one_public_from(ground: Ground, account: Connected, post_id: str) -> None:
    """What became public came from the newest artefact; every other was abandoned on record and never armed."""
    (public,) = ground.public(account)
    *earlier, last = [one for one in await ground.artefacts(post_id) if one["role"] == "post"]
    assert public["containerId"] == last["ref"]
    assert [one["state"] for one in earlier] == ["abandoned"] * len(earlier)
    assert earlier
    row = (await ground.post(post_id))["publications"][0]
    assert [attempt["artefact"] for attempt in row["attempts"]] == [last["ref"]]


async def test_a_post_moved_while_it_is_prepared_goes_out_once_at_its_new_time(ground: Ground) -> None:
    account = ground.account()
    post_id = await _planned(ground, account, "PREPARING", due=20)
    ground.sim.configure({"ready": {"IMAGE": 0.1}})
    await _patch(ground, post_id, scheduledAt=soon(1.5))
    row = await ground.until(post_id, "PUBLISHED")
    assert "moved" in kinds(row)
    await _one_public_from(ground, account, post_id)


async def test_what_is_ready_and_what_a_person_changes_are_locked_in_one_order(ground: Ground) -> None:
    """First the publication, then what was made for it: a change in the very moment of being ready is no deadlock."""
    account = ground.account()
    post_id = await _planned(ground, account, "PREPARING", due=20)
    async with ground.rows() as tx:
        await tx.execute("SELECT 1 FROM publication WHERE post_id = $1 FOR UPDATE", UUID(post_id))

        async def worker_waits() -> bool:
            await tx.execute("SELECT pg_stat_clear_snapshot()")
            return bool(await tx.fetchval(STEP_WAITS))

        await eventually(worker_waits)
        await tx.execute(
            "SELECT 1 FROM artefact JOIN publication ON publication.id = publication_id WHERE post_id = $1"
            " FOR UPDATE OF artefact NOWAIT",
            UUID(post_id),
        )
    await ground.until(post_id, "PREPARED")


async def test_a_prepared_post_moved_to_now_abandons_what_was_prepared(ground: Ground) -> None:
    account = ground.account()
    post_id = await _planned(ground, account, "PREPARED", due=20)
    await _patch(ground, post_id, scheduledAt=None)
    await ground.until(post_id, "PUBLISHED")
    await _one_public_from(ground, account, post_id)


async def test_an_edited_post_goes_out_with_its_new_words_only(ground: Ground) -> None:
    account = ground.account()
    post_id = await _planned(ground, account, "PREPARED", due=20)
    changed = await _patch(ground, post_id, caption="The better words", scheduledAt=soon(0.5))
    assert changed["version"] == 2
    row = await ground.until(post_id, "PUBLISHED")
    assert "edited" in kinds(row)
    assert [one["text"] for one in ground.public(account)] == ["The better words"]
    await _one_public_from(ground, account, post_id)


async def test_a_post_cancelled_while_it_is_prepared_never_goes_out(ground: Ground) -> None:
    account = ground.account()
    post_id = await _planned(ground, account, "PREPARING", due=0)
    answer = await ground.api.post(f"/api/v1/posts/{post_id}/cancel")
    assert answer.json()["state"] == "CANCELLED"
    await _never(ground, account, post_id)


async def test_a_cancelled_prepared_post_lets_its_time_pass(ground: Ground) -> None:
    account = ground.account()
    post_id = await _planned(ground, account, "PREPARED", due=4)
    await ground.api.post(f"/api/v1/posts/{post_id}/cancel")
    await _never(ground, account, post_id)
    assert [one["state"] for one in await ground.artefacts(post_id)] == ["abandoned"]


async def _never(ground: Ground, account: Connected, post_id: str) -> None:
    """A later post of the same account is out and this one is not: whatever was to happen has had its time."""
    ground.sim.configure({"ready": {"IMAGE": 0.1}})
    later = await ground.publish(ground.image(account, caption="The next one", scheduledAt=soon(4)))
    await ground.until(later, "PUBLISHED")
    assert [row["text"] for row in ground.public(account)] == ["The next one"]
    assert (await ground.row(post_id))["state"] == "CANCELLED"


async def test_what_is_out_can_neither_be_edited_moved_nor_cancelled(ground: Ground) -> None:
    post_id = await ground.publish(ground.image(ground.account()))
    await ground.until(post_id, "PUBLISHED")
    answers = [
        await ground.api.patch(f"/api/v1/posts/{post_id}", json={"caption": "Too late"}),
        await ground.api.patch(f"/api/v1/posts/{post_id}", json={"scheduledAt": soon(600)}),
        await ground.api.post(f"/api/v1/posts/{post_id}/cancel"),
        await ground.api.post(f"/api/v1/posts/{post_id}/retry"),
        await ground.api.post(f"/api/v1/posts/{post_id}/confirm"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "too_late")] * 5


async def test_an_edit_of_an_older_version_is_a_conflict(ground: Ground) -> None:
    post_id = await ground.publish(ground.image(ground.account(), scheduledAt=soon(600)))
    await _patch(ground, post_id, caption="First", version=1)
    stale = await ground.api.patch(f"/api/v1/posts/{post_id}", json={"caption": "Second", "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")


async def test_a_draft_stays_a_draft_until_it_is_sent(ground: Ground) -> None:
    account = ground.account()
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    body = {"accountIds": [account.id], "mediaType": "IMAGE", "media": [{"assetId": asset["id"]}], "draft": True}
    post_id = (await ground.api.post("/api/v1/posts", json=body)).json()["id"]
    assert (await _patch(ground, post_id, scheduledAt=soon(0.2)))["state"] == "DRAFT"
    assert (await _patch(ground, post_id, caption="Ready", scheduledAt=None, draft=False))["state"] != "DRAFT"
    await ground.until(post_id, "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_an_account_taken_out_of_a_post_can_be_put_back(ground: Ground) -> None:
    first, second = ground.account(), ground.account()
    asset = (await ground.api.post("/api/v1/assets", json={"url": ground.picture()})).json()
    body = {"accountIds": [first.id, second.id], "mediaType": "IMAGE", "media": [{"assetId": asset["id"]}]}
    post_id = (await ground.api.post("/api/v1/posts", json={**body, "scheduledAt": soon(600)})).json()["id"]
    without = await _patch(ground, post_id, accountIds=[first.id])
    assert sorted(row["state"] for row in without["publications"]) == ["CANCELLED", "SCHEDULED"]
    again = await _patch(ground, post_id, accountIds=[first.id, second.id])
    assert [row["state"] for row in again["publications"]] == ["SCHEDULED", "SCHEDULED"]


async def test_a_post_held_for_its_missed_time_waits_for_a_person(ground: Ground) -> None:
    account = ground.account()
    post_id = await ground.publish(ground.image(account, scheduledAt=soon(600)))
    async with ground.rows() as tx:
        await tx.execute(
            "UPDATE publication SET due_at = now() - interval '2 hours', next_check_at = now() WHERE post_id = $1",
            post_id,
        )
    row = await ground.until(post_id, "HELD")
    assert row["heldReason"] == "missed"
    assert ground.public(account) == []
    await _patch(ground, post_id, scheduledAt=None)
    await ground.until(post_id, "PUBLISHED")
    assert len(ground.public(account)) == 1
