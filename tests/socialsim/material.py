"""What malformed requests are made of: a simulator with something in it, its own words, and every kind of bad value."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import Struct

import socialsim
from socialsim.core import Core
from socialsim.meta.messaging.correspondents import Said
from socialsim.meta.model import Container
from socialsim.testing import MAYA, TIKTOK_MAYA
from tests.socialsim.hints import document_of, parameters_of
from tests.socialsim.in_process import Asked, InProcess

NOW = 1_790_000_000.0
ACCOUNT = "17841400000000001"
CONTAINERS = ("17900900000000001", "17900900000000002")
_PLACES = {
    "ig": "accounts",
    "page": "pages",
    "user": "people",
    "m": "media",
    "comment": "comments",
    "c": "containers",
    "app": "apps",
    "biz": "portfolios",
    "conversation": "conversations",
    "message": "messages",
    "igsid": "contacts",
    "post": "posts",
}
_WORD = re.compile(r"[a-z][a-z0-9_.]{1,39}")
JUNK: Sequence[str] = (
    *("", " ", "0", "-1", "1", "25", "true", "false", "null", "nan", "inf", "-inf", "1e400", "-1e309", "0x10", "1.5"),
    *("9" * 19, "-" + "9" * 25, "9" * 5000, "\u00b2", "\u0663", "\u2167", "1_000", "+5", "\u22125"),
    *("\x00", "a\x00b", "\x7f", "caf\u00e9", "\U0001f600", "\u202eabc", "a\r\nx-injected: 1", "\n", "\t", "%00", "%"),
    *(
        "{",
        "}",
        "[",
        "]",
        "[]",
        "{}",
        '"',
        "'",
        "[null]",
        "[1]",
        '[{"username":{}}]',
        '[{"username":"a","x":{},"y":[]}]',
    ),
    *('[{"username":"a","x":"nan","y":1e999}]', '{"a":' * 40, "[" * 3000, "id{" * 400, "a.b(", "a.limit(-1)", "(" * 99),
    *("http://", "http://[", "http://[::1", "http://127.0.0.1:9/x.jpg", "http://127.0.0.1:99999/", "http://\x00/"),
    *(
        "https://\u00fc.example/",
        "https://a b/",
        "file:///etc/passwd",
        "javascript:1",
        "//x",
        "http://127.0.0.1:9/\r\nx",
    ),
    *(
        "http://" + "a" * 300 + ".example/",
        "http://.example/",
        "http://a..b/",
        "http://user:p@127.0.0.1:9/",
        "../../etc",
    ),
    *("a,b,c", "," * 50, "id", "me", "me/me", "AQHnan:x", "QVFIbmFuOjE", "QVFIMS4wOjE", "=", "v26.0", "sha256=00"),
)
BAD_PATHS: Sequence[bytes] = (
    *(b"%00", b"%ff", b"%ff%fe", b"%2e%2e", b"..", b".", b"%2F", b"%2f%2f", b"%", b"%zz", b"%0d%0ax:1", b"{ig}", b"*"),
    *(b"%e2%80%ae", b"me", b"-1", b"9" * 3000, b"a" * 4000, b"%7B%7D", b"~", b"null", b"v26.0", b"v1", b"v999.9"),
)
BAD_HEADERS: Sequence[tuple[bytes, bytes]] = (
    *(
        (b"authorization", value)
        for value in (b"", b"Bearer", b"Bearer ", b"Basic eDp5", b"OAuth \xff\xfe", b"bearer a|b")
    ),
    *((b"authorization", value) for value in (b"Bearer \xc3\xa9", b"Bearer |", b"Bearer " + b"x" * 5000, b"\x80")),
    *(
        (b"range", value)
        for value in (b"bytes=0-", b"bytes=9-1", b"bytes=-", b"items=1", b"bytes=" + b"9" * 400 + b"-")
    ),
    *((b"content-range", value) for value in (b"bytes 0-4/5", b"bytes 5-1/9", b"bytes */5", b"bytes 0-x/y", b"\xff")),
    *(
        (b"content-range", value)
        for value in (b"bytes -1--1/-1", b"bytes 0-" + b"9" * 30 + b"/1", b"bytes 0-\xb2/3", b"")
    ),
    *((b"offset", value) for value in (b"-1", b"x", b"", b"9" * 5000, b"\xb2", b"1e9")),
    *((b"file_size", value) for value in (b"-1", b"x", b"", b"9" * 30, b"0", b"\xb2")),
    *((b"file_url", value) for value in (b"http://[", b"http://127.0.0.1:9/a.mp4", b"\xff", b"")),
    *((b"content-length", value) for value in (b"-1", b"x", b"\xb2")),
    (b"cookie", b"\xff=1; ;=;"),
    (b"accept", b"\x80/\x80"),
    (b"content-type", b"\xff\xfe"),
    (b"x-forwarded-host", b"evil.example\t"),
)
BAD_KINDS: Sequence[bytes] = (
    *(b"", b"application/json; charset=\xff", b"application/json;charset=nonsense", b"APPLICATION/JSON", b"text/plain"),
    *(b"multipart/form-data", b"multipart/form-data; boundary=", b"multipart/form-data; boundary=\xff; charset=x"),
    *(
        b"multipart/form-data; boundary=" + b"b" * 300,
        b"application/x-www-form-urlencoded; charset=utf-99",
        b"a/b/c;;;=",
    ),
    *(b"multipart/form-data; boundary=cut; charset=nonsense", b"application/octet-stream", b"video/mp4", b"image/jpeg"),
)


def own_words(*patterns: str) -> list[str]:
    """Every text constant of those files that could be a parameter, a field or a value of one."""
    root = Path(next(iter(socialsim.__path__)))
    found: set[str] = set()
    for path in sorted(path for pattern in patterns for path in root.glob(pattern)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORD.fullmatch(node.value):
                found.add(node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
    return sorted(found)


class Ground:
    """A simulator with a standing clock, tokens of every kind, and every id that is known in it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.words = own_words("meta/**/*.py", "tiktok/**/*.py")
        self.fields = own_words("*/reading/*.py")

    async def prepare(self, simulator: InProcess) -> None:
        """Put the simulator back; the same seed brings the same ids and tokens."""
        core = self._core
        core.reset(at=NOW)
        facebook = core.meta.connect(MAYA, "", [], None)
        pages = [made["pageToken"] for made in core.meta.page_tokens(facebook)]
        world = core.meta.world
        app = world.apps[facebook.app_id]
        instagram = core.meta.instagram.connect(app, ACCOUNT, [])
        tiktok, refresh = core.tiktok.connect(TIKTOK_MAYA, "", [])
        self._tokens = {
            "user": (facebook.value, *pages),
            "page": (*pages, facebook.value),
            "app": (f"{app.id}|{app.secret}", facebook.value),
            "instagram": (instagram.value, pages[0]),
            "tiktok": (tiktok.value, refresh.value, pages[0]),
        }
        for name in CONTAINERS:
            world.containers[name] = Container(
                name, ACCOUNT, facebook.app_id, "IMAGE", NOW, "req-0", ready_at=NOW, blob="sea-a.jpg"
            )
        core.meta.correspondents.writes(Said(ACCOUNT, "lea", text="bonjour"), "act-0")
        job = await _job(simulator, tiktok.value)
        upload = dict(parse_qsl(urlsplit(job["upload_url"]).query))
        self._places = {"$PUBLISH": job["publish_id"], "$TOKEN": upload["upload_token"], "$ID": upload["upload_id"]}
        self._tables = dict(_tables(world)) | dict(_tables(core.tiktok.world))
        self.known = sorted({key for keys in self._tables.values() for key in keys} | {app.secret})

    def tokens_for(self, host: str, template: str) -> Sequence[str]:
        """Tokens for an endpoint, the one that may do most there first."""
        if "tiktok" in host:
            return self._tokens["tiktok"]
        if "instagram" in host:
            return self._tokens["instagram"]
        if "{app}" in template:
            return self._tokens["app"]
        return self._tokens["user" if "{user}" in template or "{biz}" in template else "page"]

    def parameters(self, template: str) -> list[dict[str, str]]:
        """Sets of plain parameters that suit a template."""
        return [{key: self._filled(value) for key, value in one.items()} for one in parameters_of(template)]

    def document(self, template: str) -> dict[str, object]:
        """A JSON body that suits a template; empty where bodies are forms."""
        filled: dict[str, object] = json.loads(self._filled(json.dumps(document_of(template))))
        return filled

    def _filled(self, text: str) -> str:
        for place, word in self._places.items():
            text = text.replace(place, word)
        return text

    def ids(self, place: str) -> Sequence[str]:
        """Ids that fit a template's placeholder; any known id if that kind is not here."""
        return self._tables.get(_PLACES.get(place, place), []) or self.known

    def templates(self) -> list[tuple[str, str]]:
        """Host and template of everything that is imitated, and each host's root."""
        found = []
        for name, host in sorted(self._core.hosts.items()):
            found += [(name, template) for template in host.endpoints]
            found += [(name, "GET /"), (name, "POST /")]
        return found


async def _job(simulator: InProcess, token: str) -> dict[str, str]:
    """A TikTok post that waits for its bytes."""
    document = document_of("POST /v2/post/publish/video/init/")
    headers = [
        (b"host", b"open.tiktokapis.com"),
        (b"authorization", f"Bearer {token}".encode()),
        (b"content-type", b"application/json"),
    ]
    path = b"/v2/post/publish/video/init/"
    answered = await simulator.ask(Asked("POST", path, headers=headers, body=json.dumps(document).encode()))
    job: dict[str, str] = json.loads(answered.body)["data"]
    return job


def _tables(world: Struct) -> Iterator[tuple[str, list[str]]]:
    for field in msgspec.structs.fields(world):
        value = getattr(world, field.name)
        if isinstance(value, dict):
            yield field.name, sorted(str(key) for key in value)
        elif isinstance(value, Struct):
            yield from _tables(value)
