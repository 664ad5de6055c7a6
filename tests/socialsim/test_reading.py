"""The fields language, lists, many in one (instagram.md §4.1, §4.2)."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from socialsim.meta.errors import GraphError
from socialsim.meta.fields import Field, parse
from tests.socialsim.parts import IG, Graph, browse, problem


def test_a_selection_nests_and_takes_arguments() -> None:
    id_, text = Field("id"), Field("text")
    assert parse("id,comments.limit(5).after(X){id, replies{text}}") == (
        id_,
        Field(
            "comments",
            (("limit", "5"), ("after", "X")),
            (id_, Field("replies", (), (text,), "text")),
            "id, replies{text}",
        ),
    )


@pytest.mark.parametrize("text", ["id{", "id}", "a.b", "a.b(", "é{"])
def test_a_broken_selection_is_a_bad_parameter(graph: Graph, text: str) -> None:
    assert graph.fails("GET", f"{IG}?fields={quote(text)}") == (100, None)


@given(st.text(alphabet="ab,.(){} 5", max_size=30))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        fields = parse(text)
    except GraphError as error:
        fields = ()
        event(str(error))
    assert all(field.name for field in fields)


def test_an_account_leaves_out_what_it_does_not_have(graph: Graph) -> None:
    fields = "id,username,name,biography,website,followers_count,follows_count,media_count,profile_picture_url"
    full = graph.get(f"{IG}?fields={fields}")
    assert set(full) == set(fields.split(","))
    assert (full["followers_count"], full["media_count"]) == (48210, 9)
    assert browse(full["profile_picture_url"]).headers["content-type"] == "image/jpeg"
    made = graph.sim.seed({"accounts": 1, "media": 0})
    with Graph.of(graph.sim, made["userId"]) as other:
        assert "website" not in other.get(f"{made['accounts'][0]['accountId']}?fields={fields}")
    assert graph.get(IG) == {"id": IG}


def test_an_unknown_field_fails_by_name(graph: Graph) -> None:
    answer = graph.raw("GET", f"{IG}?fields=id,unread_count")
    assert problem(answer) == (100, None)
    assert "nonexisting field (unread_count)" in answer.json()["error"]["message"]


def test_fields_expand_through_account_media_comments_and_replies(graph: Graph) -> None:
    fields = "username,media.limit(2){caption,comments.limit(1){text,replies.limit(1){text}}}"
    read = graph.get(f"{IG}?fields={fields}")
    assert len(read["media"]["data"]) == 2
    first = read["media"]["data"][0]
    assert first["caption"].startswith("First light over the bay")
    assert len(first["comments"]["data"]) == 1
    following = browse(first["comments"]["paging"]["next"]).json()
    assert following["data"][0]["replies"]["data"][0]["text"].startswith("Two blocks")


def walk(url: str, link: str) -> Iterator[dict[str, str]]:
    while url:
        answer = browse(url).json()
        yield from answer["data"]
        url = answer.get("paging", {}).get(link, "")


@pytest.mark.parametrize("limit", [1, 4, 9, 25])
def test_walking_forwards_gives_every_medium_once_newest_first(graph: Graph, limit: int) -> None:
    url = f"{graph.sim.graph_url}/v26.0/{IG}/media?fields=id,timestamp&limit={limit}&access_token={graph.page_token}"
    rows = list(walk(url, "next"))
    assert len({row["id"] for row in rows}) == len(rows) == 9
    assert [row["timestamp"] for row in rows] == sorted((row["timestamp"] for row in rows), reverse=True)


def test_walking_back_and_windows_of_time(graph: Graph) -> None:
    last = graph.get(f"{IG}/media?fields=id&limit=3")
    after = graph.get(f"{IG}/media?limit=3&after={last['paging']['cursors']['after']}")
    back = browse(after["paging"]["previous"]).json()
    assert [row["id"] for row in back["data"]] == [row["id"] for row in last["data"]]
    week = int(graph.sim.now() - 7 * 86400)
    assert len(graph.get(f"{IG}/media?since={week}")["data"]) == 3
    assert len(graph.get(f"{IG}/media?until={week}")["data"]) == 6
    assert graph.fails("GET", f"{IG}/media?after=nonsense!") == (100, None)


def test_many_ids_in_one_call_count_each_and_fail_together(graph: Graph) -> None:
    ids = [row["id"] for row in graph.get(f"{IG}/media?limit=3")["data"]]
    graph.sim.delete("/_sim/calls")
    read = graph.get(f"?ids={','.join(ids)}&fields=id,media_type")
    assert list(read) == ids
    assert read[ids[0]]["media_type"] == "IMAGE"
    assert graph.sim.calls() == {"GET /{m}": 3}
    assert graph.fails("GET", f"?ids={ids[0]},999") == (100, 33)


def test_a_batch_answers_in_order_and_counts_each(graph: Graph) -> None:
    batch = [
        {"method": "GET", "relative_url": f"v26.0/{IG}?fields=username"},
        {"method": "GET", "relative_url": "999"},
        {"method": "GET", "relative_url": f"{IG}/media?limit=1"},
    ]
    graph.sim.delete("/_sim/calls")
    bearer = {"Authorization": f"Bearer {graph.page_token}"}
    form = {"batch": json.dumps(batch), "include_headers": "false"}
    with httpx2.Client(trust_env=False, verify=False) as client:
        first, second, third = client.post(graph.sim.graph_url + "/", data=form, headers=bearer).json()
    assert json.loads(first["body"]) == {"username": "atelier.maya", "id": IG}
    assert (second["code"], json.loads(second["body"])["error"]["error_subcode"]) == (400, 33)
    assert len(json.loads(third["body"])["data"]) == 1
    assert graph.sim.calls() == {"GET /{ig}": 1, "GET /{unknown}": 1, "GET /{ig}/media": 1}


def test_a_body_may_be_json_or_multipart_too(graph: Graph) -> None:
    url = f"{graph.sim.url}/_sim/pictures/sea-a.jpg?w=320&h=400"
    bearer = {"Authorization": f"Bearer {graph.page_token}"}
    tags = [{"username": "ana", "x": 0.5, "y": 0.5}]
    as_json = graph.client.post(f"{IG}/media", json={"image_url": url, "user_tags": tags}, headers=bearer)
    parts = {"image_url": (None, url), "caption": (None, "é")}
    as_parts = graph.client.post(f"{IG}/media", files=parts, headers=bearer)
    assert as_json.json()["id"]
    media = graph.publish(as_parts.json()["id"])
    assert graph.get(f"{media}?fields=caption")["caption"] == "é"


def test_a_media_link_is_signed_and_ends(graph: Graph) -> None:
    media = graph.get(f"{IG}/media?limit=1&fields=media_url")["data"][0]
    assert browse(media["media_url"]).status_code == 200
    assert browse(media["media_url"].replace("oh=", "oh=0")).status_code == 403
    graph.sim.advance(4 * 86400)
    assert browse(media["media_url"]).status_code == 403
    again = graph.get(f"{media['id']}?fields=media_url")["media_url"]
    assert browse(again).status_code == 200


def test_an_edge_that_is_not_there_says_so(graph: Graph) -> None:
    answer = graph.raw("GET", f"{IG}/nonsense")
    assert problem(answer) == (2500, None)
    assert "not simulated" in answer.json()["error"]["message"]
    assert graph.fails("GET", "123456789") == (100, 33)


def test_a_list_reaches_back_to_its_newest_ten_thousand(graph: Graph) -> None:
    graph.sim.configure({"reading": {"newest": 4}})
    url = f"{graph.sim.graph_url}/v26.0/{IG}/media?limit=3&access_token={graph.page_token}"
    assert len(list(walk(url, "next"))) == 4
    assert len(graph.get(f"{IG}/media?limit=100")["data"]) == 4
    assert len(graph.get(f"{IG}/media?limit=1&since=2020-01-01")["data"]) == 1
    made = graph.sim.seed({"accounts": 1, "media": 110, "comments": 0})
    graph.sim.configure({"reading": {"newest": 10_000}})
    with Graph.of(graph.sim, made["userId"]) as other:
        many = other.get(f"{made['accounts'][0]['accountId']}/media?limit=1000")
        assert (len(many["data"]), "next" in many["paging"]) == (100, True)
    for window in ("since=soon", "until=nan", "since=1e400", "limit=-1", "limit=ten"):
        assert graph.fails("GET", f"{IG}/media?{window}") == (100, None)


def test_too_much_in_one_nested_request_is_asked_to_be_reduced(graph: Graph) -> None:
    comments = "comments.limit(50){replies.limit(50){id}}"
    assert graph.get(f"{IG}/media?limit=100&fields={comments}")["data"]
    large = f"{IG}/media?limit=100&fields=insights.metric({','.join(['views'] * 7)})"
    answer = graph.raw("GET", large)
    assert (answer.status_code, problem(answer)) == (500, (1, None))
    assert "reduce the amount of data" in answer.json()["error"]["message"]
    assert graph.get(large.replace("limit=100", "limit=50"))["data"]
    nested = f"media.limit(100){{{comments.replace('replies.limit(50)', 'replies.limit(100)')}}}"
    assert graph.fails("GET", f"{IG}?fields={nested}") == (1, None)
    graph.sim.configure({"reading": {"budget": 1_000_000}})
    assert graph.get(f"{IG}?fields={nested}")["media"]["data"]


def test_edges_answer_an_account_that_has_nothing_there(graph: Graph) -> None:
    edges = "stories,live_media,tags,recently_searched_hashtags,collaboration_invites,collaborative_media"
    for edge in (*edges.split(","), "connected_threads_user", "scheduled_media", "upcoming_events"):
        assert graph.get(f"{IG}/{edge}") == {"data": []}
    assert graph.get("18000000000000001/collaborators") == {"data": []}


def test_a_batch_item_that_timed_out_is_null_and_counts_and_had_no_effect(graph: Graph) -> None:
    graph.sim.configure({"reading": {"nullBatchEvery": 2}})
    media = "18000000000000001"
    batch = [
        {"method": "GET", "relative_url": f"{media}/insights?metric=reach"},
        {"method": "POST", "relative_url": f"{media}/comments", "body": "message=hello"},
        {"method": "GET", "relative_url": f"?ids={media}&fields=insights.metric(views)"},
    ]
    graph.sim.delete("/_sim/calls")
    bearer = {"Authorization": f"Bearer {graph.page_token}"}
    with httpx2.Client(trust_env=False, verify=False) as client:
        form = {"batch": json.dumps(batch), "include_headers": "false"}
        first, second, third = client.post(graph.sim.graph_url + "/v26.0/", data=form, headers=bearer).json()
    assert json.loads(first["body"])["data"][0]["name"] == "reach"
    assert second is None
    assert json.loads(third["body"])[media]["insights"]["data"][0]["name"] == "views"
    assert graph.sim.calls() == {"GET /{m}/insights": 1, "POST /{m}/comments": 1, "GET /{m}": 1}
    assert graph.sim.truth("comment.created") == []
