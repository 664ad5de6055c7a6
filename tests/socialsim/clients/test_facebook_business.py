"""Meta's own SDK (facebook-business 26) takes the simulator for graph.facebook.com (instagram.md §1.4, §3, §4)."""

import json
from typing import Any

import pytest
from facebook_business.adobjects.application import Application
from facebook_business.adobjects.igcomment import IGComment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.shadowighashtag import ShadowIGHashtag
from facebook_business.adobjects.shadowigmediabuilder import ShadowIGMediaBuilder
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi, FacebookResponse
from facebook_business.exceptions import FacebookRequestError

from socialsim.testing import SimulatorHandle
from tests.socialsim.clients.conftest import Sdk
from tests.socialsim.parts import IG, PAGE, Listener, Reply, Seen

# The SDK warns of every field with arguments or braces, for it knows plain names only
pytestmark = pytest.mark.filterwarnings("ignore:.* does not allow field .*:UserWarning")


@pytest.fixture
def api(sim: SimulatorHandle, sdk: Sdk) -> FacebookAdsApi:
    """With Maya's user token."""
    return sdk(sim.tokens()["userToken"])


@pytest.fixture
def ig(sim: SimulatorHandle, sdk: Sdk) -> IGUser:
    """@atelier.maya with its Page's token."""
    return IGUser(IG, api=sdk(sim.tokens()["pages"][0]["pageToken"]))


def container(ig: IGUser, **params: object) -> str:
    return str(ig.create_media(params=params)["id"])


def picture(sim: SimulatorHandle, name: str = "sea-sdk") -> str:
    return f"{sim.url}/_sim/pictures/{name}.jpg?w=640&h=800"


def film(sim: SimulatorHandle) -> str:
    return f"{sim.url}/_sim/videos/clip.mp4"


def status(ig: IGUser, container_id: str) -> ShadowIGMediaBuilder:
    builder = ShadowIGMediaBuilder(container_id, api=ig.get_api())
    return builder.api_get(fields=["status_code", "status", "copyright_check_status"])


def publish(ig: IGUser, container_id: str) -> IGMedia:
    for _ in range(200):
        if status(ig, container_id)["status_code"] == "FINISHED":
            break
    made = ig.create_media_publish(params={"creation_id": int(container_id)})
    return IGMedia(made["id"], api=ig.get_api())


def test_from_a_person_to_pages_to_an_account(api: FacebookAdsApi) -> None:
    pages = User("me", api=api).get_accounts(
        fields=["name", "access_token", "tasks", "instagram_business_account"], params={"limit": 1}
    )
    found = list(pages)
    assert [page["name"] for page in found] == ["Atelier Maya", "Roue Libre", "March\u00e9 de Douarnenez"]
    assert "MANAGE" in found[0]["tasks"]
    assert "instagram_business_account" not in found[2]
    page = Page(found[0]["id"], api=api).api_get(fields=["name", "category", "instagram_business_account"])
    account = IGUser(page["instagram_business_account"]["id"], api=api).api_get(
        fields=["username", "name", "followers_count", "media_count", "profile_picture_url", "has_profile_pic"]
    )
    assert (account["username"], account["media_count"], account["has_profile_pic"]) == ("atelier.maya", 9, True)


def test_a_cursor_walks_media_with_comments_inside(ig: IGUser) -> None:
    media = list(
        ig.get_media(fields=["caption", "media_type", "comments.limit(1){text,username}"], params={"limit": 4})
    )
    assert len({medium["id"] for medium in media}) == 9
    talked_about = next(medium for medium in media if "comments" in medium)
    assert set(talked_about["comments"]["data"][0]) >= {"text", "username", "id"}
    one = IGMedia(media[0]["id"], api=ig.get_api()).api_get(
        fields=["owner", "permalink", "timestamp", "like_count", "comments_count", "is_comment_enabled", "username"]
    )
    assert one["owner"]["id"] == IG
    assert one["timestamp"].endswith("+0000")


