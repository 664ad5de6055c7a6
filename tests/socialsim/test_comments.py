"""Comments from both sides (instagram.md §4.3)."""

import json
from typing import Any

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, Graph, Listener
from tests.socialsim.post_office import PostOffice, callback, subscribe_app


def hear(graph: Graph, listener: Listener, fields: str) -> None:
    """Maya's app hears those events."""
    PostOffice.of(graph, listener, fields)


def told_of(listener: Listener, field: str, count: int) -> list[dict[str, Any]]:
    """The values of the first ``count`` events, all of that field."""
    bodies = [json.loads(seen.body) for seen in listener.wait_for(count)]
    changes = [change for body in bodies for entry in body["entry"] for change in entry["changes"]]
    assert {change["field"] for change in changes[:count]} == {field}
    return [change["value"] for change in changes[:count]]


def test_a_follower_comments_and_the_owner_answers(graph: Graph) -> None:
    media = graph.publish(graph.container())
    comment = graph.sim.comment(IG, media, "ana", "Wo ist das? 😀")
    reply = graph.post(f"{comment}/replies", message="In Brest.")["id"]
    fields = "id,text,username,from,timestamp,like_count,hidden,replies{id,text,parent_id,user}"
    (read,) = graph.get(f"{media}/comments?fields={fields}")["data"]
    assert (read["id"], read["text"], read["username"]) == (comment, "Wo ist das? 😀", "ana")
    assert read["from"]["username"] == "ana"
    assert read["from"]["id"] != IG
    assert read["replies"]["data"] == [{"id": reply, "text": "In Brest.", "parent_id": comment, "user": {"id": IG}}]
    assert graph.get(f"{media}?fields=comments_count")["comments_count"] == 2
    assert set(graph.get(comment)) == {"id", "text", "timestamp"}


def test_a_reply_to_a_reply_lands_under_the_top_comment(graph: Graph) -> None:
    media = graph.publish(graph.container())
    top = graph.sim.comment(IG, media, "ana", "one")
    first = graph.post(f"{top}/replies", message="two")["id"]
    second = graph.post(f"{first}/replies", message="three")["id"]
    third = graph.sim.post("/_sim/act/reply", {"commentId": second, "username": "bo", "text": "four"})["id"]
    assert [row["id"] for row in graph.get(f"{top}/replies")["data"]] == [third, second, first]
    assert graph.get(f"{second}?fields=parent_id")["parent_id"] == top


def test_a_first_comment_is_a_comment_by_the_account(graph: Graph) -> None:
    media = graph.publish(graph.container())
    comment = graph.post(f"{media}/comments", message="#tags")["id"]
    assert graph.get(f"{comment}?fields=from")["from"] == {"id": IG, "username": "atelier.maya"}
    assert graph.fails("POST", f"{media}/comments", message="  ") == (100, None)


def test_hiding_works_on_others_only(graph: Graph) -> None:
    media = graph.publish(graph.container())
    theirs = graph.sim.comment(IG, media, "ana", "rude")
    ours = graph.post(f"{media}/comments", message="ours")["id"]
    for comment, hidden in ((theirs, True), (ours, False)):
        assert graph.post(comment, hide="true") == {"success": True}
        assert graph.get(f"{comment}?fields=hidden")["hidden"] is hidden
    graph.post(theirs, hide="false")
    kinds = [row["kind"] for row in graph.sim.truth() if row["objectId"] == theirs]
    assert kinds == ["comment.created", "comment.hidden", "comment.shown"]


def test_deleting_a_comment_takes_its_replies_along(graph: Graph) -> None:
    media = graph.publish(graph.container())
    top = graph.sim.comment(IG, media, "ana", "one")
    reply = graph.post(f"{top}/replies", message="two")["id"]
    assert graph.delete(top) == {"success": True}
    assert graph.fails("GET", reply) == (100, 33)
    assert graph.get(f"{media}?fields=comments_count")["comments_count"] == 0


def test_comments_need_their_permission(graph: Graph) -> None:
    media = graph.publish(graph.container())
    graph.delete("9001000000000001/permissions/instagram_manage_comments")
    assert graph.fails("GET", f"{media}/comments") == (10, None)


def test_fifty_comments_a_page_newest_first(graph: Graph) -> None:
    media = graph.publish(graph.container())
    made = [graph.sim.comment(IG, media, f"fan{n}", str(n)) for n in range(60)]
    first = graph.get(f"{media}/comments?fields=id&limit=100")
    assert [row["id"] for row in first["data"]] == made[:9:-1]
    after = first["paging"]["cursors"]["after"]
    second = graph.get(f"{media}/comments?fields=id&limit=100&after={after}")
    assert [row["id"] for row in second["data"]] == made[9::-1]
    assert "next" not in second["paging"]


