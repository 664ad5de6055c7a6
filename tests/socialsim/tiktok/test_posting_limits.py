"""How often, by whom, and what an app may do before its audit (tiktok.md §4.11)."""

from socialsim.testing import SimulatorHandle
from tests.socialsim.tiktok.posting_parts import INES, MAYA, TOM, Poster, file_body, photo_body

OK = (200, "ok")
TOO_OFTEN = (429, "rate_limit_exceeded")
UNAUDITED = (403, "unaudited_client_can_only_post_to_private_accounts")


def picture(poster: Poster) -> str:
    return f"{poster.sim.url}/_sim/pictures/sea-1.jpg?w=200&h=200"


def test_calls_of_one_token_are_counted_over_a_sliding_minute(poster: Poster) -> None:
    poster.sim.configure({"tiktok": {"rateLimits": True, "posting": {"postCap": 100, "draftCap": 100}}})
    publish_id = poster.data("video/init", file_body(10))["publish_id"]
    limits: tuple[tuple[str, dict[str, object], int, int], ...] = (
        ("creator_info/query", {}, 20, 0),
        ("video/init", file_body(10), 6, 1),
        ("inbox/video/init", file_body(10), 6, 0),
        ("content/init", photo_body(picture(poster)), 6, 0),
        ("status/fetch", {"publish_id": publish_id}, 30, 0),
    )
    jobs = 1
    for path, body, most, before in limits:
        assert {poster.code(path, body) for _ in range(most - before)} == {OK}, path
        assert poster.code(path, body) == TOO_OFTEN, path
        assert poster.code(path, body) == TOO_OFTEN, path
        jobs += (most - before) * path.endswith("init")
    assert len(poster.sim.truth("job.started")) == jobs
    again = poster.sim.tiktok_tokens(MAYA)["accessToken"]
    assert poster.code("creator_info/query", {}, token=again) == OK
    poster.later(59)
    assert poster.code("video/init", file_body(10)) == TOO_OFTEN
    poster.later(1)
    assert {poster.code(path, body) for path, body, *_ in limits} == {OK}


def test_reading_may_be_done_600_times_a_minute(poster: Poster) -> None:
    poster.sim.configure({"tiktok": {"rateLimits": True}})
    bearer = {"authorization": f"Bearer {poster.token}"}
    answers = [poster.client.get("/user/info/?fields=open_id", headers=bearer).status_code for _ in range(601)]
    assert answers == [200] * 600 + [429]
    videos = [poster.client.post(f"/video/{word}/?fields=id", json={}, headers=bearer) for word in ("list", "query")]
    assert 429 not in [answer.status_code for answer in videos]


def test_a_throttled_init_made_no_post(poster: Poster) -> None:
    poster.sim.configure({"tiktok": {"rateLimits": True}})
    assert [poster.code("video/init", file_body(10)) for _ in range(7)] == [OK] * 6 + [TOO_OFTEN]
    assert len(poster.sim.truth("job.started")) == 6
    match = {"endpoint": "POST /v2/post/publish/*"}
    burst = {"what": "error", "error": "rate_limit_exceeded", "status": 429, "times": 3, "match": match}
    poster.later(60)
    poster.sim.add_fault(burst)
    assert [poster.code("video/init", file_body(10)) for _ in range(4)] == [TOO_OFTEN] * 3 + [OK]


def test_fifteen_posts_a_day_are_shared_by_all_apps(poster: Poster) -> None:
    poster.sim.post("/_sim/tiktok/clients", {"key": "simck2", "secret": "s"})
    with Poster.of(poster.sim, MAYA, client_key="simck2") as other:
        assert [other.code("video/init", file_body(10)) for _ in range(7)] == [OK] * 7
        assert [poster.code("video/init", file_body(10)) for _ in range(7)] == [OK] * 7
        assert other.code("content/init", photo_body(picture(poster))) == OK
        assert poster.code("video/init", file_body(10)) == (403, "spam_risk_too_many_posts")
        assert other.code("content/init", photo_body(picture(poster))) == (403, "spam_risk_too_many_posts")
    with Poster.of(poster.sim, TOM) as somebody:
        assert somebody.code("video/init", file_body(10)) == OK
    poster.own_knobs(postCap=16)
    assert poster.code("video/init", file_body(10)) == OK


def test_the_cap_frees_after_a_day_and_a_failed_job_never_counted(poster: Poster) -> None:
    poster.knobs(postCap=1)
    poster.pull(f"{poster.sim.url}/_sim/media/nothing.mp4")
    poster.upload()
    assert poster.code("video/init", file_body(10)) == (403, "spam_risk_too_many_posts")
    assert poster.code("creator_info/query") == (200, "spam_risk_too_many_posts")
    poster.sim.configure({"tiktok": {"tokenProfile": "24h"}})
    with Poster.of(poster.sim) as same:
        same.later(86_399)
        assert same.code("video/init", file_body(10)) == (403, "spam_risk_too_many_posts")
    with Poster.of(poster.sim) as same:
        same.later(1)
        assert same.code("video/init", file_body(10)) == OK