def test_children_of_a_carousel(ig: IGUser) -> None:
    album = next(one for one in ig.get_media(fields=["media_type"]) if one["media_type"] == "CAROUSEL_ALBUM")
    children = list(IGMedia(album["id"], api=ig.get_api()).get_children(fields=["media_type", "media_url"]))
    assert len(children) >= 2
    assert {child["media_type"] for child in children} <= {"IMAGE", "VIDEO"}


def test_a_comment_is_written_answered_hidden_and_deleted(ig: IGUser, sim: SimulatorHandle) -> None:
    medium = IGMedia(ig.get_media()[0]["id"], api=ig.get_api())
    theirs = sim.comment(IG, medium["id"], "lea", "encore !")
    ours = medium.create_comment(params={"message": "first"})["id"]
    assert {comment["id"] for comment in medium.get_comments()} >= {ours, theirs}
    comment = IGComment(theirs, api=ig.get_api())
    answer = comment.create_reply(params={"message": "merci"})["id"]
    assert [(reply["id"], reply["text"]) for reply in comment.get_replies(fields=["text"])] == [(answer, "merci")]
    comment.api_update(params={"hide": True})
    read = comment.api_get(fields=["hidden", "from", "text", "username", "media", "timestamp"])
    assert (read["hidden"], read["text"], read["from"]["username"]) == (True, "encore !", "lea")
    comment.api_delete()
    with pytest.raises(FacebookRequestError) as gone:
        comment.api_get()
    assert (gone.value.api_error_code(), gone.value.api_error_subcode()) == (100, 33)
    kinds = [row["kind"] for row in sim.truth(account_id=IG)]
    assert kinds.count("comment.created") == 3
    assert kinds.count("comment.deleted") == 2


def test_an_image_is_published_and_switched(ig: IGUser, sim: SimulatorHandle) -> None:
    tags = [{"username": "roue.libre", "x": 0.5, "y": 0.5}]
    made = container(ig, image_url=picture(sim), caption="By the SDK #test", alt_text="a sea", user_tags=tags)
    medium = publish(ig, made)
    read = medium.api_get(fields=["caption", "media_type", "media_product_type", "alt_text", "shortcode", "media_url"])
    assert (read["caption"], read["media_type"], read["media_product_type"]) == ("By the SDK #test", "IMAGE", "FEED")
    medium.api_update(params={"comment_enabled": False})
    assert medium.api_get(fields=["is_comment_enabled"])["is_comment_enabled"] is False
    medium.api_delete()
    assert [row["kind"] for row in sim.truth("media.deleted")] == ["media.deleted"]


def test_a_reel_and_a_story_are_published(ig: IGUser, sim: SimulatorHandle) -> None:
    reel = container(
        ig, media_type="REELS", video_url=film(sim), caption="moving", share_to_feed=True, thumb_offset="0"
    )
    read = publish(ig, reel).api_get(fields=["media_type", "media_product_type", "is_shared_to_feed", "thumbnail_url"])
    assert (read["media_type"], read["media_product_type"], read["is_shared_to_feed"]) == ("VIDEO", "REELS", True)
    story = publish(ig, container(ig, media_type="STORIES", image_url=picture(sim)))
    assert [one["id"] for one in ig.get_stories()] == [story["id"]]
    assert status(ig, reel)["status_code"] == "PUBLISHED"


def test_a_carousel_is_published(ig: IGUser, sim: SimulatorHandle) -> None:
    items = [container(ig, image_url=picture(sim, f"sea-{n}"), is_carousel_item=True) for n in range(3)]
    for item in items:
        assert status(ig, item)["status_code"] == "FINISHED"
    medium = publish(ig, container(ig, media_type="CAROUSEL", children=items, caption="three"))
    assert medium.api_get(fields=["media_type"])["media_type"] == "CAROUSEL_ALBUM"
    assert len(medium.get_children()) == 3


