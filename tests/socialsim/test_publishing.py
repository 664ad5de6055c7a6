"""Containers and publishing (instagram.md §3)."""

import json
import threading

import pytest

from socialsim.kernel.pictures import CLIP_PATH
from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import FTYP, IG, Graph, Listener, Reply, Seen, eventually, picture

DAY = 86400


def status(graph: Graph, container: str) -> str:
    return str(graph.get(f"{container}?fields=status_code")["status_code"])


def test_a_picture_is_published_once_it_is_finished(graph: Graph) -> None:
    graph.sim.configure({"ready": {"IMAGE": 60}})
    container = graph.container(caption="Hello #sea")
    assert status(graph, container) == "IN_PROGRESS"
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (9007, 2207027)
    graph.sim.advance(61)
    assert status(graph, container) == "FINISHED"
    media = graph.publish(container)
    assert status(graph, container) == "PUBLISHED"
    read = graph.get(f"{media}?fields=id,caption,media_type,media_product_type,permalink,timestamp,username")
    assert (read["caption"], read["media_type"], read["media_product_type"]) == ("Hello #sea", "IMAGE", "FEED")
    assert read["timestamp"].endswith("+0000")
    assert graph.get(f"{IG}/media?limit=1")["data"] == [{"id": media}]
    (row,) = graph.sim.truth("media.published")
    assert (row["objectId"], row["containerId"], row["accountId"]) == (media, container, IG)


def test_a_container_is_ready_by_time_and_the_instant_is_known(graph: Graph) -> None:
    graph.sim.configure({"ready": {"IMAGE": {"around": 10, "spread": 0.2}}})
    graph.container()
    graph.container()
    waits = [row["finishedAt"] - row["createdAt"] for row in graph.sim.containers(IG)]
    assert all(8 <= wait <= 12 for wait in waits)
    assert waits[0] != waits[1]


def test_the_second_publish_fails_and_the_container_stays_published(graph: Graph) -> None:
    container = graph.container()
    graph.publish(container)
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (9007, 2207027)
    assert status(graph, container) == "PUBLISHED"
    assert len(graph.sim.truth("media.published")) == 1


def test_a_container_not_published_in_a_day_expires(graph: Graph) -> None:
    container = graph.container()
    graph.sim.advance(DAY + 1)
    assert status(graph, container) == "EXPIRED"
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (24, 2207008)


def test_the_quota_is_read_and_kept(graph: Graph) -> None:
    graph.sim.configure({"accounts": {IG: {"quotaTotal": 1}}})
    graph.publish(graph.container())
    (limit,) = graph.get(f"{IG}/content_publishing_limit?fields=quota_usage,config")["data"]
    assert limit == {"quota_usage": 1, "config": {"quota_total": 1, "quota_duration": DAY}}
    assert graph.get(f"{IG}/content_publishing_limit")["data"] == [{"quota_usage": 1}]
    second = graph.container()
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=second) == (9, 2207042)
    graph.sim.advance(DAY + 1)
    assert graph.get(f"{IG}/content_publishing_limit")["data"] == [{"quota_usage": 0}]
    graph.publish(graph.container())


def test_no_more_than_the_allowed_containers_a_day(graph: Graph) -> None:
    graph.sim.configure({"containerLimit": 2})
    graph.container()
    graph.container()
    url = f"{graph.sim.url}/_sim/pictures/sea-a.jpg?w=320&h=400"
    assert graph.fails("POST", f"{IG}/media", image_url=url)[0] == 9
    graph.sim.advance(DAY + 1)
    graph.container()


def item(graph: Graph) -> str:
    return graph.container(is_carousel_item="true")


def test_a_carousel_waits_for_its_items_and_counts_once(graph: Graph) -> None:
    graph.sim.configure({"ready": {"CAROUSEL_ITEM": 5}})
    items = [item(graph), item(graph)]
    carousel = {"media_type": "CAROUSEL", "children": ",".join(items), "caption": "Two"}
    assert graph.fails("POST", f"{IG}/media", **carousel) == (9007, 2207027)
    graph.sim.advance(6)
    parent = graph.post(f"{IG}/media", **carousel)["id"]
    media = graph.publish(parent)
    read = graph.get(f"{media}?fields=media_type,media_url,children{{id,media_url}}")
    assert read["media_type"] == "CAROUSEL_ALBUM"
    assert "media_url" not in read
    assert len(read["children"]["data"]) == 2
    assert graph.get(f"{media}/children")["data"] == [{"id": child["id"]} for child in read["children"]["data"]]
    assert graph.get(f"{IG}/content_publishing_limit")["data"] == [{"quota_usage": 1}]


