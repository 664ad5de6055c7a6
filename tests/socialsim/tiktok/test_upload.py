"""Chunks on their way: bare statuses, strict sequence, one hour (tiktok.md §4.6)."""

import socket
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.socialsim.tiktok.posting_parts import CLIP, MAYA, Poster, file_body

SIZE, CHUNK = 10_500_000, 5_000_000
FILM = CLIP + bytes(SIZE - len(CLIP))
"""The clip with a long tail: two chunks, the second takes the rest."""


def begun(poster: Poster) -> tuple[str, str]:
    made = poster.data("video/init", file_body(SIZE, CHUNK, 2))
    return str(made["publish_id"]), str(made["upload_url"])


def range_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("content-range", "")


def test_chunks_are_taken_in_order_and_the_bytes_are_kept(poster: Poster) -> None:
    publish_id, url = begun(poster)
    assert poster.status(publish_id)["uploaded_bytes"] == 0
    assert range_of(poster.put(url, FILM[:CHUNK], 0, SIZE)) == (206, f"bytes 0-{CHUNK}/{SIZE}")
    view = poster.status(publish_id)
    assert (view["status"], view["uploaded_bytes"]) == ("PROCESSING_UPLOAD", CHUNK)
    last = poster.put(url, FILM[CHUNK:], CHUNK, SIZE)
    assert range_of(last) == (201, f"bytes 0-{SIZE}/{SIZE}")
    assert last.content == b""
    assert poster.outcome(publish_id)[0] == "PUBLISH_COMPLETE"
    (blob,) = poster.job(publish_id)["blobs"]
    assert httpx2.get(f"{poster.sim.url}/_sim/media/{blob}", trust_env=False).content == FILM
    rows = poster.sim.truth("upload.received", MAYA)
    assert [row["text"] for row in rows] == [f"0-{CHUNK - 1}/{SIZE}", f"{CHUNK}-{SIZE - 1}/{SIZE}"]
    assert {row["objectId"] for row in rows} == {publish_id}


def test_a_range_that_is_not_where_the_upload_is_is_416_and_the_upload_goes_on(poster: Poster) -> None:
    publish_id, url = begun(poster)
    assert range_of(poster.put(url, FILM[CHUNK:], CHUNK, SIZE)) == (416, f"bytes 0-0/{SIZE}")
    assert poster.put(url, FILM[: CHUNK - 1], 0, SIZE).status_code == 416
    assert poster.put(url, FILM[:CHUNK], 0, SIZE).status_code == 206
    assert range_of(poster.put(url, FILM[:CHUNK], 0, SIZE)) == (416, f"bytes 0-{CHUNK}/{SIZE}")
    assert poster.status(publish_id)["uploaded_bytes"] == CHUNK
    assert poster.put(url, FILM[CHUNK:], CHUNK, SIZE).status_code == 201
    assert poster.put(url, FILM[CHUNK:], CHUNK, SIZE).status_code == 416
    assert len(poster.sim.truth("post.published")) == 1


def test_a_repeated_range_may_also_be_taken_again_and_the_count_may_be_an_offset(poster: Poster) -> None:
    poster.knobs(repeatedChunk=206, uploadedBytes="offset")
    publish_id, url = begun(poster)
    assert range_of(poster.put(url, FILM[:CHUNK], 0, SIZE)) == (206, f"bytes 0-{CHUNK - 1}/{SIZE}")
    assert range_of(poster.put(url, FILM[:CHUNK], 0, SIZE)) == (206, f"bytes 0-{CHUNK - 1}/{SIZE}")
    assert poster.put(url, FILM[CHUNK:], CHUNK, SIZE).status_code == 201
    assert poster.put(url, FILM[CHUNK:], CHUNK, SIZE).status_code == 201
    assert poster.outcome(publish_id)[0] == "PUBLISH_COMPLETE"
    assert len(poster.sim.truth("upload.received")) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/octet-stream"},
        {"content-type": ""},
        {"content-range": ""},
        {"content-range": "0-99/100"},
        {"content-range": "bytes 0-98/100"},
        {"content-range": "bytes 0-99/101"},
        {"content-range": "bytes 0-100/100"},
    ],
)
def test_wrong_headers_are_400_and_nothing_is_kept(poster: Poster, headers: dict[str, str]) -> None:
    made = poster.data("video/init", file_body(100))
    assert poster.put(made["upload_url"], bytes(100), headers=headers).status_code == 400
    assert poster.status(made["publish_id"])["uploaded_bytes"] == 0
    assert poster.sim.truth("upload.received") == []


def test_a_body_without_its_length_is_400(poster: Poster) -> None:
    made = poster.data("video/init", file_body(4))
    headers = {"content-type": "video/mp4", "content-range": "bytes 0-3/4"}
    answer = httpx2.put(made["upload_url"], content=iter([b"ab", b"cd"]), headers=headers, trust_env=False)
    assert answer.status_code == 400


def test_a_client_that_leaves_half_way_has_uploaded_nothing(poster: Poster) -> None:
    made = poster.data("video/init", file_body(len(CLIP)))
    parts = urlsplit(made["upload_url"])
    with socket.create_connection((str(parts.hostname), parts.port or 80)) as half:
        head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nhost: x\r\ncontent-type: video/mp4\r\n"
        head += f"content-range: bytes 0-{len(CLIP) - 1}/{len(CLIP)}\r\ncontent-length: {len(CLIP)}\r\n\r\n"
        half.sendall(head.encode() + CLIP[:1000])
    assert poster.status(made["publish_id"])["uploaded_bytes"] == 0
    assert poster.put(made["upload_url"], CLIP).status_code == 201


