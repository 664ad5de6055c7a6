"""python-facebook-api 0.24 takes the simulator for graph.facebook.com, from the login on (instagram.md §1 to §4)."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from pyfacebook import FacebookApi, IGBusinessApi
from pyfacebook.exceptions import FacebookError

from socialsim.testing import MAYA, SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Listener, submit

SCOPES = ["instagram_basic", "pages_show_list", "instagram_content_publish", "instagram_manage_comments"]


def consent(url: str) -> str:
    """Say yes on the dialog's page; gives the address it returns to."""
    form: dict[str, str | list[str]] = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    form |= {"user": MAYA, "action": "continue", "permission": SCOPES, "page": [PAGE]}
    return submit(url, form).headers["location"]


def test_a_login_through_the_dialog_to_a_page_token(facebook: FacebookApi, sim: SimulatorHandle) -> None:
    url, state = facebook.get_authorization_url(scope=SCOPES)
    assert httpx2.get(url, trust_env=False).status_code == 200
    back = consent(url)
    assert parse_qs(urlsplit(back).query)["state"] == [state]
    token = facebook.exchange_user_access_token(response=back, scope=SCOPES)
    assert (token["token_type"], facebook.access_token) == ("bearer", token["access_token"])
    long = facebook.exchange_long_lived_user_access_token()
    assert long["expires_in"] == 5_184_000
    facebook.access_token = long["access_token"]
    page_token = facebook.exchange_page_access_token(PAGE)
    accounts = facebook.exchange_long_lived_page_access_token(MAYA, access_token=long["access_token"])
    assert [(page["id"], page["access_token"]) for page in accounts["data"]] == [(PAGE, page_token)]


def test_tokens_are_looked_into_with_the_apps_own(facebook: FacebookApi, sim: SimulatorHandle) -> None:
    app_token = facebook.get_app_token()["access_token"]
    made = sim.tokens()
    data = facebook.debug_token(made["userToken"], app_token)["data"]
    assert (data["is_valid"], data["type"], data["user_id"]) == (True, "USER", MAYA)
    assert "instagram_basic" in data["scopes"]
    assert facebook.debug_token(made["pages"][0]["pageToken"], app_token)["data"]["profile_id"] == PAGE
    assert facebook.debug_token("nonsense", app_token)["data"]["is_valid"] is False


def test_a_used_code_is_refused(facebook: FacebookApi, sim: SimulatorHandle) -> None:
    back, _code = sim.login("https://localhost/", scope="instagram_basic", state="PyFacebook")
    facebook.exchange_user_access_token(response=back)
    with pytest.raises(OAuth2Error, match="has been used"):
        facebook.exchange_user_access_token(response=back)


def test_who_i_am_and_my_pages(facebook: FacebookApi, sim: SimulatorHandle) -> None:
    facebook.access_token = sim.tokens()["userToken"]
    me = facebook.user.get_info("me", fields="id,name")
    assert (me.id, me.name) == (MAYA, "Maya Le Goff")
    pages = facebook.user.get_accounts(MAYA, fields="id,name,access_token,category", limit=2)
    assert [page.name for page in pages.data] == ["Atelier Maya", "Roue Libre", "March\u00e9 de Douarnenez"]
    assert facebook.page.get_info(PAGE, fields="id,name").name == "Atelier Maya"
    assert set(facebook.page.get_batch([PAGE, "101000000000002"], fields="id,name")) == {PAGE, "101000000000002"}


def test_the_account_and_its_media(instagram: IGBusinessApi) -> None:
    account = instagram.user.get_info()
    assert (account.username, account.media_count) == ("atelier.maya", 9)
    every = instagram.user.get_media(count=None, limit=4)
    assert len({one.id for one in every.data}) == 9
    assert [one.timestamp for one in every.data] == sorted((one.timestamp for one in every.data), reverse=True)
    first, second = every.data[0].id, every.data[1].id
    assert instagram.media.get_info(first).id == first
    assert list(instagram.media.get_batch([first, second])) == [first, second]
    album = next(one for one in every.data if one.media_type == "CAROUSEL_ALBUM")
    assert all(child.media_url for child in instagram.media.get_children(album.id).data)


