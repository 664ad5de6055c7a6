"""What other tools do on the same account, and posts of which nobody can tell what became."""

from __future__ import annotations

import httpx2

from tests.publishing.ground import Connected, Ground
from tests.support.waiting import eventually

PUBLISH = "POST /{ig}/media_publish"
WORDS = "Twice the same words"


async def post_elsewhere(ground: Ground, account: Connected, user_id: str, caption: str) -> str:
    """Somebody publishes on the account with another tool; the id of the post."""
    page = ground.sim.tokens(user_id)["pages"][0]
    async with httpx2.AsyncClient(base_url=ground.sim.graph_url, trust_env=False) as tool:
        form = {"image_url": ground.picture(), "caption": caption, "access_token": page["pageToken"]}
        made = (await tool.post(f"/v26.0/{account.ref}/media", data=form)).json()

        async def public() -> str:
            form = {"creation_id": made["id"], "access_token": page["pageToken"]}
            return str((await tool.post(f"/v26.0/{account.ref}/media_publish", data=form)).json().get("id", ""))

        return await eventually(public, every=0.1)


async def unconfirmed(ground: Ground, **fault: object) -> tuple[Connected, str, str]:
    """A send that nobody can judge: it may be the like one that stands in the list."""
    account, user_id = await ground.with_own_sign_in()
    ground.fault(PUBLISH, account, **fault)
    post_id = await ground.publish(ground.image(account, caption=WORDS))
    await ground.until(post_id, "UNKNOWN", "RECONCILING")
    # A busy machine must not settle it before the other one is there
    blind = ground.fault("GET /{ig}/media", account, what="status", status=500, times=0)
    other = await post_elsewhere(ground, account, user_id, WORDS)
    ground.sim.delete(f"/_sim/faults/{blind}")
    row = await ground.until(post_id, "UNCONFIRMED")
    assert row["error"]["remedy"]
    return account, post_id, other
