"""What TikTok tells an app, in which envelope, signed how, and how often it tries (tiktok.md §6)."""

import hashlib
import hmac
import json
from itertools import pairwise
from typing import Any

import pytest

from socialsim.testing import SimulatorHandle
from socialsim.tiktok.signing import signature
from socialsim.tiktok.webhooks import RETRY_LADDER, UNKNOWN_EVENT
from tests.socialsim.parts import Listener, Reply, Seen
from tests.socialsim.tiktok.posting_parts import CLIP, MAYA, Poster, file_body

PREFIX = "post.publish."


@pytest.fixture
def hook(poster: Poster, listener: Listener) -> Listener:
    """Where the default app hears."""
    listener.answers["/hook"] = Reply(200)
    poster.change_client(callbackUrl=f"{listener.url}/hook")
    return listener


def heard(hook: Listener) -> list[Any]:
    """Envelopes as they came; those that left at the same time may have overtaken each other."""
    return [json.loads(seen.body) for seen in hook.seen]


def told(hook: Listener) -> list[tuple[str, Any]]:
    """Events with their content, sorted by name."""
    return [(one["event"], json.loads(one["content"])) for one in sorted(heard(hook), key=str)]


def signed_at(seen: Seen, secret: str) -> int:
    """The time in a signature that is right; fails for a wrong one."""
    parts = dict(part.split("=", 1) for part in seen.headers["tiktok-signature"].split(","))
    message = parts["t"].encode() + b"." + seen.body
    assert hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() == parts["s"]
    return int(parts["t"])


def webhooks(poster: Poster, **knobs: object) -> None:
    poster.sim.configure({"tiktok": {"webhooks": knobs}})


def test_the_signature_is_the_one_of_the_fact_sheet() -> None:
    body = (
        b'{"client_key":"simck01","event":"post.publish.complete","create_time":1790000000,"user_openid":"sim-open-id-1",'
        b'"content":"{\\"publish_id\\":\\"v_pub_file~v2-1.700000000000000001\\",\\"publish_type\\":\\"DIRECT_POST\\"}"}'
    )
    assert len(body) == 212
    vector = "f2ace3940a5b281911f9da31869b54724c7e2461f40c35429e0405816e7e2a4f"
    assert signature("sim_client_secret_1", 1790000003, body) == f"t=1790000003,s={vector}"


def test_a_direct_post_is_told_complete_and_then_public(poster: Poster, hook: Listener) -> None:
    poster.knobs(processing=10, moderation=50)
    start = int(poster.sim.now())
    publish_id = poster.upload(privacy_level="PUBLIC_TO_EVERYONE")
    poster.settle()
    assert hook.seen == []
    poster.later(10)
    (seen,) = hook.seen
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["user-agent"]
    assert signed_at(seen, poster.sim.client_secret) == start + 10
    envelope = json.loads(seen.body)
    assert list(envelope) == ["client_key", "event", "create_time", "user_openid", "content"]
    assert envelope == {
        "client_key": poster.sim.client_key,
        "event": f"{PREFIX}complete",
        "create_time": start + 10,
        "user_openid": poster.open_id,
        "content": f'{{"publish_id":"{publish_id}","publish_type":"DIRECT_POST"}}',
    }
    poster.later(50)
    envelope = heard(hook)[1]
    assert envelope["event"] == f"{PREFIX}publicly_available"
    content = json.loads(envelope["content"])
    assert content["post_id"] == poster.status(publish_id)["publicaly_available_post_id"][0]
    assert list(content) == ["publish_id", "post_id", "publish_type"]


def test_a_private_post_is_complete_and_never_public(poster: Poster, hook: Listener) -> None:
    poster.upload()
    poster.later(5000)
    assert [event for event, _ in told(hook)] == [f"{PREFIX}complete"]


def test_a_failed_job_says_why(poster: Poster, hook: Listener) -> None:
    publish_id = poster.upload(b"junk")
    poster.settle()
    content = {"publish_id": publish_id, "reason": "file_format_check_failed", "publish_type": "DIRECT_POST"}
    assert told(hook) == [(f"{PREFIX}failed", content)]
    webhooks(poster, failureKey="fail_reason")
    poster.upload(b"junk")
    poster.settle()
    assert json.loads(heard(hook)[1]["content"])["fail_reason"] == "file_format_check_failed"


def test_a_cancelled_pull_is_told_as_failed(poster: Poster, hook: Listener) -> None:
    poster.knobs(processing=60)
    publish_id = poster.pull(f"{poster.sim.url}/_sim/videos/a.mp4")
    poster.ask("cancel", {"publish_id": publish_id})
    poster.settle()
    ((event, content),) = told(hook)
    assert (event, content["reason"]) == (f"{PREFIX}failed", "publish_cancelled")


