"""What becomes of jobs: why they fail, drafts that creators post, cancelling, time (tiktok.md §4.3, §4.8, §4.10)."""

import threading
from itertools import pairwise
from typing import Any

import httpx2
import pytest

from socialsim.testing import SimulatorHandle, simulator
from tests.socialsim.parts import Listener, Reply
from tests.socialsim.tiktok.posting_parts import CLIP, MAYA, Poster, file_body, url_body

REASONS = (
    "file_format_check_failed",
    "duration_check_failed",
    "frame_rate_check_failed",
    "picture_size_check_failed",
    "internal",
    "video_pull_failed",
    "photo_pull_failed",
    "publish_cancelled",
    "auth_removed",
    "spam_risk_too_many_posts",
    "spam_risk_user_banned_from_posting",
    "spam_risk_text",
    "spam_risk",
)


def bearer(poster: Poster) -> dict[str, str]:
    return {"authorization": f"Bearer {poster.token}"}


# --- Failing -------------------------------------------------------------------------------------------------------


def test_every_fail_reason_can_be_had_for_one_creator(poster: Poster) -> None:
    poster.knobs(postCap=1)
    for reason in REASONS:
        poster.own_knobs(fails=reason)
        view = poster.status(poster.upload())
        assert (view["status"], view["fail_reason"]) == ("FAILED", reason)
        assert view["publicaly_available_post_id"] == []
    assert poster.sim.truth("post.published") == []
    assert [row["text"] for row in poster.sim.truth("job.failed")] == list(REASONS)


def test_a_job_under_way_can_be_made_to_fail(poster: Poster) -> None:
    publish_id = poster.data("video/init", file_body(len(CLIP)))["publish_id"]
    poster.act("fail-job", publishId=publish_id, reason="spam_risk")
    assert poster.outcome(publish_id) == ("FAILED", "spam_risk")
    with pytest.raises(RuntimeError, match="422"):
        poster.act("fail-job", publishId=publish_id)


def test_an_internal_failure_is_repaired_by_a_new_init_only(poster: Poster) -> None:
    poster.own_knobs(fails="internal")
    failed = poster.upload()
    poster.own_knobs(fails=None)
    poster.later(600)
    assert poster.outcome(failed) == ("FAILED", "internal")
    assert poster.outcome(poster.upload())[0] == "PUBLISH_COMPLETE"


def test_a_caption_that_reads_like_spam_fails_its_post(poster: Poster) -> None:
    assert poster.outcome(poster.upload(title="Buy SocialSim Spam now")) == ("FAILED", "spam_risk_text")
    poster.knobs(spamPhrases=["free prints"])
    assert poster.outcome(poster.upload(title="Buy socialsim spam now"))[0] == "PUBLISH_COMPLETE"
    assert poster.outcome(poster.upload(title="FREE prints")) == ("FAILED", "spam_risk_text")


def test_what_happens_to_the_creator_while_a_job_is_processed_counts(poster: Poster) -> None:
    poster.knobs(processing=60, postCap=1)
    capped = poster.upload()
    poster.act("post-elsewhere", creatorId=MAYA)
    poster.later(60)
    assert poster.outcome(capped) == ("FAILED", "spam_risk_too_many_posts")
    poster.knobs(postCap=15)
    banned = poster.upload()
    poster.act("ban", creatorId=MAYA)
    poster.later(60)
    assert poster.outcome(banned) == ("FAILED", "spam_risk_user_banned_from_posting")


def test_jobs_end_when_the_creator_takes_the_access_away(poster: Poster) -> None:
    uploading = poster.data("video/init", file_body(len(CLIP)))
    done = poster.upload()
    poster.act("disconnect", creatorId=MAYA)
    assert poster.put(uploading["upload_url"], CLIP).status_code == 404
    assert poster.code("status/fetch", {"publish_id": done}) == (401, "access_token_invalid")
    with Poster.of(poster.sim) as back:
        assert back.outcome(uploading["publish_id"]) == ("FAILED", "auth_removed")
        assert back.outcome(done)[0] == "PUBLISH_COMPLETE"
    rows = [row["kind"] for row in poster.sim.truth(account_id=MAYA)]
    assert rows[-3:] == ["consent.removed", "job.failed", "consent.given"]


# --- Drafts --------------------------------------------------------------------------------------------------------


