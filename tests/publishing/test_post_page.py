"""The page of one post: nothing said twice, addresses as links, replies under theirs."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from huntaze.crm import CommentRow, comment_list
from huntaze.publishing.around import Around
from huntaze.publishing.model import EvidenceRow, PostRow, PostView, PublicationRow
from huntaze.publishing.post_page import PostPage, actions, post_page
from huntaze.publishing.states import State
from tests.ui.viewers import viewer

NOW = datetime(2026, 11, 22, 16, 3, tzinfo=UTC)
ADDRESS = "https://www.instagram.com/p/Nx1K0Arc7O5/"
ANSWER = '{"error":{"message":"An unknown error occurred","type":"OAuthException","code":36003}}'


def publication(state: State) -> PublicationRow:
    """One account of a post."""
    empty: dict[str, Any] = dict.fromkeys(PublicationRow.__dataclass_fields__)
    return PublicationRow(
        **empty
        | {
            "id": uuid4(),
            "account_id": uuid4(),
            "platform": "instagram",
            "state": state.value,
            "due_at": NOW,
            "published_at": NOW if state is State.PUBLISHED else None,
            "permalink": ADDRESS if state is State.PUBLISHED else None,
            "media_ref": "17900000000000001" if state is State.PUBLISHED else None,
        }
    )


def line(row: PublicationRow, kind: str, message: str, raw: str = "", **params: str) -> EvidenceRow:
    """One line of its timeline."""
    return EvidenceRow(uuid4(), row.id, 1, NOW, kind, {"message": message, "params": params}, raw)


def post(*rows: PublicationRow, evidence: tuple[EvidenceRow, ...] = ()) -> PostView:
    """A photo with a caption of two lines."""
    row = PostRow(uuid4(), uuid4(), "IMAGE", "First light\nover the bay", [], "", None, "UTC", "Maya", 1, NOW, NOW)
    return PostView(row, rows, (), evidence)


def page(view: PostView) -> str:
    """Its markup, in English."""
    seen = viewer("en")
    with seen.speaking():
        return str(post_page(seen, PostPage(view, Around(), {})))


def test_the_state_is_said_once_for_one_account_and_for_each_of_several() -> None:
    one, other = publication(State.PUBLISHED), publication(State.FAILED)
    assert page(post(one)).count('class="badge') == 1
    assert page(post(one, other)).count('class="badge') == 3


def test_an_address_is_a_link_and_stands_in_no_sentence() -> None:
    row = publication(State.PUBLISHED)
    shown = page(post(row, evidence=(line(row, "linked", "Its address: %(url)s", url=ADDRESS),)))
    assert f'href="{ADDRESS}"' in shown
    assert ">instagram.com/p/Nx1K0Arc7O5</a>" in shown
    assert "Its address: " not in shown


def test_a_long_answer_of_the_network_is_folded_away() -> None:
    row = publication(State.FAILED)
    assert "<details" in page(post(row, evidence=(line(row, "failed", "It failed.", ANSWER),)))
    assert "<details" not in page(post(row, evidence=(line(row, "published", "It is there.", "media 1"),)))


def test_only_what_the_state_allows_can_be_pressed() -> None:
    seen = viewer("en")
    with seen.speaking():
        published = str(actions(seen, post(publication(State.PUBLISHED))))
        scheduled = str(actions(seen, post(publication(State.SCHEDULED))))
    assert not any(way in published for way in ("<form", "cancel"))
    assert all(way in scheduled for way in ("/now", 'commandfor="cancel-post"', "/edit"))


def test_cancelling_is_asked_about_where_it_may_be_done() -> None:
    asked = page(post(publication(State.SCHEDULED)))
    assert "/cancel" in asked[asked.index('id="cancel-post"') :]
    assert 'id="cancel-post"' not in page(post(publication(State.PUBLISHED)))


def comment(ref: str, text: str, parent: str = "") -> CommentRow:
    """One comment."""
    return CommentRow(
        UUID(int=int(ref)), uuid4(), uuid4(), ref, "m1", parent, "p1", "lea", text, None, None, "push", NOW, NOW, None
    )


def test_a_reply_stands_under_its_comment_and_one_without_it_stands_alone() -> None:
    said = [comment("1", "Which paper?"), comment("2", "Rives BFK.", "1"), comment("3", "Lovely!", "gone")]
    with viewer("en").speaking():
        shown = str(comment_list("m1", said))
    thread, _replies, rest = shown.partition('class="comments replies"')
    assert "Which paper?" in thread
    assert rest.index("Rives BFK.") < rest.index("</ul>") < rest.index("Lovely!")


def test_what_people_write_is_never_markup() -> None:
    with viewer("en").speaking():
        assert "<script>" not in str(comment_list("m1", [comment("1", "<script>alert(1)</script>")]))
