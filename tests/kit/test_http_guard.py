"""docs/look-up/security.md items 20 and 21: no url leads us into a private network, and no server wears us out."""

import asyncio
import gzip
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from huntaze.kit.http import Fetched, FetchFailed, FetchRefused, GuardedFetcher
from tests.kit.bad_addresses import NOT_OURS_TO_ASK, names
from tests.kit.loopback import Names, Server, loopback_names, replying, serving


class Basket:
    def __init__(self) -> None:
        self.content = b""

    async def __call__(self, piece: bytes) -> None:
        self.content += piece


def _fetcher(server: Server, *, names: Names | None = None) -> GuardedFetcher:
    return GuardedFetcher(
        allowed_origins=frozenset({f"http://files.test:{server.port}"}),
        resolve=names or loopback_names("files.test"),
        connect_seconds=1.0,
    )


async def _fetch(
    fetcher: GuardedFetcher, url: str, *, max_bytes: int = 100_000, max_seconds: float = 5.0
) -> tuple[Fetched, bytes]:
    basket = Basket()
    fetched = await fetcher.fetch_to(url, basket, max_bytes=max_bytes, max_seconds=max_seconds)
    return fetched, basket.content


@pytest.mark.parametrize(("url", "code"), NOT_OURS_TO_ASK)
async def test_an_address_that_leads_inside_is_refused_when_saved_and_when_asked(url: str, code: str) -> None:
    fetcher = GuardedFetcher(resolve=names())
    with pytest.raises(FetchRefused) as at_save:
        await fetcher.check(url)
    with pytest.raises(FetchRefused) as at_fetch:
        await _fetch(fetcher, url)
    with pytest.raises(FetchRefused) as at_post:
        await fetcher.post(url, b"{}", {}, max_seconds=1)
    assert {at_save.value.code, at_fetch.value.code, at_post.value.code} == {code}
    assert at_save.value.reason
    assert at_save.value.remedy


@pytest.mark.parametrize(
    "url", ["https://public.test/a.jpg", "http://public.test:443/", "https://93.184.216.34/", "https://[2606:2800::1]/"]
)
async def test_a_public_address_passes_the_check(url: str) -> None:
    await GuardedFetcher(resolve=Names({"public.test": [["93.184.216.34", "2606:2800::1"]]})).check(url)


async def test_an_unknown_name_is_told_as_such() -> None:
    with pytest.raises(FetchFailed, match=r"nowhere\.test is not known") as failed:
        await GuardedFetcher(resolve=Names({})).check("https://nowhere.test/")
    assert failed.value.code == "name"


async def test_only_the_very_origin_that_is_configured_is_excepted() -> None:
    fetcher = GuardedFetcher(
        allowed_origins=frozenset({"http://files.test:8421"}), resolve=loopback_names("files.test", "other.test")
    )
    await fetcher.check("http://files.test:8421/a")
    for url in (
        "http://files.test:8422/a",
        "https://files.test:8421/a",
        "http://other.test:8421/a",
        "http://files.test/",
    ):
        with pytest.raises(FetchRefused):
            await fetcher.check(url)


async def test_a_file_comes_whole_with_its_type_and_size() -> None:
    async with serving(replying(b"x" * 50_000, "Content-Type: image/jpeg")) as server:
        url = f"http://files.test:{server.port}/a.jpg?size=big"
        fetched, content = await _fetch(_fetcher(server), url)
        assert (fetched.content_type, fetched.size, fetched.final_url) == ("image/jpeg", 50_000, url)
        assert content == b"x" * 50_000
        head = server.requests[0].decode()
        assert head.startswith("GET /a.jpg?size=big HTTP/1.1\r\n")
        assert f"host: files.test:{server.port}\r\n" in head.lower()
        assert "accept-encoding: identity\r\n" in head.lower()


async def test_a_host_that_changes_its_address_between_check_and_call_gains_nothing() -> None:
    """DNS rebinding: the name is asked once per call, and the call goes to the address that was checked."""
    async with serving(replying(b"first")) as first, serving(replying(b"second"), host="127.0.0.2", port=first.port):
        names = Names({"files.test": [["127.0.0.1"], ["127.0.0.2"]]})
        _, content = await _fetch(_fetcher(first, names=names), f"http://files.test:{first.port}/")
        assert content == b"first"
        assert names.asked == [("files.test", first.port)]


