"""Meta's SDK and python-facebook on the hosts of Instagram Login (instagram.md §2, §3, §5)."""

import json
from collections.abc import Iterator

import pytest
from facebook_business.adobjects.igaccesstokenforigonlyapi import IGAccessTokenForIGOnlyAPI
from facebook_business.adobjects.igmediaforigonlyapi import IGMediaForIGOnlyAPI
from facebook_business.adobjects.igrefreshaccesstokenforigonlyapi import IGRefreshAccessTokenForIGOnlyAPI
from facebook_business.adobjects.iguserforigonlyapi import IGUserForIGOnlyAPI
from facebook_business.adobjects.shadowigmediabuilder import ShadowIGMediaBuilder
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from pyfacebook import BasicDisplayAPI
from pyfacebook.exceptions import FacebookError

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG

# The SDK warns of fields with arguments, and takes a tag for an object although it is a word
pytestmark = [
    pytest.mark.filterwarnings("ignore:.* does not allow field .*:UserWarning"),
    pytest.mark.filterwarnings("ignore:value of tag might not be compatible:UserWarning"),
]
DAY = 86400


@pytest.fixture
def api(sim: SimulatorHandle) -> Iterator[FacebookAdsApi]:
    """Meta's SDK on graph.instagram.com with an account's token."""
    session = FacebookSession(access_token=sim.instagram_tokens()["token"], timeout=10)
    session.GRAPH = f"{sim.url}/graph.instagram.com"
    session.requests.trust_env = False
    yield FacebookAdsApi(session)
    session.requests.close()


@pytest.fixture
def account(api: FacebookAdsApi) -> IGUserForIGOnlyAPI:
    """@atelier.maya."""
    return IGUserForIGOnlyAPI(IG, api=api)


@pytest.fixture
def basic(sim: SimulatorHandle) -> Iterator[BasicDisplayAPI]:
    """python-facebook's client for the hosts of Instagram, before anybody has logged in."""
    client = BasicDisplayAPI(
        app_id=sim.instagram_app_id,
        app_secret=sim.instagram_app_secret,
        oauth_flow=True,
        base_url=f"{sim.url}/graph.instagram.com/",
        authorization_url=f"{sim.url}/www.instagram.com/oauth/authorize",
        access_token_url=f"{sim.url}/api.instagram.com/oauth/access_token",
        timeout=10,
    )
    client.session.trust_env = False
    yield client
    client.session.close()