def test_one_follower_has_another_id_towards_another_account(graph: Graph) -> None:
    media = graph.publish(graph.container())
    other = graph.sim.get("/_sim/truth/media?accountId=17841400000000002")["media"][0]["id"]
    made = [
        graph.sim.post("/_sim/act/comment", {"mediaId": where, "username": "ana", "text": "hi"})["authorId"]
        for where in (media, other, media)
    ]
    assert made[0] == made[2] != made[1]


def test_a_like_is_counted_and_in_the_ledger(graph: Graph) -> None:
    media = graph.publish(graph.container())
    graph.sim.post("/_sim/act/like", {"mediaId": media, "username": "ana"})
    assert graph.get(f"{media}?fields=like_count")["like_count"] == 1
    assert graph.sim.truth("media.liked")[0]["text"] == "ana"


def test_a_mention_in_a_caption_is_heard_read_and_answered(graph: Graph, listener: Listener) -> None:
    hear(graph, listener, "mentions,comments")
    act = {"accountId": IG, "username": "ana", "text": "Look what arrived, @atelier.maya!"}
    media = graph.sim.post("/_sim/act/mention", act)["mediaId"]
    (told,) = told_of(listener, "mentions", 1)
    assert told == {"media_id": media}
    fields = "caption,username,media_type,like_count,comments_count,owner,timestamp"
    read = graph.get(f"{IG}?fields=mentioned_media.media_id({media}){{{fields}}}")
    assert set(read) == {"mentioned_media", "id"}
    assert read["mentioned_media"]["caption"] == act["text"]
    assert read["mentioned_media"]["username"] == "ana"
    answer = graph.post(f"{IG}/mentions", media_id=media, message="Thank you!")["id"]
    comments = graph.get(f"{IG}?fields=mentioned_media.media_id({media}){{comments{{id,text,username}}}}")
    (row,) = comments["mentioned_media"]["comments"]["data"]
    assert (row["id"], row["text"], row["username"]) == (answer, "Thank you!", "atelier.maya")


def test_a_mention_in_a_comment_is_read_under_its_own_name_and_answered_below(graph: Graph, listener: Listener) -> None:
    hear(graph, listener, "mentions,comments")
    theirs = "18000000000000015"
    act = {"accountId": IG, "mediaId": theirs, "username": "ana", "text": "@atelier.maya come and see"}
    comment = graph.sim.post("/_sim/act/mention", act)["commentId"]
    (told,) = told_of(listener, "mentions", 1)
    assert told == {"media_id": theirs, "comment_id": comment}
    read = graph.get(f"{IG}?fields=mentioned_comment.comment_id({comment}){{text,timestamp,username,media{{id}}}}")
    assert read["id"] == IG
    found = read["mentioned_comment"]
    assert (found["id"], found["text"], found["username"]) == (comment, act["text"], "ana")
    assert found["media"] == {"id": theirs}
    answer = graph.post(f"{IG}/mentions", media_id=theirs, comment_id=comment, message="On Sunday!")["id"]
    fields = "parent_id,username,from"
    below = graph.get(f"{answer}?fields={fields}", graph.user_token)
    assert (below["parent_id"], below["username"]) == (comment, "atelier.maya")
    assert below["from"]["id"] != IG


def test_only_what_names_the_account_can_be_read_or_answered_as_a_mention(graph: Graph) -> None:
    theirs = "18000000000000015"
    comment = graph.get(f"{theirs}/comments?limit=1", graph.user_token)["data"][0]["id"]
    for field in (f"mentioned_media.media_id({theirs})", f"mentioned_comment.comment_id({comment})"):
        assert graph.fails("GET", f"{IG}?fields={field}{{id}}") == (100, 33)
    for field in ("mentioned_media{id}", "mentioned_comment{id}"):
        assert graph.fails("GET", f"{IG}?fields={field}") == (100, None)
    assert graph.fails("POST", f"{IG}/mentions", media_id=theirs, message="hi") == (100, 33)
    assert graph.fails("POST", f"{IG}/mentions", media_id="1", message="hi") == (100, 33)