def test_the_publishing_limit_counts(ig: IGUser, sim: SimulatorHandle) -> None:
    publish(ig, container(ig, image_url=picture(sim)))
    (limit,) = ig.get_content_publishing_limit(fields=["quota_usage", "config"])
    assert (limit["quota_usage"], limit["config"]["quota_total"], limit["config"]["quota_duration"]) == (1, 50, 86400)


def test_insights_of_a_medium_and_of_the_account(ig: IGUser) -> None:
    medium = next(one for one in ig.get_media(fields=["media_product_type"]) if one["media_product_type"] == "FEED")
    results = IGMedia(medium["id"], api=ig.get_api()).get_insights(params={"metric": ["reach", "views", "likes"]})
    assert {result["name"]: result["period"] for result in results} == dict.fromkeys(
        ("reach", "views", "likes"), "lifetime"
    )
    assert all(isinstance(result["values"][0]["value"], int) for result in results)
    totals = ig.get_insights(params={"metric": ["views", "likes"], "period": ["day"], "metric_type": "total_value"})
    assert all("value" in result["total_value"] for result in totals)
    series = ig.get_insights(params={"metric": ["reach"], "period": ["day"], "metric_type": "time_series"})
    assert set(series[0]["values"][0]) >= {"value", "end_time"}
    with pytest.raises(FacebookRequestError) as unknown:
        IGMedia(medium["id"], api=ig.get_api()).get_insights(params={"metric": ["impressions"]})
    assert unknown.value.api_error_code() == 100


def test_another_business_is_discovered(ig: IGUser) -> None:
    selection = "{username,followers_count,media_count,media.limit(2){caption,like_count}}"
    found = ig.api_get(fields=[f"business_discovery.username(roue.libre){selection}"])["business_discovery"]
    assert found["username"] == "roue.libre"
    assert len(found["media"]["data"]) == 2
    with pytest.raises(FacebookRequestError) as nobody:
        ig.api_get(fields=["business_discovery.username(nobody.at.all){id}"])
    assert (nobody.value.api_error_code(), nobody.value.api_error_subcode()) == (110, 2207013)


def test_a_hashtag_is_looked_for(ig: IGUser) -> None:
    found = ig.get_api().call("GET", ("ig_hashtag_search",), {"user_id": IG, "q": "ceramics"}).json()["data"]
    tag = ShadowIGHashtag(found[0]["id"], api=ig.get_api())
    assert tag.api_get(fields=["name"])["name"] == "ceramics"
    for media in (tag.get_top_media, tag.get_recent_media):
        assert all("id" in one for one in media(fields=["media_type", "permalink"], params={"user_id": IG}))
    assert [one["id"] for one in ig.get_recently_searched_hashtags()] == [tag["id"]]


def test_a_batch_answers_each_with_its_callback(ig: IGUser, sim: SimulatorHandle) -> None:
    good: list[FacebookResponse] = []
    bad: list[FacebookResponse] = []
    batch = ig.get_api().new_batch()
    ig.api_get(fields=["username"], batch=batch, success=good.append, failure=bad.append)
    ig.get_media(fields=["caption"], params={"limit": 2}, batch=batch, success=good.append, failure=bad.append)
    IGMedia("999", api=ig.get_api()).api_get(batch=batch, success=good.append, failure=bad.append)
    assert batch.execute() is None
    assert [answer.json().get("username") for answer in good] == ["atelier.maya", None]
    assert "/v26.0/" in good[1].json()["paging"]["next"]
    assert [answer.error().api_error_subcode() for answer in bad] == [33]
    medium = good[1].json()["data"][0]["id"]
    writing = ig.get_api().new_batch()
    IGMedia(medium, api=ig.get_api()).create_comment(params={"message": "d\u00e9j\u00e0 & vu"}, batch=writing)
    writing.execute()
    assert [row["text"] for row in sim.truth("comment.created")] == ["d\u00e9j\u00e0 & vu"]