def test_a_draft_is_told_delivered_and_complete_each_time_it_is_posted(poster: Poster, hook: Listener) -> None:
    publish_id = poster.upload(draft=True)
    poster.settle()
    content = {"publish_id": publish_id, "publish_type": "INBOX_SHARE"}
    assert told(hook) == [(f"{PREFIX}inbox_delivered", content)]
    post_ids = poster.act("post-draft", publishId=publish_id, times=2)["postIds"]
    poster.settle()
    assert told(hook) == [
        *[(f"{PREFIX}complete", content)] * 2,
        (f"{PREFIX}inbox_delivered", content),
        *[(f"{PREFIX}publicly_available", content | {"post_id": int(post_id)}) for post_id in post_ids],
    ]


def test_a_post_that_is_hidden_or_deleted_or_shown_again_is_told(poster: Poster, hook: Listener) -> None:
    publish_id = poster.upload(privacy_level="PUBLIC_TO_EVERYONE")
    (post_id,) = poster.status(publish_id)["publicaly_available_post_id"]
    poster.settle()
    hook.seen.clear()
    content = {"publish_id": publish_id, "post_id": post_id, "publish_type": "DIRECT_POST"}
    poster.act("make-private", postId=str(post_id))
    poster.settle()
    poster.act("make-public", postId=str(post_id))
    poster.settle()
    webhooks(poster, spelling="corrected", postId="string")
    poster.act("delete-post", postId=str(post_id))
    poster.settle()
    assert [(one["event"], json.loads(one["content"])) for one in heard(hook)] == [
        (f"{PREFIX}no_longer_publicaly_available", content),
        (f"{PREFIX}publicly_available", content),
        (f"{PREFIX}no_longer_publicly_available", content | {"post_id": str(post_id)}),
    ]


@pytest.mark.parametrize("reason", range(6))
def test_the_end_of_an_authorisation_is_told_with_its_reason(poster: Poster, hook: Listener, reason: int) -> None:
    made = poster.data("video/init", file_body(len(CLIP)))
    poster.act("disconnect", creatorId=MAYA, reason=reason)
    poster.settle()
    failed = {"publish_id": made["publish_id"], "reason": "auth_removed", "publish_type": "DIRECT_POST"}
    assert told(hook) == [("authorization.removed", {"reason": reason}), (f"{PREFIX}failed", failed)]
    assert {one["user_openid"] for one in heard(hook)} == {poster.open_id}
    assert poster.code("creator_info/query") == (401, "access_token_invalid")


def test_events_of_other_products_and_unknown_ones_can_be_sent(poster: Poster, hook: Listener) -> None:
    sent = [
        ("portability.download.ready", {"request_id": 7_500_000_000_000_000_099}),
        ("post.publish.never_heard_of", {}),
        ("video.publish.completed", {"share_id": "video.123"}),
        ("video.upload.failed", {"share_id": "video.124"}),
    ]
    for event, content in sent:
        poster.act("event", creatorId=MAYA, event=event, content=content)
    poster.settle()
    assert told(hook) == sent
    hook.seen.clear()
    webhooks(poster, unknown=True)
    poster.upload()
    poster.settle()
    assert sorted(one["event"] for one in heard(hook)) == [f"{PREFIX}complete", UNKNOWN_EVENT]


def test_an_app_hears_of_all_events_at_its_one_address_and_without_one_of_none(
    poster: Poster, listener: Listener
) -> None:
    poster.upload()
    poster.settle()
    assert poster.sim.deliveries() == []
    listener.answers["/late"] = Reply(200)
    poster.change_client(callbackUrl=f"{listener.url}/late")
    assert listener.seen == [], "no challenge is asked"
    poster.upload(draft=True)
    poster.upload(b"junk")
    poster.settle()
    assert [(seen.method, seen.path) for seen in listener.seen] == [("POST", "/late")] * 2


def test_a_strict_simulator_posts_to_https_only(poster: Poster, hook: Listener) -> None:
    poster.sim.configure({"strictMedia": True})
    poster.upload()
    poster.settle()
    assert hook.seen == []
    assert poster.sim.deliveries() == []


@pytest.mark.parametrize("status", [201, 204, 302, 400, 503])
def test_anything_but_200_is_tried_again(poster: Poster, hook: Listener, status: int) -> None:
    hook.answers["/hook"] = Reply(status)
    poster.upload()
    poster.settle()
    hook.answers["/hook"] = Reply(200)
    poster.later(RETRY_LADDER[0] - 1)
    assert len(hook.seen) == 1
    poster.later(1)
    first, second = hook.seen
    assert first.body == second.body
    (delivery,) = poster.sim.deliveries()
    assert [attempt["status"] for attempt in delivery["attempts"]] == [status, 200]
    assert delivery["state"] == "delivered"
    poster.later(86_400)
    assert len(hook.seen) == 2