def test_comments_and_replies(instagram: IGBusinessApi, sim: SimulatorHandle) -> None:
    medium = instagram.user.get_media(count=1).data[0].id
    theirs = sim.comment(IG, medium, "lea", "encore !")
    made = instagram.post_object(theirs, connection="replies", data={"message": "merci"})["id"]
    comment = instagram.comment.get_info(theirs, fields="id,text,username,timestamp,like_count,replies{id,text}")
    assert (comment.username, comment.replies.data[0].id) == ("lea", made)
    assert [reply.text for reply in instagram.comment.get_replies(theirs).data] == ["merci"]
    assert instagram.reply.get_info(made).text == "merci"
    assert theirs in {one.id for one in instagram.media.get_comments(medium, count=None).data}
    assert instagram.post_object(theirs, data={"hide": "true"}) == {"success": True}
    assert instagram.delete_object(theirs) == {"success": True}
    with pytest.raises(FacebookError) as gone:
        instagram.comment.get_info(theirs, fields="id")
    assert (gone.value.code, gone.value.error_subcode) == (100, 33)


def test_a_post_goes_out_and_the_limit_counts_it(instagram: IGBusinessApi, sim: SimulatorHandle) -> None:
    picture = f"{sim.url}/_sim/pictures/sea-pf.jpg?w=640&h=800"
    made = instagram.post_object(IG, connection="media", data={"image_url": picture, "caption": "by python-facebook"})
    container = instagram.container.get_info(made["id"], fields="id,status,status_code")
    assert (container.status_code, container.status.partition(":")[0]) == ("FINISHED", "Finished")
    medium = instagram.post_object(IG, connection="media_publish", data={"creation_id": made["id"]})["id"]
    assert instagram.container.get_info(made["id"]).status_code == "PUBLISHED"
    assert instagram.media.get_info(medium).caption == "by python-facebook"
    (limit,) = instagram.user.get_content_publishing_limit().data
    assert (limit.quota_usage, limit.config.quota_total, limit.config.quota_duration) == (1, 50, 86400)


def test_a_story_is_among_the_stories(instagram: IGBusinessApi, sim: SimulatorHandle) -> None:
    picture = f"{sim.url}/_sim/pictures/sea-story.jpg?w=720&h=1280"
    made = instagram.post_object(IG, connection="media", data={"image_url": picture, "media_type": "STORIES"})
    story = instagram.post_object(IG, connection="media_publish", data={"creation_id": made["id"]})["id"]
    assert [one.id for one in instagram.user.get_stories().data] == [story]
    assert instagram.user.get_live_media().data == []


def test_insights_in_their_two_shapes(instagram: IGBusinessApi) -> None:
    medium = next(
        one for one in instagram.user.get_media(fields="id,media_product_type").data if one.media_product_type == "FEED"
    )
    of_medium = instagram.media.get_insights(medium.id, metric=["reach", "likes"])
    assert [(one.name, one.period) for one in of_medium.data] == [("reach", "lifetime"), ("likes", "lifetime")]
    series = instagram.user.get_insights(metric="reach", period="day", metric_type="time_series")
    assert series.data[0].values[0].end_time.endswith("+0000")
    assert series.data[0].total_value is None
    total = instagram.user.get_insights(
        metric="views", period="day", metric_type="total_value", breakdown="media_product_type"
    )
    assert total.data[0].total_value.breakdowns[0].dimension_keys == ["media_product_type"]
    with pytest.raises(FacebookError) as unknown:
        instagram.user.get_insights(metric="email_contacts", period="day")
    assert unknown.value.code == 100


