"""Reading an inbox through the API (instagram.md §5.2)."""

import httpx2
import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Graph, problem
from tests.socialsim.post_office import act, ana, newest, send, writes

DAY = 86400


@pytest.fixture
def reader(graph: Graph) -> Graph:
    """Without the limit of two calls a second."""
    graph.sim.configure({"messaging": {"conversationsPerSecond": 0}})
    return graph


def test_conversations_are_read_with_the_pages_own_token(reader: Graph) -> None:
    made = writes(reader.sim, "ana", text="hello")
    other = writes(reader.sim, "bruno", text="hi")
    fields = "id,updated_time,participants,messages.limit(20){id,created_time,from,to,message}"
    found = reader.get(f"me/conversations?platform=instagram&fields={fields}")["data"]
    assert [row["id"] for row in found] == [other["conversationId"], made["conversationId"]]
    (message,) = found[1]["messages"]["data"]
    assert (message["message"], message["from"]["username"], message["to"]["data"][0]["id"]) == ("hello", "ana", IG)
    narrowed = reader.get(f"{PAGE}/conversations?platform=instagram&user_id={made['personId']}")["data"]
    assert [row["id"] for row in narrowed] == [made["conversationId"]]
    first = reader.get(f"{PAGE}/conversations?platform=instagram&limit=1")
    assert [row["id"] for row in reader.get(first["paging"]["next"])["data"]] == [made["conversationId"]]
    one = reader.get(f"{made['conversationId']}?fields=messages{{message}}")
    assert one["messages"]["data"][0]["message"] == "hello"
    assert reader.get(f"{made['conversationId']}/messages?fields=message")["data"][0]["message"] == "hello"
    assert reader.fails("GET", f"{made['conversationId']}?fields=unread_count") == (100, None)
    assert reader.get(f"{PAGE}/conversations") == {"data": []}
    path = f"{PAGE}/conversations?platform=instagram"
    assert problem(reader.raw("GET", path, token=reader.user_token)) == (210, None)


def test_the_inbox_needs_the_permission_and_the_task(sim: SimulatorHandle) -> None:
    tasks = ["MANAGE", "MODERATE"]
    user = {"name": "Noé", "pages": [{"name": "Shop", "tasks": tasks, "instagram": {"username": "shop"}}]}
    made = sim.seed({"users": [user]})["accounts"][0]
    with Graph.of(sim, made["userId"]) as graph:
        assert graph.fails("GET", f"{made['pageId']}/conversations?platform=instagram") == (200, None)
    with Graph.of(sim, scopes=["pages_show_list", "instagram_basic"]) as graph:
        assert graph.fails("GET", f"{PAGE}/conversations?platform=instagram") == (10, None)


def test_only_the_twenty_newest_messages_have_details(reader: Graph) -> None:
    made = [writes(reader.sim, "ana", text=str(number)) for number in range(22)]
    thread = made[0]["conversationId"]
    rows = reader.get(f"{thread}/messages?fields=id,created_time,message&limit=50")["data"]
    assert [row["id"] for row in rows] == [message["id"] for message in reversed(made)]
    assert ["message" in row for row in rows] == [True] * 20 + [False] * 2
    assert reader.get(f"{made[2]['id']}?fields=message")["message"] == "2"
    assert reader.fails("GET", f"{made[1]['id']}?fields=message") == (100, 33)
    act(reader.sim, "unsend", messageId=made[21]["id"])
    assert reader.fails("GET", f"{made[21]['id']}?fields=message") == (100, 33)
    assert reader.get(f"{made[1]['id']}?fields=message")["message"] == "1"


def test_requests_that_were_idle_for_a_month_are_not_returned(reader: Graph) -> None:
    person = ana(reader.sim)
    asked = writes(reader.sim, "stranger", text="hey")["conversationId"]
    assert send(reader, person, {"text": "hi"}).status_code == 200
    path = f"{PAGE}/conversations?platform=instagram"
    assert [row["id"] for row in reader.get(f"{path}&folder=other")["data"]] == [asked]
    reader.sim.advance(31 * DAY)
    assert [row["id"] for row in reader.get(path)["data"]] != []
    assert asked not in [row["id"] for row in reader.get(path)["data"]]
    assert reader.get(f"{path}&folder=other")["data"] == []
    assert reader.fails("GET", f"{path}&folder=attic") == (100, None)


def test_two_conversation_calls_a_second_are_enough(graph: Graph) -> None:
    graph.sim.post("/_sim/clock", {"stands": True})
    path = f"{PAGE}/conversations?platform=instagram"
    assert [graph.raw("GET", path).status_code for _ in range(2)] == [200, 200]
    assert graph.fails("GET", path) == (613, 2534040)
    graph.sim.advance(1)
    assert graph.raw("GET", path).status_code == 200


def test_a_profile_is_readable_once_the_person_has_written(graph: Graph) -> None:
    comment = graph.sim.comment(IG, newest(graph), "ana", "nice")
    person = send(graph, {"comment_id": comment}, {"text": "thanks"}).json()["recipient_id"]
    assert graph.fails("GET", person) == (230, None)
    writes(graph.sim, "ana", text="hello")
    fields = "name,username,profile_pic,follower_count,is_user_follow_business,is_business_follow_user,is_verified_user"
    found = graph.get(f"{person}?fields={fields}")
    assert found.keys() == {*fields.split(","), "id"}
    assert httpx2.get(found["profile_pic"], trust_env=False).headers["content-type"] == "image/jpeg"
    graph.sim.advance(5 * DAY)
    assert httpx2.get(found["profile_pic"], trust_env=False).status_code == 403