def test_retries_thin_out_and_end_within_72_hours(poster: Poster, hook: Listener) -> None:
    hook.answers["/hook"] = Reply(500)
    assert all(later == 2 * before for before, later in pairwise(RETRY_LADDER))
    start = int(poster.sim.now())
    poster.upload()
    poster.later(72 * 3600)
    times = [signed_at(seen, poster.sim.client_secret) - start for seen in hook.seen]
    assert times == [round(sum(RETRY_LADDER[:count])) for count in range(len(RETRY_LADDER) + 1)]
    assert times[-1] < 72 * 3600
    assert poster.sim.deliveries()[0]["state"] == "dropped"
    hook.answers["/hook"] = Reply(200)
    poster.later(72 * 3600)
    assert len(hook.seen) == len(RETRY_LADDER) + 1, "dropped for good"


def test_a_retry_may_carry_the_first_signature(poster: Poster, hook: Listener) -> None:
    webhooks(poster, resign=False)
    hook.answers["/hook"] = Reply(500)
    start = int(poster.sim.now())
    poster.upload()
    poster.later(100)
    assert len(hook.seen) == 3
    assert {signed_at(seen, poster.sim.client_secret) for seen in hook.seen} == {start}
    assert len({seen.headers["tiktok-signature"] for seen in hook.seen}) == 1


def test_events_can_be_doubled_late_out_of_order_and_wrongly_signed(poster: Poster, hook: Listener) -> None:
    webhooks(poster, duplicates=2)
    poster.upload()
    poster.settle()
    assert len({seen.body for seen in hook.seen}) == 1
    assert len(hook.seen) == 3
    hook.seen.clear()
    webhooks(poster, duplicates=0, delay=30, userOpenid=False)
    poster.upload()
    poster.later(29)
    assert hook.seen == []
    poster.later(1)
    assert list(heard(hook)[0]) == ["client_key", "event", "create_time", "content"]
    hook.seen.clear()
    webhooks(poster, delay=0, shuffle=True)
    for _ in range(8):
        poster.upload(privacy_level="PUBLIC_TO_EVERYONE")
    for _ in range(20):
        poster.later(0.05)
    events = [one["event"] for one in heard(hook)]
    assert len(events) == 16
    assert events != [f"{PREFIX}complete", f"{PREFIX}publicly_available"] * 8
    assert events != sorted(events)
    hook.seen.clear()
    webhooks(poster, shuffle=False, wrongSignature=True)
    poster.upload()
    poster.settle()
    with pytest.raises(AssertionError):
        signed_at(hook.seen[0], poster.sim.client_secret)


def test_a_receiver_has_only_the_body_to_tell_events_apart(poster: Poster, hook: Listener) -> None:
    """Nothing numbers an event; two of the same kind for one draft differ in what they say or not at all."""
    publish_id = poster.upload(draft=True)
    poster.act("post-draft", publishId=publish_id, privacy="SELF_ONLY")
    poster.later(60)
    poster.act("post-draft", publishId=publish_id, privacy="SELF_ONLY")
    poster.settle()
    complete = [one for one in heard(hook) if one["event"] == f"{PREFIX}complete"]
    assert complete[0]["content"] == complete[1]["content"]
    assert complete[1]["create_time"] - complete[0]["create_time"] == 60
    assert not [name for seen in hook.seen for name in seen.headers if "id" in name.split("-")]


def test_a_sandbox_hears_under_its_own_key_and_secret(poster: Poster, listener: Listener) -> None:
    listener.answers["/sandbox"] = Reply(200)
    change = {"sandboxOf": poster.sim.client_key, "targets": [MAYA], "callbackUrl": f"{listener.url}/sandbox"}
    sandbox = poster.sim.post("/_sim/tiktok/clients", change)
    with Poster.of(poster.sim, MAYA, client_key=sandbox["key"]) as trying:
        trying.upload(draft=True)
        trying.settle()
    (seen,) = listener.seen
    assert json.loads(seen.body)["client_key"] == sandbox["key"] != poster.sim.client_key
    signed_at(seen, sandbox["secret"])


def test_webhook_and_status_may_come_in_any_order_and_say_the_same(poster: Poster, hook: Listener) -> None:
    webhooks(poster, delay=30)
    early = poster.upload(privacy_level="PUBLIC_TO_EVERYONE")
    (post_id,) = poster.status(early)["publicaly_available_post_id"]
    assert hook.seen == [], "the status knew first"
    poster.later(30)
    assert [json.loads(one["content"])["publish_id"] for one in heard(hook)] == [early, early]
    webhooks(poster, delay=0)
    poster.upload(draft=True)
    poster.settle()
    assert heard(hook)[-1]["event"] == f"{PREFIX}inbox_delivered", "the webhook knew first"
    told_id = next(content["post_id"] for event, content in told(hook) if event == f"{PREFIX}publicly_available")
    assert told_id == post_id


def test_the_knobs_of_webhooks_are_back_after_a_reset(sim: SimulatorHandle) -> None:
    sim.configure({"tiktok": {"webhooks": {"duplicates": 3}}})
    sim.reset()
    assert sim.get("/_sim/config")["tiktok"]["webhooks"]["duplicates"] == 0
