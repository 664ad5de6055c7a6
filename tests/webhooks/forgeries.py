"""Deliveries that somebody else wrote, and the rightful ones beside them: one table for the tests and for the bench.

Spaces at the ends of a header's value are no forgery: HTTP itself drops them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

from socialsim.testing import SimulatorHandle
from tests.webhooks.deliveries import comment, delivery

DAY = 86_400
META, TIKTOK = "instagram", "tiktok"
META_HEADER, SHA1_HEADER, TIKTOK_HEADER = "X-Hub-Signature-256", "X-Hub-Signature", "TikTok-Signature"
OTHER_APP, BEFORE = "a secret of an app that is not ours", "a-secret-that-was-replaced"

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Knock:
    """A delivery as somebody sends it."""

    platform: str
    name: str
    body: bytes
    headers: Headers

    async def at(self, client: httpx2.AsyncClient) -> httpx2.Response:
        """Knock at the door of a house."""
        headers = [(name.encode(), value.encode()) for name, value in self.headers]
        return await client.post(f"/api/webhooks/{self.platform}", content=self.body, headers=headers)


def environ_of_apps(sim: SimulatorHandle) -> dict[str, str]:
    """Settings of every app whose webhooks may come, beside the first one's."""
    return {
        "INSTAGRAM_APP_ID": sim.instagram_app_id,
        "INSTAGRAM_APP_SECRET": sim.instagram_app_secret,
        "INSTAGRAM_WEBHOOK_SECRET": BEFORE,
        "TIKTOK_CLIENT_KEY": sim.client_key,
        "TIKTOK_CLIENT_SECRET": sim.client_secret,
        "TIKTOK_WEBHOOK_SECRET": BEFORE,
    }


def rightful(sim: SimulatorHandle, now: int) -> list[Knock]:
    """What has to come in, so that a door that lets nobody in is found out: each secret of ours, those before a change
    as well, and a retry of three days."""
    meta = [delivery([comment(str(number), "café 😀")]) for number in range(3)]
    secrets = (sim.app_secret, sim.instagram_app_secret, BEFORE)
    found = [
        Knock(META, f"secret {number}", body, [(META_HEADER, hub(body, secret))])
        for number, (body, secret) in enumerate(zip(meta, secrets, strict=True))
    ]
    for age, secret in ((0, sim.client_secret), (3 * DAY, BEFORE)):
        body = event(sim, created_at=now - age)
        found.append(Knock(TIKTOK, f"{age} s old", body, [(TIKTOK_HEADER, stamped(body, secret, now - age))]))
    return found


def forgeries(sim: SimulatorHandle, now: int) -> list[Knock]:
    """What must not come in. ``now``: the house's epoch seconds."""
    return [*_meta_headers(sim), *_meta_bodies(sim), *_tiktok(sim, now)]


def _meta_headers(sim: SimulatorHandle) -> list[Knock]:
    body, secret = delivery([comment("1", "café 😀")]), sim.app_secret
    right = hub(body, secret)
    digest, sha1 = right.removeprefix("sha256="), hub(body, secret, "sha1")
    alone = {
        "empty": "",
        "prefix only": "sha256=",
        "hex without prefix": digest,
        "sha1 in the place": sha1,
        "sha1 digest named sha256": "sha256=" + sha1.removeprefix("sha1="),
        "sha256 digest named sha1": f"sha1={digest}",
        "upper case hex": f"sha256={digest.upper()}",
        "upper case name": f"SHA256={digest}",
        "space within": f"sha256= {digest}",
        "tabulator within": f"sha256=\t{digest}",
        "one digit more": f"{right}0",
        "padded with zeros": f"sha256=00{digest}",
        "cut short": right[:-1],
        "half": right[:39],
        "first digit": f"sha256={_flipped(digest, 0)}",
        "last digit": f"sha256={_flipped(digest, -1)}",
        "all zero": "sha256=" + "0" * 64,
        "a list": f"{right},{right}",
        "quoted": f'"{right}"',
        "colon": f"sha256:{digest}",
        "base64": "sha256=" + base64.b64encode(bytes.fromhex(digest)).decode(),
        "letters that look alike": right.replace("a", "\N{CYRILLIC SMALL LETTER A}"),
        "sha512": hub(body, secret, "sha512"),
        "plain hash": "sha256=" + hashlib.sha256(body).hexdigest(),
        "key and message swapped": "sha256=" + hmac.new(body, secret.encode(), "sha256").hexdigest(),
        "another app's secret": hub(body, OTHER_APP),
        "the app's id as secret": hub(body, sim.app_id),
        "empty secret": hub(body, ""),
        "secret with a line end": hub(body, f"{secret}\n"),
        "another platform's secret": hub(body, sim.client_secret),
    }
    several: dict[str, Headers] = {
        "no header": [],
        "sha1 twin alone": [(SHA1_HEADER, sha1)],
        "right one in the old header": [(SHA1_HEADER, right)],
        "right one in authorization": [("Authorization", right)],
        "right one twice": [(META_HEADER, right), (META_HEADER, right)],
        "right one after a wrong one": [(META_HEADER, hub(body, OTHER_APP)), (META_HEADER, right)],
    }
    several |= {name: [(META_HEADER, value)] for name, value in alone.items()}
    return [Knock(META, name, body, headers) for name, headers in several.items()]


