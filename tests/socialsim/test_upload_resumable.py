"""A video sent in pieces to rupload.facebook.com (instagram.md §3.4)."""

import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from socialsim.kernel.pictures import CLIP_PATH
from tests.socialsim.parts import IG, Graph, Listener, Reply, eventually, picture

CLIP = CLIP_PATH.read_bytes()
SIZE = len(CLIP)
UPLOADED = {"success": True, "message": "Upload successful."}


@dataclass
class Upload:
    """One container with its upload address."""

    graph: Graph
    container: str
    uri: str

    @classmethod
    def begun(cls, graph: Graph, **data: str) -> "Upload":
        made = graph.post(f"{IG}/media", **{"media_type": "REELS", "upload_type": "resumable", **data})
        return cls(graph, made["id"], made["uri"])

    def send(
        self, body: bytes, offset: int = 0, size: int = SIZE, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        said = {"Authorization": f"OAuth {self.graph.page_token}", "offset": str(offset), "file_size": str(size)}
        return self.graph.client.post(self.uri, content=body, headers={**said, **(headers or {})})

    def pull(self, url: str) -> httpx2.Response:
        said = {"Authorization": f"OAuth {self.graph.page_token}", "file_url": url}
        return self.graph.client.post(self.uri, headers=said)

    def offset(self) -> Any:
        return self.graph.client.get(self.uri, headers={"Authorization": f"OAuth {self.graph.page_token}"}).json()

    def status(self) -> str:
        return str(self.graph.get(f"{self.container}?fields=status_code")["status_code"])


def refusal(response: httpx2.Response) -> tuple[int, str, bool]:
    """Status, type and switch of a ``debug_info``."""
    info = response.json()["debug_info"]
    assert info["message"]
    return response.status_code, info["type"], info["retriable"]


@pytest.mark.parametrize("kind", ["REELS", "STORIES", "VIDEO"])
def test_a_video_is_sent_in_one_piece_and_then_ripens(graph: Graph, kind: str) -> None:
    graph.sim.configure({"ready": {kind: 60}})
    upload = Upload.begun(graph, media_type=kind, caption="From the disk")
    assert upload.uri == f"{graph.sim.upload_url}/ig-api-upload/v26.0/{upload.container}"
    assert upload.status() == "IN_PROGRESS"
    assert upload.send(CLIP).json() == UPLOADED
    assert upload.status() == "IN_PROGRESS"
    assert graph.fails("POST", f"{IG}/media_publish", creation_id=upload.container) == (9007, 2207027)
    graph.sim.post("/_sim/clock", {"advance": 61, "settle": True})
    assert upload.status() == "FINISHED"
    (row,) = graph.sim.truth("upload.received")
    assert (row["objectId"], row["text"]) == (upload.container, str(SIZE))


def test_the_published_reel_is_what_was_sent(graph: Graph) -> None:
    upload = Upload.begun(graph)
    upload.send(CLIP)
    eventually(lambda: upload.status() == "FINISHED")
    media = graph.publish(upload.container)
    assert graph.client.get(graph.get(f"{media}?fields=media_url")["media_url"]).content == CLIP


def test_a_broken_connection_keeps_what_arrived_and_the_rest_follows(graph: Graph) -> None:
    upload = Upload.begun(graph)
    where = urlsplit(upload.uri)
    head = (
        f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: OAuth {graph.page_token}\r\n"
        f"offset: 0\r\nfile_size: {SIZE}\r\nContent-Length: {SIZE}\r\n\r\n"
    )
    with socket.create_connection((where.hostname or "", where.port or 80)) as line:
        line.sendall(head.encode() + CLIP[:40_000])
    eventually(lambda: upload.offset() == {"id": upload.container, "offset": 40_000})
    assert upload.status() == "IN_PROGRESS"
    assert upload.send(CLIP[40_000:], offset=40_000).json() == UPLOADED
    assert upload.offset()["offset"] == SIZE
    eventually(lambda: upload.status() == "FINISHED")


def test_pieces_must_follow_each_other(graph: Graph) -> None:
    upload = Upload.begun(graph)
    assert refusal(upload.send(CLIP[:1000])) == (400, "PartialRequestError", True)
    assert refusal(upload.send(CLIP[2000:], offset=2000)) == (400, "OffsetInvalidError", True)
    assert refusal(upload.send(CLIP[1000:], offset=1000, size=SIZE + 1)) == (400, "OffsetInvalidError", True)
    assert refusal(upload.send(CLIP + CLIP)) == (400, "OffsetInvalidError", False)
    assert upload.offset()["offset"] == 1000
    assert upload.send(CLIP).json() == UPLOADED


def test_a_second_post_from_the_start_of_a_whole_upload_fails(graph: Graph) -> None:
    upload = Upload.begun(graph)
    upload.send(CLIP)
    assert refusal(upload.send(CLIP)) == (400, "OffsetInvalidError", False)
    eventually(lambda: upload.status() == "FINISHED")


HEADERS = [
    ({"Authorization": "Bearer {token}"}, (401, "NotAuthorizedError", False)),
    ({"Authorization": "OAuth"}, (401, "NotAuthorizedError", False)),
    ({"Authorization": "OAuth nobody"}, (401, "NotAuthorizedError", False)),
    ({"offset": "later"}, (400, "OffsetInvalidError", False)),
    ({"file_size": "0"}, (400, "ProcessingFailedError", False)),
    ({"file_size": "99999999999"}, (400, "ProcessingFailedError", False)),
]


@pytest.mark.parametrize(("change", "expected"), HEADERS, ids=str)
def test_a_wrong_header_is_told_as_debug_info(
    graph: Graph, change: dict[str, str], expected: tuple[int, str, bool]
) -> None:
    upload = Upload.begun(graph)
    said = {name: value.replace("{token}", graph.page_token) for name, value in change.items()}
    assert refusal(upload.send(CLIP, headers=said)) == expected
    assert upload.offset()["offset"] == 0


def test_a_file_that_is_no_film_is_refused_at_its_first_bytes(graph: Graph) -> None:
    upload = Upload.begun(graph)
    body = picture(64, 64)
    assert refusal(upload.send(body, size=len(body))) == (400, "ProcessingFailedError", False)


def test_what_the_specification_refuses_fails_afterwards(graph: Graph) -> None:
    upload = Upload.begun(graph, thumb_offset="900000")
    assert upload.send(CLIP).json() == UPLOADED
    eventually(lambda: upload.status() == "ERROR")
    assert "2207057" in graph.get(f"{upload.container}?fields=status")["status"]


def test_failures_come_with_200_and_with_4xx_and_say_whether_to_try_again(graph: Graph) -> None:
    upload = Upload.begun(graph)
    match = {"endpoint": "POST /ig-api-upload/{c}"}
    for status, transient in ((200, True), (422, False)):
        graph.sim.add_fault({"what": "error", "status": status, "transient": transient, "match": match})
        assert refusal(upload.send(CLIP)) == (status, "ProcessingFailedError", transient)
    graph.sim.configure({"upload": {"errorStatus": 200}})
    assert refusal(upload.send(CLIP[5000:], offset=5000)) == (200, "OffsetInvalidError", True)
    graph.sim.add_fault({"what": "reset", "where": "after", "match": match})
    with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
        upload.send(CLIP)
    assert upload.offset()["offset"] == SIZE


def test_the_platform_fetches_the_file_itself(graph: Graph, listener: Listener) -> None:
    upload = Upload.begun(graph)
    assert upload.pull(listener.serve("/a.mp4", CLIP, "video/mp4")).json() == UPLOADED
    assert upload.offset()["offset"] == SIZE
    eventually(lambda: upload.status() == "FINISHED")


def test_a_file_that_cannot_be_fetched_is_told_as_debug_info(graph: Graph, listener: Listener) -> None:
    upload = Upload.begun(graph)
    assert refusal(upload.pull(f"{listener.url}/nothing.mp4")) == (400, "ProcessingFailedError", False)
    assert refusal(upload.pull("http://127.0.0.1:9/a.mp4")) == (400, "ProcessingFailedError", True)
    assert refusal(upload.pull(listener.serve("/a.jpg", picture(64, 64)))) == (400, "ProcessingFailedError", False)
    graph.sim.configure({"robots": True})
    listener.answers["/robots.txt"] = Reply(200, b"User-agent: *\nDisallow: /\n")
    answer = upload.pull(listener.serve("/a.mp4", CLIP, "video/mp4"))
    assert refusal(answer) == (403, "ProcessingFailedError", False)
    assert answer.json()["debug_info"]["message"] == "403 Restricted by robots.txt"


def test_without_a_uri_in_the_answer_version_and_id_make_it(graph: Graph) -> None:
    graph.sim.configure({"upload": {"tellsUri": False}})
    made = graph.post(f"{IG}/media", media_type="REELS", upload_type="resumable")
    assert set(made) == {"id"}
    upload = Upload(graph, made["id"], f"{graph.sim.upload_url}/ig-api-upload/v26.0/{made['id']}")
    assert upload.send(CLIP).json() == UPLOADED


def test_only_what_was_begun_as_an_upload_takes_bytes(graph: Graph) -> None:
    for container in (graph.container(), "17900000000099999"):
        upload = Upload(graph, container, f"{graph.sim.upload_url}/ig-api-upload/v26.0/{container}")
        assert refusal(upload.send(CLIP)) == (404, "NotFoundError", False)
    begun = Upload.begun(graph)
    graph.sim.advance(86_401)
    assert refusal(begun.send(CLIP)) == (404, "NotFoundError", False)
    assert begun.graph.client.put(begun.uri, headers={"Authorization": f"OAuth {graph.page_token}"}).status_code == 405
    assert graph.client.get(f"{graph.sim.upload_url}/elsewhere").status_code == 401


def test_half_an_upload_and_a_full_counter_survive_snapshot_and_restore(graph: Graph) -> None:
    upload = Upload.begun(graph)
    upload.send(CLIP[:50_000])
    graph.sim.use_up(IG, 64)
    saved = httpx2.get(f"{graph.sim.url}/_sim/snapshot", trust_env=False).content
    upload.send(CLIP[50_000:], offset=50_000)
    graph.sim.reset(seed=7)
    assert httpx2.put(f"{graph.sim.url}/_sim/snapshot", content=saved, trust_env=False).status_code == 200
    assert upload.offset()["offset"] == 50_000
    assert '"call_count": 64' in graph.raw("GET", IG).headers["x-business-use-case-usage"]
