"""The pages for people, over real HTTP: each one answers, each form does what it says."""

import json
import re

import httpx2
import pytest

from socialsim.testing import MAYA, SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Graph, Listener, Reply, Seen, browse, eventually, submit

PUBLISH = "POST /{ig}/media_publish"


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/", "Atelier Maya"),
        ("/timeline", "Nothing here"),
        (f"/accounts/{IG}", "48,210"),
        (f"/accounts/{IG}/reels", "Reels"),
        (f"/accounts/{IG}/stories", "No story at the moment"),
        ("/requests", "No client has called yet"),
        ("/webhooks", "Nothing sent yet"),
        ("/faults", "No rule is armed"),
        ("/clock", "Stand still"),
        ("/people", "Maya Le Goff"),
    ],
)
def test_each_page_stands_without_inline_script_or_style(sim: SimulatorHandle, path: str, word: str) -> None:
    page = browse(sim.url + path)
    assert page.status_code == 200
    assert word in page.text
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert re.findall(r"<script[^>]*>", page.text) == ['<script src="/_sim/static/live.js" defer>']
    assert "style=" not in page.text
    for part in re.findall(r"/_sim/static/[a-z.]+", page.text):
        assert browse(sim.url + part).status_code == 200, part


@pytest.mark.parametrize("path", ["/nothing", "/accounts/1", "/media/1", "/requests/req-x", "/p/nonsense/"])
def test_what_is_not_there_is_a_page_that_says_so(sim: SimulatorHandle, path: str) -> None:
    page = browse(sim.url + path)
    assert page.status_code == 404
    assert "There is no such thing here" in page.text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/clock", {"do": "jump", "seconds": "inf"}),
        ("/clock", {"do": "jump", "seconds": "9e12"}),
        ("/clock", {"do": "set", "at": "soon"}),
        ("/faults", {"what": "explode"}),
        ("/faults", {"what": "status", "status": "7"}),
        ("/faults", {"what": "reset", "times": "²"}),
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(sim: SimulatorHandle, path: str, form: dict[str, str]) -> None:
    page = submit(sim.url + path, form)
    assert page.status_code == 422
    assert "That was not understood" in page.text
    assert sim.get("/_sim/faults")["rules"] == []
    assert sim.get("/_sim/clock")["offset"] == 0


def test_a_visitor_comments_replies_and_likes(graph: Graph) -> None:
    sim = graph.sim
    media = graph.publish(graph.container(caption="<b>Bold</b>"))
    assert submit(f"{sim.url}/media/{media}/comments", {"username": "@ana", "text": "Oh!"}).status_code == 303
    (comment,) = graph.get(f"{media}/comments?fields=id,username")["data"]
    assert comment["username"] == "ana"
    submit(f"{sim.url}/comments/{comment['id']}/replies", {"username": "bo", "text": "Indeed."})
    submit(f"{sim.url}/media/{media}/like", {})
    graph.post(comment["id"], hide="true")
    page = browse(f"{sim.url}/media/{media}").text
    assert "Indeed." in page
    assert "1 like · 2 comments" in page
    assert "Hidden by the owner" in page
    assert "&lt;b&gt;Bold" in page
    assert submit(f"{sim.url}/media/{media}/comments", {"username": "", "text": ""}).status_code == 422
    told = browse(f"{sim.url}/timeline").text
    assert "Comment hidden" in told
    assert "somebody likes a post" in told


def test_a_permalink_leads_to_the_post(graph: Graph) -> None:
    link = graph.get(f"{IG}/media?limit=1&fields=permalink")["data"][0]["permalink"]
    assert "/www.instagram.com/p/" in link
    assert "First light over the bay" in browse(link).text
    assert browse(f"{graph.sim.url}/www.instagram.com/p/nonsense/").status_code == 404


def test_a_story_is_seen_for_a_day_and_then_in_the_archive(graph: Graph) -> None:
    sim = graph.sim
    story = graph.publish(graph.container(media_type="STORIES"))
    assert "23 h left" in browse(f"{sim.url}/accounts/{IG}/stories").text
    submit(f"{sim.url}/clock", {"do": "jump", "seconds": "86400"})
    page = browse(f"{sim.url}/accounts/{IG}/stories").text
    assert "No story at the moment" in page
    assert "Archive" in page
    assert "Over; only its owner still sees it" in browse(f"{sim.url}/media/{story}").text


