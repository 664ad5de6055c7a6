"""The pages where somebody writes, posts and leaves: inboxes, creators, people. Over real HTTP."""

import re

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, Graph, Listener, browse, eventually, submit
from tests.socialsim.test_pages import hooked
from tests.socialsim.tiktok.parts import MAYA, OpenApi

INBOX = f"/accounts/{IG}/inbox"


def write(sim: SimulatorHandle, **form: str) -> tuple[str, str]:
    """Somebody writes to Maya; gives the address of the conversation and the message."""
    answer = submit(sim.url + INBOX, form)
    assert answer.status_code == 303, answer.text
    there, _, message = answer.headers["location"].partition("#m")
    return there, message


def test_a_conversation_begins_is_answered_and_counted_as_unread(sim: SimulatorHandle) -> None:
    assert "No conversation yet" in browse(sim.url + INBOX).text
    there, _ = write(sim, username="@ana", text="Is it <still> there?")
    assert "Window open for 23 h" in browse(sim.url + there).text
    assert re.search(r'class="unread">1<', browse(sim.url + INBOX).text)
    again, _ = write(sim, username="ana", text="It is.", owner="yes")
    assert again == there
    page = browse(sim.url + there).text
    assert "Is it &lt;still&gt; there?" in page
    said = page.partition('id="thread"')[2]
    assert said.index("Is it") < said.index("It is.")
    assert 'class="unread"' not in browse(sim.url + INBOX).text
    sim.advance(86_400)
    assert "Window closed" in browse(sim.url + there).text


def test_a_picture_is_sent_loved_and_unsent(sim: SimulatorHandle) -> None:
    there, message = write(sim, username="ana", picture="sea")
    picture = re.findall(r'src="(/_sim/media/sea-ana-[^"]+)"', browse(sim.url + there).text)[0]
    assert browse(sim.url + picture.replace("&amp;", "&")).headers["content-type"] == "image/jpeg"
    submit(f"{sim.url}/messages/{message}/react", {"reaction": "love"})
    assert "❤️" in browse(sim.url + there).text.partition("reactions-on")[2]
    submit(f"{sim.url}/messages/{message}/unreact", {})
    assert "reactions-on" not in browse(sim.url + there).text
    submit(f"{sim.url}/messages/{message}/unsend", {})
    assert picture not in browse(sim.url + there).text
    assert [row["kind"] for row in sim.truth()][-1] == "message.unsent"


def test_an_empty_message_or_an_unknown_one_is_refused(sim: SimulatorHandle) -> None:
    assert submit(sim.url + INBOX, {"username": "ana", "text": " "}).status_code == 422
    assert submit(sim.url + INBOX, {"username": "", "text": "hi"}).status_code == 422
    assert submit(f"{sim.url}/messages/none/react", {}).status_code == 404
    assert browse(f"{sim.url}{INBOX}/none").status_code == 404


def test_a_story_is_answered_into_the_inbox(graph: Graph) -> None:
    sim = graph.sim
    story = graph.publish(graph.container(media_type="STORIES"))
    page = browse(f"{sim.url}/media/{story}").text
    assert "Answer as a follower" in page
    assert "Post comment" not in page
    there, _ = write(sim, username="lena.draws", text="What a light!", story=story)
    assert "About a story" in browse(sim.url + there).text


def test_the_account_has_looked_once_a_follower_saw_its_message(sim: SimulatorHandle) -> None:
    write(sim, username="ana", text="Hello?")
    there, message = write(sim, username="ana", text="Hello!", owner="yes")
    assert "<span>seen</span>" not in browse(sim.url + there).text
    submit(f"{sim.url}/messages/{message}/seen", {})
    assert "<span>seen</span>" in browse(sim.url + there).text


def test_numbers_of_a_post_grow_with_time(graph: Graph) -> None:
    media = graph.get(f"{IG}/media?limit=1")["data"][0]["id"]
    page = browse(f"{graph.sim.url}/media/{media}").text
    assert "Insights" in page
    assert re.search(r"<dt>Views</dt><dd>[\d,]+</dd>", page)