def _meta_bodies(sim: SimulatorHandle) -> list[Knock]:
    """Other bytes under the right signature."""
    body = delivery([comment("1", "café 😀")])
    changed = {
        "written again": json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode(),
        "byte order mark": b"\xef\xbb\xbf" + body,
        "line end": body + b"\n",
        "one letter": body.replace(b"caf", b"cAf"),
        "upper case escapes": body.replace(b"\\u00e9", b"\\u00E9"),
        "empty body": b"",
        "twice": body + body,
        "cut": body[:-1],
    }
    return [Knock(META, name, other, [(META_HEADER, hub(body, sim.app_secret))]) for name, other in changed.items()]


def _tiktok(sim: SimulatorHandle, now: int) -> list[Knock]:
    body, secret = event(sim, created_at=now), sim.client_secret
    right = stamped(body, secret, now)
    digest = right.rpartition("=")[2]
    alone = {
        "empty": "",
        "no time": f"s={digest}",
        "no digest": f"t={now}",
        "time without its digest": f"t={now},s=",
        "another time": f"t={now - 1},s={digest}",
        "time is not signed": f"t={now},s={_hmac(secret, body)}",
        "upper case hex": f"t={now},s={digest.upper()}",
        "padded": f"t={now}, s={digest}",
        "two times": f"t={now - 1},{right}",
        "two digests": f"t={now},s={'0' * 64},s={digest}",
        "time with a sign": f"t=+{now},s={_hmac(secret, f'+{now}.'.encode() + body)}",
        "time in milliseconds": stamped(body, secret, now * 1000),
        "sha1": f"t={now},s={hmac.new(secret.encode(), f'{now}.'.encode() + body, 'sha1').hexdigest()}",
        "of tomorrow": stamped(body, secret, now + DAY),
        "six minutes ahead": stamped(body, secret, now + 360),
        "older than any retry": stamped(body, secret, now - 5 * DAY),
        "another app's secret": stamped(body, OTHER_APP, now),
        "the app's key as secret": stamped(body, sim.client_key, now),
        "empty secret": stamped(body, "", now),
        "another platform's secret": stamped(body, sim.app_secret, now),
    }
    several: dict[str, Headers] = {
        "no header": [],
        "a name from elsewhere": [("X-TikTok-Signature", right)],
        "Meta's header": [(META_HEADER, hub(body, secret))],
        "right one twice": [(TIKTOK_HEADER, right), (TIKTOK_HEADER, right)],
    }
    several |= {name: [(TIKTOK_HEADER, value)] for name, value in alone.items()}
    changed = {
        "byte order mark": b"\xef\xbb\xbf" + body,
        "written again": json.dumps(json.loads(body)).encode(),
        "line end": body + b"\n",
        "empty body": b"",
    }
    return [
        *(Knock(TIKTOK, name, body, headers) for name, headers in several.items()),
        *(Knock(TIKTOK, name, other, [(TIKTOK_HEADER, right)]) for name, other in changed.items()),
    ]


def hub(body: bytes, secret: str, algorithm: str = "sha256") -> str:
    """Meta's signature (instagram.md §6.3)."""
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


def stamped(body: bytes, secret: str, signed_at: int) -> str:
    """TikTok's signature (tiktok.md §6.4)."""
    return f"t={signed_at},s={_hmac(secret, f'{signed_at}.'.encode() + body)}"


def event(sim: SimulatorHandle, created_at: int, name: str = "post.publish.complete", creator: str = "c-1") -> bytes:
    """A delivery as TikTok makes it (tiktok.md §6.2)."""
    content = {"publish_id": "v_pub_file~v2-1.7", "publish_type": "DIRECT_POST"}
    envelope = {
        "client_key": sim.client_key,
        "event": name,
        "create_time": created_at,
        "user_openid": creator,
        "content": json.dumps(content, separators=(",", ":")),
    }
    return json.dumps(envelope, separators=(",", ":")).encode()


def _hmac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _flipped(text: str, index: int) -> str:
    """Another hexadecimal digit there."""
    at = index % len(text)
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]
