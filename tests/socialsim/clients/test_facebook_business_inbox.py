"""Meta's own SDK in the inbox (instagram.md §5.2, §5.3)."""

import json

import pytest
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.unifiedthread import UnifiedThread
from facebook_business.exceptions import FacebookRequestError

from socialsim.testing import SimulatorHandle
from tests.socialsim.clients.conftest import Sdk
from tests.socialsim.parts import PAGE
from tests.socialsim.post_office import writes

# The SDK warns of every field with arguments or braces, for it knows plain names only
pytestmark = pytest.mark.filterwarnings("ignore:.* does not allow field .*:UserWarning")


@pytest.fixture
def page(sim: SimulatorHandle, sdk: Sdk) -> Page:
    """Maya's Page with its own token, in no haste."""
    sim.configure({"messaging": {"conversationsPerSecond": 0}})
    return Page(PAGE, api=sdk(sim.tokens()["pages"][0]["pageToken"]))


def test_a_conversation_is_found_read_and_answered(page: Page, sim: SimulatorHandle) -> None:
    made = writes(sim, text="bonjour")
    wanted = ["id", "updated_time", "participants", "messages.limit(20){id,from,message}"]
    (thread,) = page.get_conversations(fields=wanted, params={"platform": UnifiedThread.Platform.instagram})
    assert (thread["id"], thread["participants"]["data"][1]["username"]) == (made["conversationId"], "ana")
    assert [message["message"] for message in thread["messages"]["data"]] == ["bonjour"]
    recipient = {"id": made["personId"]}
    answer = page.create_message(
        params={"recipient": recipient, "message": {"text": "salut é"}, "messaging_type": Page.MessagingType.response}
    )
    assert answer["recipient_id"] == made["personId"]
    (again,) = UnifiedThread(made["conversationId"], api=page.get_api()).get_messages(
        fields=["message", "created_time"], params={"limit": 1}
    )[:1]
    assert (again["id"], again["message"]) == (answer["message_id"], "salut é")
    page.create_message(params={"recipient": recipient, "sender_action": Page.SenderAction.typing_on})
    payload = json.dumps({"message_id": made["id"], "reaction": "love"})
    page.create_message(params={"recipient": recipient, "sender_action": Page.SenderAction.react, "payload": payload})
    assert [row["text"] for row in sim.truth("message.reacted")] == ["love"]


def test_what_goes_with_an_inbox_is_set_up(page: Page, sim: SimulatorHandle) -> None:
    url = f"{sim.url}/_sim/pictures/sea-sdk.jpg?w=64&h=64"
    message = {"attachment": {"type": "image", "payload": {"url": url, "is_reusable": True}}}
    stored = page.create_message_attachment(params={"message": message, "platform": "INSTAGRAM"})
    assert stored["attachment_id"]
    breakers = [{"call_to_actions": [{"question": "Open?", "payload": "OPEN"}], "locale": "default"}]
    instagram = {"platform": Page.Platform.instagram}
    page.create_messenger_profile(params={**instagram, "ice_breakers": breakers})
    (profile,) = page.get_messenger_profile(fields=["ice_breakers"], params=instagram)
    assert profile["ice_breakers"] == breakers
    page.delete_messenger_profile(params={**instagram, "fields": ["ICE_BREAKERS"]})
    flow = page.create_welcome_message_flow(
        params={"name": "Autumn", "welcome_message_flow": [{"message": {"text": "Welcome"}}]}
    )
    page.delete_welcome_message_flows(params={"flow_id": flow["flow_id"]})
    assert list(page.get_messenger_profile(fields=["ice_breakers"], params=instagram)) == []
    with pytest.raises(FacebookRequestError) as refused:
        page.create_message(params={"recipient": {"id": "1"}, "message": {"text": "hi"}})
    assert (refused.value.api_error_code(), refused.value.api_error_subcode()) == (100, 2534014)