def test_the_test_button_sends_a_sample(graph: Graph, listener: Listener) -> None:
    sim = graph.sim
    hooked(graph, listener)
    assert submit(f"{sim.url}/webhooks/test", {"app": sim.app_id, "field": "comments"}).status_code == 303
    assert b"This is an example." in listener.wait_for(1)[0].body
    assert submit(f"{sim.url}/webhooks/test", {"app": sim.app_id, "field": "gossip"}).status_code == 404


def test_a_draft_waits_in_the_creators_inbox_and_is_posted(sim: SimulatorHandle) -> None:
    there = f"{sim.url}/creators/{MAYA}/drafts"
    assert "No draft waits" in browse(there).text
    with OpenApi.of(sim, MAYA) as api:
        source = {"source": "PULL_FROM_URL", "video_url": f"{sim.url}/_sim/videos/draft.mp4"}
        made = api.post("/v2/post/publish/inbox/video/init/", {"source_info": source})["data"]["publish_id"]

        def arrived() -> bool:
            sim.advance(60)
            return "Post it" in browse(there).text

        eventually(arrived)
        answer = submit(f"{sim.url}/drafts/{made}/post", {"title": "Inked", "privacy": "SELF_ONLY"})
        assert answer.status_code == 303
        status = api.post("/v2/post/publish/status/fetch/", {"publish_id": made})["data"]["status"]
        assert status == "PUBLISH_COMPLETE"
    video = browse(sim.url + answer.headers["location"]).text
    assert "Inked" in video
    assert "Only me" in video
    assert "No draft waits" in browse(there).text
    assert submit(f"{sim.url}/drafts/{made}/post", {"privacy": "EVERYBODY"}).status_code == 422


def test_an_audience_watches_likes_and_comments_and_the_owner_deletes(sim: SimulatorHandle) -> None:
    video = re.findall(r'href="(/videos/\d+)"', browse(f"{sim.url}/creators/{MAYA}").text)[0]
    before = browse(sim.url + video).text
    for deed, form in (("watch", {}), ("like", {}), ("share", {}), ("comment", {"username": "ana", "text": "Oh!"})):
        assert submit(f"{sim.url}{video}/{deed}", form).status_code == 303
    after = browse(sim.url + video).text

    def views(page: str) -> int:
        return int(re.findall(r"([\d,]+) views?", page)[0].replace(",", ""))

    assert views(after) == views(before) + 100
    submit(f"{sim.url}{video}/private", {})
    assert "Show to everyone" in browse(sim.url + video).text
    submit(f"{sim.url}{video}/public", {})
    submit(f"{sim.url}{video}/delete", {})
    assert "Deleted" in browse(sim.url + video).text
    assert submit(f"{sim.url}{video}/like", {}).status_code == 404


def test_a_creator_disconnects_goes_private_and_is_banned(sim: SimulatorHandle) -> None:
    def do(deed: str, **form: str) -> str:
        assert submit(f"{sim.url}/creators/{MAYA}/{deed}", form).status_code == 303
        return browse(f"{sim.url}/people").text.partition(f'id="p{MAYA}"')[2].partition("</article>")[0]

    with OpenApi.of(sim, MAYA) as api:
        app = next(iter(sim.get("/_sim/tiktok/clients")["clients"]))["key"]
        assert "Make public" in do("private", on="yes")
        assert "Lift the ban" in do("ban", on="yes")
        assert "May not post" in do("disconnect", app=app)
        assert api.code("GET", "/v2/user/info/?fields=open_id") == (401, "access_token_invalid")
    assert "Banned or deleted" in do("ban-account")
    assert submit(f"{sim.url}/creators/{MAYA}/private", {}).status_code == 404


def test_an_account_that_logged_in_with_instagram_stands_among_the_people(sim: SimulatorHandle) -> None:
    assert "logged in with Instagram" not in browse(f"{sim.url}/people").text
    sim.instagram_tokens(IG)
    page = browse(f"{sim.url}/people").text
    assert f'id="p{IG}"' in page
    assert "Connected to" in browse(f"{sim.url}/accounts/{IG}").text
    submit(f"{sim.url}/people/{IG}/change-password", {})
    assert "Cut off from" in browse(f"{sim.url}/accounts/{IG}").text