def test_a_draft_waits_in_the_inbox_until_the_creator_posts_it_perhaps_twice(poster: Poster) -> None:
    poster.knobs(moderation=30)
    publish_id = poster.upload(draft=True, title="Not taken over")
    assert poster.outcome(publish_id) == ("SEND_TO_USER_INBOX", "")
    assert poster.sim.truth("post.published") == []
    (first,) = poster.act("post-draft", publishId=publish_id, title="As she wrote it")["postIds"]
    view = poster.status(publish_id)
    assert (view["status"], view["publicaly_available_post_id"]) == ("PUBLISH_COMPLETE", [])
    poster.later(30)
    second, third = poster.act("post-draft", publishId=publish_id, times=2)["postIds"]
    private = poster.act("post-draft", publishId=publish_id, privacy="SELF_ONLY")["postIds"]
    poster.later(30)
    assert poster.status(publish_id)["publicaly_available_post_id"] == [int(first), int(second), int(third)]
    rows = poster.sim.truth("post.published")
    assert [row["objectId"] for row in rows] == [first, second, third, *private]
    assert {row["source"] for row in rows} == {"creator"}
    assert rows[0]["text"] == "As she wrote it"


def test_only_what_is_in_the_inbox_can_be_posted_from_it(poster: Poster) -> None:
    poster.knobs(processing=10)
    on_its_way = poster.upload(draft=True)
    for publish_id in (on_its_way, poster.upload()):
        with pytest.raises(RuntimeError, match="inbox"):
            poster.act("post-draft", publishId=publish_id)
    with pytest.raises(RuntimeError, match="404"):
        poster.act("post-draft", publishId="v_inbox_file~v2-1.1")
    poster.later(10)
    assert len(poster.act("post-draft", publishId=on_its_way)["postIds"]) == 1


def test_a_draft_may_leave_the_inbox_unposted(poster: Poster) -> None:
    poster.knobs(draftLife=3600)
    publish_id = poster.upload(draft=True)
    poster.later(3599)
    assert len(poster.act("post-draft", publishId=publish_id)["postIds"]) == 1
    poster.later(1)
    with pytest.raises(RuntimeError, match="inbox"):
        poster.act("post-draft", publishId=publish_id)
    assert poster.outcome(poster.upload(draft=True)) == ("SEND_TO_USER_INBOX", "")


# --- Cancelling ----------------------------------------------------------------------------------------------------


def test_a_pull_can_be_cancelled_until_it_is_over(poster: Poster) -> None:
    poster.knobs(processing=60)
    publish_id = poster.pull(f"{poster.sim.url}/_sim/videos/a.mp4", draft=True)
    answer = poster.ask("cancel", {"publish_id": publish_id})
    assert list(answer.json()) == ["error"]
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, "ok")
    assert poster.outcome(publish_id) == ("FAILED", "publish_cancelled")
    final = (400, "publish_not_cancellable")
    assert poster.code("cancel", {"publish_id": publish_id}) == final
    assert poster.code("cancel", {"publish_id": poster.upload()}) == final
    done = poster.pull(f"{poster.sim.url}/_sim/videos/a.mp4")
    poster.later(60)
    assert poster.code("cancel", {"publish_id": done}) == final
    assert [row["objectId"] for row in poster.sim.truth("job.cancelled")] == [publish_id]
    assert len(poster.sim.truth("post.published")) == 2


def test_bytes_that_come_after_a_cancel_make_no_post(poster: Poster, listener: Listener) -> None:
    """The media host answers only once the job is cancelled."""
    asked, cancelled = threading.Event(), threading.Event()

    def answer_late(seen: object) -> Reply:
        asked.set()
        cancelled.wait(10)
        return Reply(200, CLIP)

    listener.answers["/late"] = answer_late
    publish_id = poster.data("video/init", url_body(f"{listener.url}/late"))["publish_id"]
    assert asked.wait(10)
    assert poster.outcome(publish_id) == ("PROCESSING_DOWNLOAD", "")
    assert poster.code("cancel", {"publish_id": publish_id}) == (200, "ok")
    cancelled.set()
    poster.settle()
    assert poster.outcome(publish_id) == ("FAILED", "publish_cancelled")
    assert poster.sim.truth("post.published") == []


# --- Time and state ------------------------------------------------------------------------------------------------


def test_a_snapshot_carries_jobs_on(poster: Poster, listener: Listener) -> None:
    poster.knobs(processing=100, moderation=100, megabyte="binary")
    half = len(CLIP) // 2
    ready = poster.upload(privacy_level="PUBLIC_TO_EVERYONE")
    pulling = poster.pull(listener.serve("/a.mp4", CLIP))
    fresh = poster.data("video/init", file_body(len(CLIP)))
    kept = httpx2.get(f"{poster.sim.url}/_sim/snapshot", trust_env=False).content
    poster.sim.reset(seed=7)
    assert poster.sim.get("/_sim/truth/jobs")["jobs"] == []
    httpx2.put(f"{poster.sim.url}/_sim/snapshot", content=kept, trust_env=False).raise_for_status()
    assert poster.outcome(ready)[0] == "PROCESSING_UPLOAD"
    assert poster.put(fresh["upload_url"], CLIP[:half], 0, len(CLIP)).status_code == 416
    assert poster.put(fresh["upload_url"], CLIP).status_code == 201
    poster.later(101)
    assert [poster.outcome(one)[0] for one in (ready, pulling, fresh["publish_id"])] == ["PUBLISH_COMPLETE"] * 3
    poster.later(100)
    assert len(poster.status(ready)["publicaly_available_post_id"]) == 1
    assert len(poster.sim.truth("post.published")) == 3


