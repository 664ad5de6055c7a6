"""What an account and a medium are to others: shops, tags, partners, likes, claims (instagram.md §4.1, §4.2)."""

import json

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, Graph

INES, INES_IG = "9001000000000003", "17841400000000003"


def test_fields_of_a_shop_and_of_the_owner_take_permissions_of_their_own(sim: SimulatorHandle) -> None:
    shopping = ["instagram_basic", "catalog_management", "instagram_shopping_tag_products", "business_management"]
    fields = "shopping_product_tag_eligibility,shopping_review_status,owner_business"
    with Graph.of(sim, INES, ["instagram_basic"]) as graph:
        for field in fields.split(","):
            assert graph.fails("GET", f"{INES_IG}?fields={field}") == (10, None)
    with Graph.of(sim, INES, shopping) as graph:
        assert graph.get(f"{INES_IG}?fields={fields}") == {
            "shopping_product_tag_eligibility": False,
            "owner_business": {"id": "120000000000001", "name": "Carvalho & Filhos"},
            "id": INES_IG,
        }
        sim.post("/_sim/act/account", {"accountId": INES_IG, "hasShop": True})
        read = graph.get(f"{INES_IG}?fields={fields}")
        assert (read["shopping_product_tag_eligibility"], read["shopping_review_status"]) == (True, "approved")


def test_media_where_the_account_is_tagged_or_a_partner_are_lists_of_their_own(graph: Graph) -> None:
    act = {"accountId": IG, "username": "ana", "text": "At the press"}
    tagged = graph.sim.post("/_sim/act/tag", act)["mediaId"]
    fields = "id,caption,username,media_type,permalink"
    (row,) = graph.get(f"{IG}/tags?fields={fields}")["data"]
    assert (row["id"], row["caption"], row["username"]) == (tagged, "At the press", "ana")
    assert graph.fails("GET", tagged) == (100, 33)
    invited = graph.sim.post("/_sim/act/invite", act)["mediaId"]
    (invitation,) = graph.get(f"{IG}/collaboration_invites")["data"]
    assert set(invitation) == {"media_id", "media_owner_username", "caption", "media_url"}
    search = f"{IG}?fields=collaborative_media_search.media_id({invited}){{username}}"
    assert graph.fails("GET", search) == (100, 33)
    assert graph.post(f"{IG}/collaboration_invites", media_id=invited, accept="true") == {"success": True}
    assert graph.get(f"{IG}/collaboration_invites") == {"data": []}
    assert [row["id"] for row in graph.get(f"{IG}/collaborative_media")["data"]] == [invited]
    assert graph.get(search)["collaborative_media_search"] == {"username": "ana", "id": invited}
    assert graph.fails("POST", f"{IG}/collaboration_invites", media_id=invited, accept="true") == (100, 33)
    assert graph.sim.truth("collaboration.accepted")[0]["objectId"] == invited


def test_partners_and_tags_of_what_is_published_here_are_told_to_those_who_are_here(graph: Graph) -> None:
    tags = json.dumps([{"username": "roue.libre", "x": 0.5, "y": 0.5}])
    media = graph.publish(graph.container(collaborators='["roue.libre","ana"]', user_tags=tags))
    states = {row["username"]: row["invite_status"] for row in graph.get(f"{media}/collaborators")["data"]}
    assert states == {"roue.libre": "Pending", "ana": "Pending"}
    graph.sim.post("/_sim/act/answer-invite", {"mediaId": media, "username": "ana"})
    roue = "17841400000000002"
    answer = graph.raw(
        "POST", f"{roue}/collaboration_invites", {"media_id": media, "accept": "false"}, graph.user_token
    )
    assert answer.json() == {"success": True}
    states = {row["username"]: row["invite_status"] for row in graph.get(f"{media}/collaborators")["data"]}
    assert states == {"roue.libre": "Declined", "ana": "Accepted"}
    assert [row["id"] for row in graph.get(f"{roue}/tags", graph.user_token)["data"]] == [media]
    graph.delete(media)
    assert graph.get(f"{roue}/tags", graph.user_token) == {"data": []}


