"""What the pages' markup must hold and must never hold."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from huntaze.ui import parts
from huntaze.ui.appearance import appearance_route
from huntaze.ui.gallery import gallery
from huntaze.ui.htmx import partial, swap
from huntaze.ui.page import bare_page, error_page, html, page
from huntaze.ui.viewer import NavItem
from tests.ui.viewers import anybody, viewer

NOW = datetime(2026, 11, 22, 9, 42, tzinfo=UTC)


class Markup(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def of(self, tag: str) -> Iterator[dict[str, str | None]]:
        """The attributes of every element of this kind."""
        return (attrs for name, attrs in self.elements if name == tag)


@pytest.fixture(scope="module", params=["en", "fr"])
def markup(request: pytest.FixtureRequest) -> Markup:
    """/_parts, which shows everything."""
    seen = viewer(request.param, path="/_parts", live_url="/live?since=7")
    with seen.speaking():
        return Markup(str(gallery(seen, NOW)))


def test_no_page_holds_what_the_policy_forbids(markup: Markup) -> None:
    for tag, attrs in markup.elements:
        for name, value in attrs.items():
            assert name != "style", (tag, attrs)
            assert not re.match(r"on[a-z]|hx-on|data-hx-on|hx-live|hx-vars", name), (tag, attrs)
            assert not re.search(r"\bjs:|javascript:", value or ""), (tag, attrs)
            assert not (name == "hx-trigger" and "[" in (value or "")), (tag, attrs)
    assert all(attrs.get("src") for attrs in markup.of("script"))


def test_every_form_that_writes_carries_the_token(markup: Markup) -> None:
    writing = sum(attrs.get("method") == "post" for attrs in markup.of("form"))
    tokens = sum(attrs.get("name") == "csrf_token" and attrs.get("value") == "token" for attrs in markup.of("input"))
    assert writing == tokens > 3


def test_ids_are_unique_and_what_is_referred_to_exists(markup: Markup) -> None:
    ids = [attrs["id"] for _tag, attrs in markup.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _tag, attrs in markup.elements:
        for name in (
            "aria-describedby",
            "aria-labelledby",
            "for",
            "popovertarget",
            "commandfor",
            "aria-controls",
            "form",
        ):
            for key in (attrs.get(name) or "").split():
                assert key in ids, (name, key)


def test_the_page_says_its_language_and_listens_to_its_stream(markup: Markup) -> None:
    assert next(markup.of("html"))["lang"] in ("en", "fr")
    live = next(attrs for _tag, attrs in markup.elements if attrs.get("id") == "live")
    assert live["hx-sse:connect"] == "/live?since=7"
    assert live["hx-swap"] == "none"


def test_only_the_page_one_is_on_is_marked_as_current() -> None:
    seen = viewer(path="/posts/new")
    with seen.speaking():
        current = [attrs["href"] for attrs in Markup(str(page(seen, "New post"))).of("a") if attrs.get("aria-current")]
    assert set(current) <= {"/posts/new"}
    assert NavItem("/posts", "Posts", "layers").current("/posts/123")
    assert not NavItem("/", "Home", "house").current("/posts")


def test_the_theme_that_was_chosen_is_written_by_the_server_so_that_nothing_flashes() -> None:
    seen = viewer(theme="dark")
    with seen.speaking():
        assert next(Markup(str(page(seen, "Posts"))).of("html"))["data-theme"] == "dark"


def test_somebody_who_is_not_signed_in_sees_no_way_to_go() -> None:
    seen = viewer(person="")
    with seen.speaking():
        text = str(bare_page(seen, "Sign in")) + str(
            error_page(seen, "Not here", "There is no such page.", error_id="a1b2")
        )
    assert "a1b2" in text
    assert "<nav" not in text
    assert "hx-sse" not in text


def test_a_text_of_a_person_is_never_taken_for_markup() -> None:
    seen = viewer()
    with seen.speaking():
        text = bytes(html(parts.badge("<script>alert(1)</script>")).body).decode()
        caption = parts.Field("caption", "Caption")
        area = str(parts.textarea(caption, value="\nfirst & <b>"))
    assert "<script>" not in text
    assert ">\n\nfirst &amp; &lt;b&gt;</textarea>" in area


def test_a_component_outside_of_a_viewer_says_what_is_missing() -> None:
    with pytest.raises(LookupError, match=r"viewer\.speaking"):
        parts.icon("house")


def test_swap_and_partial_say_everything_themselves() -> None:
    assert swap(post="/posts", target="#list") == {"hx-post": "/posts", "hx-target": "#list", "hx-swap": "outerHTML"}
    assert str(partial("#a", "x", "beforeend")) == '<hx-partial hx-target="#a" hx-swap="beforeend">x</hx-partial>'
    with pytest.raises(ValueError, match="either"):
        swap(target="#list")


@pytest.mark.parametrize(
    ("caption", "shown", "hidden"),
    [
        ("Short.", "Short.", False),
        ("First line\nsecond", "First line", True),
        ("\n\nStarts late  \n", "Starts late", False),
        ("word " * 40, "word " * 24 + "word", True),
        ("x" * 130, "x" * 125, True),
        ("y" * 125, "y" * 125, False),
        ("z" * 125 + " end", "z" * 125, True),
        ("", "", False),
    ],
)
def test_a_caption_is_cut_where_instagram_cuts_it(caption: str, shown: str, hidden: bool) -> None:
    assert parts.cut_caption(caption) == (shown, hidden)


def test_the_theme_is_kept_without_scripts_and_never_leads_elsewhere() -> None:
    client = TestClient(Starlette(routes=[appearance_route(anybody)]), follow_redirects=False)
    kept = client.post("/appearance", data={"theme": "dark", "back": "/posts"})
    assert (kept.status_code, kept.headers["location"]) == (303, "/posts")
    assert "huntaze_theme=dark" in kept.headers["set-cookie"]
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert client.post("/appearance", data={"theme": "x", "back": elsewhere}).headers["location"] == "/"
