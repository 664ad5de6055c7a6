"""Nobody knows whether it was published: look, wait, and never send blindly."""

from __future__ import annotations

from huntaze.once import SETTLE_READS
from tests.publishing.elsewhere import post_elsewhere, unconfirmed
from tests.publishing.ground import Connected, Ground, Json, kinds
from tests.support.waiting import eventually

PUBLISH = "POST /{ig}/media_publish"
CONTAINER = "GET /{c}"
DAY = 86_400.0
WAITING = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'evidence'::regclass"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


async def test_published_but_the_answer_was_lost_is_read_and_linked(ground: Ground) -> None:
    account = ground.account()
    before = ground.sends(account)
    ground.fault(PUBLISH, account, where="after", what="reset")
    post_id = await ground.publish(ground.image(account))
    row = await ground.linked(post_id)
    (public,) = ground.public(account)
    assert (row["state"], row["mediaId"]) == ("PUBLISHED", public["objectId"])
    assert kinds(row) == ["preparing", "sending", "unknown", "status", "published", "linked"]
    assert ground.sends(account) == before + 1


async def test_published_but_answered_with_a_rate_limit_is_not_sent_again(ground: Ground) -> None:
    account = ground.account()
    before = ground.sends(account)
    ground.fault(PUBLISH, account, where="after", what="error", code=4, subcode=2207051)
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "PUBLISHED")
    assert (len(ground.public(account)), ground.sends(account)) == (1, before + 1)


async def test_published_but_answered_with_500_is_not_sent_again(ground: Ground) -> None:
    account = ground.account()
    ground.fault(PUBLISH, account, where="after", what="status", status=500)
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_not_published_is_sent_again_with_the_same_artefact_once_all_has_settled(ground: Ground) -> None:
    account = ground.account()
    ground.fault(PUBLISH, account, where="before", what="reset")
    post_id = await ground.publish(ground.image(account))
    row = await ground.until(post_id, "PUBLISHED")
    (made,) = ground.containers(account)
    (public,) = ground.public(account)
    assert public["containerId"] == made["id"]
    assert [attempt["outcome"] for attempt in row["attempts"]] == ["unknown", "published"]
    assert {attempt["artefact"] for attempt in row["attempts"]} == {made["id"]}
    assert "soft_no" in kinds(row)


async def test_a_post_that_the_platform_commits_late_is_not_sent_twice(ground: Ground) -> None:
    account = ground.account()
    before = ground.sends(account)
    ground.fault(PUBLISH, account, where="after", what="late-commit", seconds=0.8)
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "PUBLISHED")
    assert (len(ground.public(account)), ground.sends(account)) == (1, before + 1)


async def test_an_expired_artefact_is_proof_and_a_new_one_goes_out(ground: Ground) -> None:
    account = ground.account()
    ground.fault(PUBLISH, account, where="before", what="reset")
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "UNKNOWN", "RECONCILING")
    ground.sim.advance(DAY + 60)
    try:
        row = await ground.until(post_id, "PUBLISHED")
    finally:
        ground.sim.post("/_sim/clock", {"offset": 0})
    old, new = await ground.artefacts(post_id)
    assert (old["state"], new["state"]) == ("expired", "published")
    assert [attempt["outcome"] for attempt in row["attempts"]] == ["not published", "published"]
    assert [one["containerId"] for one in ground.public(account)] == [new["ref"]]


async def test_a_read_that_fails_is_no_evidence(ground: Ground) -> None:
    account = ground.account()
    before = ground.sends(account)
    ground.fault(PUBLISH, account, where="before", what="reset")
    blind = ground.sim.add_fault(
        {"match": {"endpoint": CONTAINER}, "what": "error", "code": 100, "subcode": 33, "times": 0}
    )
    ground.sim.delete(f"/_sim/faults/{blind}")
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "UNKNOWN", "RECONCILING")
    blind = ground.sim.add_fault(
        {"match": {"endpoint": CONTAINER}, "what": "error", "code": 100, "subcode": 33, "times": 0}
    )

    async def long_past_settling() -> bool:
        return bool((await ground.row(post_id))["unknown_reads"] >= 6)

    await eventually(long_past_settling)
    assert (await ground.row(post_id))["state"] == "RECONCILING"
    assert (ground.public(account), ground.sends(account)) == ([], before + 1)
    ground.sim.delete(f"/_sim/faults/{blind}")
    await ground.until(post_id, "PUBLISHED")
    assert len(ground.public(account)) == 1