async def test_a_second_address_is_tried_when_the_first_cannot_be_reached() -> None:
    async with serving(replying()) as server:
        names = Names({"files.test": [["127.0.0.9", "127.0.0.1"]]})
        _, content = await _fetch(_fetcher(server, names=names), f"http://files.test:{server.port}/")
        assert content == b"hello"


async def test_a_host_with_an_ipv6_address_alone_is_reached() -> None:
    try:
        async with serving(replying(), host="::1") as server:
            names = Names({"files.test": [["::1"]]})
            _, content = await _fetch(_fetcher(server, names=names), f"http://files.test:{server.port}/")
            assert content == b"hello"
    except OSError:
        pytest.skip("this machine has no IPv6")


async def test_a_host_that_cannot_be_reached_is_told_as_such() -> None:
    async with serving(replying()) as server:
        names = Names({"files.test": [["127.0.0.9"]]})
        with pytest.raises(FetchFailed, match=r"files\.test cannot be reached"):
            await _fetch(_fetcher(server, names=names), f"http://files.test:{server.port}/")


@pytest.mark.parametrize(
    "onward",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://inside.test/",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "//me@files.test/",
    ],
)
async def test_every_redirect_is_checked_like_the_first_address(onward: str) -> None:
    async with serving(replying(b"", f"Location: {onward}", status="302 Found")) as server:
        names = Names({"files.test": [["127.0.0.1"]], "inside.test": [["10.0.0.7"]]})
        with pytest.raises(FetchRefused):
            await _fetch(_fetcher(server, names=names), f"http://files.test:{server.port}/")
        assert len(server.requests) == 1


async def test_three_redirects_are_followed_and_a_fourth_is_not() -> None:
    async def onward(request: bytes, writer: asyncio.StreamWriter) -> None:
        step = int(request.split(b" ")[1].strip(b"/"))
        reply = replying(b"", f"Location: /{step - 1}", status="307 Temporary Redirect") if step else replying()
        await reply(request, writer)

    async with serving(onward) as server:
        fetched, content = await _fetch(_fetcher(server), f"http://files.test:{server.port}/3")
        assert (fetched.final_url, content) == (f"http://files.test:{server.port}/0", b"hello")
        with pytest.raises(FetchFailed, match="redirects too often"):
            await _fetch(_fetcher(server), f"http://files.test:{server.port}/4")


async def test_a_redirect_to_nowhere_is_a_failure() -> None:
    async with serving(replying(b"", status="302 Found")) as server:
        with pytest.raises(FetchFailed, match="redirects to nowhere"):
            await _fetch(_fetcher(server), f"http://files.test:{server.port}/")


async def test_an_answer_other_than_200_carries_its_status() -> None:
    async with serving(replying(b"who are you", status="403 Forbidden")) as server:
        with pytest.raises(FetchFailed, match="answered 403") as failed:
            await _fetch(_fetcher(server), f"http://files.test:{server.port}/")
        assert failed.value.status == 403


async def test_an_endless_body_stops_at_the_cap() -> None:
    async def endless(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 10_000)
            await writer.drain()

    async with serving(endless) as server:
        basket = Basket()
        with pytest.raises(FetchFailed, match="larger than 100,000 bytes"):
            await _fetcher(server).fetch_to(
                f"http://files.test:{server.port}/", basket, max_bytes=100_000, max_seconds=5
            )
        assert len(basket.content) <= 100_000


