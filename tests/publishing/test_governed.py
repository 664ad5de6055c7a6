"""The platform's allowances and publishing: nothing but a block stops it, and a blocked account waits alone."""

from __future__ import annotations

from uuid import UUID

from tests.publishing.ground import Connected, Ground, kinds

CREATE = "POST /{ig}/media"
LIMIT = "GET /{ig}/content_publishing_limit"


async def detail(ground: Ground, account: Connected) -> dict[str, object]:
    """`GET /api/v1/accounts/{id}`."""
    answer = await ground.api.get(f"/api/v1/accounts/{account.id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def composer(ground: Ground, account: Connected) -> str:
    """The composer with this account chosen."""
    answer = await ground.browser.get(f"/posts/new?account={account.id}")
    assert answer.status_code == 200
    return answer.text


async def forget_quota(ground: Ground, account: Connected) -> None:
    """What was read of the quota is old."""
    async with ground.rows() as tx:
        await tx.execute(
            "UPDATE publishing_quota SET told_at = told_at - interval '1 hour' WHERE account_id = $1", UUID(account.id)
        )


async def test_at_91_percent_a_post_goes_out_all_the_same(ground: Ground) -> None:
    account = ground.account()
    ground.sim.use_up(account.ref, 91)
    await ground.until(await ground.publish(ground.image(account)), "PUBLISHED")
    usage = (await detail(ground, account))["usage"]
    assert isinstance(usage, list)
    (own,) = [row for row in usage if row["scope"] == "account"]
    assert 91 <= own["percent"] < 100
    assert len(ground.public(account)) == 1


async def test_a_blocked_account_waits_alone_is_not_asked_meanwhile_and_goes_on_afterwards(ground: Ground) -> None:
    blocked, other = ground.account(), ground.account()
    ground.sim.use_up(blocked.ref, 100, minutes=40)
    first = await ground.publish(ground.image(blocked))
    row = await ground.until(first, "HELD")
    assert row["heldReason"] == "throttled"
    before = ground.sim.calls(blocked.ref).get(CREATE, 0)
    second = await ground.publish(ground.image(blocked, caption="The second one"))
    row = await ground.until(second, "HELD")
    assert row["heldReason"] == "throttled"
    assert row["error"]["message"] == "Too many calls: the network takes no more for this account for now."
    assert (await ground.row(second))["held_until"] is not None
    assert ground.sim.calls(blocked.ref).get(CREATE, 0) == before
    await ground.until(await ground.publish(ground.image(other)), "PUBLISHED")
    ground.sim.delete("/_sim/limits")
    async with ground.rows() as tx:
        await tx.execute("UPDATE budget SET regain_at = now() WHERE account_id = $1", UUID(blocked.id))
        await tx.execute("UPDATE publication SET held_until = now() WHERE account_id = $1", UUID(blocked.id))
    for post_id in (first, second):
        assert "released" in kinds(await ground.until(post_id, "PUBLISHED"))
    assert len(ground.public(blocked)) == 2


async def test_what_is_left_of_the_quota_is_shown_before_publishing_and_by_the_api(ground: Ground) -> None:
    account = ground.account()
    ground.sim.configure({"accounts": {account.ref: {"quotaTotal": 2}}})
    page = await composer(ground, account)
    assert f"@{account.username}: 2 of 2 posts left" in page
    await ground.until(await ground.publish(ground.image(account)), "PUBLISHED")
    assert f"@{account.username}: 2 of 2 posts left" in await composer(ground, account)  # known, and young
    await forget_quota(ground, account)
    quota = (await detail(ground, account))["quota"]
    assert isinstance(quota, dict)
    assert {**quota, "toldAt": ""} == {"used": 1, "total": 2, "left": 1, "periodSeconds": 86400, "toldAt": ""}
    assert f"@{account.username}: 1 of 2 posts left" in await composer(ground, account)


async def test_a_quota_that_cannot_be_read_now_is_shown_as_it_was_and_one_never_read_not_at_all(
    ground: Ground,
) -> None:
    account = ground.account()
    ground.fault(LIMIT, account, what="error", code=2, times=9)
    assert "posts left" not in await composer(ground, account)
    assert (await detail(ground, account))["quota"] is None
    ground.sim.clear_faults()
    assert "posts left" in await composer(ground, account)
    await forget_quota(ground, account)
    ground.fault(LIMIT, account, what="error", code=2, times=9)
    assert "posts left" in await composer(ground, account)