def test_engagement_counts_are_left_out_on_children_and_where_they_are_hidden(graph: Graph) -> None:
    fields = "reposts_count,saved_count,shares_count,total_like_count,total_comments_count,total_views_count"
    names = set(fields.split(","))
    assert set(graph.get(f"18000000000000001?fields={fields}")) == {*names, "id"}
    child = graph.get("18000000000000003/children")["data"][0]["id"]
    assert graph.get(f"{child}?fields={fields}") == {"id": child}
    graph.sim.post("/_sim/act/media", {"mediaId": "18000000000000001", "likesHidden": True})
    assert set(graph.get(f"18000000000000001?fields={fields}")) == {*names - {"total_like_count"}, "id"}


def test_what_a_rights_holder_claims_loses_its_link_and_says_so(graph: Graph) -> None:
    reel = "18000000000000013"
    fields = "media_url,copyright_check_information"
    before = graph.get(f"{reel}?fields={fields}")
    assert before["copyright_check_information"]["status"] == {"status": "completed", "matches_found": False}
    graph.sim.post("/_sim/act/media", {"mediaId": reel, "claimed": True})
    after = graph.get(f"{reel}?fields={fields}")
    assert "media_url" in before
    assert "media_url" not in after
    assert after["copyright_check_information"]["status"]["matches_found"] is True
    assert after["copyright_check_information"]["copyright_matches"]


def test_what_can_be_advertised_says_so_and_lists_its_advertisements(graph: Graph) -> None:
    fields = "boost_eligibility_info,boost_ads_list,view_count,legacy_instagram_media_id,ig_id"
    media = "18000000000000001"
    read = graph.get(f"{media}?fields={fields}")
    assert read["boost_eligibility_info"] == {"eligible_to_boost": True}
    assert set(read) == {"boost_eligibility_info", "legacy_instagram_media_id", "ig_id", "id"}
    graph.sim.post("/_sim/act/comment-ad", {"mediaId": media, "username": "ana", "text": "price?", "adId": "7"})
    assert graph.get(f"{media}?fields=boost_ads_list")["boost_ads_list"] == [{"ad_id": "7", "ad_status": "ACTIVE"}]
    assert graph.get(f"{media}/boost_ads_list")["data"][0]["ad_id"] == "7"


def test_an_account_likes_and_unlikes_media_and_comments_of_others_once(graph: Graph) -> None:
    theirs = "18000000000000015"
    comment = graph.get(f"{theirs}/comments?limit=1", graph.user_token)["data"][0]["id"]
    before = graph.get(f"{theirs}?fields=like_count", graph.user_token)["like_count"]
    for _ in range(2):
        assert graph.post(f"{IG}/likes", media_id=theirs) == {"success": True}
        assert graph.post(f"{IG}/likes", comment_id=comment) == {"success": True}
    assert graph.get(f"{theirs}?fields=like_count", graph.user_token)["like_count"] == before + 1
    assert graph.get(f"{comment}?fields=like_count", graph.user_token)["like_count"] == 1
    assert graph.delete(f"{IG}/likes?media_id={theirs}") == {"success": True}
    assert graph.get(f"{theirs}?fields=like_count", graph.user_token)["like_count"] == before
    assert graph.fails("POST", f"{IG}/likes", media_id=theirs, comment_id=comment) == (100, None)
    assert graph.fails("POST", f"{IG}/likes") == (100, None)
    kinds = [row["kind"] for row in graph.sim.truth() if row["objectId"] in {theirs, comment}]
    assert kinds == ["media.liked", "comment.liked", "media.unliked"]


def test_a_person_without_an_admin_task_reads_captions_without_at_signs(sim: SimulatorHandle) -> None:
    page = {"name": "P", "tasks": ["CREATE_CONTENT"], "instagram": {"username": "p", "media": 0}}
    made = sim.seed({"users": [{"name": "U", "pages": [page]}]})
    account = made["accounts"][0]["accountId"]
    with Graph.of(sim, made["userId"]) as graph:
        url = f"{sim.url}/_sim/pictures/sea-test.jpg?w=320&h=400"
        container = graph.post(f"{account}/media", image_url=url, caption="with @ana")["id"]
        media = graph.post(f"{account}/media_publish", creation_id=container)["id"]
        assert graph.get(f"{media}?fields=caption")["caption"] == "with ana"