async def test_a_declared_length_over_the_cap_is_believed_at_once() -> None:
    async def boast(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n")

    async with serving(boast) as server:
        with pytest.raises(FetchFailed, match="larger than"):
            await _fetch(_fetcher(server), f"http://files.test:{server.port}/")


async def test_a_body_shorter_than_declared_is_a_failure() -> None:
    async def cut(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this")
        await writer.drain()
        writer.close()

    async with serving(cut) as server:
        with pytest.raises(FetchFailed, match="broken off") as failed:
            await _fetch(_fetcher(server), f"http://files.test:{server.port}/")
        assert failed.value.code == "broken"


async def test_no_more_than_the_declared_length_is_taken() -> None:
    async def generous(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nonlythis")

    async with serving(generous) as server:
        assert (await _fetch(_fetcher(server), f"http://files.test:{server.port}/"))[1] == b"only"


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"]
)
async def test_a_server_that_drips_is_left_when_the_time_is_up(start: bytes) -> None:
    async def drip(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for _ in range(60):
            writer.write(b"1")
            await asyncio.sleep(0.02)

    async with serving(drip) as server:
        with pytest.raises(FetchFailed, match=r"within 0\.2 seconds") as failed:
            await _fetch(_fetcher(server), f"http://files.test:{server.port}/", max_seconds=0.2)
        assert failed.value.code == "too_slow"


async def test_a_compressed_bomb_is_capped_by_what_it_unfolds_to() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    assert len(bomb) < 100_000
    async with serving(replying(bomb, "Content-Encoding: gzip")) as server:
        basket = Basket()
        with pytest.raises(FetchFailed, match="larger than"):
            await _fetcher(server).fetch_to(
                f"http://files.test:{server.port}/", basket, max_bytes=100_000, max_seconds=5
            )
        assert len(basket.content) <= 100_000


async def test_an_answer_that_is_no_http_is_a_failure() -> None:
    async def babble(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test ESMTP\r\n\r\n")

    async with serving(babble) as server:
        with pytest.raises(FetchFailed, match="malformed"):
            await _fetch(_fetcher(server), f"http://files.test:{server.port}/")


async def test_a_failing_sink_is_not_taken_for_a_failing_server() -> None:
    async def full(piece: bytes) -> None:
        raise TimeoutError("the disk")

    async with serving(replying()) as server:
        with pytest.raises(TimeoutError, match="the disk"):
            await _fetcher(server).fetch_to(f"http://files.test:{server.port}/", full, max_bytes=9, max_seconds=5)


async def test_a_post_goes_out_once_and_a_redirect_is_only_an_answer() -> None:
    async with serving(
        replying(b"e" * 9_000, "Location: /x", "Retry-After: 7", status="307 Temporary Redirect")
    ) as server:
        posted = await _fetcher(server).post(
            f"http://files.test:{server.port}/hook",
            b'{"a":1}',
            {"webhook-id": "m1", "Host": "evil.test"},
            max_seconds=5,
        )
        assert (posted.status, posted.body, posted.retry_after) == (307, b"e" * 4096, "7")
        assert len(server.requests) == 1
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        assert body == b'{"a":1}'
        assert b"webhook-id: m1" in head
        assert b"evil.test" not in head


async def test_the_hook_sees_guarded_calls_too() -> None:
    def forbid() -> None:
        raise AssertionError("a transaction is open")

    async with serving(replying()) as server:
        fetcher = GuardedFetcher(allowed_origins=frozenset({f"http://127.0.0.1:{server.port}"}), before_request=forbid)
        with pytest.raises(AssertionError, match="a transaction is open"):
            await _fetch(fetcher, f"http://127.0.0.1:{server.port}/")
        assert server.requests == []


async def test_the_certificate_must_be_that_of_the_name_not_of_the_address(tmp_path: Path) -> None:
    server_side, client_side = _tls_for("files.test", tmp_path)
    asked_for: list[str | None] = []
    server_side.sni_callback = lambda _, name, __: asked_for.append(name)
    async with serving(replying(), tls=server_side) as server:
        fetcher = GuardedFetcher(
            allowed_origins=frozenset({f"https://{host}:{server.port}" for host in ("files.test", "other.test")}),
            resolve=loopback_names("files.test", "other.test"),
            tls=client_side,
        )
        _, content = await _fetch(fetcher, f"https://files.test:{server.port}/")
        assert content == b"hello"
        with pytest.raises(FetchFailed, match=r"the certificate of other\.test is not valid"):
            await _fetch(fetcher, f"https://other.test:{server.port}/")
        assert asked_for == ["files.test", "other.test"]


async def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path) -> None:
    server_side, client_side = _tls_for("files.test", tmp_path)
    async with serving(replying(b"", "Location: http://files.test/", status="302 Found"), tls=server_side) as server:
        fetcher = GuardedFetcher(
            allowed_origins=frozenset({f"https://files.test:{server.port}", "http://files.test"}),
            resolve=loopback_names("files.test"),
            tls=client_side,
        )
        with pytest.raises(FetchRefused, match="from https to http"):
            await _fetch(fetcher, f"https://files.test:{server.port}/")


def _tls_for(host: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.3"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "both.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(pem)
    client_side = ssl.create_default_context(cafile=str(pem))
    return server_side, client_side