def test_after_a_jump_everything_has_happened_in_its_order_and_at_its_time(poster: Poster) -> None:
    """A post becomes public when it does, not when somebody asks."""
    start = poster.sim.now()
    poster.knobs(processing=10, moderation=1000)
    poster.upload(privacy_level="PUBLIC_TO_EVERYONE")
    poster.later(100)
    poster.upload(privacy_level="PUBLIC_TO_EVERYONE")
    poster.later(7000)
    rows = [row for row in poster.sim.truth(account_id=MAYA) if row["kind"].startswith("post.")]
    assert [row["kind"] for row in rows] == ["post.published", "post.published", "post.public", "post.public"]
    assert [row["atEpoch"] for row in rows] == pytest.approx([start + 10, start + 110, start + 1010, start + 1110])
    assert all(before["seq"] < after["seq"] for before, after in pairwise(rows))


def test_processing_times_can_be_spread_by_chance(poster: Poster) -> None:
    poster.knobs(processing=100, spread=0.5)
    poster.sim.post("/_sim/clock", {"stands": True})
    start = poster.sim.now()
    for _ in range(5):
        poster.upload()
    poster.later(151)
    waits = [row["atEpoch"] - start for row in poster.sim.truth("post.published")]
    assert len(set(waits)) == 5
    assert all(50 <= wait <= 150 for wait in waits)


def lived(sim: SimulatorHandle) -> list[Any]:
    """A day of posting on a clock that stands; every answer and webhook body."""
    sim.post("/_sim/reset", {"seed": 11, "at": 1_790_000_000})
    sim.post("/_sim/tiktok/clients", {"key": sim.client_key, "callbackUrl": "http://127.0.0.1:9/hook"})
    heard: list[Any] = []
    with Poster.of(sim) as poster:
        poster.knobs(spread=0.5)
        for path, body in (
            ("creator_info/query", {}),
            ("video/init", url_body("http://127.0.0.1:9/a.mp4")),
            ("inbox/video/init", url_body("http://127.0.0.1:9/b.mp4")),
            ("video/init", file_body(len(CLIP), privacy_level="PUBLIC_TO_EVERYONE")),
        ):
            heard.append(poster.ask(path, body).text)
            poster.settle()
            poster.later(3)
        poster.upload()
        poster.later(5000)
        heard.append([poster.status(job["publishId"]) for job in sim.get("/_sim/truth/jobs")["jobs"]])
    heard.append([(delivery["body"], delivery["headers"]) for delivery in sim.deliveries()])
    return [str(one).replace(sim.url, "") for one in heard]


def test_the_same_seed_on_a_standing_clock_gives_the_same_bytes(sim: SimulatorHandle) -> None:
    first = lived(sim)
    assert lived(sim) == first
    with simulator(seed=3) as other:
        assert lived(other) == first


def test_a_lost_answer_leaves_its_row_in_the_ledger(poster: Poster) -> None:
    pulled = poster.pull(f"{poster.sim.url}/_sim/videos/a.mp4", draft=True)
    poster.knobs(processing=600)
    waiting = poster.pull(f"{poster.sim.url}/_sim/videos/a.mp4")
    assert poster.outcome(pulled)[0] == "SEND_TO_USER_INBOX"
    for path, body, kind in (
        ("video/init", file_body(10), "job.started"),
        ("inbox/video/init", file_body(10), "job.started"),
        ("cancel", {"publish_id": waiting}, "job.cancelled"),
    ):
        before = len(poster.sim.truth(kind))
        match = {"endpoint": f"POST /v2/post/publish/{path}/"}
        poster.sim.add_fault({"what": "reset", "where": "before", "match": match})
        with pytest.raises(httpx2.HTTPError):
            poster.ask(path, body)
        assert len(poster.sim.truth(kind)) == before
        poster.sim.add_fault({"what": "late-commit", "seconds": 20, "match": match})
        with pytest.raises(httpx2.HTTPError):
            poster.ask(path, body)
        assert len(poster.sim.truth(kind)) == before
        poster.later(20)
        assert len(poster.sim.truth(kind)) == before + 1
