"""A Graph client in few words, and a small web server that the simulator fetches from and posts to."""

import io
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx2
from PIL import Image

from socialsim.testing import MAYA, SimulatorHandle

IG = "17841400000000001"
PAGE = "101000000000001"
FTYP = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 64


@dataclass
class Graph:
    """Calls with a Page token; every answer is parsed JSON."""

    sim: SimulatorHandle
    client: httpx2.Client
    user_token: str
    page_token: str

    @classmethod
    def of(cls, sim: SimulatorHandle, user_id: str = MAYA, scopes: list[str] | None = None) -> Self:
        """Connected as that person."""
        made = sim.tokens(user_id, scopes)
        client = httpx2.Client(base_url=f"{sim.graph_url}/v26.0", trust_env=False, verify=False, timeout=10)
        pages = made["pages"]
        return cls(sim, client, made["userToken"], pages[0]["pageToken"] if pages else "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()

    def raw(
        self, method: str, path: str, data: Mapping[str, str] | None = None, token: str | None = None
    ) -> httpx2.Response:
        """An answer as it came."""
        bearer = {"Authorization": f"Bearer {self.page_token if token is None else token}"}
        return self.client.request(method, path, data=dict(data) if data else None, headers=bearer)

    def get(self, path: str, token: str | None = None) -> Any:
        """GET."""
        return self.raw("GET", path, token=token).json()

    def post(self, path: str, **data: str) -> Any:
        """POST a form."""
        return self.raw("POST", path, data).json()

    def delete(self, path: str) -> Any:
        """DELETE."""
        return self.raw("DELETE", path).json()

    def fails(self, method: str, path: str, **data: str) -> tuple[int, int | None]:
        """The code and subcode of an error answer."""
        return problem(self.raw(method, path, data))

    def container(self, **data: str) -> str:
        """A new container's id."""
        data.setdefault("image_url", f"{self.sim.url}/_sim/pictures/sea-test.jpg?w=320&h=400")
        answer = self.post(f"{IG}/media", **data)
        assert "id" in answer, answer
        return str(answer["id"])

    def publish(self, container: str) -> str:
        """Publish; gives the media id."""
        return str(self.post(f"{IG}/media_publish", creation_id=container)["id"])


def browse(
    url: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    """GET without following redirects."""
    with httpx2.Client(trust_env=False, verify=False) as client:
        return client.get(url, params=query, headers=headers)


def submit(url: str, form: Mapping[str, str | list[str]]) -> httpx2.Response:
    """POST a form as a browser does, without following redirects."""
    with httpx2.Client(trust_env=False, verify=False) as client:
        return client.post(url, data=dict(form))


def problem(response: httpx2.Response) -> tuple[int, int | None]:
    """Code and subcode of Meta's envelope."""
    error = response.json()["error"]
    assert response.status_code >= 400
    assert error["fbtrace_id"]
    return error["code"], error.get("error_subcode")


def message(graph: Graph, path: str) -> str:
    """The words of a read that fails."""
    return str(graph.raw("GET", path).json()["error"]["message"])


def picture(width: int, height: int, kind: str = "JPEG") -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 160)).save(out, kind)
    return out.getvalue()


@dataclass
class Seen:
    """A request that reached the listener."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """What the listener answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Listener:
    """A threaded web server; ``answers`` maps a path to a reply or to a function of the request."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.answers: dict[str, Reply | Callable[[Seen], Reply]] = {}
        self._arrived = threading.Condition()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("content-length", 0))
                parts = urlsplit(self.path)
                headers = {key.lower(): value for key, value in self.headers.items()}
                seen = Seen(self.command, parts.path, parse_qs(parts.query), headers, self.rfile.read(length))
                answer = listener.answers.get(parts.path, Reply(404))
                reply = answer if isinstance(answer, Reply) else answer(seen)
                with listener._arrived:
                    listener.seen.append(seen)
                    listener._arrived.notify_all()
                self.send_response(reply.status)
                for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = _serve
            do_POST = _serve

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self, path: str, body: bytes, content_type: str = "image/jpeg", status: int = 200) -> str:
        """Answer a path; gives its address."""
        self.answers[path] = Reply(status, body, {"content-type": content_type})
        return self.url + path

    def wait_for(self, count: int, method: str = "POST", seconds: float = 10) -> list[Seen]:
        """The requests of a method once there are that many; fails after ``seconds``."""

        def found() -> list[Seen]:
            return [seen for seen in self.seen if seen.method == method]

        with self._arrived:
            assert self._arrived.wait_for(lambda: len(found()) >= count, seconds), f"only {len(found())} came"
            return found()


def eventually(check: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < ends, "it never came to hold"
        time.sleep(0.01)