def test_a_feed_of_many_posts_comes_in_pages(sim: SimulatorHandle) -> None:
    made = sim.seed({"accounts": 1, "media": 70, "comments": 0})
    there = f"{sim.url}/accounts/{made['accounts'][0]['accountId']}"
    tiles = [len(re.findall(r'class="tile"', browse(f"{there}?page={number}").text)) for number in (1, 2, 3, 99)]
    assert tiles == [30, 30, 10, 10]
    assert browse(f"{there}?page=many").status_code == 422


def test_the_clock_stands_runs_jumps_and_goes_home(sim: SimulatorHandle) -> None:
    def move(**form: str) -> dict[str, object]:
        assert submit(f"{sim.url}/clock", form).status_code == 303
        clock: dict[str, object] = sim.get("/_sim/clock")
        return clock

    assert move(do="stand")["stands"] is True
    assert move(do="set", at="2027-03-01T08:30")["now"] == "2027-03-01T08:30:00.000000Z"
    assert move(do="jump", seconds="2", unit="3600")["now"] == "2027-03-01T10:30:00.000000Z"
    page = browse(f"{sim.url}/clock").text
    assert "Stands still" in page
    assert "Monday 1 March 2027" in page
    assert move(do="run")["stands"] is False
    assert move(do="reset")["offset"] == 0


def test_what_comes_next_stands_beside_the_clock(graph: Graph) -> None:
    graph.publish(graph.container(media_type="STORIES"))
    graph.container()
    page = browse(f"{graph.sim.url}/clock").text
    assert "Story of @atelier.maya ends" in page
    assert "Container of @atelier.maya expires" in page
    assert "Token of Maya Le Goff expires" in page


def test_a_rule_of_ones_own_strikes_and_can_be_removed(graph: Graph) -> None:
    sim = graph.sim
    form = {"endpoint": "GET /{ig}", "account": IG, "where": "before", "what": "error", "code": "4", "subcode": "7"}
    form |= {"times": "0", "nth": "2", "message": "Too fast", "minutes": "5", "percent": "100", "transient": "on"}
    submit(f"{sim.url}/faults", form)
    assert graph.raw("GET", IG).status_code == 200
    answer = graph.raw("GET", IG).json()["error"]
    assert (answer["code"], answer["error_subcode"], answer["message"]) == (4, 7, "Too fast")
    page = browse(f"{sim.url}/faults").text
    assert "Answer error 4/7, before the effect" in page
    assert "struck 1 without end" in page
    rule_id = page.partition('name="id" value="')[2].partition('"')[0]
    submit(f"{sim.url}/faults/remove", {"id": rule_id})
    assert sim.get("/_sim/faults")["rules"] == []
    assert "before error" in browse(f"{sim.url}/requests?show=faults").text


def test_the_form_of_faults_offers_every_endpoint_of_both_platforms(sim: SimulatorHandle) -> None:
    page = browse(f"{sim.url}/faults?endpoint=GET+/mine").text
    offered = set(re.findall(r'<option value="([^"]+)"', page))
    for endpoint in (PUBLISH, "GET /dialog/oauth", "POST /v2/post/publish/video/init/", "GET /mine"):
        assert endpoint in offered


def test_every_ready_made_fault_can_be_armed_and_all_removed(sim: SimulatorHandle) -> None:
    keys = re.findall(r'name="preset" value="([^"]+)"', browse(f"{sim.url}/faults").text)
    assert len(keys) >= 10
    for key in keys:
        assert submit(f"{sim.url}/faults/preset", {"preset": key}).status_code == 303
    assert len(sim.get("/_sim/faults")["rules"]) == len(keys)
    assert f"{len(keys)} armed" in browse(f"{sim.url}/clock").text
    submit(f"{sim.url}/faults/clear", {})
    assert sim.get("/_sim/faults")["rules"] == []
    assert submit(f"{sim.url}/faults/preset", {"preset": "other"}).status_code == 404


