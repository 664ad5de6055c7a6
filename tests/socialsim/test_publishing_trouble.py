"""What goes wrong around publishing (instagram.md §3.5, §3.7, §3.8, §10)."""

import httpx2
import pytest

from socialsim.kernel.pictures import CLIP_PATH
from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Graph, Listener, problem

PUBLISH = "POST /{ig}/media_publish"
CREATE = "POST /{ig}/media"


def status(graph: Graph, container: str) -> str:
    return str(graph.get(f"{container}?fields=status_code")["status_code"])


def test_a_restricted_account_neither_creates_nor_publishes(graph: Graph) -> None:
    container = graph.container()
    sea = f"{graph.sim.url}/_sim/pictures/sea-a.jpg?w=320&h=400"
    graph.sim.post("/_sim/act/restrict", {"accountId": IG})
    assert graph.fails("POST", f"{IG}/media", image_url=sea) == (25, 2207050)
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (25, 2207050)
    graph.sim.post("/_sim/act/restrict", {"accountId": IG, "on": False})
    graph.publish(container)


@pytest.mark.parametrize("hurdle", ["publishing-authorization", "two-factor"])
def test_what_a_page_asks_of_its_people_is_seen_only_when_publishing(graph: Graph, hurdle: str) -> None:
    graph.sim.post(f"/_sim/act/{hurdle}", {"pageId": PAGE})
    container = graph.container()
    assert status(graph, container) == "FINISHED"
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (200, None)
    assert graph.sim.truth("media.published") == []
    graph.sim.post(f"/_sim/act/{hurdle}", {"pageId": PAGE, "on": False})
    graph.publish(container)


def test_blocked_as_spam_after_the_commit_the_post_is_live(graph: Graph) -> None:
    container = graph.container()
    rule = {"what": "error", "where": "after", "code": 4, "subcode": 2207051, "match": {"endpoint": PUBLISH}}
    graph.sim.add_fault(rule)
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (4, 2207051)
    assert status(graph, container) == "PUBLISHED"
    (row,) = graph.sim.truth("media.published")
    newest = graph.get(f"{IG}/media?fields=id&limit=1")["data"]
    assert newest == [{"id": row["objectId"]}]


def test_one_of_six_identical_carousel_items_fails_and_only_that_one_is_made_again(graph: Graph) -> None:
    graph.sim.add_fault({"what": "error", "code": 9004, "subcode": 2207052, "match": {"endpoint": CREATE, "nth": 4}})
    item = {"image_url": f"{graph.sim.url}/_sim/pictures/sea-a.jpg?w=320&h=400", "is_carousel_item": "true"}
    answers = [graph.post(f"{IG}/media", **item) for _ in range(6)]
    assert ["id" in answer for answer in answers] == [True, True, True, False, True, True]
    assert answers[3]["error"]["error_subcode"] == 2207052
    answers[3] = graph.post(f"{IG}/media", **item)
    children = ",".join(answer["id"] for answer in answers)
    media = graph.publish(graph.container(media_type="CAROUSEL", children=children, image_url=""))
    assert len(graph.get(f"{media}/children")["data"]) == 6


def test_while_containers_are_out_every_read_of_them_fails_and_publishing_does_not(graph: Graph) -> None:
    container = graph.container()
    graph.sim.configure({"containerOutage": True})
    assert graph.fails("GET", container) == (100, 33)
    assert graph.raw("GET", container, token=graph.user_token).json()["error"]["error_subcode"] == 33
    graph.publish(container)
    assert graph.get("me", token=graph.user_token)["id"]
    graph.sim.configure({"containerOutage": False})
    assert status(graph, container) == "PUBLISHED"


def test_what_a_second_publish_answers_is_a_knob(graph: Graph) -> None:
    graph.sim.configure({"republishCode": 24, "republishSubcode": 2207006})
    container = graph.container()
    graph.publish(container)
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (24, 2207006)
    assert status(graph, container) == "PUBLISHED"


def test_what_an_expired_container_answers_is_a_knob(graph: Graph) -> None:
    container = graph.container()
    graph.sim.configure({"expiredCode": -2, "expiredSubcode": 2207020})
    graph.sim.advance(86_401)
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=container) == (-2, 2207020)


def test_bodies_that_are_no_json_and_no_body_at_all(graph: Graph) -> None:
    graph.sim.add_fault({"what": "status", "status": 502})
    html = graph.raw("GET", IG)
    assert (html.status_code, html.headers["content-type"]) == (502, "text/html")
    graph.sim.add_fault({"what": "status", "status": 500, "message": ""})
    empty = graph.raw("GET", IG)
    assert (empty.status_code, empty.content) == (500, b"")
    graph.sim.add_fault({"what": "reset"})
    with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
        graph.raw("GET", IG)


def test_instagram_login_neither_deletes_nor_uploads_in_pieces(sim: SimulatorHandle, listener: Listener) -> None:
    token = sim.post("/_sim/tokens", {"with": "instagram", "accountId": IG})["token"]
    url = f"{sim.url}/graph.instagram.com/v26.0"
    with httpx2.Client(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client:
        made = client.post(f"{url}/{IG}/media", data={"media_type": "REELS", "upload_type": "resumable"})
        assert problem(made) == (100, None)
        film = {"media_type": "REELS", "video_url": listener.serve("/a.mp4", CLIP_PATH.read_bytes(), "video/mp4")}
        audio = {**film, "audio_configuration": '{"audio_id":"18200000000000001"}'}
        assert problem(client.post(f"{url}/{IG}/media", data=audio)) == (100, None)
        assert problem(client.get(f"{url}/ig_audio?audio_type=music&user_id={IG}"))[0] in {100, 2500}
        trial = {**film, "trial_params": '{"graduation_strategy":"MANUAL"}'}
        assert "id" in client.post(f"{url}/{IG}/media", data=trial).json()
        picture = {"image_url": f"{sim.url}/_sim/pictures/sea-a.jpg?w=320&h=400"}
        container = client.post(f"{url}/{IG}/media", data=picture).json()["id"]
        media = client.post(f"{url}/{IG}/media_publish", data={"creation_id": container}).json()["id"]
        refused = client.delete(f"{url}/{media}")
        assert problem(refused) == (100, 33)
        assert "does not support this operation" in " ".join(refused.json()["error"]["message"].split())
        assert client.get(f"{url}/{media}").json() == {"id": media}
