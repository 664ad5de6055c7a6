"""The built files, served for ever and compressed beforehand."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from huntaze.ui.assets import Assets, AssetsMissing, UnknownIcon, static_route
from huntaze.ui.headers import CONTENT_SECURITY_POLICY, SecurityHeaders
from tests.support.serving import serving


@pytest.fixture(scope="module")
def assets() -> Assets:
    """The build."""
    return Assets.load()


@pytest_asyncio.fixture(scope="module")
async def client(assets: Assets) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a real server."""
    async with (
        serving(SecurityHeaders(Starlette(routes=[static_route(assets)]))) as base,
        httpx2.AsyncClient(base_url=base, headers={"accept-encoding": "identity"}) as opened,
    ):
        yield opened


async def test_a_file_is_kept_for_ever_and_sent_in_the_form_the_browser_knows(
    assets: Assets, client: httpx2.AsyncClient
) -> None:
    address = assets.url("app.css")
    plain = await client.get(address)
    brotli = await client.get(address, headers={"accept-encoding": "gzip, br"})
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"] == "text/css; charset=utf-8"
    assert brotli.headers["content-encoding"] == "br"
    assert brotli.headers["vary"] == "accept-encoding"
    assert int(brotli.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert brotli.headers["etag"] != plain.headers["etag"]


async def test_a_file_the_browser_has_is_not_sent_again(assets: Assets, client: httpx2.AsyncClient) -> None:
    address = assets.url("app.js")
    first = await client.get(address)
    by_tag = await client.get(address, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    by_date = await client.get(address, headers={"if-modified-since": first.headers["last-modified"]})
    other = await client.get(
        address, headers={"if-none-match": '"other"', "if-modified-since": first.headers["last-modified"]}
    )
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert by_date.status_code == 304
    assert other.status_code == 200


async def test_what_was_not_built_is_not_found(client: httpx2.AsyncClient) -> None:
    for name in ("app.css", "manifest.json", "..%2fmanifest.json"):
        assert (await client.get(f"/static/{name}")).status_code == 404


async def test_every_answer_carries_the_strict_policy(assets: Assets, client: httpx2.AsyncClient) -> None:
    headers = (await client.get(assets.url("icons.svg"))).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "strict-transport-security" not in headers


def test_a_missing_build_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match="hatch_build"):
        Assets.load(tmp_path)


def test_an_icon_that_is_not_in_the_sprite_is_refused_at_once(assets: Assets) -> None:
    assert assets.icon("house").endswith("#house")
    with pytest.raises(UnknownIcon, match=r"icons\.json"):
        assets.icon("unicorn")
