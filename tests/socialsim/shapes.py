"""What an answer of each imitated host must look like, right or wrong; the error shapes of both fact sheets."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.socialsim.in_process import Answered

Judge = Callable[[Answered], str]
"""Says what is wrong with an answer; an empty text if nothing is."""
_UNCLEAN = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_TRACES = (b"Traceback (most recent call last)", b'File "/', b"Internal Server Error")


def judge(host: str, answered: Answered) -> str:
    """What is wrong with an answer of that host."""
    if answered.status == 501:
        return "" if b"not simulated" in answered.body else "501 without a clear word"
    if answered.status >= 500 and not (HOSTS[host] is graph and _told(answered)):
        return f"our own {answered.status}"
    return _transport(answered) or HOSTS[host](answered)


def _transport(answered: Answered) -> str:
    """What is wrong on any host: broken headers, a length that is not the body's, words of our own failures."""
    for name, value in answered.headers:
        if _UNCLEAN.search(name + value):
            return f"header {name!r} carries control characters: {value!r}"
    length = answered.header(b"content-length")
    if length and int(length) != len(answered.body):
        return f"content-length {length!r} of {len(answered.body)} bytes"
    if any(trace in answered.body for trace in _TRACES):
        return "a traceback in the body"
    return ""


def _json(answered: Answered) -> Any:
    try:
        return json.loads(answered.body)
    except ValueError:
        return None


def _told(answered: Answered) -> bool:
    """Codes 1 and 2 come with 500: too much data, a breakdown that is none (instagram.md §4.2, §4.4)."""
    body = _json(answered)
    return isinstance(body, dict) and body.get("error", {}).get("code") in {1, 2}


def graph(answered: Answered) -> str:
    """Meta's Graph APIs: data, or the envelope of instagram.md §8.3 and never with a status below 400."""
    body = _json(answered)
    if not isinstance(body, dict | list):
        return "neither an object nor an array"
    if isinstance(body, list) or "error" not in body:
        return "" if answered.status < 400 else "an error status without the error envelope"
    error = body["error"]
    if answered.status < 400:
        return "an error envelope with a status of success"
    if not isinstance(error, dict):
        return "error is no object"
    kinds: dict[str, type] = {"message": str, "type": str, "code": int, "fbtrace_id": str}
    wrong = [name for name, kind in kinds.items() if not isinstance(error.get(name), kind)]
    if not isinstance(error.get("error_subcode", 0), int):
        wrong.append("error_subcode")
    return f"envelope without a right {wrong}" if wrong else ""


def instagram_oauth(answered: Answered) -> str:
    """api.instagram.com has an envelope of its own (instagram.md §2.2)."""
    body = _json(answered)
    if not isinstance(body, dict):
        return "no object"
    if answered.status < 400:
        return "" if "error_message" not in body else "an error with a status of success"
    wrong = {"error_type", "code", "error_message"} - set(body)
    return f"envelope without {sorted(wrong)}" if wrong else ""


def page(answered: Answered) -> str:
    """A page for people, or a redirect back to the app."""
    if 300 <= answered.status < 400:
        return "" if answered.header(b"location") else "a redirect to nowhere"
    return "" if answered.header(b"content-type").startswith(b"text/html") else "no page"


def upload(answered: Answered) -> str:
    """rupload.facebook.com: a success, an offset, or ``debug_info`` at any status (instagram.md §3.4)."""
    body = _json(answered)
    if not isinstance(body, dict):
        return "no object"
    if "debug_info" in body:
        return "" if isinstance(body["debug_info"].get("retriable"), bool) else "debug_info without retriable"
    return "" if answered.status < 400 else "an error status without debug_info"


def tiktok(answered: Answered) -> str:
    """open.tiktokapis.com: flat OAuth errors, the envelope elsewhere, a bare 404 without the slash (tiktok.md §1.3)."""
    body = _json(answered)
    if body is None:
        return "" if answered.status == 404 or not answered.body else "no JSON"
    if not isinstance(body, dict):
        return "no object"
    error = body.get("error")
    if isinstance(error, dict):
        wrong = {"code", "message", "log_id"} - set(error)
        refused = error.get("code") != "ok" and answered.status < 400
        told_softly = str(error.get("code")).startswith(("spam_risk", "reached_active"))
        if refused and not told_softly:
            return f"{error.get('code')} with a status of success"
        return f"error without {sorted(wrong)}" if wrong else ""
    if isinstance(error, str):
        wrong = {"error_description", "log_id"} - set(body)
        return f"flat error without {sorted(wrong)}" if wrong else ""
    return "" if answered.status < 400 else "an error status without an error"


def tiktok_upload(answered: Answered) -> str:
    """A chunk is answered by a bare status (tiktok.md §1.3, §4.6)."""
    return "" if answered.status in {200, 201, 206, 400, 403, 404, 405, 416} else f"status {answered.status}"


def absent(answered: Answered) -> str:
    """Known, not imitated: anything but the clear word is wrong."""
    return f"status {answered.status} of a host that is not there"


HOSTS: Mapping[str, Judge] = {
    "graph.facebook.com": graph,
    "graph.instagram.com": graph,
    "api.instagram.com": instagram_oauth,
    "www.instagram.com": page,
    "www.facebook.com": page,
    "rupload.facebook.com": upload,
    "open.tiktokapis.com": tiktok,
    "www.tiktok.com": page,
    "open-upload.tiktokapis.com": tiktok_upload,
    "upload.us.tiktokapis.com": tiktok_upload,
    "open-api.tiktok.com": absent,
    "business-api.tiktok.com": absent,
}
