"""Discovery, hashtags and oEmbed (instagram.md §4.6)."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.socialsim.parts import IG, Graph, browse, problem

DAY = 86_400
ROUE = "17841400000000002"


def discovered(graph: Graph, fields: str, username: str = "roue.libre") -> dict[str, object]:
    """Another account by its name."""
    answer = graph.get(f"{IG}?fields=business_discovery.username({username}){{{fields}}}")
    assert answer["id"] == IG, answer
    found: dict[str, object] = answer["business_discovery"]
    return found


def test_another_professional_account_is_found_by_its_name(graph: Graph) -> None:
    fields = "username,name,biography,website,followers_count,follows_count,media_count,profile_picture_url,ig_id"
    found = discovered(graph, fields)
    assert (found["id"], found["followers_count"], found["media_count"]) == (ROUE, 112_904, 9)
    assert set(found) == {*fields.split(","), "id"}
    foreign = graph.sim.seed({"accounts": 1, "media": 2})["accounts"][0]
    assert discovered(graph, "media_count", foreign["username"])["media_count"] == 2
    assert discovered(graph, "id", "ROUE.libre") == {"id": ROUE}


def pages_of(graph: Graph, limit: int) -> Iterator[list[str]]:
    after = ""
    while True:
        media = discovered(graph, f"media.limit({limit}){after}{{id}}")["media"]
        assert isinstance(media, dict)
        yield [row["id"] for row in media["data"]]
        paging = media.get("paging", {})
        assert set(paging) <= {"cursors"}
        if "after" not in paging.get("cursors", {}):
            return
        after = f".after({paging['cursors']['after']})"


def test_media_of_the_other_are_walked_by_cursors_without_links(graph: Graph) -> None:
    pages = list(pages_of(graph, 4))
    assert [len(page) for page in pages] == [4, 4, 1]
    truth = [row["id"] for row in graph.sim.get(f"/_sim/truth/media?accountId={ROUE}")["media"]]
    assert [number for page in pages for number in page] == truth[::-1]


def test_views_are_told_here_and_likes_only_if_they_are_not_hidden(graph: Graph) -> None:
    fields = "media.limit(1){id,caption,like_count,comments_count,view_count,timestamp,owner,username,permalink}"
    media = discovered(graph, fields)["media"]
    assert isinstance(media, dict)
    first = media["data"][0]
    assert first["view_count"] > first["like_count"] > 0
    assert (first["owner"], first["username"]) == ({"id": ROUE}, "roue.libre")
    graph.sim.post("/_sim/act/media", {"mediaId": first["id"], "likesHidden": True})
    hidden = discovered(graph, fields)["media"]
    assert isinstance(hidden, dict)
    assert "like_count" not in hidden["data"][0]
    own = graph.get(f"{first['id']}?fields=like_count,view_count,total_like_count", graph.user_token)
    assert own == {"like_count": first["like_count"], "id": first["id"]}
    assert graph.fails("GET", f"{IG}?fields=business_discovery.username(roue.libre){{insights}}") == (100, None)


@pytest.mark.parametrize("name", ["tom.keller", "nobody.at.all"])
def test_a_personal_or_unknown_account_cannot_be_found(graph: Graph, name: str) -> None:
    answer = graph.raw("GET", f"{IG}?fields=business_discovery.username({name}){{id}}")
    assert problem(answer) == (110, 2207013)
    assert "cannot be found" in answer.json()["error"]["error_user_msg"]


def test_neither_can_an_age_gated_one_and_it_takes_the_insights_permission(graph: Graph) -> None:
    path = f"{IG}?fields=business_discovery.username(roue.libre){{id}}"
    graph.sim.post("/_sim/act/account", {"accountId": ROUE, "ageGated": True})
    assert graph.fails("GET", path) == (110, 2207013)
    assert graph.fails("GET", f"{IG}?fields=business_discovery{{id}}") == (100, None)
    graph.delete("9001000000000001/permissions/instagram_manage_insights")
    assert graph.fails("GET", path) == (10, None)


def test_pseudo_fields_answer_under_their_names_and_instagram_login_knows_none_of_them(graph: Graph) -> None:
    act = {"accountId": IG, "username": "ana", "text": "With @atelier.maya"}
    named = graph.sim.post("/_sim/act/mention", act)["mediaId"]
    comment = graph.sim.post("/_sim/act/mention", {**act, "mediaId": named})["commentId"]
    joint = graph.sim.post("/_sim/act/invite", act)["mediaId"]
    graph.post(f"{IG}/collaboration_invites", media_id=joint, accept="true")
    asked = {
        "business_discovery": ("username(roue.libre)", ROUE),
        "mentioned_media": (f"media_id({named})", named),
        "mentioned_comment": (f"comment_id({comment})", comment),
        "collaborative_media_search": (f"media_id({joint})", joint),
    }
    bearer = {"Authorization": f"Bearer {graph.sim.instagram_tokens()['token']}"}
    url = f"{graph.sim.instagram_graph_url}/v26.0/{IG}?fields="
    for field, (argument, found) in asked.items():
        assert graph.get(f"{IG}?fields={field}.{argument}{{id}}") == {field: {"id": found}, "id": IG}
        assert problem(browse(f"{url}{field}.{argument}{{id}}", headers=bearer)) == (100, None)


def test_instagram_login_has_no_discovery_and_no_counts_of_all_surfaces(graph: Graph) -> None:
    bearer = {"Authorization": f"Bearer {graph.sim.instagram_tokens()['token']}"}
    base = f"{graph.sim.instagram_graph_url}/v26.0"
    for field in ("owner_business", "shopping_review_status"):
        assert problem(browse(f"{base}/{IG}?fields={field}", headers=bearer)) == (100, None)
    for edge in ("recently_searched_hashtags", "collaboration_invites", "collaborative_media"):
        assert problem(browse(f"{base}/{IG}/{edge}", headers=bearer)) == (2500, None)
    assert problem(browse(f"{base}/ig_hashtag_search?user_id={IG}&q=sea", headers=bearer))[0] in {100, 2500}
    for field in ("saved_count", "total_views_count", "boost_ads_list"):
        assert problem(browse(f"{base}/18000000000000001?fields={field}", headers=bearer)) == (100, None)


# --- Hashtags ----------------------------------------------------------------------------------------------------


def hashtag(graph: Graph, name: str, account: str = IG) -> str:
    """The id of a hashtag."""
    found = graph.get(f"ig_hashtag_search?user_id={account}&q={quote(name)}", graph.user_token)
    return str(found["data"][0]["id"])


def test_a_hashtag_has_one_id_for_everybody(graph: Graph) -> None:
    number = hashtag(graph, "Linocut")
    assert number == hashtag(graph, "#linocut") == hashtag(graph, "linocut", ROUE)
    assert number.startswith("178")
    assert graph.get(f"{number}?fields=name") == {"name": "linocut", "id": number}
    assert graph.get(number) == {"id": number}
    assert graph.fails("GET", f"{number}?fields=media_count") == (100, None)


def test_an_account_may_ask_for_thirty_hashtags_in_seven_days(graph: Graph) -> None:
    for count in range(30):
        hashtag(graph, f"tag{count}")
    full = graph.raw("GET", f"ig_hashtag_search?user_id={IG}&q=onemore")
    assert problem(full) == (18, 2207034)
    assert hashtag(graph, "tag3")
    assert hashtag(graph, "onemore", ROUE)
    graph.sim.advance(6 * DAY)
    assert hashtag(graph, "tag4")
    graph.sim.advance(DAY)
    assert hashtag(graph, "onemore")


def test_the_feature_is_reviewed_and_some_tags_give_a_generic_error(graph: Graph) -> None:
    graph.sim.configure({"reading": {"sensitiveHashtags": ["forbidden"]}})
    assert graph.fails("GET", f"ig_hashtag_search?user_id={IG}&q=forbidden")[0] == 1
    for wrong in ("", "two words", "🌊", "a%00b"):
        assert graph.fails("GET", f"ig_hashtag_search?user_id={IG}&q={wrong}") == (100, None)
    assert graph.fails("GET", "ig_hashtag_search?q=sea") == (100, None)
    assert graph.fails("GET", "ig_hashtag_search?user_id=17841400000000003&q=sea") == (100, 33)
    app = {"id": graph.sim.app_id, "secret": graph.sim.app_secret, "features": ["human_agent"]}
    graph.sim.post("/_sim/apps", app)
    assert graph.fails("GET", f"ig_hashtag_search?user_id={IG}&q=sea") == (10, None)


def test_recent_media_are_those_of_the_last_day_and_name_nobody(graph: Graph) -> None:
    number = hashtag(graph, "linocut")
    assert graph.get(f"{number}/recent_media?user_id={IG}") == {"data": []}
    ours = graph.publish(graph.container(caption="Fresh #linocut"))
    post = {"accountId": IG, "username": "ana", "text": "mine #Linocut too"}
    theirs = graph.sim.post("/_sim/act/tag", post)["mediaId"]
    fields = "id,caption,like_count,comments_count,media_type,media_url,permalink,timestamp"
    answer = graph.get(f"{number}/recent_media?user_id={IG}&fields={fields}&limit=1")
    assert [row["id"] for row in answer["data"]] == [theirs]
    following = browse(answer["paging"]["next"]).json()
    assert [row["id"] for row in following["data"]] == [ours]
    for field in ("username", "owner", "insights", "comments"):
        assert graph.fails("GET", f"{number}/recent_media?user_id={IG}&fields={field}") == (100, None)
    graph.delete(ours)
    graph.sim.advance(DAY)
    assert graph.get(f"{number}/recent_media?user_id={IG}") == {"data": []}
    assert graph.fails("GET", f"{number}/recent_media") == (100, None)


def test_top_media_are_the_most_liked_at_most_fifty_a_page(graph: Graph) -> None:
    number = hashtag(graph, "linocut")
    rows = graph.get(f"{number}/top_media?user_id={IG}&fields=like_count&limit=100")["data"]
    assert [row["like_count"] for row in rows] == sorted((row["like_count"] for row in rows), reverse=True)
    assert len(rows) >= 2
    for count in range(55):
        graph.sim.post("/_sim/act/tag", {"accountId": IG, "username": f"fan{count}", "text": "#busy"})
    busy = hashtag(graph, "busy")
    assert len(graph.get(f"{busy}/top_media?user_id={IG}&limit=100")["data"]) == 50


def test_the_tags_an_account_asked_for_are_remembered_for_a_week(graph: Graph) -> None:
    assert graph.get(f"{IG}/recently_searched_hashtags") == {"data": []}
    first = hashtag(graph, "sea")
    graph.sim.advance(DAY)
    second = hashtag(graph, "salt")
    rows = graph.get(f"{IG}/recently_searched_hashtags?limit=30")["data"]
    assert [(row["id"], row["name"]) for row in rows] == [(second, "salt"), (first, "sea")]
    graph.sim.advance(6 * DAY)
    assert [row["id"] for row in graph.get(f"{IG}/recently_searched_hashtags")["data"]] == [second]


# --- oEmbed ------------------------------------------------------------------------------------------------------


def test_a_post_is_embedded_by_its_address_with_an_app_token(graph: Graph) -> None:
    permalink = graph.get("18000000000000001?fields=permalink")["permalink"]
    app_token = f"{graph.sim.app_id}|{graph.sim.app_secret}"
    path = f"instagram_oembed?url={quote(permalink)}"
    answer = graph.raw("GET", path, token=app_token).json()
    assert set(answer) == {"version", "provider_name", "provider_url", "type", "width", "html"}
    assert (answer["type"], answer["width"]) == ("rich", 658)
    assert "First light over the bay" in answer["html"]
    narrow = graph.raw("GET", f"{path}&maxwidth=320&hidecaption=true&omitscript=true", token=app_token).json()
    assert narrow["width"] == 320
    assert "First light" not in narrow["html"]
    assert "<script" not in narrow["html"]
    for wrong in (f"{path}&maxwidth=90000", "instagram_oembed?url=https://example.org/", "instagram_oembed"):
        assert problem(graph.raw("GET", wrong, token=app_token)) == (100, None)
    gone = f"instagram_oembed?url={quote('https://www.instagram.com/p/NothingHere/')}"
    assert problem(graph.raw("GET", gone, token=app_token))[0] == 24
    assert graph.fails("GET", path) == (10, None)
    app = {"id": graph.sim.app_id, "secret": graph.sim.app_secret, "features": []}
    graph.sim.post("/_sim/apps", app)
    assert problem(graph.raw("GET", path, token=app_token)) == (10, None)