async def test_a_list_that_cannot_be_read_is_no_evidence_either(ground: Ground) -> None:
    account = ground.account()
    before = ground.sends(account)
    ground.fault(PUBLISH, account, where="before", what="reset")
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "UNKNOWN", "RECONCILING")
    for endpoint in ("GET /{ig}/media", "GET /{ig}/content_publishing_limit"):
        ground.fault(endpoint, account, what="status", status=500, times=0)

    async def long_past_settling() -> bool:
        return bool((await ground.row(post_id))["unknown_reads"] >= 6)

    await eventually(long_past_settling)
    assert ((await ground.row(post_id))["state"], ground.sends(account)) == ("RECONCILING", before + 1)
    ground.sim.clear_faults()
    await ground.until(post_id, "PUBLISHED")
    assert len(ground.public(account)) == 1


async def _blind_before_the_second_send(ground: Ground, account: Connected) -> tuple[str, int]:
    """Not published, all has settled, and in this very moment the artefact cannot be read any more. How often it was
    sent by then."""
    ground.fault(PUBLISH, account, where="before", what="timeout", seconds=1.0)
    before = ground.sends(account)
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "SENT")
    ground.fault("GET /{ig}/media", account, what="status", status=500, times=0)

    async def long_past_settling() -> bool:
        return bool((await ground.row(post_id))["unknown_reads"] >= 6)

    await eventually(long_past_settling)

    async def about_to_send_again() -> bool:
        return bool(await tx.fetchval(WAITING))

    async with ground.rows() as tx:
        await tx.execute("LOCK TABLE evidence IN SHARE MODE")  # the line that says so waits here
        ground.sim.clear_faults()
        await eventually(about_to_send_again, every=0.02)
        ground.sim.add_fault({"match": {"endpoint": CONTAINER}, "what": "status", "status": 500, "times": 0})
    return post_id, ground.sends(account) - before


async def _asked_in_vain(ground: Ground, post_id: str) -> Json:
    """The stored row once it was looked at again and again."""

    async def looked() -> Json:
        row = await ground.row(post_id)
        return row if row["tries"] >= 3 else {}

    return await eventually(looked)


async def test_nothing_is_sent_again_while_the_platform_cannot_be_asked(ground: Ground) -> None:
    account = ground.account()
    post_id, sent = await _blind_before_the_second_send(ground, account)
    before = ground.sends(account)
    row = await _asked_in_vain(ground, post_id)
    assert (row["state"], row["next_check_at"] is not None) == ("PREPARED", True)
    assert (sent, ground.sends(account), ground.public(account)) == (1, before, [])
    ground.sim.clear_faults()
    done = await ground.until(post_id, "PUBLISHED")
    assert [kind for kind in kinds(done) if kind in ("soft_no", "not_again")] == ["soft_no", "not_again"]
    assert (len(ground.public(account)), ground.sends(account)) == (1, before + 1)


async def test_a_person_decides_when_the_platform_can_never_be_asked_again(ground: Ground) -> None:
    account = ground.account()
    post_id, _ = await _blind_before_the_second_send(ground, account)
    before = ground.sends(account)
    await _asked_in_vain(ground, post_id)
    async with ground.rows() as tx:
        await tx.execute(
            "UPDATE publication SET unknown_since = unknown_since - interval '26 hours' WHERE post_id = $1", post_id
        )
    row = await ground.until(post_id, "UNCONFIRMED")
    assert row["error"]["code"] == "unconfirmed"
    assert [attempt["outcome"] for attempt in row["attempts"]] == ["unconfirmed"]
    assert ground.sends(account) == before


async def test_a_like_post_in_the_list_makes_it_unconfirmed_and_a_person_confirms(ground: Ground) -> None:
    account, post_id, other = await unconfirmed(ground, where="before", what="reset")
    answer = await ground.api.post(f"/api/v1/posts/{post_id}/confirm")
    assert answer.json()["state"] == "PUBLISHED"
    row = await ground.linked(post_id)
    assert row["mediaId"] == other
    assert "confirmed" in kinds(row)
    assert len(ground.public(account)) == 1