def test_the_answer_can_be_lost_while_the_post_is_public(graph: Graph) -> None:
    sim, container = graph.sim, graph.container(caption="Really there")
    submit(f"{sim.url}/faults/preset", {"preset": "answer-lost"})
    with pytest.raises(httpx2.TransportError):
        graph.publish(container)
    assert "Really there" in browse(f"{sim.url}/").text
    assert "after reset" in browse(f"{sim.url}/requests").text


def test_a_call_is_shown_with_its_parameters_answer_and_effect_but_no_secret(graph: Graph) -> None:
    sim = graph.sim
    container = graph.container(caption="On show", access_token=graph.page_token)
    media = graph.publish(container)
    calls = sim.get("/_sim/calls/log?limit=2")["calls"]
    made, published = (browse(f"{sim.url}/requests/{call['requestId']}").text for call in reversed(calls))
    assert "On show" in made
    assert container in made
    assert media in published
    assert "Post is public" in published
    for page in (made, published):
        assert graph.page_token not in page
    token = graph.client.get(
        "oauth/access_token",
        params={"grant_type": "client_credentials", "client_id": sim.app_id, "client_secret": sim.app_secret},
    ).json()["access_token"]
    call = sim.get("/_sim/calls/log?limit=1")["calls"][0]
    page = browse(f"{sim.url}/requests/{call['requestId']}").text
    assert "access_token" in page
    assert token.rpartition("|")[2] not in page
    assert sim.app_secret not in page


def test_no_token_shows_in_a_batch_or_in_the_address_of_the_next_page(graph: Graph) -> None:
    sim = graph.sim
    items = [{"method": "GET", "relative_url": f"me/accounts?access_token={graph.user_token}"}]
    graph.raw("POST", "", {"batch": json.dumps(items), "access_token": graph.user_token})
    graph.client.get(f"{IG}/media?limit=1&access_token={graph.page_token}")
    for call in sim.get("/_sim/calls/log?limit=2")["calls"]:
        page = browse(f"{sim.url}/requests/{call['requestId']}").text
        assert call["status"] == 200
        for secret in (graph.page_token, graph.user_token):
            assert secret not in page


def test_half_an_answer_is_said_to_be_half(graph: Graph) -> None:
    sim, container = graph.sim, graph.container()
    submit(f"{sim.url}/faults/preset", {"preset": "half-answer"})
    with pytest.raises(httpx2.TransportError):
        graph.publish(container)
    call = sim.get("/_sim/calls/log?limit=1")["calls"][0]
    page = browse(f"{sim.url}/requests/{call['requestId']}").text
    assert "Half of it was sent" in page
    assert "Post is public" in page


def test_requests_are_counted_narrowed_and_forgotten(graph: Graph) -> None:
    sim = graph.sim
    graph.get(IG)
    graph.raw("GET", "nonsense")
    assert "/{unknown}" in browse(f"{sim.url}/requests?show=failed").text
    assert "2 calls" in browse(f"{sim.url}/requests").text
    assert "Nothing matches" in browse(f"{sim.url}/requests?endpoint=GET+/nobody").text
    submit(f"{sim.url}/requests/clear", {})
    assert sim.calls() == {}


def test_a_big_answer_is_kept_in_part(graph: Graph) -> None:
    sim = graph.sim
    sim.seed({"users": [{"name": "Big", "pages": [{"name": "B", "instagram": {"username": "big", "media": 200}}]}]})
    graph.raw("POST", "", {"batch": "[" + ",".join(['{"method":"GET","relative_url":"' + IG + '/media"}'] * 50) + "]"})
    call = sim.get("/_sim/calls/log?limit=1")["calls"][0]
    assert "The first 32,768 of" in browse(f"{sim.url}/requests/{call['requestId']}").text


