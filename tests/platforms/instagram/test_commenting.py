"""What is done with comments through the Graph API, and what its answers prove (instagram.md §4.3, §5)."""

from __future__ import annotations

import pytest

from huntaze.platforms.contract import Access, CommentSeen
from huntaze.platforms.errors import AlreadyDone, Later, UnknownOutcome
from huntaze.platforms.instagram import Instagram
from huntaze.platforms.instagram.commenting import GraphCommenter
from socialsim.testing import SimulatorHandle
from tests.platforms.instagram.world import MAYA_ACCOUNT


def commenter_of(instagram: Instagram) -> GraphCommenter:
    assert isinstance(instagram.commenter, GraphCommenter)
    return instagram.commenter


async def commented(instagram: Instagram, sim: SimulatorHandle, access: Access) -> tuple[str, str]:
    """A post and somebody's comment under it."""
    media_ref = (await instagram.reader.media(access)).items[0].media_ref
    return media_ref, sim.comment(MAYA_ACCOUNT, media_ref, "ana", "How much?")


async def test_a_comment_is_answered_hidden_shown_and_deleted(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    commenter, (media, ref) = commenter_of(instagram), await commented(instagram, sim, access)
    reply = await commenter.reply(access, ref, "30 €")
    (found,) = await commenter.replies(access, ref)
    assert (found.comment_ref, found.text, found.author_ref, found.parent_ref) == (reply, "30 €", MAYA_ACCOUNT, ref)
    await commenter.hide(access, ref, hidden=True)
    assert await commenter.seen(access, ref, media) == CommentSeen(there=True, hidden=True)
    await commenter.hide(access, ref, hidden=False)
    assert await commenter.seen(access, ref, media) == CommentSeen(there=True, hidden=False)
    await commenter.delete(access, ref)
    assert await commenter.seen(access, ref, media) == CommentSeen(there=False)


async def test_what_is_not_shown_is_gone_only_if_its_post_is_shown(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    commenter, (media, ref) = commenter_of(instagram), await commented(instagram, sim, access)
    await commenter.delete(access, ref)
    with pytest.raises(UnknownOutcome):
        await commenter.hide(access, ref, hidden=True)
    sim.add_fault({"what": "error", "code": 100, "subcode": 33, "match": {"endpoint": "GET /{m}"}})
    with pytest.raises(Later):
        await commenter.seen(access, ref, media)
    with pytest.raises(Later):
        await commenter.seen(access, ref, "")


async def test_a_private_answer_goes_out_once_and_a_second_is_told_apart(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    commenter, (_, ref) = commenter_of(instagram), await commented(instagram, sim, access)
    sim.add_fault({"what": "error", "code": 613, "subcode": 2534013, "match": {"endpoint": "POST /{page}/messages"}})
    with pytest.raises(Later):
        await commenter.private_reply(access, ref, "Here")
    assert await commenter.private_reply(access, ref, "Here")
    with pytest.raises(AlreadyDone):
        await commenter.private_reply(access, ref, "Here")
    assert [row["text"] for row in sim.truth("message.sent", MAYA_ACCOUNT)] == ["Here"]
