"""The gateway: paths, envelope, bodies, scopes, limits (tiktok.md §1.2, §1.3, §11.3)."""

import re

import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import browse
from tests.socialsim.tiktok.parts import INES, OpenApi, enveloped

LIST = "/v2/video/list/?fields=id"


def test_without_its_final_slash_a_path_is_404_in_plain_text(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        for method, path in (
            ("GET", "/v2/user/info?fields=open_id"),
            ("POST", "/v2/video/list?fields=id"),
            ("POST", "/v2/oauth/token"),
            ("GET", "/v2/video/list/"),
            ("PROPFIND", "/v2/user/info/"),
            ("GET", "/"),
            ("GET", "/v2/nothing/"),
        ):
            answer = api.raw(method, path)
            assert answer.status_code == 404
            assert answer.headers["content-type"].startswith("text/plain")
            assert answer.headers["x-tt-logid"]


def test_every_answer_has_a_log_id_of_time_and_hex(sim: SimulatorHandle) -> None:
    sim.post("/_sim/clock", {"at": 1_790_000_000})
    with OpenApi.of(sim) as api:
        seen = {api.get("/v2/user/info/", fields="open_id")["error"]["log_id"] for _ in range(3)}
    assert len(seen) == 3
    assert all(re.fullmatch(r"20260921141320[0-9A-F]{20}", log_id) for log_id in seen)


def test_success_is_the_code_ok_beside_the_data(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        good = api.get("/v2/user/info/", fields="open_id")
        assert set(good) == {"data", "error"}
        assert (good["error"]["code"], good["error"]["message"]) == ("ok", "")
        bad = api.get("/v2/user/info/", fields="shoe_size")
        assert bad["data"] == {}
        assert bad["error"]["message"]


def test_knobs_word_an_error_the_other_ways_that_were_seen(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        sim.configure({"tiktok": {"errorShape": "bare", "logKey": "logid"}})
        assert set(api.get("/v2/user/info/")) == {"code", "message", "logid"}
        assert api.get("/v2/user/info/", fields="open_id")["error"]["logid"]
        sim.configure({"tiktok": {"errorShape": "without-data"}})
        assert set(api.get("/v2/user/info/")) == {"error"}


@pytest.mark.parametrize("product", ["/v2/research/video/query/", "/v2/portability/data/add/"])
def test_other_products_say_that_they_are_not_simulated(sim: SimulatorHandle, product: str) -> None:
    with OpenApi.of(sim) as api:
        assert api.code("POST", product) == (501, "not_simulated")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"max_count": 1}', "application/json; charset=UTF-8", 200),
        (b'{"max_count": 1}', "application/json", 200),
        (b"", "application/json", 200),
        (b"  ", "", 200),
        (b'{"max_count": 1}', "application/x-www-form-urlencoded", 400),
        (b"max_count=1", "application/x-www-form-urlencoded", 400),
        (b'{"max_count": 1}', "", 400),
        (b'{"max_count":', "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"max_count": "1"}', "application/json", 400),
        (b'{"max_count": 1.5}', "application/json", 400),
        (b'{"max_count": true}', "application/json", 400),
        (b'{"max_count": 9999999999999999999999999}', "application/json", 400),
        (b'{"cursor": 9223372036854775808}', "application/json", 400),
        (b'{"max_count": 1, "more": "\xff"}', "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b'{"max_count": 1, "unknown": {"a": [null]}}', "application/json", 200),
    ],
)
def test_a_body_is_a_json_object_of_the_right_types(
    sim: SimulatorHandle, content: bytes, kind: str, status: int
) -> None:
    with OpenApi.of(sim) as api:
        answer = api.raw("POST", LIST, content=content, headers={"Content-Type": kind})
        assert enveloped(answer) == (status, "ok" if status == 200 else "invalid_params")


def test_fields_stand_in_the_query_and_are_not_read_from_the_body(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        assert api.code("POST", "/v2/video/list/", {"fields": "id"}) == (400, "invalid_params")
        for fields in ("", ",", "id,unknown"):
            assert api.code("POST", f"/v2/video/list/?fields={fields}") == (400, "invalid_params")
        (video,) = api.post("/v2/video/list/", {"max_count": 1, "fields": "title"}, fields="id, view_count,id")["data"][
            "videos"
        ]
        assert list(video) == ["id", "view_count"]


def test_a_get_has_no_body_and_one_that_is_sent_is_not_read(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        answer = api.raw("GET", "/v2/user/info/?fields=open_id", content=b"{ not json")
        assert enveloped(answer) == (200, "ok")


def test_token_then_scope_then_limit_then_words(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim, scopes=["user.info.basic"]) as api:
        wrong = {"max_count": "many"}
        assert api.code("POST", LIST, wrong, token="act.unknown") == (401, "access_token_invalid")
        assert api.code("POST", LIST, wrong) == (401, "scope_not_authorized")
    with OpenApi.of(sim, scopes=["video.list"]) as api:
        assert api.code("POST", LIST, wrong) == (400, "invalid_params")


def test_six_hundred_calls_a_minute_slide_and_the_next_is_429(sim: SimulatorHandle) -> None:
    sim.post("/_sim/clock", {"stands": True})
    info = "/v2/user/info/?fields=open_id"
    with OpenApi.of(sim) as api, OpenApi.of(sim) as other:
        for _ in range(300):
            api.raw("GET", info)
        sim.advance(30)
        for _ in range(300):
            api.raw("GET", info)
        assert api.code("GET", info) == (429, "rate_limit_exceeded")
        assert other.code("GET", info) == (200, "ok")
        assert api.code("POST", LIST) == (200, "ok")
        sim.advance(30)
        assert api.code("GET", info) == (200, "ok")
        sim.configure({"tiktok": {"rateLimits": False}})
        assert [api.code("GET", info)[0] for _ in range(310)] == [200] * 310


def test_the_six_hundred_may_count_for_the_whole_app(sim: SimulatorHandle) -> None:
    sim.post("/_sim/clock", {"stands": True})
    sim.configure({"tiktok": {"displayLimitPer": "app"}})
    info = "/v2/user/info/?fields=open_id"
    with OpenApi.of(sim) as api, OpenApi.of(sim, INES) as other:
        assert {each.code("GET", info)[0] for _ in range(300) for each in (api, other)} == {200}
        assert api.code("GET", info) == other.code("GET", info) == (429, "rate_limit_exceeded")


def test_an_injected_error_wears_the_envelope(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        where = {"match": {"endpoint": "GET /v2/user/info/", "accountId": "7100000000000000001"}}
        sim.add_fault({"what": "error", "error": "rate_limit_exceeded", "status": 429, **where})
        assert api.code("GET", "/v2/user/info/?fields=open_id") == (429, "rate_limit_exceeded")
        sim.add_fault({"what": "error", **where})
        assert api.code("GET", "/v2/user/info/?fields=open_id") == (500, "internal_error")
        assert api.code("GET", "/v2/user/info/?fields=open_id") == (200, "ok")


def test_calls_are_counted_by_path_without_tokens(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        sim.delete("/_sim/calls")
        api.get("/v2/user/info/", fields="open_id")
        api.post("/v2/video/list/", fields="id")
        assert sim.calls() == {"GET /v2/user/info/": 1, "POST /v2/video/list/": 1}
        log = str(sim.get("/_sim/calls/log"))
        assert api.token not in log


def test_the_same_seed_and_time_give_the_same_bytes(sim: SimulatorHandle) -> None:
    def run() -> list[bytes]:
        sim.post("/_sim/reset", {"seed": 11, "at": 1_790_000_000})
        with OpenApi.of(sim) as api:
            pages = [api.raw("POST", "/v2/video/list/?fields=id,cover_image_url,share_url", {"max_count": 20})]
            pages.append(api.raw("GET", "/v2/user/info/?fields=open_id,union_id,avatar_url"))
            return [page.content + page.headers["x-tt-logid"].encode() for page in pages]

    assert run() == run()


def test_a_snapshot_brings_tokens_and_posts_back(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        before = api.videos("id,title")
        state = sim.get("/_sim/snapshot")
        sim.reset(seed=7)
        assert api.code("POST", LIST) == (401, "access_token_invalid")
        api.client.put(f"{sim.url}/_sim/snapshot", json=state)
        assert api.videos("id,title") == before


def test_an_empty_world_has_the_default_app_and_no_creator(sim: SimulatorHandle) -> None:
    sim.post("/_sim/reset", {"empty": True})
    assert sim.get("/_sim/tiktok/creators") == {"creators": []}
    assert [client["key"] for client in sim.get("/_sim/tiktok/clients")["clients"]] == [sim.client_key]
    assert browse(f"{sim.tiktok_auth_url}/@atelier.maya").status_code == 404


@pytest.mark.parametrize(
    ("path", "scopes"),
    [
        ("creator_info/query", {"video.publish"}),
        ("video/init", {"video.publish"}),
        ("inbox/video/init", {"video.upload"}),
        ("content/init", {"video.publish", "video.upload"}),
        ("status/fetch", {"video.publish", "video.upload"}),
        ("cancel", {"video.publish", "video.upload"}),
    ],
)
def test_each_posting_path_wants_one_of_its_scopes(sim: SimulatorHandle, path: str, scopes: set[str]) -> None:
    for scope in ("user.info.basic", "video.list", "video.publish", "video.upload"):
        with OpenApi.of(sim, scopes=[scope]) as api:
            refused = api.code("POST", f"/v2/post/publish/{path}/", {}) == (401, "scope_not_authorized")
            assert refused == (scope not in scopes)