def test_children_may_come_as_json_and_must_be_two_to_ten(graph: Graph) -> None:
    items = [item(graph), item(graph)]
    graph.publish(graph.post(f"{IG}/media", media_type="CAROUSEL", children=json.dumps(items))["id"])
    assert graph.fails("POST", f"{IG}/media", media_type="CAROUSEL", children=items[0]) == (100, 2207028)
    eleven = ",".join(items * 6)
    assert graph.fails("POST", f"{IG}/media", media_type="CAROUSEL", children=eleven) == (100, 2207028)
    assert graph.fails("POST", f"{IG}/media", media_type="CAROUSEL", children="1,2") == (24, 2207008)


def test_a_story_lives_a_day_and_is_not_in_the_feed(graph: Graph) -> None:
    media = graph.publish(graph.container(media_type="STORIES", caption="ignored"))
    assert graph.get(f"{IG}/stories")["data"] == [{"id": media}]
    assert graph.get(f"{media}?fields=media_product_type,caption") == {"id": media, "media_product_type": "STORY"}
    assert media not in [row["id"] for row in graph.get(f"{IG}/media")["data"]]
    graph.sim.advance(DAY + 1)
    assert graph.get(f"{IG}/stories") == {"data": []}


def test_a_reel_is_fetched_beside_the_answer_and_read_back_as_video(graph: Graph, listener: Listener) -> None:
    url = listener.serve("/a.mp4", CLIP_PATH.read_bytes(), "video/mp4")
    container = graph.post(f"{IG}/media", media_type="REELS", video_url=url, caption="Moving")["id"]
    eventually(lambda: status(graph, container) == "FINISHED")
    media = graph.publish(container)
    read = graph.get(f"{media}?fields=media_type,media_product_type,media_url,thumbnail_url,is_shared_to_feed")
    assert (read["media_type"], read["media_product_type"]) == ("VIDEO", "REELS")
    assert read["is_shared_to_feed"] is True
    assert graph.client.get(read["media_url"]).headers["content-type"] == "video/mp4"
    assert graph.client.get(read["thumbnail_url"]).headers["content-type"] == "image/jpeg"


def test_a_video_that_breaks_off_ends_in_error_with_a_number_in_the_text(graph: Graph, listener: Listener) -> None:
    listener.answers["/b.mp4"] = Reply(200, FTYP, {"content-type": "video/mp4", "content-length": "100000"})
    container = graph.post(f"{IG}/media", media_type="REELS", video_url=f"{listener.url}/b.mp4")["id"]
    eventually(lambda: status(graph, container) == "ERROR")
    assert "2207077" in graph.get(f"{container}?fields=status")["status"]
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (24, 2207006)


def test_a_carousel_video_does_not_go_out_alone(graph: Graph, listener: Listener) -> None:
    url = listener.serve("/a.mp4", CLIP_PATH.read_bytes(), "video/mp4")
    container = graph.post(f"{IG}/media", media_type="VIDEO", video_url=url)["id"]
    eventually(lambda: status(graph, container) == "FINISHED")
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (100, 2207089)


REFUSED_FILES = [
    (picture(400, 400, "PNG"), "image/png", 200, (36001, 2207005)),
    (picture(300, 400), "image/jpeg", 200, (36003, 2207009)),
    (picture(400, 200), "image/jpeg", 200, (36003, 2207009)),
    (picture(400, 400) + b"\x00" * (8 * 1024 * 1024), "image/jpeg", 200, (36000, 2207004)),
    (b"<html>", "text/html", 200, (9004, 2207052)),
    (b"nonsense", "image/jpeg", 200, (9004, 2207052)),
    (b"", "image/jpeg", 404, (9004, 2207052)),
]


@pytest.mark.parametrize(("body", "kind", "code", "expected"), REFUSED_FILES, ids=lambda value: str(value)[:20])
def test_a_file_that_instagram_does_not_take_is_refused_with_its_code(
    graph: Graph, listener: Listener, body: bytes, kind: str, code: int, expected: tuple[int, int]
) -> None:
    url = listener.serve("/x", body, kind, code)
    assert graph.fails("POST", f"{IG}/media", image_url=url) == expected


