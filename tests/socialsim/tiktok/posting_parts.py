"""A client of TikTok's posting in few words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx2

from socialsim.kernel.pictures import CLIP_PATH
from socialsim.testing import SimulatorHandle

MAYA, INES, TOM, JONAS = (f"710000000000000000{number}" for number in range(1, 5))
"""A public account; a private one with at most 180 s; one whose interactions are off; one banned from posting."""
CLIP = CLIP_PATH.read_bytes()
"""Four seconds of H.264, 540 by 960, 30 frames a second."""


@dataclass
class Poster:
    """One creator in one app; every answer is parsed JSON."""

    sim: SimulatorHandle
    client: httpx2.Client
    token: str
    open_id: str
    creator_id: str

    @classmethod
    def of(
        cls, sim: SimulatorHandle, creator_id: str = MAYA, scopes: list[str] | None = None, client_key: str = ""
    ) -> Self:
        """Connected as that creator."""
        made = sim.tiktok_tokens(creator_id, scopes, client_key)
        client = httpx2.Client(base_url=f"{sim.tiktok_url}/v2", trust_env=False, verify=False, timeout=10)
        return cls(sim, client, made["accessToken"], made["openId"], creator_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()

    def ask(self, path: str, body: object = None, token: str | None = None) -> httpx2.Response:
        """POST JSON to ``/v2/post/publish/{path}/``."""
        bearer = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return self.client.post(f"/post/publish/{path}/", json={} if body is None else body, headers=bearer)

    def data(self, path: str, body: object = None) -> Any:
        """``data`` of a success."""
        answer = self.ask(path, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (200, "ok"), answer.text
        return answer.json()["data"]

    def code(self, path: str, body: object = None, token: str | None = None) -> tuple[int, str]:
        """Status and ``error.code``."""
        answer = self.ask(path, body, token)
        assert answer.json()["error"]["log_id"]
        return answer.status_code, answer.json()["error"]["code"]

    def info(self) -> Any:
        """What creator_info tells."""
        return self.data("creator_info/query")

    def upload(self, film: bytes = CLIP, *, draft: bool = False, kind: str = "video/mp4", **post_info: Any) -> str:
        """A whole video in one chunk; gives its ``publish_id``."""
        made = self.data(*_init(file_body(len(film), **post_info), draft=draft))
        answer = self.put(made["upload_url"], film, kind=kind)
        assert answer.status_code == 201, answer.text
        return str(made["publish_id"])

    def pull(self, url: str, *, draft: bool = False, **post_info: Any) -> str:
        """A video by its address."""
        made = self.data(*_init(url_body(url, **post_info), draft=draft))
        self.settle()
        return str(made["publish_id"])

    def photos(self, *urls: str, mode: str = "DIRECT_POST", **post_info: Any) -> str:
        """A photo post."""
        made = self.data("content/init", photo_body(*urls, mode=mode, **post_info))
        self.settle()
        return str(made["publish_id"])

    def put(
        self,
        upload_url: str,
        piece: bytes,
        first: int = 0,
        total: int | None = None,
        *,
        kind: str = "video/mp4",
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """One chunk, without any bearer token."""
        span = f"bytes {first}-{first + len(piece) - 1}/{len(piece) if total is None else total}"
        sent = {"content-type": kind, "content-range": span, **(headers or {})}
        return self.client.put(upload_url, content=piece, headers=sent)

    def status(self, publish_id: str) -> Any:
        """``data`` of status/fetch."""
        return self.data("status/fetch", {"publish_id": publish_id})

    def outcome(self, publish_id: str) -> tuple[str, str]:
        """Status and fail reason."""
        view = self.status(publish_id)
        return view["status"], view.get("fail_reason", "")

    def job(self, publish_id: str) -> Any:
        """The job as the simulator has it."""
        jobs = self.sim.get("/_sim/truth/jobs")["jobs"]
        return next(job for job in jobs if job["publishId"] == publish_id)

    def settle(self) -> None:
        """Wait until everything that is due was done."""
        self.sim.post("/_sim/clock", {"settle": True})

    def later(self, seconds: float) -> None:
        """Push the clock and wait for what became due."""
        self.sim.post("/_sim/clock", {"advance": seconds, "settle": True})

    def knobs(self, **posting: object) -> None:
        """Lay knobs of ``tiktok.posting`` over the present ones."""
        self.sim.configure({"tiktok": {"posting": posting}})

    def own_knobs(self, **posting: object) -> None:
        """Knobs for this creator alone."""
        self.knobs(creators={self.creator_id: posting})

    def change_client(self, **change: object) -> None:
        """Settings of the default app."""
        self.sim.post("/_sim/tiktok/clients", {"key": self.sim.client_key, **change})

    def change_creator(self, **change: object) -> None:
        """Settings of the creator."""
        self.sim.post("/_sim/tiktok/creators", {"id": self.creator_id, **change})

    def act(self, deed: str, **body: object) -> Any:
        """Somebody acts outside the API."""
        return self.sim.post(f"/_sim/tiktok/act/{deed}", body)

    def kinds(self) -> list[str]:
        """Kinds of the truth rows since the creator was connected."""
        return [row["kind"] for row in self.sim.truth(account_id=self.creator_id) if row["kind"] != "consent.given"]


def _init(body: dict[str, object], *, draft: bool) -> tuple[str, dict[str, object]]:
    return ("inbox/video/init" if draft else "video/init"), body


def info_of(post_info: Mapping[str, object]) -> dict[str, object]:
    """A ``post_info`` that is always allowed, changed as asked; None leaves a key out."""
    info = {"privacy_level": "SELF_ONLY", "brand_content_toggle": False, "brand_organic_toggle": False, **post_info}
    return {key: value for key, value in info.items() if value is not None}


def file_body(size: int, chunk: int | None = None, count: int = 1, **post_info: Any) -> dict[str, object]:
    """The body of an upload, in one chunk if nothing else is said."""
    source = {"video_size": size, "chunk_size": size if chunk is None else chunk, "total_chunk_count": count}
    return {"post_info": info_of(post_info), "source_info": {"source": "FILE_UPLOAD", **source}}


def url_body(url: str, **post_info: Any) -> dict[str, object]:
    """The body of a pull."""
    return {"post_info": info_of(post_info), "source_info": {"source": "PULL_FROM_URL", "video_url": url}}


def photo_body(*urls: str, mode: str = "DIRECT_POST", cover: int | None = 0, **post_info: Any) -> dict[str, object]:
    """The body of a photo post."""
    source: dict[str, object] = {"source": "PULL_FROM_URL", "photo_images": list(urls)}
    if cover is not None:
        source["photo_cover_index"] = cover
    return {"media_type": "PHOTO", "post_mode": mode, "post_info": info_of(post_info), "source_info": source}
