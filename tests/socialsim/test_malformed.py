"""Whatever is thrown at it, the simulator answers in the platform's own words (instagram.md §8.3, tiktok.md §1.3)."""

import asyncio
import json
import socket
from urllib.parse import urlsplit

import httpx2
import pytest

from socialsim.core import Core
from socialsim.simulator import Simulator
from socialsim.testing import SimulatorHandle
from tests.socialsim import shapes
from tests.socialsim.in_process import Answered
from tests.socialsim.malformed import run, run_sweep
from tests.socialsim.parts import IG, Graph

CASES = 500
EVERY = 499
"""Prime, so that the sweep meets every route and every value sooner or later."""
SEED = 20261122


def test_malformed_requests_of_every_kind_at_every_route_get_the_platforms_own_answer() -> None:
    result = run(CASES, SEED)
    assert result.faults == []
    assert result.cases >= CASES
    assert result.statuses[200] > 0, "some of it must reach what lies behind the checks"
    routes = {f"{name} {route}" for name, host in Core(seed=1).hosts.items() for route in host.endpoints}
    assert routes <= set(result.templates)


def test_one_wrong_value_in_a_right_request_is_told_in_the_platforms_words() -> None:
    result = run_sweep(every=EVERY, start=SEED)
    assert result.faults == []
    assert result.cases > 400


def test_every_host_has_its_shape() -> None:
    assert set(Core(seed=1).hosts) == set(shapes.HOSTS)


def test_the_judge_of_shapes_can_say_no() -> None:
    right = {"message": "m", "type": "t", "code": 1, "fbtrace_id": "a"}
    assert shapes.judge("graph.facebook.com", told(400, {"error": right})) == ""
    assert shapes.judge("graph.facebook.com", told(200, {"error": right}))
    assert shapes.judge("graph.facebook.com", told(400, {"error": {**right, "code": "1"}}))
    assert shapes.judge("graph.facebook.com", told(500, {"error": {**right, "code": 100}}))
    assert shapes.judge("graph.facebook.com", told(400, {}))
    assert shapes.judge("open.tiktokapis.com", told(400, {"error": {"code": "invalid_params"}}))
    assert shapes.judge("open.tiktokapis.com", told(200, {"error": {"code": "x", "message": "", "log_id": ""}}))
    assert shapes.judge("api.instagram.com", told(400, {"error": right}))
    broken = Answered(400, [(b"www-authenticate", b"a\r\nb")], json.dumps({"error": right}).encode())
    assert shapes.judge("graph.facebook.com", broken)


def told(status: int, body: object) -> Answered:
    return Answered(status, [(b"content-type", b"application/json")], json.dumps(body).encode())


def test_a_real_client_talks_to_it_without_a_socket() -> None:
    async def story() -> tuple[int, str, int]:
        simulator = Simulator(Core(seed=1))
        transport = httpx2.ASGITransport(app=simulator)
        async with httpx2.AsyncClient(transport=transport, base_url="http://graph.facebook.com") as client:
            refused = await client.get(
                "/v26.0/me/accounts?limit=\u00b2", headers=[(b"authorization", b"Bearer \xc3\xa9")]
            )
            tokens = await client.post("/_sim/tokens", json={"userId": "9001000000000001"})
            bearer = {"authorization": f"Bearer {tokens.json()['userToken']}"}
            me = await client.get("/v26.0/me?fields=name", headers=bearer)
        await simulator.close()
        return refused.status_code, me.json()["name"], refused.json()["error"]["code"]

    assert asyncio.run(story()) == (400, "Maya Le Goff", 190)


RAW = [
    b"GET /graph.facebook.com/v26.0/\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /graph.facebook.com/v26.0/me?fields=\xe9\xff HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /graph.facebook.com/" + b"a" * 60_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    b"BREW /open.tiktokapis.com/v2/user/info/ HTTP/1.1\r\nhost: x\r\n\r\n",
    b"POST /graph.facebook.com/v26.0/me HTTP/1.1\r\nhost: x\r\ncontent-length: nonsense\r\n\r\n",
    b"POST /graph.facebook.com/v26.0/me HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"PUT /open-upload.tiktokapis.com/video/?upload_id=1 HTTP/1.1\r\nhost: x\r\ncontent-range: \xb2\r\n"
    b"content-length: 0\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\r\n\r\n\r\n",
]


@pytest.mark.parametrize("request_bytes", RAW, ids=range(len(RAW)))
def test_raw_bytes_on_the_socket_are_answered_or_refused_and_the_next_caller_is_served(
    sim: SimulatorHandle, request_bytes: bytes
) -> None:
    parts = urlsplit(sim.url)
    with socket.create_connection((str(parts.hostname), parts.port or 80), timeout=10) as raw:
        raw.sendall(request_bytes)
        raw.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: raw.recv(65536), b""))
    assert not received or received.startswith(b"HTTP/1.1 4"), received[:200]
    assert b"Traceback" not in received
    assert sim.get("/_sim")["name"] == "socialsim"


def test_a_body_beyond_all_measure_gets_the_envelope_too(graph: Graph) -> None:
    answer = graph.client.post(f"{IG}/media", content=b"x" * (9 * 1024 * 1024))
    assert (answer.status_code, answer.json()["error"]["message"]) == (413, "The request is too large")


NONSENSE = [
    ("POST", "/_sim/clock", b'{"advance": 1e308}'),
    ("POST", "/_sim/clock", b'{"at": -1}'),
    ("POST", "/_sim/seed", b'{"a":' * 50_000),
    ("POST", "/_sim/config", b"[" * 50_000),
    ("PUT", "/_sim/snapshot", b"{}"),
    ("POST", "/_sim/faults", b'{"what": "nothing"}'),
    ("POST", "/_sim/act/comment", b'{"mediaId": 1}'),
    ("POST", "/_sim/tokens", b'{"userId": "nobody"}'),
    ("GET", "/_sim/truth?since=nan", b""),
]


@pytest.mark.parametrize(("method", "path", "body"), NONSENSE, ids=range(len(NONSENSE)))
def test_the_control_plane_says_what_is_wrong_with_a_command(
    sim: SimulatorHandle, method: str, path: str, body: bytes
) -> None:
    with httpx2.Client(base_url=sim.url, trust_env=False, verify=False) as client:
        answer = client.request(method, path, content=body)
    assert (answer.status_code in {404, 422}, "error" in answer.json()) == (True, True)