def hooked(graph: Graph, listener: Listener) -> None:
    """The app listens to comments on Maya's Page."""

    def greet(seen: Seen) -> Reply:
        return Reply(200, seen.query.get("hub.challenge", [""])[0].encode())

    listener.answers["/hook"] = greet
    token = f"{graph.sim.app_id}|{graph.sim.app_secret}"
    wanted = {"object": "instagram", "callback_url": listener.url + "/hook", "verify_token": "v", "fields": "comments"}
    graph.client.post(f"{graph.sim.app_id}/subscriptions", data={**wanted, "access_token": token})
    graph.post(f"{PAGE}/subscribed_apps", subscribed_fields="feed")


def test_a_webhook_is_shown_with_its_signature_and_sent_again(graph: Graph, listener: Listener) -> None:
    sim = graph.sim
    hooked(graph, listener)
    media = graph.publish(graph.container())
    submit(f"{sim.url}/media/{media}/comments", {"username": "ana", "text": "Told?"})
    first = listener.wait_for(1)[0]
    eventually(lambda: sim.deliveries()[0]["state"] == "delivered")
    page = browse(f"{sim.url}/webhooks").text
    assert first.headers["x-hub-signature-256"] in page
    assert "Told?" in page
    assert "1 Page subscribed" in page
    submit(f"{sim.url}/webhooks/{sim.deliveries()[0]['id']}/again", {})
    first, again = listener.wait_for(2)
    assert again.body == first.body
    assert again.headers["x-hub-signature-256"] == first.headers["x-hub-signature-256"]
    assert submit(f"{sim.url}/webhooks/delivery-x/again", {}).status_code == 404


def test_what_people_do_elsewhere_is_done_from_their_page(graph: Graph) -> None:
    sim = graph.sim

    def do(deed: str, **form: str) -> tuple[int, int | None]:
        assert submit(f"{sim.url}/people/{MAYA}/{deed}", form).status_code == 303
        return graph.fails("GET", IG)

    assert do("checkpoint", on="yes") == (190, 459)
    assert "Lift the checkpoint" in browse(f"{sim.url}/people").text
    submit(f"{sim.url}/people/{MAYA}/checkpoint", {"on": "no"})
    assert graph.raw("GET", IG).status_code == 200
    assert do("lose-role", page=PAGE) == (190, 492)
    assert do("change-password") == (190, 460)
    assert submit(f"{sim.url}/people/{MAYA}/remove-app", {"app": sim.app_id}).status_code == 303
    assert "Never logged in to an app" in browse(f"{sim.url}/people").text
    assert submit(f"{sim.url}/people/{MAYA}/sing", {}).status_code == 404


def test_the_theme_is_kept_in_a_cookie_and_leads_back(sim: SimulatorHandle) -> None:
    answer = submit(f"{sim.url}/theme", {"theme": "dark", "back": "/clock"})
    assert answer.headers["location"] == "/clock"
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert 'data-theme="dark"' in browse(f"{sim.url}/clock", headers={"cookie": cookie}).text
    assert submit(f"{sim.url}/theme", {"theme": "", "back": "//elsewhere.example"}).headers["location"] == "/"


def test_the_pulse_changes_whenever_a_page_would(graph: Graph) -> None:
    sim = graph.sim
    seen = [browse(f"{sim.url}/pulse").text]
    for act in (lambda: graph.get(IG), lambda: sim.advance(5), lambda: sim.add_fault({"what": "reset"})):
        act()
        seen.append(browse(f"{sim.url}/pulse").text)
    assert len(set(seen)) == len(seen)
    assert browse(f"{sim.url}/pulse").text == seen[-1]


def test_the_shipped_clip_can_be_published_as_a_reel(graph: Graph) -> None:
    container = graph.container(media_type="REELS", video_url=f"{graph.sim.url}/_sim/videos/any.mp4", image_url="")
    eventually(lambda: graph.get(f"{container}?fields=status_code")["status_code"] == "FINISHED")
    media = graph.publish(container)
    page = browse(f"{graph.sim.url}/media/{media}").text
    assert "<video" in page
    assert f"/media/{media}" in browse(f"{graph.sim.url}/accounts/{IG}/reels").text
    reels = [
        row
        for row in graph.get(f"{IG}/media?fields=media_product_type")["data"]
        if row["media_product_type"] == "REELS"
    ]
    assert len(reels) == 2
