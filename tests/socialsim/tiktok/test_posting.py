"""creator_info, inits, status: what is asked and what is answered (tiktok.md §4.1, §4.2, §4.7, §4.13)."""

import json
from typing import Any

import httpx2
import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.tiktok.posting_parts import CLIP, INES, JONAS, MAYA, TOM, Poster, file_body, photo_body, url_body

INITS = ("video/init", "inbox/video/init", "content/init")
ALL = ("creator_info/query", *INITS, "status/fetch", "cancel")


def test_creator_info_tells_what_the_creator_may_choose_now(poster: Poster) -> None:
    info = poster.info()
    assert info == {
        "creator_avatar_url": info["creator_avatar_url"],
        "creator_username": "atelier.maya",
        "creator_nickname": "Atelier Maya",
        "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
        "comment_disabled": False,
        "duet_disabled": False,
        "stitch_disabled": False,
        "max_video_post_duration_sec": 600,
    }
    with Poster.of(poster.sim, INES) as private:
        info = private.info()
        assert info["privacy_level_options"] == ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
        assert (info["duet_disabled"], info["stitch_disabled"]) == (True, True)
        assert (info["comment_disabled"], info["max_video_post_duration_sec"]) == (False, 180)
    with Poster.of(poster.sim, TOM) as silent:
        assert silent.info()["comment_disabled"] is True
    poster.act("make-private", creatorId=MAYA)
    assert "PUBLIC_TO_EVERYONE" not in poster.info()["privacy_level_options"]


def test_the_avatar_link_lives_for_two_hours(poster: Poster) -> None:
    link = poster.info()["creator_avatar_url"]
    assert httpx2.get(link, trust_env=False).status_code == 200
    poster.later(7199)
    assert httpx2.get(link, trust_env=False).status_code == 200
    poster.later(1)
    assert httpx2.get(link, trust_env=False).status_code == 403


def test_creator_info_reports_that_posting_is_blocked_with_200(poster: Poster) -> None:
    with Poster.of(poster.sim, JONAS) as banned:
        assert banned.code("creator_info/query") == (200, "spam_risk_user_banned_from_posting")
        assert banned.ask("creator_info/query").json()["data"] == {}
        assert banned.code("video/init", file_body(10)) == (403, "spam_risk_user_banned_from_posting")
        assert banned.code("inbox/video/init", file_body(10)) == (403, "spam_risk_user_banned_from_posting")
    poster.act("post-elsewhere", creatorId=MAYA, times=15)
    assert poster.code("creator_info/query") == (200, "spam_risk_too_many_posts")
    assert poster.code("video/init", file_body(10)) == (403, "spam_risk_too_many_posts")
    assert poster.code("inbox/video/init", file_body(10)) == (200, "ok")


def test_without_a_living_token_or_the_scope_nothing_is_answered(sim: SimulatorHandle) -> None:
    with Poster.of(sim, scopes=["user.info.basic"]) as poster:
        for path in ALL:
            assert poster.code(path, {}, token="act.unknown") == (401, "access_token_invalid")
            assert poster.code(path, {}) == (401, "scope_not_authorized")
    with Poster.of(sim, INES, scopes=["video.upload"]) as drafter:
        assert drafter.code("creator_info/query") == (401, "scope_not_authorized")
        assert drafter.code("video/init", file_body(10)) == (401, "scope_not_authorized")
        assert drafter.code("inbox/video/init", file_body(10)) == (200, "ok")
        pictures = f"{sim.url}/_sim/pictures/sea-1.jpg"
        assert drafter.code("content/init", photo_body(pictures)) == (401, "scope_not_authorized")
        assert drafter.code("content/init", photo_body(pictures, mode="MEDIA_UPLOAD")) == (200, "ok")
    with Poster.of(sim, TOM, scopes=["video.publish"]) as publisher:
        assert publisher.code("inbox/video/init", file_body(10)) == (401, "scope_not_authorized")
        assert publisher.code("content/init", photo_body(pictures, mode="MEDIA_UPLOAD")) == (
            401,
            "scope_not_authorized",
        )
        assert publisher.code("content/init", photo_body(pictures)) == (200, "ok")