def test_a_comment_under_an_advertisement_is_told_twice_and_counted_nowhere(graph: Graph, listener: Listener) -> None:
    hear(graph, listener, "comments")
    media = "18000000000000001"
    before = graph.get(f"{media}?fields=comments_count")["comments_count"]
    act = {"mediaId": media, "username": "ana", "text": "How much?", "adId": "120200000000000009"}
    comment = graph.sim.post("/_sim/act/comment-ad", act)["id"]
    told = told_of(listener, "comments", 2)
    assert [value["id"] for value in told] == [comment, comment]
    (advertised,) = [value["media"] for value in told if "ad_id" in value["media"]]
    assert advertised["ad_id"] == act["adId"]
    assert advertised["original_media_id"] == media
    assert graph.get(f"{media}?fields=comments_count")["comments_count"] == before
    assert graph.get(f"{comment}?fields=text,media{{id}}") == {
        "text": "How much?",
        "media": {"id": media},
        "id": comment,
    }
    assert graph.delete(comment) == {"success": True}
    assert graph.get(f"{media}?fields=comments_count")["comments_count"] == before


def test_comments_of_restricted_people_and_under_age_gated_media_are_not_returned(graph: Graph) -> None:
    media = graph.publish(graph.container())
    rude, kind = graph.sim.comment(IG, media, "rude", "no"), graph.sim.comment(IG, media, "kind", "yes")
    graph.sim.post("/_sim/act/reply", {"commentId": kind, "username": "rude", "text": "no again"})
    graph.sim.post("/_sim/act/account", {"accountId": IG, "silenced": ["rude"]})
    assert [row["id"] for row in graph.get(f"{media}/comments")["data"]] == [kind]
    assert graph.get(f"{kind}/replies") == {"data": []}
    assert graph.fails("GET", rude) == (100, 33)
    graph.sim.post("/_sim/act/media", {"mediaId": media, "ageGated": True})
    assert graph.get(f"{media}/comments") == {"data": []}
    assert graph.get(f"{media}?fields=comments{{id}}")["comments"] == {"data": []}


def test_comments_of_a_broadcast_end_with_it_and_cannot_be_hidden(graph: Graph, listener: Listener) -> None:
    hear(graph, listener, "live_comments,comments")
    live = graph.sim.post("/_sim/act/live", {"accountId": IG})["mediaId"]
    (row,) = graph.get(f"{IG}/live_media?fields=id,media_product_type,comments_count")["data"]
    assert (row["id"], row["media_product_type"]) == (live, "LIVE")
    comment = graph.sim.comment(IG, live, "ana", "hello from Brest")
    assert told_of(listener, "live_comments", 1)[0]["id"] == comment
    assert [row["id"] for row in graph.get(f"{live}/comments")["data"]] == [comment]
    assert graph.fails("POST", comment, hide="true") == (100, None)
    graph.sim.post("/_sim/act/live", {"mediaId": live})
    assert graph.get(f"{live}/comments") == {"data": []}
    assert graph.get(f"{IG}/live_media") == {"data": []}


def test_a_comment_through_the_api_has_limits_that_a_knob_lifts(graph: Graph) -> None:
    media = graph.publish(graph.container())
    long, tagged = "é" * 301, "#a #b #c #d #e"
    linked = "https://a.example and https://b.example"
    for text in (long, tagged, linked):
        assert graph.fails("POST", f"{media}/comments", message=text) == (100, None)
    assert graph.post(f"{media}/comments", message="é" * 300)["id"]
    lifted = {"commentLength": 0, "commentHashtags": 0, "commentLinks": 0}
    graph.sim.configure({"reading": lifted})
    for text in (long, tagged, linked):
        assert graph.post(f"{media}/comments", message=text)["id"]


def test_where_comments_are_switched_off_nobody_answers_either(graph: Graph) -> None:
    media = graph.publish(graph.container())
    comment = graph.sim.comment(IG, media, "ana", "first")
    graph.post(media, comment_enabled="false")
    assert graph.fails("POST", f"{media}/comments", message="hi") == (10, None)
    assert graph.fails("POST", f"{comment}/replies", message="hi") == (10, None)


def test_a_caption_published_here_is_heard_by_whom_it_names(sim: SimulatorHandle, listener: Listener) -> None:
    with Graph.of(sim, "9001000000000003") as ines:
        subscribe_app(sim, callback(listener), "mentions")
        assert ines.post("101000000000004/subscribed_apps", subscribed_fields="feed") == {"success": True}
        with Graph.of(sim) as graph:
            media = graph.publish(graph.container(caption="At the table of @maison.carvalho, with @atelier.maya."))
        assert told_of(listener, "mentions", 1) == [{"media_id": media}]
        read = ines.get(f"17841400000000003?fields=mentioned_media.media_id({media}){{username}}")
        assert read["mentioned_media"]["username"] == "atelier.maya"
