"""The Graph client against a server that answers as badly as Meta sometimes does (instagram.md §4.2, §8)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from huntaze.kit.http import irreversible_client, platform_client
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import Allowance, App, Usage
from huntaze.platforms.errors import Later, PlatformError, Rejected, UnknownOutcome
from huntaze.platforms.instagram.client import Caller, Created, Graph, Listing, Success
from tests.kit.loopback import Answer, Server, replying, serving

TOKEN = "EAABmadeUpToken123"
CALLER = Caller(App("700", Secret("demo-secret")), Secret(TOKEN))


@asynccontextmanager
async def graph_on(answer: Answer) -> AsyncIterator[tuple[Graph, Server, list[Usage]]]:
    heard: list[Usage] = []
    async with (
        serving(answer) as server,
        platform_client() as client,
        irreversible_client() as once,
    ):
        yield Graph(client, once, f"http://127.0.0.1:{server.port}/", "v26.0", heard.extend), server, heard


def pages(*bodies: str) -> Answer:
    """Each request gets the next body."""
    waiting = iter(bodies)

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        await replying(next(waiting).encode())(request, writer)

    return answer


def query_of(request: bytes) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.split(b" ")[1].decode()).query)


async def test_a_read_carries_the_token_in_the_header_and_its_proof_as_a_parameter() -> None:
    async with graph_on(replying(b'{"id":"1"}')) as (graph, server, _):
        await graph.get(CALLER, "17841/media", Created, {"fields": "id"})

    request = server.requests[0]
    assert request.startswith(b"GET /v26.0/17841/media?")
    assert f"Bearer {TOKEN}".encode() in request
    assert query_of(request) == {"fields": ["id"], "appsecret_proof": [CALLER.proof()]}


async def test_a_write_carries_everything_in_the_body() -> None:
    async with graph_on(replying(b'{"id":"1"}')) as (graph, server, _):
        await graph.post(CALLER, "17841/media", Created, {"caption": "Été & #mer"})

    head, body = server.requests[0].split(b"\r\n\r\n")
    assert head.startswith(b"POST /v26.0/17841/media HTTP/1.1")
    assert parse_qs(body.decode()) == {"caption": ["Été & #mer"], "appsecret_proof": [CALLER.proof()]}


async def test_every_page_is_asked_of_our_own_host_with_our_own_rights() -> None:
    onward = "https://elsewhere.example/v26.0/1/accounts?access_token=EAABother&appsecret_proof=0&limit=2&after=Qb"
    bodies = [
        f'{{"data":[{{"id":"1"}}],"paging":{{"next":"{onward}","cursors":{{"after":"Qb"}}}}}}',
        '{"data":[],"paging":{"next":"https://elsewhere.example/x?after=Qc&limit=2"}}',
        '{"data":[{"id":"2"}],"paging":{"cursors":{"before":"Qa","after":"Qd"}}}',
    ]
    async with graph_on(pages(*bodies)) as (graph, server, _):
        found = [rows async for rows in graph.pages(CALLER, "me/accounts", Listing[Created], {"limit": "2"})]

    assert [[row.id for row in rows] for rows in found] == [["1"], [], ["2"]]
    assert [query_of(request).get("after") for request in server.requests] == [None, ["Qb"], ["Qc"]]
    assert all(b"EAABother" not in request for request in server.requests)
    assert all(query_of(request)["appsecret_proof"] == [CALLER.proof()] for request in server.requests)


async def test_a_list_that_leads_in_a_circle_ends() -> None:
    body = '{"data":[{"id":"1"}],"paging":{"next":"https://h/x?after=same"}}'
    async with graph_on(replying(body.encode())) as (graph, _server, _):
        found = [rows async for rows in graph.pages(CALLER, "me/accounts", Listing[Created], {})]

    assert len(found) == 2


BUC = (
    'X-Business-Use-Case-Usage: {"17841":[{"type":"instagram","call_count":97,"total_cputime":12,"total_time":15,'
    '"estimated_time_to_regain_access":19}],"101":[{"type":"pages","call_count":3}]}'
)


async def test_allowances_are_told_and_missing_ones_are_not_zero() -> None:
    app = 'X-App-Usage: {"call_volume":28,"cpu_time":61,"words":"x"}'
    async with graph_on(replying(b'{"id":"1"}', BUC, app)) as (graph, _, heard):
        await graph.get(CALLER, "1", Created)
    async with graph_on(replying(b'{"id":"1"}')) as (graph, _, silent):
        await graph.get(CALLER, "1", Created)
    async with graph_on(replying(b'{"id":"1"}', "X-App-Usage: nonsense", "X-Business-Use-Case-Usage: [1]")) as (
        graph,
        _,
        odd,
    ):
        await graph.get(CALLER, "1", Created)

    assert heard == [
        Usage("instagram", Allowance.APP, "700", 61.0),
        Usage("instagram", Allowance.ACCOUNT, "17841", 97.0, timedelta(minutes=19)),
        Usage("instagram", Allowance.SIGN_IN, "101", 3.0),
    ]
    assert silent == odd == []


@pytest.mark.parametrize(
    ("code", "scope", "ref"),
    [
        (4, Allowance.APP, "700"),
        (17, Allowance.SIGN_IN, "17841"),
        (32, Allowance.SIGN_IN, "17841"),
        (613, Allowance.ACCOUNT, "17841"),
        (80001, Allowance.SIGN_IN, "17841"),
        (80002, Allowance.ACCOUNT, "17841"),
        (80006, Allowance.MESSAGES, "17841"),
    ],
    ids=str,
)
async def test_a_refusal_for_too_many_calls_tells_a_full_allowance_though_no_header_does(
    code: int, scope: Allowance, ref: str
) -> None:
    body = f'{{"error":{{"message":"too many","code":{code}}}}}'.encode()
    caller = replace(CALLER, account_ref="17841")
    async with graph_on(replying(body, status="400 Bad Request")) as (graph, _, heard):
        with pytest.raises(Later):
            await graph.get(caller, "1", Created)
        with pytest.raises(PlatformError):
            await graph.post_once(caller, "1", Created, {})
    assert heard == [Usage("instagram", scope, ref, 100.0)] * 2


async def test_what_an_exchange_without_a_token_tells_counts_for_its_app() -> None:
    async with graph_on(replying(b'{"id":"1"}', 'X-App-Usage: {"call_count":61}')) as (graph, _, heard):
        await graph.get_with_secrets(CALLER.app, "oauth/access_token", Created, {}, {"code": Secret("once")})
    assert heard == [Usage("instagram", Allowance.APP, "700", 61.0)]


async def test_a_refusal_counts_as_full_whatever_its_header_says_and_keeps_its_minutes() -> None:
    body = b'{"error":{"message":"too many","code":80002}}'
    async with graph_on(replying(body, BUC, status="400 Bad Request")) as (graph, _, heard):
        with pytest.raises(Later):
            await graph.get(replace(CALLER, account_ref="17841"), "1", Created)
    assert Usage("instagram", Allowance.ACCOUNT, "17841", 100.0, timedelta(minutes=19)) in heard
    assert len(heard) == 2


async def test_a_throttled_call_waits_as_long_as_the_header_says() -> None:
    body = b'{"error":{"message":"too many","code":80002,"fbtrace_id":"A1"}}'
    async with graph_on(replying(body, BUC, status="400 Bad Request")) as (graph, _, _heard):
        with pytest.raises(Later) as caught:
            await graph.get(CALLER, "1", Created)
    async with graph_on(replying(body, status="400 Bad Request")) as (graph, _, _heard):
        with pytest.raises(Later) as silent:
            await graph.get(CALLER, "1", Created)

    assert (caught.value.after, caught.value.trace_id) == (timedelta(minutes=19), "A1")
    assert silent.value.after == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>Bad Gateway</html>", "502 Bad Gateway"),
        (b"", "500 Internal Server Error"),
        (b"", "200 OK"),
        (b'{"id":', "200 OK"),
        (b'{"id":7}', "200 OK"),
        (b"[]", "200 OK"),
        (b"\xff\xfe", "200 OK"),
        (b"", "302 Found"),
        (b'{"error":"text"}', "400 Bad Request"),
    ],
)
async def test_an_answer_that_cannot_be_read_is_for_later_and_unknown_for_a_write_that_counts(
    body: bytes, status: str
) -> None:
    async with graph_on(replying(body, "Location: https://elsewhere.example/", status=status)) as (graph, server, _):
        with pytest.raises(Later):
            await graph.get(CALLER, "1", Created)
        with pytest.raises(UnknownOutcome):
            await graph.post_once(CALLER, "1/media_publish", Created, {})

    assert len(server.requests) == 2


async def test_an_error_inside_a_success_is_an_error() -> None:
    body = b'{"error":{"message":"no","code":"36003","error_subcode":2207009}}'
    async with graph_on(replying(body)) as (graph, _, _heard):
        with pytest.raises(Rejected):
            await graph.get(CALLER, "1", Success)
        with pytest.raises(UnknownOutcome):
            await graph.post_once(CALLER, "1", Created, {})


async def test_calls_that_count_go_out_on_a_connection_of_their_own() -> None:
    async with graph_on(replying(b'{"id":"1"}')) as (graph, server, _):
        for _call in range(3):
            await graph.get(CALLER, "1", Created)
        ordinary = server.connections
        for _call in range(3):
            await graph.post_once(CALLER, "1", Created, {})

    assert (ordinary, server.connections) == (1, 4)


async def test_what_meta_quotes_of_a_token_is_masked() -> None:
    body = f'{{"error":{{"message":"Malformed access token {TOKEN} EAAotherLooking1","code":190}}}}'.encode()
    async with graph_on(replying(body, status="400 Bad Request")) as (graph, _, _heard):
        for call in (graph.get(CALLER, "1", Created), graph.post_once(CALLER, "1", Created, {})):
            with pytest.raises(PlatformError) as caught:
                await call
            shown = f"{caught.value!s} {caught.value!r} {vars(caught.value)}"
            assert TOKEN not in shown
            assert "EAAotherLooking1" not in shown
