"""Comments from both sides (instagram.md §4.3)."""

from tests.socialsim.parts import IG, Graph


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
