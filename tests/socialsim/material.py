"""What malformed requests are made of: a simulator with something in it, its own words, and every kind of bad value."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

import socialsim
from socialsim.core import Core
from socialsim.meta.model import Container
from socialsim.testing import MAYA

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
        self.prepare()

    def prepare(self) -> None:
        """Put the simulator back; the same seed brings the same ids and tokens."""
        core = self._core
        core.reset(at=NOW)
        token = core.meta.connect(MAYA, "", [], None)
        self.tokens = [token.value, *(made["pageToken"] for made in core.meta.page_tokens(token))]
        world = core.meta.world
        for name in CONTAINERS:
            world.containers[name] = Container(
                name, ACCOUNT, token.app_id, "IMAGE", NOW, "req-0", ready_at=NOW, blob="sea-a.jpg"
            )
        app = world.apps[token.app_id]
        self.tokens.append(f"{app.id}|{app.secret}")
        self._tables = dict(_tables(msgspec.to_builtins(world))) | dict(_tables(msgspec.to_builtins(core.tiktok.world)))
        self.known = sorted({key for keys in self._tables.values() for key in keys} | {app.secret})
        self.tokens += self._tables.get("access_tokens", [])

    def tokens_for(self, host: str) -> Sequence[str]:
        """Tokens that the host knows, the one that may do most first."""
        return self.tokens

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


def _tables(world: Mapping[str, object]) -> Iterator[tuple[str, list[str]]]:
    for name, value in world.items():
        if isinstance(value, dict):
            yield name, sorted(str(key) for key in value)
