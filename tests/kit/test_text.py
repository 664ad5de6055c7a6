import pytest

from huntaze.kit.text import web_address


@pytest.mark.parametrize("text", ["https://www.instagram.com/p/Ab/", "http://127.0.0.1:9/p/Ab/"])
def test_an_address_of_the_web_may_become_a_link(text: str) -> None:
    assert web_address(text) == text


@pytest.mark.parametrize(
    "text", ["", "javascript:alert(1)", " https://x", "data:text/html,x", "//evil.example", "/p/Ab"]
)
def test_anything_else_a_platform_names_becomes_none(text: str) -> None:
    """docs/look-up/security.md, item 28."""
    assert web_address(text) == ""