def test_the_address_dies_after_an_hour_and_the_job_with_it(poster: Poster) -> None:
    publish_id, url = begun(poster)
    assert poster.put(url, FILM[:CHUNK], 0, SIZE).status_code == 206
    poster.later(3599)
    assert poster.status(publish_id)["status"] == "PROCESSING_UPLOAD"
    poster.later(1)
    assert poster.put(url, FILM[CHUNK:], CHUNK, SIZE).status_code == 403
    assert poster.outcome(publish_id) == ("FAILED", "internal")
    assert poster.sim.truth("post.published") == []


def test_a_job_whose_upload_was_too_late_may_also_hang_for_ever(poster: Poster) -> None:
    poster.knobs(lateUpload="hangs")
    publish_id, url = begun(poster)
    poster.later(7000)
    assert poster.put(url, FILM[:CHUNK], 0, SIZE).status_code == 403
    assert poster.outcome(publish_id) == ("PROCESSING_UPLOAD", "")


def test_an_unknown_upload_is_404_and_so_is_one_of_a_failed_job(poster: Poster) -> None:
    publish_id, url = begun(poster)
    stem = url.partition("?")[0]
    assert poster.put(f"{stem}?upload_id=1&upload_token=2", b"x").status_code == 404
    assert poster.put(url[:-1], FILM[:CHUNK], 0, SIZE).status_code == 404
    assert poster.put(url.replace("/video/", "/other/"), b"x").status_code == 404
    assert httpx2.get(url, trust_env=False).status_code == 405
    poster.act("fail-job", publishId=publish_id)
    assert poster.put(url, FILM[:CHUNK], 0, SIZE).status_code == 404


def test_a_chunk_refused_by_a_5xx_is_sent_again(poster: Poster) -> None:
    publish_id, url = begun(poster)
    poster.sim.add_fault({"what": "error", "status": 503, "match": {"endpoint": "PUT /video/", "accountId": MAYA}})
    answer = poster.put(url, FILM[:CHUNK], 0, SIZE)
    assert (answer.status_code, answer.content) == (503, b"")
    assert poster.status(publish_id)["uploaded_bytes"] == 0
    assert poster.put(url, FILM[:CHUNK], 0, SIZE).status_code == 206
    assert poster.put(url, FILM[CHUNK:], CHUNK, SIZE).status_code == 201


def test_a_chunk_whose_answer_was_lost_is_found_by_the_status(poster: Poster) -> None:
    publish_id, url = begun(poster)
    poster.sim.add_fault({"what": "reset", "where": "after", "match": {"endpoint": "PUT /video/"}})
    with pytest.raises(httpx2.HTTPError):
        poster.put(url, FILM[:CHUNK], 0, SIZE)
    assert poster.status(publish_id)["uploaded_bytes"] == CHUNK
    assert poster.put(url, FILM[:CHUNK], 0, SIZE).status_code == 416
    assert poster.put(url, FILM[CHUNK:], CHUNK, SIZE).status_code == 201
    assert poster.outcome(publish_id)[0] == "PUBLISH_COMPLETE"


def test_the_address_is_opaque_and_the_token_in_it_is_all_that_counts(poster: Poster) -> None:
    poster.knobs(uploadHost="upload.us.tiktokapis.com")
    made = poster.data("video/init", file_body(len(CLIP)))
    assert made["upload_url"].startswith(f"{poster.sim.url}/upload.us.tiktokapis.com/video/?upload_id=")
    assert len(made["upload_url"]) <= 256
    assert poster.put(made["upload_url"], CLIP, headers={"authorization": "Bearer nonsense"}).status_code == 201


def test_over_real_host_names_the_upload_address_has_its_own(poster: Poster) -> None:
    port = urlsplit(poster.sim.url).port
    headers = {"host": f"open.tiktokapis.com:{port}", "authorization": f"Bearer {poster.token}"}
    path = f"{poster.sim.url}/v2/post/publish/video/init/"
    answer = httpx2.post(path, json=file_body(len(CLIP)), headers=headers, trust_env=False)
    url = urlsplit(answer.json()["data"]["upload_url"])
    assert (url.netloc, url.path) == (f"open-upload.tiktokapis.com:{port}", "/video/")
    sent = {"host": url.netloc, "content-type": "video/mp4", "content-range": f"bytes 0-{len(CLIP) - 1}/{len(CLIP)}"}
    done = httpx2.put(f"{poster.sim.url}/video/?{url.query}", content=CLIP, headers=sent, trust_env=False)
    assert done.status_code == 201


def test_an_upload_outlives_the_access_token_but_asking_for_its_status_does_not(poster: Poster) -> None:
    poster.knobs(uploadLifetime=90_000)
    publish_id, url = begun(poster)
    poster.later(7201)
    assert poster.put(url, FILM[:CHUNK], 0, SIZE).status_code == 206
    assert poster.put(url, FILM[CHUNK:], CHUNK, SIZE).status_code == 201
    assert poster.code("status/fetch", {"publish_id": publish_id}) == (401, "access_token_invalid")
    assert len(poster.sim.truth("post.published")) == 1
