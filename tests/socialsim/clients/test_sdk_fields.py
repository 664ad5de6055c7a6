"""Every field that Meta's SDK knows of the nodes we imitate can be asked for, but for those we leave out by name."""

from collections.abc import Iterable

import pytest
from facebook_business.adobjects.igcomment import IGComment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.igmediaforigonlyapi import IGMediaForIGOnlyAPI
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.iguserforigonlyapi import IGUserForIGOnlyAPI
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.shadowighashtag import ShadowIGHashtag
from facebook_business.adobjects.shadowigmediabuilder import ShadowIGMediaBuilder
from facebook_business.exceptions import FacebookRequestError

from socialsim.testing import SimulatorHandle
from tests.socialsim.clients.conftest import Sdk
from tests.socialsim.parts import IG, PAGE

PSEUDO = {"business_discovery", "collaborative_media_search", "mentioned_comment", "mentioned_media"}
"""They want an argument."""
SHOPPING = {"mini_shop_storefront", "shopping_product_tag_eligibility", "shopping_review_status"}
"""Product and permission of their own, neither in the sheet."""
BROADCASTING = {"current_live_viewer_count", "live_status", "live_reactions"}
STICKERS_AND_SOUND = {"audio_id", "has_poll", "has_slider", "media_audio_type", "video_title"}


def fields_of(node: type) -> list[str]:
    names: Iterable[tuple[str, object]] = vars(node.Field).items()  # type: ignore[attr-defined]
    return sorted(str(value) for key, value in names if not key.startswith("_"))


def refused(sdk: Sdk, token: str, node_id: str, names: Iterable[str], graph: str = "") -> set[str]:
    """The names that the simulator does not take."""
    api = sdk(token)
    out = set()
    for name in names:
        try:
            api.call("GET", (node_id,), {"fields": name}, url_override=graph or None)
        except FacebookRequestError:
            out.add(name)
    return out


@pytest.fixture
def nodes(sim: SimulatorHandle, sdk: Sdk) -> dict[type, str]:
    """One of each kind."""
    account = IGUser(IG, api=sdk(sim.tokens()["pages"][0]["pageToken"]))
    picture = f"{sim.url}/_sim/pictures/sea-sdk.jpg?w=640&h=800"
    medium = str(account.get_media()[0]["id"])
    tag = account.get_api().call("GET", ("ig_hashtag_search",), {"user_id": IG, "q": "sea"}).json()["data"][0]["id"]
    return {
        IGUser: IG,
        IGMedia: medium,
        IGComment: sim.comment(IG, medium, "lea", "bonjour"),
        ShadowIGMediaBuilder: str(account.create_media(params={"image_url": picture})["id"]),
        ShadowIGHashtag: str(tag),
    }


def test_with_facebook_login(sim: SimulatorHandle, sdk: Sdk, nodes: dict[type, str]) -> None:
    token = sim.tokens()["pages"][0]["pageToken"]
    missing = {node.__name__: refused(sdk, token, node_id, fields_of(node)) for node, node_id in nodes.items()}
    ingest = {name for name in fields_of(IGMedia) if name.startswith("ingest_")}
    assert missing == {
        "IGUser": PSEUDO | SHOPPING,
        "IGMedia": BROADCASTING | STICKERS_AND_SOUND | ingest,
        "IGComment": set(),
        "ShadowIGMediaBuilder": set(),
        "ShadowIGHashtag": set(),
    }


def test_with_instagram_login(sim: SimulatorHandle, sdk: Sdk, nodes: dict[type, str]) -> None:
    token, graph = sim.instagram_tokens()["token"], f"{sim.url}/graph.instagram.com"
    sim.post("/_sim/apps", {"id": sim.app_id, "secret": sim.app_secret, "instagramSecret": sim.app_secret})
    assert refused(sdk, token, IG, fields_of(IGUserForIGOnlyAPI), graph) == set()
    medium = nodes[IGMedia]
    assert refused(sdk, token, medium, fields_of(IGMediaForIGOnlyAPI), graph) == {"current_live_viewer_count"}


def test_every_webhook_field_of_a_page_can_be_subscribed_to(sim: SimulatorHandle, sdk: Sdk) -> None:
    page = Page(PAGE, api=sdk(sim.tokens()["pages"][0]["pageToken"]))
    known = {str(value) for key, value in vars(Page.SubscribedFields).items() if not key.startswith("_")}
    fields = sorted(known - {"invalid_topic_placeholder"})
    page.create_subscribed_app(params={"subscribed_fields": fields})
    assert page.get_subscribed_apps()[0]["subscribed_fields"] == fields