def test_others_are_discovered_page_by_page(instagram: IGBusinessApi) -> None:
    found = instagram.user.discovery_user("roue.libre")
    assert (found.business_discovery.username, found.id) == ("roue.libre", IG)
    pages = instagram.discovery_user_media("roue.libre", fields="id,caption,like_count", limit=2, count=None)
    once = instagram.user.discovery_user_medias("roue.libre", limit=50)
    assert [one["id"] for one in pages["data"]] == [one.id for one in once.business_discovery.media.data]
    with pytest.raises(FacebookError) as nobody:
        instagram.user.discovery_user("nobody.at.all")
    assert (nobody.value.code, nobody.value.error_subcode) == (110, 2207013)


def test_hashtags_are_looked_for_and_remembered(instagram: IGBusinessApi) -> None:
    (tag,) = instagram.user.get_hashtag_search(q="ceramics").data
    assert instagram.hashtag.get_info(tag.id).name == "ceramics"
    assert [one.id for one in instagram.user.get_recently_searched_hashtags().data] == [tag.id]
    assert all(one.id for one in instagram.hashtag.get_top_media(tag.id, fields="id,media_type,permalink").data)
    assert all(one.id for one in instagram.hashtag.get_recent_media(tag.id, fields="id,media_type").data)


def test_a_wrong_token_and_a_wrong_field(instagram: IGBusinessApi) -> None:
    with pytest.raises(FacebookError) as field:
        instagram.user.get_info(fields="id,unread_count")
    assert field.value.code == 100
    instagram.access_token = "nonsense"
    with pytest.raises(FacebookError) as token:
        instagram.user.get_info()
    assert (token.value.code, token.value.type) == (190, "OAuthException")


def test_usage_headers_are_understood(instagram: IGBusinessApi) -> None:
    for _ in range(3):
        instagram.user.get_info(fields="id")
    assert 0 <= instagram.rate_limit.get_max_percent() <= 100


def test_a_mention_is_read_and_answered(instagram: IGBusinessApi, sim: SimulatorHandle, listener: Listener) -> None:
    other = sim.tokens()["pages"][1]["instagramId"]
    medium = sim.get(f"/_sim/truth/media?accountId={other}")["media"][0]["id"]
    comment = sim.comment(other, medium, "lea", "look, @atelier.maya")
    read = instagram.user.get_mentioned_comment(comment, fields="id,text,timestamp,media{id}")
    assert read.mentioned_comment.text == "look, @atelier.maya"
    answered = instagram.post_object(
        IG, connection="mentions", data={"media_id": medium, "comment_id": comment, "message": "seen"}
    )
    assert answered["id"]


def test_media_of_others_that_name_or_tag_the_account(instagram: IGBusinessApi, sim: SimulatorHandle) -> None:
    about = {"accountId": IG, "username": "lea", "text": "my cup by @atelier.maya"}
    named = sim.post("/_sim/act/mention", about)["mediaId"]
    assert instagram.user.get_mentioned_media(named).mentioned_media.caption == about["text"]
    tagged = sim.post("/_sim/act/tag", {**about, "text": "look"})["mediaId"]
    assert tagged in {one.id for one in instagram.user.get_tagged_media().data}


def test_an_inbox_is_read_through_the_page(facebook: FacebookApi, sim: SimulatorHandle) -> None:
    said = sim.post("/_sim/act/message", {"accountId": IG, "username": "lea", "text": "open today?"})
    facebook.access_token = sim.tokens()["pages"][0]["pageToken"]
    listed = facebook.get_full_connections(
        PAGE, "conversations", platform="instagram", fields="id,participants,updated_time"
    )
    assert said["conversationId"] in {one["id"] for one in listed["data"]}
    sim.advance(2)
    read = facebook.get_connection(said["conversationId"], "messages", fields="id,message,from")
    assert read["data"][0]["message"] == "open today?"
    sim.advance(2)
    assert facebook.message.get_info(said["id"], fields="id,message,created_time").message == "open today?"