def test_a_code_becomes_a_token_that_is_lengthened_and_refreshed(
    basic: BasicDisplayAPI, sim: SimulatorHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("NO_PROXY", "*")
    back, _code = sim.instagram_login("https://localhost/", state="PyFacebook")
    short = basic.exchange_user_access_token(response=back, redirect_uri="https://localhost/")
    assert str(short["user_id"]) == IG
    long = basic.exchange_long_lived_user_access_token()
    assert (long["token_type"], long["expires_in"]) == ("bearer", 60 * DAY)
    with pytest.raises(FacebookError):
        basic.refresh_access_token(long["access_token"])
    sim.advance(DAY)
    assert basic.refresh_access_token(long["access_token"])["expires_in"] == 60 * DAY


def test_the_sdk_exchanges_and_refreshes_as_well(api: FacebookAdsApi, sim: SimulatorHandle) -> None:
    sim.advance(2 * DAY)
    refreshed = IGRefreshAccessTokenForIGOnlyAPI("refresh_access_token", api=api).api_get(
        params={"grant_type": "ig_refresh_token"}
    )
    assert refreshed["expires_in"] == 60 * DAY
    with pytest.raises(FacebookRequestError):
        IGAccessTokenForIGOnlyAPI("access_token", api=api).api_get(
            params={"grant_type": "ig_exchange_token", "client_secret": "wrong"}
        )


def test_an_account_has_two_ids(account: IGUserForIGOnlyAPI, api: FacebookAdsApi) -> None:
    me = IGUserForIGOnlyAPI("me", api=api).api_get(fields=["user_id", "username", "account_type", "media_count"])
    assert (me["user_id"], me["username"], me["account_type"]) == (IG, "atelier.maya", "BUSINESS")
    assert me["id"] != IG


def test_a_post_goes_out_and_is_read_back(account: IGUserForIGOnlyAPI, sim: SimulatorHandle) -> None:
    picture = f"{sim.url}/_sim/pictures/sea-ig.jpg?w=640&h=800"
    made = account.create_media(params={"image_url": picture, "caption": "by Instagram Login"})["id"]
    state = ShadowIGMediaBuilder(made, api=account.get_api()).api_get(fields=["status_code"])["status_code"]
    medium = account.create_media_publish(params={"creation_id": int(made)})["id"]
    read = IGMediaForIGOnlyAPI(medium, api=account.get_api()).api_get(fields=["caption", "media_type", "permalink"])
    assert (state, read["caption"], read["media_type"]) == ("FINISHED", "by Instagram Login", "IMAGE")
    assert medium in {one["id"] for one in account.get_media(params={"limit": 5})}
    (limit,) = account.get_content_publishing_limit(fields=["quota_usage"])
    assert limit["quota_usage"] == 1
    made = account.create_media(params={"image_url": picture, "media_type": "STORIES"})["id"]
    story = account.create_media_publish(params={"creation_id": int(made)})["id"]
    assert [one["id"] for one in account.get_stories()] == [story]


def test_comments_are_written_and_insights_read(account: IGUserForIGOnlyAPI) -> None:
    medium = IGMediaForIGOnlyAPI(account.get_media()[0]["id"], api=account.get_api())
    made = medium.create_comment(params={"message": "first"})["id"]
    assert made in {one["id"] for one in medium.get_comments()}
    medium.api_update(params={"comment_enabled": False})
    assert medium.api_get(fields=["is_comment_enabled"])["is_comment_enabled"] is False
    reach = account.get_insights(params={"metric": ["reach"], "period": ["day"], "metric_type": "total_value"})
    assert reach[0]["total_value"]["value"] >= 0


def test_a_message_is_answered_and_the_conversation_read(account: IGUserForIGOnlyAPI, sim: SimulatorHandle) -> None:
    said = sim.post("/_sim/act/message", {"accountId": IG, "username": "lea", "text": "open today?"})
    recipient = {"id": said["personId"]}
    account.create_message(params={"recipient": recipient, "sender_action": "TYPING_ON"})
    account.create_message(params={"recipient": recipient, "message": {"text": "until six"}})
    account.create_message(
        params={
            "recipient": recipient,
            "sender_action": "REACT",
            "payload": json.dumps({"message_id": said["id"], "reaction": "love"}),
        }
    )
    conversations = account.get_conversations(
        fields=["participants", "messages{message,from}"], params={"platform": "INSTAGRAM", "user_id": said["personId"]}
    )
    (conversation,) = conversations
    texts = [message["message"] for message in conversation["messages"]["data"]]
    assert texts[:2] == ["until six", "open today?"]
    sim.advance(DAY + 1)
    with pytest.raises(FacebookRequestError) as closed:
        account.create_message(params={"recipient": recipient, "message": {"text": "too late"}})
    assert (closed.value.api_error_code(), closed.value.api_error_subcode()) == (10, 2534022)
    account.create_message(
        params={
            "recipient": recipient,
            "message": {"text": "a person answers"},
            "messaging_type": "MESSAGE_TAG",
            "tag": "HUMAN_AGENT",
        }
    )
    assert [row["text"] for row in sim.truth("message.sent")] == ["until six", "a person answers"]


def test_webhooks_are_switched_on_for_the_account(account: IGUserForIGOnlyAPI) -> None:
    account.create_subscribed_app(params={"subscribed_fields": ["comments", "messages"]})
    (app,) = account.get_subscribed_apps()
    assert app["subscribed_fields"] == ["comments", "messages"]
    account.delete_subscribed_apps()
    assert list(account.get_subscribed_apps()) == []


def test_what_is_for_facebook_login_only_is_refused(account: IGUserForIGOnlyAPI) -> None:
    with pytest.raises(FacebookRequestError) as discovery:
        account.api_get(fields=["business_discovery.username(roue.libre){id}"])
    assert discovery.value.api_error_code() == 100
    with pytest.raises(FacebookRequestError):
        account.get_api().call("DELETE", (account.get_media()[0]["id"],))
