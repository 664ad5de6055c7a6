"""Reading for the mirror (instagram.md §4.1 to §4.3), against the simulator."""

from dataclasses import replace

import pytest

from huntaze.kit.secret import Secret
from huntaze.platforms.contract import Access, MediaItem, Onward, PostType
from huntaze.platforms.errors import Later, Reconnect, Rejected
from huntaze.platforms.instagram import Instagram
from socialsim.testing import SimulatorHandle
from tests.platforms.instagram.world import MAYA_ACCOUNT

LIST = "GET /{ig}/media"


async def first_item(instagram: Instagram, access: Access) -> MediaItem:
    return (await instagram.reader.media(access, limit=1)).items[0]


async def test_the_profile_is_read(instagram: Instagram, access: Access) -> None:
    profile = await instagram.reader.profile(access)

    assert (profile.account_ref, profile.username, profile.media_count) == (MAYA_ACCOUNT, "atelier.maya", 9)
    assert profile.followers
    assert profile.picture_url


async def test_a_page_of_posts_with_all_comments_and_replies_costs_one_call(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    media_ref = (await first_item(instagram, access)).media_ref
    comment = sim.comment(MAYA_ACCOUNT, media_ref, "ana", "Encore ! 😍")
    reply = sim.post("/_sim/act/reply", {"commentId": comment, "username": "bo", "text": "Oui"})["id"]
    sim.delete("/_sim/calls")

    page = await instagram.reader.media(access)

    assert sum(sim.calls().values()) == 1
    assert (len(page.items), page.cursor) == (9, "")
    assert page.items == tuple(sorted(page.items, key=lambda item: item.published_at, reverse=True))
    written = {one.comment_ref: one for one in page.items[0].comments}
    assert (written[comment].text, written[comment].author_username) == ("Encore ! 😍", "ana")
    assert (written[comment].parent_ref, written[reply].parent_ref) == ("", comment)
    assert {one.media_ref for one in page.items[0].comments} == {media_ref}
    assert written[reply].author_ref


async def test_every_post_is_reached_page_by_page(instagram: Instagram, access: Access) -> None:
    refs: list[str] = []
    cursor = ""
    for _ in range(5):
        page = await instagram.reader.media(access, cursor, limit=2)
        refs += [item.media_ref for item in page.items]
        cursor = page.cursor
        if not cursor:
            break

    assert len(refs) == len(set(refs)) == 9


async def test_comments_beyond_the_first_page_go_on_from_the_cursor(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    media_ref = (await first_item(instagram, access)).media_ref
    refs = {sim.comment(MAYA_ACCOUNT, media_ref, "ana", f"n° {n}") for n in range(70)}

    item = await instagram.reader.media_item(access, media_ref)
    more, end = await instagram.reader.comments(access, media_ref, item.comments_cursor)

    found = [one.comment_ref for one in (*item.comments, *more)]
    assert item.comments_cursor
    assert end == ""
    assert refs <= set(found)
    assert len(found) == len(set(found)) == item.comments_count


async def test_a_comment_with_more_replies_than_a_page_is_read_whole(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    media_ref = (await first_item(instagram, access)).media_ref
    comment = sim.comment(MAYA_ACCOUNT, media_ref, "ana", "Who likes it?")
    for n in range(60):
        sim.post("/_sim/act/reply", {"commentId": comment, "username": "bo", "text": f"me {n}"})

    comments, _ = await instagram.reader.comments(access, media_ref)

    assert len([one for one in comments if one.parent_ref == comment]) == 60


async def test_one_comment_tells_its_post(instagram: Instagram, sim: SimulatorHandle, access: Access) -> None:
    media_ref = (await first_item(instagram, access)).media_ref
    ref = sim.comment(MAYA_ACCOUNT, media_ref, "ana", "Beau")

    comment = await instagram.reader.comment(access, ref)

    assert (comment.comment_ref, comment.media_ref, comment.text) == (ref, media_ref, "Beau")


async def test_a_page_that_is_too_much_for_meta_is_asked_smaller(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    sim.add_fault({"what": "error", "code": 1, "times": 2, "match": {"endpoint": LIST}})

    page = await instagram.reader.media(access, limit=8)

    assert len(page.items) == 2
    assert page.cursor
    assert sim.calls()[LIST] == 3


async def test_a_read_that_nobody_answers_is_for_later(
    impatient: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    sim.add_fault({"what": "timeout", "seconds": 60, "match": {"endpoint": "GET /{ig}"}})

    with pytest.raises(Later) as caught:
        await impatient.reader.profile(access)

    assert caught.value.sent


async def test_a_post_that_is_gone_is_rejected_not_retried_for_ever(instagram: Instagram, access: Access) -> None:
    with pytest.raises(Rejected) as caught:
        await instagram.reader.media_item(access, "18000000000000000")

    assert (caught.value.code, caught.value.subcode) == ("100", "33")


@pytest.mark.parametrize(
    "fault",
    [
        {"what": "status", "status": 502},
        {"what": "malformed"},
        {"what": "reset"},
        {"what": "error", "code": 80002, "status": 400},
        {"what": "error", "code": 424242, "status": 500},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
async def test_a_failing_read_is_for_later(
    instagram: Instagram, sim: SimulatorHandle, access: Access, fault: dict[str, object]
) -> None:
    sim.add_fault(fault | {"match": {"endpoint": "GET /{ig}"}})

    with pytest.raises(Later):
        await instagram.reader.profile(access)

    assert (await instagram.reader.profile(access)).username == "atelier.maya"


async def test_posts_are_read_without_their_comments_where_that_permission_was_declined(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    sim.reset()
    tokens = sim.tokens(scopes=["instagram_basic", "pages_show_list", "pages_read_engagement"])
    page_token = next(page["pageToken"] for page in tokens["pages"] if page["pageId"] == access.page_ref)
    limited = replace(access, token=Secret(page_token), fallback=Secret(tokens["userToken"]))

    page = await instagram.reader.media(limited)
    one = await instagram.reader.media_item(limited, page.items[0].media_ref)

    assert len(page.items) == 9
    assert (page.items[0].comments, one.comments) == ((), ())


async def test_another_missing_permission_is_told(instagram: Instagram, sim: SimulatorHandle, access: Access) -> None:
    sim.add_fault({"where": "before", "what": "error", "code": 10, "times": 0, "match": {"endpoint": LIST}})

    with pytest.raises(Reconnect):
        await instagram.reader.media(access)


async def test_the_account_its_stories_and_the_newest_posts_are_one_call(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    sim.configure({"ready": {"STORIES": 0.0}})
    body: dict[str, object] = {"access_token": access.token.reveal(), "media_type": "STORIES"}
    picture = f"{sim.url}/_sim/pictures/sea-story.jpg?w=1080&h=1920"
    path = f"/graph.facebook.com/v26.0/{MAYA_ACCOUNT}/media"
    made = sim.post(path, body | {"image_url": picture})["id"]
    story = sim.post(f"{path}_publish", body | {"creation_id": made})["id"]
    sim.delete("/_sim/calls")

    opening = await instagram.reader.opening(access, limit=4)

    assert sim.calls() == {"GET /{ig}": 1}
    assert (opening.profile.username, len(opening.page.items), opening.page.limit) == ("atelier.maya", 4, 4)
    assert [(one.media_ref, one.type) for one in opening.stories] == [(story, PostType.STORIES)]
    rest = await instagram.reader.media(access, opening.page.cursor)
    assert (len(rest.items), rest.cursor) == (5, "")


async def test_an_opening_that_is_too_much_for_meta_is_asked_smaller(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    sim.add_fault({"what": "error", "code": 1, "times": 2, "match": {"endpoint": "GET /{ig}"}})

    opening = await instagram.reader.opening(access, limit=8)

    assert (len(opening.page.items), opening.page.limit) == (2, 2)


async def test_posts_are_read_together_and_the_one_that_is_gone_costs_the_others_nothing(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    """Some answers of a batch time out: they are asked for again."""
    sim.configure({"reading": {"nullBatchEvery": 2}})
    refs = [item.media_ref for item in (await instagram.reader.media(access, limit=3)).items]
    sim.delete("/_sim/calls")

    found = await instagram.reader.media_items(access, [*refs, "18000000000000000"])

    assert {ref: item is not None for ref, item in found.items()} == {
        **dict.fromkeys(refs, True),
        "18000000000000000": False,
    }
    assert sim.calls()["GET /{m}"] >= 3


async def test_lists_of_comments_are_followed_together_and_a_dead_cursor_begins_anew(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    first, second = (item.media_ref for item in (await instagram.reader.media(access, limit=2)).items)
    refs = {sim.comment(MAYA_ACCOUNT, first, "ana", f"n° {n}") for n in range(60)}
    item = await instagram.reader.media_item(access, first)
    (onward,) = item.onward

    asked = [onward, Onward(second, "", "dead"), Onward("18000000000000000", "", "")]
    further, dead, gone = await instagram.reader.more(access, asked)

    assert refs <= {one.comment_ref for one in (*item.comments, *further.comments)}
    assert (item.comments_listed, further.onward) == (True, ())
    assert dead.onward == (Onward(second, "", ""),)
    assert (dead.gone, gone.gone) == (False, True)


async def test_whether_comments_are_there_is_asked_together(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    ref = sim.comment(MAYA_ACCOUNT, (await first_item(instagram, access)).media_ref, "ana", "Beau")

    there = await instagram.reader.comments_there(access, [ref, "17850999999999999"])

    assert there == {ref: True, "17850999999999999": False}
