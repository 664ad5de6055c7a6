import asyncio

import httpx2
import pytest

from huntaze.kit.http import Timeouts, irreversible_client, platform_client
from tests.kit.loopback import replying, serving


async def test_a_platform_client_keeps_its_connection() -> None:
    async with serving(replying()) as server, platform_client() as client:
        for _ in range(3):
            assert (await client.get(f"http://127.0.0.1:{server.port}/")).text == "hello"
        assert (server.connections, len(server.requests)) == (1, 3)


async def test_an_irreversible_call_gets_a_fresh_connection_each_time() -> None:
    """docs/understand/publishing.md, Send."""
    async with serving(replying()) as server, irreversible_client() as client:
        for _ in range(3):
            await client.post(f"http://127.0.0.1:{server.port}/media_publish")
        assert (server.connections, len(server.requests)) == (3, 3)


async def test_no_client_follows_a_redirect() -> None:
    async with serving(replying(b"", "Location: /other", status="302 Found")) as server:
        for make in (platform_client, irreversible_client):
            async with make() as client:
                assert (await client.get(f"http://127.0.0.1:{server.port}/")).status_code == 302
        assert len(server.requests) == 2


async def test_no_client_asks_again_when_the_answer_is_cut() -> None:
    async def hang_up(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with serving(hang_up) as server:
        for make in (platform_client, irreversible_client):
            async with make() as client:
                with pytest.raises(httpx2.RemoteProtocolError):
                    await client.post(f"http://127.0.0.1:{server.port}/")
        assert len(server.requests) == 2


async def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with serving(replying()) as server, platform_client() as client:
        assert (await client.get(f"http://127.0.0.1:{server.port}/")).status_code == 200


async def test_a_silent_platform_is_given_up_after_the_read_timeout() -> None:
    async def say_nothing(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async with serving(say_nothing) as server, platform_client(Timeouts(read=0.1)) as client:
        with pytest.raises(httpx2.ReadTimeout):
            await client.get(f"http://127.0.0.1:{server.port}/")


async def test_the_hook_runs_before_each_call_and_may_forbid_it() -> None:
    """So a test can hold that no transaction is open while a platform is being asked."""
    transaction_open = False
    calls = 0

    def no_open_transaction() -> None:
        nonlocal calls
        calls += 1
        assert not transaction_open, "a transaction is open"

    async with serving(replying()) as server:
        for make in (platform_client, irreversible_client):
            async with make(before_request=no_open_transaction) as client:
                transaction_open = False
                await client.get(f"http://127.0.0.1:{server.port}/")
                transaction_open = True
                with pytest.raises(AssertionError, match="a transaction is open"):
                    await client.get(f"http://127.0.0.1:{server.port}/")
        assert (len(server.requests), calls) == (2, 4)
