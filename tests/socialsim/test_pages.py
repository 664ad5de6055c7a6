"""The pages for people."""

import pytest

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, Graph, browse, eventually, submit


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/", "Atelier Maya"),
        (f"/accounts/{IG}", "48,210"),
        ("/calls", "Calls"),
        ("/webhooks", "Nothing sent yet"),
        ("/controls", "No rule is armed"),
    ],
)
def test_each_page_stands_without_script_or_inline_style(sim: SimulatorHandle, path: str, word: str) -> None:
    page = browse(sim.url + path)
    assert page.status_code == 200
    assert word in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_a_visitor_comments_replies_and_likes(graph: Graph) -> None:
    sim = graph.sim
    media = graph.publish(graph.container(caption="<b>Bold</b>"))
    assert submit(f"{sim.url}/media/{media}/comments", {"username": "@ana", "text": "Oh!"}).status_code == 303
    (comment,) = graph.get(f"{media}/comments?fields=id,username")["data"]
    assert comment["username"] == "ana"
    submit(f"{sim.url}/comments/{comment['id']}/replies", {"username": "bo", "text": "Indeed."})
    submit(f"{sim.url}/media/{media}/like", {})
    page = browse(f"{sim.url}/media/{media}").text
    assert "Indeed." in page
    assert "1 likes · 2 comments" in page
    assert "&lt;b&gt;Bold" in page
    assert submit(f"{sim.url}/media/{media}/comments", {"username": "", "text": ""}).status_code == 422


def test_a_permalink_leads_to_the_post(graph: Graph) -> None:
    link = graph.get(f"{IG}/media?limit=1&fields=permalink")["data"][0]["permalink"]
    assert "/www.instagram.com/p/" in link
    assert "First light over the bay" in browse(link).text
    assert browse(f"{graph.sim.url}/www.instagram.com/p/nonsense/").status_code == 404


def test_clock_and_faults_work_from_their_page(graph: Graph) -> None:
    sim = graph.sim
    submit(f"{sim.url}/controls/clock", {"advance": "3600"})
    assert sim.get("/_sim/clock")["offset"] == 3600
    rule = {"endpoint": "GET /{ig}", "where": "before", "what": "status", "times": "0", "seconds": "1", "code": "1"}
    submit(f"{sim.url}/controls/faults", rule)
    assert graph.raw("GET", IG).status_code == 500
    page = browse(f"{sim.url}/controls").text
    assert "struck 1 times" in page
    rule_id = page.partition('name="id" value="')[2].partition('"')[0]
    submit(f"{sim.url}/controls/faults/remove", {"id": rule_id})
    assert graph.raw("GET", IG).status_code == 200
    assert "before status" in browse(f"{sim.url}/calls").text


def test_the_shipped_clip_can_be_published_as_a_reel(graph: Graph) -> None:
    container = graph.container(media_type="REELS", video_url=f"{graph.sim.url}/_sim/videos/any.mp4", image_url="")
    eventually(lambda: graph.get(f"{container}?fields=status_code")["status_code"] == "FINISHED")
    media = graph.publish(container)
    page = browse(f"{graph.sim.url}/media/{media}").text
    assert "<video" in page
    reels = [
        row
        for row in graph.get(f"{IG}/media?fields=media_product_type")["data"]
        if row["media_product_type"] == "REELS"
    ]
    assert len(reels) == 2