@pytest.mark.parametrize(("where", "rows"), [("before", 0), ("after", 1)])
def test_an_item_of_a_batch_that_timed_out_is_null_and_may_have_had_its_effect(
    ig: IGUser, sim: SimulatorHandle, where: str, rows: int
) -> None:
    medium = IGMedia(ig.get_media()[0]["id"], api=ig.get_api())
    batch = ig.get_api().new_batch()
    good: list[FacebookResponse] = []
    ig.api_get(fields=["username"], batch=batch, success=good.append)
    medium.create_comment(params={"message": "once?"}, batch=batch, success=good.append)
    sim.add_fault({"where": where, "what": "timeout", "match": {"endpoint": "POST /{m}/comments"}})
    again = batch.execute()
    assert (len(again), len(good), len(sim.truth("comment.created"))) == (1, 1, rows)
    assert again.execute() is None
    assert len(sim.truth("comment.created")) == rows + 1


def test_errors_carry_code_subcode_and_kind(ig: IGUser, sim: SimulatorHandle, sdk: Sdk) -> None:
    sim.configure({"ready": {"IMAGE": 60}})
    early = container(ig, image_url=picture(sim))
    with pytest.raises(FacebookRequestError) as refused:
        ig.create_media_publish(params={"creation_id": int(early)})
    assert (refused.value.api_error_code(), refused.value.api_error_subcode()) == (9007, 2207027)
    assert refused.value.api_error_type() == "OAuthException"
    assert refused.value.http_status() == 400
    sim.post("/_sim/act/change-password", {"userId": "9001000000000001"})
    with pytest.raises(FacebookRequestError) as dead:
        ig.api_get()
    assert (dead.value.api_error_code(), dead.value.api_error_subcode()) == (190, 460)
    wrong = sdk("nonsense")
    with pytest.raises(FacebookRequestError) as unknown:
        IGUser(IG, api=wrong).api_get()
    assert unknown.value.api_error_code() == 190


def test_a_wrong_proof_is_refused(sim: SimulatorHandle, sdk: Sdk) -> None:
    api = sdk(sim.tokens()["userToken"])
    api._session.requests.params["appsecret_proof"] = "0" * 64
    with pytest.raises(FacebookRequestError) as refused:
        User("me", api=api).api_get()
    assert (refused.value.api_error_code(), refused.value.api_error_type()) == (100, "GraphMethodException")


def echo(seen: Seen) -> Reply:
    return Reply(body=seen.query.get("hub.challenge", [""])[0].encode())


def test_webhooks_are_switched_on_for_app_and_page(sim: SimulatorHandle, sdk: Sdk, listener: Listener) -> None:
    listener.answers["/hook"] = echo
    app = Application(sim.app_id, api=sdk(f"{sim.app_id}|{sim.app_secret}"))
    params: dict[str, Any] = {
        "object": "instagram",
        "callback_url": f"{listener.url}/hook",
        "fields": ["comments", "mentions"],
        "verify_token": "v",
        "include_values": True,
    }
    app.create_subscription(params=params)
    (subscription,) = app.get_subscriptions()
    assert [field["name"] for field in subscription["fields"]] == ["comments", "mentions"]
    page = Page(PAGE, api=sdk(sim.tokens()["pages"][0]["pageToken"]))
    page.create_subscribed_app(params={"subscribed_fields": ["feed", "messages"]})
    (subscribed,) = page.get_subscribed_apps()
    assert (subscribed["id"], subscribed["subscribed_fields"]) == (sim.app_id, ["feed", "messages"])
    medium = sim.get(f"/_sim/truth/media?accountId={IG}")["media"][0]["id"]
    sim.comment(IG, medium, "lea", "bonjour")
    (event,) = listener.wait_for(1)
    assert json.loads(event.body)["entry"][0]["changes"][0]["value"]["text"] == "bonjour"
    page.delete_subscribed_apps()
    app.delete_subscriptions(params={"object": "instagram"})
    assert list(app.get_subscriptions()) == []
