"""User info and own public videos (tiktok.md §2.9, §3, §5)."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import browse
from tests.socialsim.tiktok.parts import INES, JONAS, MAYA, TOM, OpenApi, make_client

BASIC = "open_id,union_id,avatar_url,avatar_url_100,avatar_large_url,display_name"
PROFILE = "username,bio_description,profile_deep_link,is_verified"
STATS = "follower_count,following_count,likes_count,video_count"
EVERYTHING = (
    "id,create_time,cover_image_url,share_url,video_description,duration,height,width,title,embed_html,embed_link,"
    "like_count,comment_count,share_count,view_count"
)


def test_user_info_gives_the_fields_that_were_asked_for(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        user = api.user(f"{BASIC},{PROFILE},{STATS}")
        assert list(user) == f"{BASIC},{PROFILE},{STATS}".split(",")
        assert (user["open_id"], user["display_name"]) == (api.open_id, "Atelier Maya")
        assert (user["username"], user["is_verified"]) == ("atelier.maya", True)
        assert user["bio_description"].startswith("Linocuts")
        assert [user[name] for name in STATS.split(",")] == [12_480, 96, 184_210, 5]
        assert "Atelier Maya" in browse(user["profile_deep_link"]).text
        assert list(api.user("display_name")) == ["display_name"]


@pytest.mark.parametrize(
    ("scope", "fields"), [("user.info.basic", BASIC), ("user.info.profile", PROFILE), ("user.info.stats", STATS)]
)
def test_each_field_hangs_on_its_scope(sim: SimulatorHandle, scope: str, fields: str) -> None:
    with OpenApi.of(sim, scopes=[scope]) as api:
        assert list(api.user(fields)) == fields.split(",")
        for others in {BASIC, PROFILE, STATS} - {fields}:
            for field in others.split(","):
                assert api.code("GET", f"/v2/user/info/?fields={field}") == (401, "scope_not_authorized")
            mixed = f"/v2/user/info/?fields={fields},{others}"
            assert api.code("GET", mixed) == (400, "scope_permission_missed")
        sim.configure({"tiktok": {"overScope": "omit"}})
        assert list(api.user(f"{BASIC},{PROFILE},{STATS}")) == fields.split(",")


@pytest.mark.parametrize("query", ["", "?fields=", "?fields=open_id,shoe_size", "?fields=" + "x" * 5000])
def test_fields_are_required_and_known(sim: SimulatorHandle, query: str) -> None:
    with OpenApi.of(sim) as api:
        assert api.code("GET", f"/v2/user/info/{query}") == (400, "invalid_params")


def test_a_union_id_is_one_in_all_apps_of_a_developer(sim: SimulatorHandle) -> None:
    same, other = make_client(sim), make_client(sim, developer="somebody-else")
    seen = []
    for key in (sim.client_key, same["key"], other["key"]):
        with OpenApi.of(sim, client_key=key) as api:
            seen.append(api.user("open_id,union_id"))
    assert len({user["open_id"] for user in seen}) == 3
    assert seen[0]["union_id"] == seen[1]["union_id"] != seen[2]["union_id"]


def test_avatars_are_signed_links_in_three_sizes_that_expire(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        links = [api.user(name)[name] for name in ("avatar_url", "avatar_url_100", "avatar_large_url")]
    assert len(set(links)) == 3
    link = links[1]
    assert browse(link).headers["content-type"] == "image/jpeg"
    assert browse(link.replace("x-expires=1", "x-expires=2")).status_code == 403
    sim.advance(7201)
    assert browse(link).status_code == 403


def test_counts_follow_what_the_audience_does(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        post = api.videos()["videos"][0]["id"]
        before, stats = api.videos("like_count,comment_count,share_count,view_count")["videos"][0], api.user(STATS)
        for deed in ("like", "comment", "share", "watch", "watch"):
            sim.post(f"/_sim/tiktok/act/{deed}", {"postId": post, "username": "ana", "text": "Oh!"})
        sim.post("/_sim/tiktok/act/follow", {"creatorId": MAYA})
        after, now = api.videos("like_count,comment_count,share_count,view_count")["videos"][0], api.user(STATS)
    assert [after[name] - before[name] for name in before] == [1, 1, 1, 2]
    assert (now["follower_count"], now["likes_count"]) == (stats["follower_count"] + 1, stats["likes_count"] + 1)
    assert [row["source"] for row in sim.truth() if row["kind"] != "consent.given"] == ["audience"] * 6
    assert sim.deliveries() == []


def test_a_page_of_videos_is_newest_first_with_a_cursor_in_milliseconds(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        first = api.videos("id,create_time", max_count=2)
        assert first["has_more"] is True
        times = [video["create_time"] for video in first["videos"]]
        assert times == sorted(times, reverse=True)
        assert first["cursor"] // 1000 == times[-1]
        second = api.videos("id,create_time", max_count=2, cursor=first["cursor"])
        assert second["videos"][0]["create_time"] < times[-1]
        last = api.videos("id,create_time", max_count=2, cursor=second["cursor"])
        assert (len(last["videos"]), last["has_more"]) == (1, False)
        assert api.videos(cursor=1000) == {"videos": [], "cursor": 1000, "has_more": False}
        every = api.videos(max_count=20)["videos"]
        assert [video["id"] for page in (first, second, last) for video in page["videos"]] == [v["id"] for v in every]


@pytest.mark.parametrize("count", [0, -1, 21, 10**12])
def test_a_page_has_ten_videos_unless_asked_and_never_more_than_twenty(sim: SimulatorHandle, count: int) -> None:
    (made,) = sim.seed({"tiktok": {"creators": 1, "videos": 25}})["creators"]
    with OpenApi.of(sim, made["creatorId"]) as api:
        assert len(api.videos()["videos"]) == 10
        assert len(api.videos(max_count=20)["videos"]) == 20
        assert api.code("POST", "/v2/video/list/?fields=id", {"max_count": count}) == (400, "invalid_params")


def test_videos_of_one_millisecond_may_repeat_at_a_border_and_none_is_lost(sim: SimulatorHandle) -> None:
    state = sim.get("/_sim/snapshot")
    world = state["tiktok"]
    maya = world["creators"][MAYA]
    moment = maya["posts"][0][0]
    maya["posts"] = sorted([moment, post_id] for _, post_id in maya["posts"])
    for _, post_id in maya["posts"]:
        world["posts"][post_id]["createdAt"] = moment
    with OpenApi.of(sim) as api:
        api.client.put(f"{sim.url}/_sim/snapshot", json=state)
    with OpenApi.of(sim) as api:
        first = api.videos(max_count=4)
        second = api.videos(max_count=4, cursor=first["cursor"])
        assert second == first
        assert first["has_more"] is True
        assert len(api.videos(max_count=5)["videos"]) == 5


def test_all_fields_of_a_video_have_their_types(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        video = api.videos(EVERYTHING)["videos"][0]
    assert list(video) == EVERYTHING.split(",")
    assert re.fullmatch(r"\d{19}", video["id"])
    assert int(video["id"]) > 2**53
    assert isinstance(video["create_time"], int)
    assert (video["duration"], video["height"], video["width"]) == (4, 960, 540)
    assert video["title"].startswith("Pulling the first gull")
    assert all(isinstance(video[name], int) for name in ("like_count", "comment_count", "share_count", "view_count"))
    assert "<script" in video["embed_html"]
    assert f'data-video-id="{video["id"]}"' in video["embed_html"]


def test_links_carry_who_asked_and_lead_to_the_video(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim) as api:
        video = api.videos("id,share_url,embed_link")["videos"][0]
    for link in (video["share_url"], video["embed_link"]):
        assert parse_qs(urlsplit(link).query)["utm_source"] == [sim.client_key]
        assert "utm_campaign" in link
        assert "Pulling the first gull" in browse(link).text
    assert f"/@atelier.maya/video/{video['id']}?" in video["share_url"]
    sim.post("/_sim/tiktok/act/delete-post", {"postId": video["id"]})
    assert browse(video["share_url"]).status_code == 404


def test_a_cover_link_lives_six_hours_and_a_query_gives_a_fresh_one(sim: SimulatorHandle) -> None:
    sim.post("/_sim/clock", {"stands": True})
    with OpenApi.of(sim) as api:
        video = api.videos("id,cover_image_url")["videos"][0]
        link = video["cover_image_url"]
        assert int(parse_qs(urlsplit(link).query)["x-expires"][0]) == int(sim.now()) + 21_600
        sim.advance(21_599)
        assert browse(link).status_code == 200
        sim.advance(1)
        assert browse(link).status_code == 403
    with OpenApi.of(sim) as api:
        body = {"filters": {"video_ids": [video["id"]]}}
        fresh = api.post("/v2/video/query/", body, fields="cover_image_url")["data"]["videos"][0]["cover_image_url"]
        assert browse(fresh).headers["content-type"] == "image/jpeg"


def test_words_are_cut_at_150_units_without_splitting_an_emoji(sim: SimulatorHandle) -> None:
    state = sim.get("/_sim/snapshot")
    newest = state["tiktok"]["creators"][MAYA]["posts"][-1][1]
    for post in state["tiktok"]["posts"].values():
        post["title"] = "a" + "🐦" * 100
    with OpenApi.of(sim) as api:
        api.client.put(f"{sim.url}/_sim/snapshot", json=state)
    with OpenApi.of(sim) as api:
        video = api.videos("id,title,video_description")["videos"][0]
    assert video["id"] == newest
    assert video["title"] == video["video_description"] == "a" + "🐦" * 74


def test_a_query_gives_own_public_videos_and_is_silent_about_others(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim, TOM) as tom:
        foreign = tom.videos()["videos"][0]["id"]
    with OpenApi.of(sim) as api:
        mine = [video["id"] for video in api.videos()["videos"]]
        posts = sim.get(f"/_sim/tiktok/posts?creatorId={MAYA}")["posts"]
        hidden = next(row["post"]["id"] for row in posts if not row["public"])

        def found(*ids: str) -> list[str]:
            data = api.post("/v2/video/query/", {"filters": {"video_ids": list(ids)}}, fields="id")["data"]
            assert set(data) == {"videos"}
            return [video["id"] for video in data["videos"]]

        assert found(mine[1], foreign, hidden, "not-a-number", mine[0]) == [mine[1], mine[0]]
        sim.post("/_sim/tiktok/act/delete-post", {"postId": mine[0]})
        assert found(*mine) == mine[1:]
        for ids in ([], [str(number) for number in range(21)], "7500000000000000001", [7500000000000000001]):
            body = {"filters": {"video_ids": ids}}
            assert api.code("POST", "/v2/video/query/?fields=id", body) == (400, "invalid_params")
        assert api.code("POST", "/v2/video/query/?fields=id", {}) == (400, "invalid_params")
        sim.configure({"tiktok": {"queryWithCursor": True}})
        data = api.post("/v2/video/query/", {"filters": {"video_ids": mine}}, fields="id")["data"]
        assert (data["cursor"], data["has_more"]) == (0, False)


@pytest.mark.parametrize("path", ["/v2/video/list/?fields=id", "/v2/video/query/?fields=id"])
def test_videos_need_the_scope_video_list(sim: SimulatorHandle, path: str) -> None:
    body = {"filters": {"video_ids": ["7500000000000000001"]}}
    with OpenApi.of(sim, scopes=["user.info.basic", "video.upload", "video.publish"]) as api:
        assert api.code("POST", path, body) == (401, "scope_not_authorized")
    with OpenApi.of(sim, scopes=["video.list"]) as api:
        assert api.code("POST", path, body) == (200, "ok")


def test_private_accounts_and_hidden_posts_do_not_show(sim: SimulatorHandle) -> None:
    with OpenApi.of(sim, INES) as ines, OpenApi.of(sim) as api, OpenApi.of(sim, JONAS) as jonas:
        assert ines.videos()["videos"] == []
        assert ines.user("video_count") == {"video_count": 0}
        assert len(jonas.videos()["videos"]) == 1
        newest = api.videos()["videos"][0]["id"]
        sim.post("/_sim/tiktok/act/make-private", {"postId": newest})
        assert newest not in str(api.videos())
        sim.post("/_sim/tiktok/act/make-public", {"postId": newest})
        assert api.videos()["videos"][0]["id"] == newest
        sim.post("/_sim/tiktok/act/make-private", {"creatorId": MAYA})
        assert api.videos() == {"videos": [], "cursor": 0, "has_more": False}
        assert browse(f"{sim.tiktok_auth_url}/@atelier.maya/video/{newest}").status_code == 404
        sim.post("/_sim/tiktok/act/make-public", {"creatorId": MAYA})
        assert len(api.videos()["videos"]) == 5
    kinds = [row["kind"] for row in sim.truth() if row["kind"] != "consent.given"]
    assert kinds == ["post.hidden", "post.shown", "account.changed", "account.changed"]


def test_a_creator_is_made_and_changed_by_hand(sim: SimulatorHandle) -> None:
    made = sim.post("/_sim/tiktok/creators", {"username": "neu", "nickname": "Neu", "followers": 3})
    creator_id = made["creator"]["id"]
    changed = sim.post("/_sim/tiktok/creators", {"id": creator_id, "private": True})["creator"]
    assert (changed["username"], changed["followers"], changed["private"]) == ("neu", 3, True)
    with OpenApi.of(sim, creator_id) as api:
        assert api.user("display_name,follower_count") == {"display_name": "Neu", "follower_count": 3}
    with pytest.raises(RuntimeError, match="422"):
        sim.post("/_sim/tiktok/creators", {"id": creator_id, "privat": True})
    for path, body in (
        ("act/dance", {"creatorId": creator_id}),
        ("act/like", {"postId": "1"}),
        ("act/follow", {"creatorId": "1"}),
        ("tokens", {"creatorId": "1"}),
        ("login", {"creatorId": "1", "redirectUri": "http://127.0.0.1/"}),
    ):
        with pytest.raises(RuntimeError, match="404"):
            sim.post(f"/_sim/tiktok/{path}", body)