def test_publish_ids_tell_their_origin_and_are_too_long_for_a_browser(poster: Poster) -> None:
    clip, picture = f"{poster.sim.url}/_sim/videos/a.mp4", f"{poster.sim.url}/_sim/pictures/sea-1.jpg"
    made = {
        "v_pub_file": poster.data("video/init", file_body(10)),
        "v_pub_url": poster.data("video/init", url_body(clip)),
        "v_inbox_file": poster.data("inbox/video/init", file_body(10)),
        "v_inbox_url": poster.data("inbox/video/init", url_body(clip)),
        "p_pub_url": poster.data("content/init", photo_body(picture)),
    }
    assert poster.data("content/init", photo_body(picture, mode="MEDIA_UPLOAD"))["publish_id"].startswith("p_pub_url~")
    for prefix, data in made.items():
        stem, _, number = data["publish_id"].partition("~v2-1.")
        assert stem == prefix
        assert int(number) > 2**53
        assert len(data["publish_id"]) <= 64
        assert ("upload_url" in data) == prefix.endswith("_file")


@pytest.mark.parametrize("unit", ["a", "é", "😀"])
def test_a_caption_may_have_2200_utf16_units(poster: Poster, unit: str) -> None:
    fits = 2200 // (len(unit.encode("utf-16-le")) // 2)
    assert poster.code("video/init", file_body(10, title=unit * fits)) == (200, "ok")
    assert poster.code("video/init", file_body(10, title=unit * fits + unit)) == (400, "invalid_params")


def test_a_caption_s_hashtags_and_mentions_are_parsed_and_none_is_fine(poster: Poster) -> None:
    job = poster.job(poster.upload(title="sunset #sea with @tom.keller #été"))
    assert (job["hashtags"], job["mentions"]) == (["sea", "été"], ["tom.keller"])
    assert poster.job(poster.upload())["wishes"]["title"] == ""
    assert [row.get("text") for row in poster.sim.truth("post.published")] == [job["wishes"]["title"], None]


def test_the_privacy_level_must_be_one_of_the_creator_s_options_now(poster: Poster) -> None:
    mismatch = (403, "privacy_level_option_mismatch")
    for level in (None, "", "FOLLOWER_OF_CREATOR", "public", "SELF_ONLY "):
        assert poster.code("video/init", file_body(10, privacy_level=level)) == mismatch
    for level in poster.info()["privacy_level_options"]:
        assert poster.code("video/init", file_body(10, privacy_level=level)) == (200, "ok")
    poster.act("make-private", creatorId=MAYA)
    assert poster.code("video/init", file_body(10, privacy_level="PUBLIC_TO_EVERYONE")) == mismatch
    assert poster.code("video/init", file_body(10, privacy_level="FOLLOWER_OF_CREATOR")) == (200, "ok")


def test_what_the_creator_has_switched_off_stays_off(poster: Poster) -> None:
    allowed: dict[str, Any] = {"disable_comment": False, "disable_duet": False, "disable_stitch": False}
    with Poster.of(poster.sim, TOM) as silent:
        wishes = silent.job(silent.upload(**allowed))["wishes"]
        assert (wishes["disableComment"], wishes["disableDuet"], wishes["disableStitch"]) == (True, True, True)
    wishes = poster.job(poster.upload(**{**allowed, "disable_duet": True}))["wishes"]
    assert (wishes["disableComment"], wishes["disableDuet"], wishes["disableStitch"]) == (False, True, False)


def test_a_cover_out_of_the_film_falls_back_to_the_first_frame(poster: Poster) -> None:
    assert poster.job(poster.upload(video_cover_timestamp_ms=3999))["wishes"]["coverMs"] == 3999
    assert poster.job(poster.upload(video_cover_timestamp_ms=4000))["wishes"]["coverMs"] == 0
    assert poster.job(poster.upload())["wishes"]["coverMs"] == 0
    assert poster.code("video/init", file_body(10, video_cover_timestamp_ms=2**31)) == (400, "invalid_params")