async def test_what_is_committed_between_the_two_reads_is_read_once_more(ground: Ground) -> None:
    """The status says no, the list that is read a moment later shows it."""
    account = ground.account()
    ground.fault(PUBLISH, account, where="after", what="late-commit", seconds=3600.0)
    post_id = await ground.publish(ground.image(account))
    await ground.until(post_id, "UNKNOWN", "RECONCILING")
    blind = ground.fault("GET /{ig}/media", account, what="status", status=500, times=0)

    async def settled() -> bool:
        row = await ground.row(post_id)
        since = ground.house.clock.now() - row["unknown_since"]
        return bool(since > ground.house.timings.settle and row["unknown_reads"] >= SETTLE_READS)

    await eventually(settled)
    (container,) = ground.containers(account)
    ground.gate.keep_back(str(container["id"]).encode())
    await ground.gate.keeping()
    ground.sim.advance(3601)
    try:
        ground.sim.delete(f"/_sim/faults/{blind}")
        ground.gate.let_go()
        row = await ground.until(post_id, "PUBLISHED", "UNCONFIRMED")
    finally:
        ground.sim.post("/_sim/clock", {"offset": 0})
    assert (row["state"], len(ground.public(account))) == ("PUBLISHED", 1)
    assert "disputed" in kinds(row)


async def test_sending_again_needs_the_word_of_a_person_who_looked(ground: Ground) -> None:
    account, post_id, _ = await unconfirmed(ground, where="before", what="reset")
    blind = await ground.api.post(f"/api/v1/posts/{post_id}/retry")
    assert (blind.status_code, blind.json()["code"]) == (409, "too_late")
    looked = await ground.api.post(f"/api/v1/posts/{post_id}/retry?looked=not_there")
    assert looked.status_code == 200
    row = await ground.until(post_id, "PUBLISHED")
    said: list[Json] = [line for line in row["timeline"] if line["kind"] == "looked"]
    assert [line["words"] for line in said] == ["stories looked at the account: it is not there. Send it again."]
    assert len(ground.public(account)) == 2


async def test_a_person_who_looked_too_early_does_not_make_it_go_out_twice(ground: Ground) -> None:
    account, post_id, _ = await unconfirmed(ground, where="after", what="late-commit", seconds=3600.0)
    ground.sim.advance(3601)
    try:

        async def committed_late() -> bool:
            return len(ground.public(account)) == 2

        await eventually(committed_late)
        await ground.api.post(f"/api/v1/posts/{post_id}/retry?looked=not_there")
        await ground.until(post_id, "PUBLISHED")
    finally:
        ground.sim.post("/_sim/clock", {"offset": 0})
    assert len(ground.public(account)) == 2
    assert len(ground.containers(account)) == 2


async def test_the_link_is_the_one_post_that_is_ours_among_similar_ones(ground: Ground) -> None:
    account, user_id = await ground.with_own_sign_in()
    await post_elsewhere(ground, account, user_id, "Ours or theirs")
    await post_elsewhere(ground, account, user_id, "Something else")
    ground.fault(PUBLISH, account, where="after", what="reset")
    post_id = await ground.publish(ground.image(account, caption="  Ours or theirs "))
    row = await ground.linked(post_id)
    ours = [one for one in ground.public(account) if one["containerId"] == row["attempts"][0]["artefact"]]
    assert row["mediaId"] == ours[0]["objectId"]


async def test_several_posts_that_may_be_ours_are_all_left_alone(ground: Ground) -> None:
    account, user_id = await ground.with_own_sign_in()
    ground.fault(PUBLISH, account, where="after", what="timeout", seconds=1.5)
    post_id = await ground.publish(ground.image(account, caption="Three alike"))
    await ground.until(post_id, "SENT")
    await post_elsewhere(ground, account, user_id, "Three alike")

    async def asked() -> bool:
        return "several" in kinds((await ground.post(post_id))["publications"][0])

    await eventually(asked, every=0.1)
    row = (await ground.post(post_id))["publications"][0]
    assert (row["state"], row["mediaId"]) == ("PUBLISHED", None)