def test_a_redirect_is_not_followed(graph: Graph, listener: Listener) -> None:
    listener.serve("/good.jpg", picture(400, 400))
    listener.answers["/moved.jpg"] = Reply(302, b"", {"location": "/good.jpg"})
    assert graph.fails("POST", f"{IG}/media", image_url=f"{listener.url}/moved.jpg") == (9004, 2207052)
    assert [seen.path for seen in listener.seen] == ["/moved.jpg"]
    assert "facebookexternalhit" in listener.seen[0].headers["user-agent"]


def test_strict_mode_refuses_loopback(graph: Graph, listener: Listener) -> None:
    url = listener.serve("/a.jpg", picture(400, 400))
    graph.sim.configure({"strictMedia": True})
    assert graph.fails("POST", f"{IG}/media", image_url=url) == (9004, 2207052)
    assert listener.seen == []


def test_a_slow_media_host_is_told_apart(graph: Graph, listener: Listener) -> None:
    graph.sim.configure({"fetchTimeout": 0.05})
    let_go = threading.Event()

    def slow(seen: Seen) -> Reply:
        let_go.wait(10)
        return Reply()

    listener.answers["/slow.jpg"] = slow
    assert graph.fails("POST", f"{IG}/media", image_url=f"{listener.url}/slow.jpg") == (-2, 2207003)
    let_go.set()


REFUSED_PARAMETERS: list[tuple[dict[str, str], tuple[int, int | None]]] = [
    ({"media_type": "GIF"}, (100, 2207023)),
    ({"caption": "x" * 2201}, (36004, 2207010)),
    ({"caption": "#a " * 31}, (36004, 2207010)),
    ({"caption": "@a " * 21}, (36004, 2207010)),
    ({"alt_text": "x" * 1001}, (100, None)),
    ({"location_id": "Brest"}, (100, None)),
    ({"user_tags": json.dumps([{"username": "a", "x": 0.5, "y": 0.5}] * 21)}, (100, 2207040)),
    ({"user_tags": json.dumps([{"username": "a"}])}, (100, None)),
    ({"user_tags": json.dumps([{"username": "a", "x": 2, "y": 0}])}, (100, None)),
    ({"user_tags": "not json"}, (100, None)),
    ({"collaborators": json.dumps(["a", "b", "c", "d"])}, (100, None)),
    ({"is_carousel_item": "true", "collaborators": '["a"]'}, (100, None)),
    ({"media_type": "REELS"}, (100, None)),
    ({"image_url": ""}, (100, None)),
    ({"image_url": "http://127.0.0.1/ä.jpg"}, (9004, 2207052)),
]


@pytest.mark.parametrize(("change", "expected"), REFUSED_PARAMETERS, ids=lambda value: str(value)[:40])
def test_a_wrong_parameter_is_refused_with_its_code(
    graph: Graph, change: dict[str, str], expected: tuple[int, int | None]
) -> None:
    asked = {"image_url": f"{graph.sim.url}/_sim/pictures/sea-a.jpg?w=320&h=400", **change}
    assert graph.fails("POST", f"{IG}/media", **asked) == expected


def test_publishing_needs_the_permission_and_the_task(sim: SimulatorHandle) -> None:
    page = {"name": "P", "tasks": ["ANALYZE"], "instagram": {"username": "p", "media": 0}}
    made = sim.seed({"users": [{"name": "U", "pages": [page]}]})
    account = made["accounts"][0]["accountId"]
    with Graph.of(sim, made["userId"]) as graph:
        assert graph.fails("POST", f"{account}/media", image_url="http://x/") == (200, None)
    with Graph.of(sim, scopes=["instagram_basic"]) as graph:
        assert graph.fails("POST", f"{IG}/media", image_url="http://x/") == (10, None)


def test_another_accounts_container_is_unknown(graph: Graph) -> None:
    container = graph.container()
    other = graph.sim.tokens()["pages"][1]
    answer = graph.raw("POST", f"{other['instagramId']}/media_publish", {"creation_id": container}, other["pageToken"])
    assert answer.json()["error"]["error_subcode"] == 2207008


def test_a_post_is_deleted_and_its_comments_can_be_closed(graph: Graph) -> None:
    media = graph.publish(graph.container())
    assert graph.post(media, comment_enabled="false") == {"success": True}
    assert graph.get(f"{media}?fields=is_comment_enabled")["is_comment_enabled"] is False
    assert graph.fails("POST", f"{media}/comments", message="first") == (10, None)
    assert graph.delete(media) == {"success": True}
    assert graph.fails("GET", media) == (100, 33)
    kinds = [row["kind"] for row in graph.sim.truth(account_id=IG)]
    assert kinds == ["container.created", "media.published", "media.changed", "media.deleted"]