def test_the_sixth_pending_draft_of_a_day_is_refused(poster: Poster) -> None:
    refused = (403, "spam_risk_too_many_pending_share")
    drafts = [poster.upload(draft=True) for _ in range(4)]
    drafts.append(poster.photos(picture(poster), mode="MEDIA_UPLOAD"))
    assert poster.code("inbox/video/init", file_body(10)) == refused
    assert poster.code("content/init", photo_body(picture(poster), mode="MEDIA_UPLOAD")) == refused
    assert poster.code("video/init", file_body(10)) == OK
    poster.act("post-draft", publishId=drafts[0])
    assert poster.code("inbox/video/init", file_body(10)) == OK
    assert poster.code("inbox/video/init", file_body(10)) == refused
    poster.later(86_400)
    with Poster.of(poster.sim) as same:
        assert same.code("inbox/video/init", file_body(10)) == OK


def test_an_app_without_audit_posts_only_to_private_accounts_whatever_the_level(poster: Poster) -> None:
    poster.change_client(audited=False)
    for level in ("SELF_ONLY", "PUBLIC_TO_EVERYONE"):
        assert poster.code("video/init", file_body(10, privacy_level=level)) == UNAUDITED
        assert poster.code("content/init", photo_body(picture(poster), privacy_level=level)) == UNAUDITED
    assert poster.code("inbox/video/init", file_body(10)) == OK
    poster.act("make-private", creatorId=MAYA)
    assert poster.code("video/init", file_body(10, privacy_level="SELF_ONLY")) == OK
    assert poster.code("content/init", photo_body(picture(poster))) == OK
    poster.act("make-public", creatorId=MAYA)
    assert poster.code("video/init", file_body(10)) == UNAUDITED


def test_an_app_without_audit_may_be_promised_more_levels_than_it_gets(poster: Poster) -> None:
    poster.change_client(audited=False)
    poster.act("make-private", creatorId=MAYA)
    promised = poster.info()["privacy_level_options"]
    assert promised == ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    codes = [poster.code("video/init", file_body(10, privacy_level=level)) for level in promised]
    assert codes == [UNAUDITED, UNAUDITED, OK]
    poster.knobs(unauditedOptions="self-only")
    assert poster.info()["privacy_level_options"] == ["SELF_ONLY"]
    mismatch = (403, "privacy_level_option_mismatch")
    assert poster.code("video/init", file_body(10, privacy_level="FOLLOWER_OF_CREATOR")) == mismatch


def test_a_sandbox_posts_as_an_app_without_audit(poster: Poster) -> None:
    sandbox = poster.sim.post("/_sim/tiktok/clients", {"sandboxOf": poster.sim.client_key, "targets": [MAYA]})
    with Poster.of(poster.sim, MAYA, client_key=sandbox["key"]) as trying:
        assert trying.code("video/init", file_body(10)) == UNAUDITED


def test_an_app_without_audit_serves_five_creators_a_day(sim: SimulatorHandle) -> None:
    sim.post("/_sim/clock", {"stands": True})
    made = [sim.post("/_sim/tiktok/creators", {"private": True})["creator"]["id"] for _ in range(6)]
    sim.post("/_sim/tiktok/clients", {"key": sim.client_key, "audited": False})
    posters = [Poster.of(sim, creator_id) for creator_id in made]
    cap = "reached_active_user_cap"
    assert [one.code("video/init", file_body(10)) for one in posters] == [OK] * 5 + [(403, cap)]
    assert [one.code("creator_info/query") for one in posters] == [OK] * 5 + [(200, cap)]
    assert posters[5].code("inbox/video/init", file_body(10)) == (403, cap)
    assert posters[0].code("video/init", file_body(10)) == OK
    sim.advance(86_401)
    again = [Poster.of(sim, creator_id) for creator_id in made]
    assert again[5].code("video/init", file_body(10)) == OK
    for one in (*posters, *again):
        one.client.close()


def test_an_audited_app_may_have_a_cap_of_creators_too(poster: Poster) -> None:
    poster.change_client(activeCreators=1)
    assert poster.code("video/init", file_body(10)) == OK
    with Poster.of(poster.sim, INES) as other:
        assert other.code("video/init", file_body(10)) == (403, "reached_active_user_cap")
    poster.change_client(activeCreators=0)
    with Poster.of(poster.sim, INES) as other:
        assert other.code("video/init", file_body(10)) == OK


def test_old_private_posts_stay_private_after_the_audit(poster: Poster) -> None:
    poster.change_client(audited=False)
    poster.act("make-private", creatorId=MAYA)
    publish_id = poster.upload()
    poster.change_client(audited=True)
    poster.act("make-public", creatorId=MAYA)
    poster.later(600)
    assert poster.status(publish_id)["publicaly_available_post_id"] == []