def test_labels_of_a_post_are_kept_and_may_be_required(poster: Poster) -> None:
    wishes = poster.job(poster.upload(brand_content_toggle=True, brand_organic_toggle=True, is_aigc=True))["wishes"]
    assert (wishes["brandContent"], wishes["brandOrganic"], wishes["aigc"]) == (True, True, True)
    without = file_body(10, brand_content_toggle=None, brand_organic_toggle=None)
    assert poster.code("video/init", without) == (200, "ok")
    poster.knobs(togglesRequired=True)
    assert poster.code("video/init", without) == (400, "invalid_params")
    assert poster.code("video/init", file_body(10, brand_organic_toggle=None)) == (400, "invalid_params")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"post_info": {"privacy_level": "SELF_ONLY"}},
        {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": {"source": "CARRIER_PIGEON"}},
        {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": {"source": "PULL_FROM_URL"}},
        {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": {"source": "FILE_UPLOAD", "video_size": 10}},
        {"source_info": {"source": "FILE_UPLOAD", "video_size": 10, "chunk_size": 10, "total_chunk_count": 1}},
        file_body(10) | {"post_info": []},
        file_body(10, title=7),
        file_body(10, disable_duet="yes"),
        file_body(10, privacy_level=5),
        {**file_body(10), "source_info": {"source": "FILE_UPLOAD", "video_size": "10", "chunk_size": 10}},
    ],
)
def test_a_body_that_is_wrong_in_itself_is_refused_before_anything_else(poster: Poster, body: object) -> None:
    assert poster.code("video/init", body) == (400, "invalid_params")
    with Poster.of(poster.sim, JONAS) as banned:
        assert banned.code("video/init", body) == (400, "invalid_params")


def test_bodies_that_are_no_json_get_the_envelope_too(poster: Poster) -> None:
    bearer = {"authorization": f"Bearer {poster.token}", "content-type": "application/json"}
    for path in ALL:
        for raw in (b"{", b"[]", b"\xff", b'{"publish_id": 1}', b'{"a":' * 2000, b'"\\ud800"'):
            answer = poster.client.post(f"/post/publish/{path}/", content=raw, headers=bearer)
            known = (200, 400) if path == "creator_info/query" else (400,)
            assert answer.status_code in known, (path, raw, answer.text)
            assert answer.json()["error"]["log_id"]
    form = poster.client.post(
        "/post/publish/status/fetch/", data={"publish_id": "x"}, headers=bearer | {"content-type": "text/plain"}
    )
    assert form.json()["error"]["code"] == "invalid_params"
    assert poster.kinds() == []


def test_status_knows_only_jobs_of_the_same_creator_in_the_same_app(poster: Poster) -> None:
    publish_id = poster.data("video/init", url_body(f"{poster.sim.url}/_sim/videos/a.mp4"))["publish_id"]
    for path in ("status/fetch", "cancel"):
        assert poster.code(path, {}) == (400, "invalid_params")
        assert poster.code(path, {"publish_id": "v_pub_file~v2-1.1"}) == (400, "invalid_publish_id")
        with Poster.of(poster.sim, TOM) as stranger:
            foreign = stranger.code(path, {"publish_id": publish_id})
            assert foreign == (400, "token_not_authorized_for_specified_publish_id")
    poster.sim.post("/_sim/tiktok/clients", {"key": "simck2", "secret": "s"})
    with Poster.of(poster.sim, MAYA, client_key="simck2") as other:
        foreign = other.code("status/fetch", {"publish_id": publish_id})
        assert foreign == (400, "token_not_authorized_for_specified_publish_id")


def test_status_follows_a_direct_post_to_its_public_id(poster: Poster) -> None:
    poster.knobs(processing=10, moderation=60)
    publish_id = poster.upload(privacy_level="PUBLIC_TO_EVERYONE", title="Morning")
    waiting = {"status": "PROCESSING_UPLOAD", "publicaly_available_post_id": [], "uploaded_bytes": len(CLIP)}
    assert poster.status(publish_id) == waiting
    poster.later(9)
    assert poster.status(publish_id) == waiting
    poster.later(1)
    assert poster.status(publish_id) == waiting | {"status": "PUBLISH_COMPLETE"}
    poster.later(60)
    (post_id,) = poster.status(publish_id)["publicaly_available_post_id"]
    assert post_id > 2**53
    assert poster.kinds() == ["job.started", "upload.received", "post.published", "post.public"]
    (row,) = poster.sim.truth("post.published")
    assert (row["objectId"], row["text"], row["source"]) == (str(post_id), "Morning", "api")
    assert row["containerId"] == publish_id
    assert row["requestId"] == poster.sim.truth("job.started")[0]["requestId"]
    videos = poster.client.post(
        "/video/list/?fields=id,title,duration", json={}, headers={"authorization": f"Bearer {poster.token}"}
    )
    assert videos.json()["data"]["videos"][0] == {"id": str(post_id), "title": "Morning", "duration": 4}


def test_a_post_that_is_not_public_has_no_id_and_is_in_no_list(poster: Poster) -> None:
    publish_id = poster.upload(privacy_level="MUTUAL_FOLLOW_FRIENDS", title="For friends")
    poster.later(86_000 / 20)
    assert poster.status(publish_id)["status"] == "PUBLISH_COMPLETE"
    assert poster.status(publish_id)["publicaly_available_post_id"] == []
    bearer = {"authorization": f"Bearer {poster.token}"}
    videos = poster.client.post("/video/list/?fields=title", json={}, headers=bearer).json()["data"]["videos"]
    assert "For friends" not in [video["title"] for video in videos]
    (row,) = poster.sim.truth("post.published")
    poster.act("make-public", postId=row["objectId"])
    assert poster.status(publish_id)["publicaly_available_post_id"] == [int(row["objectId"])]
    poster.act("delete-post", postId=row["objectId"])
    assert poster.status(publish_id)["publicaly_available_post_id"] == []


def test_post_ids_may_come_bare_and_keys_may_be_missing(poster: Poster) -> None:
    publish_id = poster.upload(privacy_level="PUBLIC_TO_EVERYONE")
    post_id = int(poster.sim.truth("post.published")[0]["objectId"])
    assert poster.status(publish_id)["publicaly_available_post_id"] == [post_id]
    poster.knobs(postIds="scalar")
    assert poster.status(publish_id)["publicaly_available_post_id"] == post_id
    assert "publicaly_available_post_id" not in poster.status(poster.upload())
    poster.knobs(statusKeys="some")
    assert poster.status(publish_id) == {"status": "PUBLISH_COMPLETE"}
    poster.knobs(statusKeys="none")
    assert poster.status(publish_id) == {}


def test_a_job_can_stay_in_processing_for_ever(poster: Poster) -> None:
    poster.own_knobs(neverFinishes=True)
    uploaded = poster.upload()
    pulled = poster.pull(f"{poster.sim.url}/_sim/videos/a.mp4")
    poster.later(7000)
    assert poster.outcome(uploaded) == ("PROCESSING_UPLOAD", "")
    assert poster.outcome(pulled) == ("PROCESSING_DOWNLOAD", "")
    assert poster.sim.truth("post.published") == []


def test_larger_files_take_longer_and_moderation_can_take_hours(poster: Poster) -> None:
    poster.knobs(processing=1, perGigabyte=60_000, moderation=5 * 3600, creators={MAYA: {"processing": 2}})
    publish_id = poster.upload(privacy_level="PUBLIC_TO_EVERYONE")
    poster.later(2 + len(CLIP) * 60_000 / 1e9 - 0.1)
    assert poster.status(publish_id)["status"] == "PROCESSING_UPLOAD"
    poster.later(0.2)
    assert poster.status(publish_id)["status"] == "PUBLISH_COMPLETE"
    poster.later(2 * 3600 - 100)
    assert poster.status(publish_id)["publicaly_available_post_id"] == []
    poster.later(3 * 3600 + 100)
    assert len(poster.sim.truth("post.public")) == 1


def test_nothing_protects_from_posting_twice(poster: Poster) -> None:
    """There is no idempotency key: a repeated init is another post."""
    poster.upload(title="Once")
    poster.upload(title="Once")
    assert [row["text"] for row in poster.sim.truth("post.published")] == ["Once", "Once"]


def test_an_init_answered_500_may_be_stored_all_the_same(poster: Poster) -> None:
    endpoint = {"endpoint": "POST /v2/post/publish/video/init/"}
    poster.sim.add_fault({"what": "error", "where": "after", "status": 500, "match": endpoint})
    answer = poster.ask("video/init", url_body(f"{poster.sim.url}/_sim/videos/a.mp4"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    poster.settle()
    assert len(poster.sim.truth("post.published")) == 1
    poster.sim.add_fault({"what": "error", "where": "before", "status": 500, "match": endpoint})
    assert poster.code("video/init", file_body(10)) == (500, "internal_error")
    assert len(poster.sim.truth("job.started")) == 1


def test_reads_may_answer_5xx_with_a_code_or_without(poster: Poster) -> None:
    for path, body in (("creator_info/query", {}), ("status/fetch", {"publish_id": poster.upload()})):
        match = {"endpoint": f"POST /v2/post/publish/{path}/"}
        poster.sim.add_fault({"what": "error", "status": 500, "match": match})
        poster.sim.add_fault({"what": "status", "status": 502, "match": match})
        assert poster.code(path, body) == (500, "internal_error")
        answer = poster.ask(path, body)
        assert answer.status_code == 502
        with pytest.raises(json.JSONDecodeError):
            answer.json()
        assert poster.code(path, body) == (200, "ok")


def test_a_path_without_its_final_slash_is_no_path(poster: Poster) -> None:
    bearer = {"authorization": f"Bearer {poster.token}"}
    answer = poster.client.post("/post/publish/video/init", json=file_body(10), headers=bearer)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert poster.client.get("/post/publish/video/init/", headers=bearer).status_code == 404


def test_checks_come_in_a_fixed_order(poster: Poster) -> None:
    """Each step repairs what the answer before complained of (§11.3)."""
    poster.change_client(audited=False, urlProperties=["media.example"])
    poster.sim.configure({"strictMedia": True, "tiktok": {"posting": {"unauditedUsers": 1}}})
    poster.change_creator(postingBanned=True)
    with Poster.of(poster.sim, INES) as other:
        assert other.code("video/init", file_body(10)) == (200, "ok")
    body = url_body("https://other.example/a.mp4", privacy_level="PUBLIC_TO_EVERYONE", title="x" * 2201)
    poster.sim.configure({"tiktok": {"rateLimits": True}})
    seen = [poster.code("video/init", body, token="act.no"), poster.code("video/init", body)]
    body["post_info"]["title"] = "x"  # type: ignore[index]
    seen.append(poster.code("video/init", body))
    poster.act("make-private", creatorId=MAYA)
    seen.append(poster.code("video/init", body))
    poster.act("ban", creatorId=MAYA, on=False)
    seen.append(poster.code("video/init", body))
    body["post_info"]["privacy_level"] = "SELF_ONLY"  # type: ignore[index]
    seen.append(poster.code("video/init", body))
    poster.knobs(unauditedUsers=2)
    seen.append(poster.code("video/init", body))
    seen.append(poster.code("video/init", body))
    poster.later(60)
    seen.append(poster.code("video/init", file_body(10, 10, 2)))
    assert seen == [
        (401, "access_token_invalid"),
        (400, "invalid_params"),
        (403, "unaudited_client_can_only_post_to_private_accounts"),
        (403, "spam_risk_user_banned_from_posting"),
        (403, "privacy_level_option_mismatch"),
        (403, "reached_active_user_cap"),
        (403, "url_ownership_unverified"),
        (429, "rate_limit_exceeded"),
        (400, "invalid_params"),
    ]
