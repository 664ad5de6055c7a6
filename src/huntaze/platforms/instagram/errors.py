"""From Meta's wire to the error tree: by code and subcode, never by type or text (instagram.md §8.3).

The one text that decides is "Not enough viewers" under code 10, since Meta gives it no subcode (§4.4).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import msgspec

from huntaze.kit.secret import Secret
from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import Allowance, Usage
from huntaze.platforms.errors import Later, PlatformError, Reconnect, Rejected, UnknownOutcome, Unsupported
from huntaze.platforms.instagram.codes import TOO_FEW_VIEWERS, Code, Means, code_for, code_in_text
from huntaze.platforms.instagram.codes.row import REPORT, WE_RETRY
from huntaze.platforms.instagram.usage import PLATFORM as PLATFORM

_KEPT_RAW = 500
_TOKEN_LIKE = re.compile(r"EAA\w{8,}|IG(?:AA|QV)\w{8,}|(?<=access_token=)[^&\"\s]+")
_TOO_FEW_VIEWERS = re.compile(r"(?:\(#10\)\s*)?Not enough viewers")
_CONTAINER_CODE = re.compile(r"\b2207\d{3}\b")


class Fault(msgspec.Struct, frozen=True, gc=False):
    """The inside of Meta's error envelope."""

    message: str = ""
    code: int | None = None
    error_subcode: int | None = None
    subcode: int | None = None
    """``debug_token`` says ``subcode`` where all else says ``error_subcode`` (§1.5)."""
    is_transient: bool = False
    error_user_msg: str | None = None
    fbtrace_id: str = ""


class _Envelope(msgspec.Struct, frozen=True, gc=False):
    error: Fault | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer with the allowances it told. ``secrets`` went with the request and must not be shown."""

    status: int
    body: bytes = field(repr=False)
    usage: tuple[Usage, ...] = ()
    secrets: tuple[Secret, ...] = ()

    def shown(self) -> str:
        """The start of the body, free of secrets."""
        return without_secrets(self.body.decode("utf-8", "replace"), self.secrets)[:_KEPT_RAW]


def fault_of(answer: Answer) -> Fault | None:
    """The error in an answer, whatever its HTTP status; None if there is none that can be read."""
    try:
        return msgspec.json.decode(answer.body, type=_Envelope, strict=False).error
    except msgspec.DecodeError:
        return None


def used_up(answer: Answer) -> Allowance | None:
    """Which allowance an answer says is used up: codes 4, 17, 32, 613, 80001, 80002 and 80006, with whatever HTTP
    status they come (§8.3: 80002 comes as 400)."""
    fault = fault_of(answer)
    row = code_for(fault.code, fault.error_subcode or fault.subcode) if fault else None
    return row.allowance if row else None


def error_of(answer: Answer) -> PlatformError:
    """What a failed call means when calling again does no harm."""
    fault = fault_of(answer)
    return _unreadable(answer) if fault is None else error_of_fault(fault, answer)


def error_of_fault(fault: Fault, answer: Answer) -> PlatformError:
    """What an error object means; ``answer`` is what it came in."""
    seen = _Seen.in_fault(fault, answer)
    if fault.code == 10 and not seen.subcode and _TOO_FEW_VIEWERS.match(fault.message):
        return _make(
            Rejected,
            Text(N_("Fewer than five people saw this story: Instagram gives no numbers.")),
            Text(N_("Nothing can be done about it.")),
            replace(seen, subcode=TOO_FEW_VIEWERS),
        )
    row = code_for(fault.code, fault.error_subcode or fault.subcode)
    words = without_secrets(fault.error_user_msg or fault.message, answer.secrets)
    if row is not None:
        return _by_row(row, words, seen, _regain(answer.usage) if row.allowance else None)
    if fault.is_transient or answer.status >= 500 or answer.status == 429:
        return _make(Later, _with_words(N_("Instagram had an error: %(words)s"), words), Text(WE_RETRY), seen)
    return _make(Rejected, _with_words(N_("Instagram refused the request: %(words)s"), words), Text(REPORT), seen)


def error_of_once(answer: Answer, refusals: Collection[int] = ()) -> PlatformError:
    """What a failed call means when it cannot be taken back: only codes of the white list are a refusal
    (docs/understand/publishing.md, Settle), and for this call ``refusals`` without a subcode; all else may have
    happened."""
    fault = fault_of(answer)
    if fault is not None and 400 <= answer.status < 500 and not fault.is_transient:
        row = code_for(fault.code, fault.error_subcode)
        if (row is not None and row.refuses) or (fault.code in refusals and not fault.error_subcode):
            return error_of_fault(fault, answer)
    return _make(
        UnknownOutcome,
        Text(N_("Instagram's answer does not say whether it happened.")),
        Text(N_("It may have happened: we look before anything is sent again.")),
        _Seen.in_fault(fault or Fault(), answer),
    )


def error_of_container(status: str) -> PlatformError:
    """Why a container died, from the number in its status text (§3.1); the text itself is kept as ``raw``."""
    found = _CONTAINER_CODE.search(status)
    row = code_in_text(int(found.group())) if found else None
    raw = without_secrets(status, ())[:_KEPT_RAW]
    if row is not None:
        seen = _Seen("" if row.code is None else str(row.code), str(row.subcode), "", raw)
        return _by_row(row, raw, seen, None)
    return _make_later(
        _with_words(N_("Instagram could not prepare the post: %(words)s"), raw),
        Text(N_("We prepare the post anew.")),
        _Seen("", found.group() if found else "", "", raw),
        after=None,
        same_artefact=False,
    )


def interrupted(reason: str) -> Later:
    """The answer to a call that may be repeated was lost on the way."""
    return Later(Text(N_("Instagram did not answer.")), Text(WE_RETRY), platform=PLATFORM, raw=reason)


def is_invisible(error: PlatformError) -> bool:
    """100/33: gone, not visible to this token, or an outage at Meta (§3.7). Never by itself a lost connection."""
    return error.code == "100" and error.subcode == "33"


def without_secrets(text: str, secrets: Iterable[Secret]) -> str:
    """``text`` with these secrets, and everything that looks like a token, masked."""
    for secret in secrets:
        if secret:
            text = text.replace(secret.reveal(), "***")
    return _TOKEN_LIKE.sub("***", text)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What an answer shows of an error."""

    code: str
    subcode: str
    trace_id: str
    raw: str

    @classmethod
    def in_fault(cls, fault: Fault, answer: Answer) -> _Seen:
        code = f"http-{answer.status}" if fault.code is None else str(fault.code)
        subcode = fault.error_subcode or fault.subcode
        return cls(code, str(subcode) if subcode else "", fault.fbtrace_id, answer.shown())


def _unreadable(answer: Answer) -> PlatformError:
    """HTML, an empty body, half an answer: a proxy or a fault at Meta, it says nothing about the request."""
    return _make(
        Later,
        Text(N_("Instagram's answer could not be read.")),
        Text(WE_RETRY),
        _Seen.in_fault(Fault(), answer),
    )


def _by_row(row: Code, words: str, seen: _Seen, regain: timedelta | None) -> PlatformError:
    message, remedy = _with_words(row.message, words), _with_words(row.remedy, words)
    if row.means is Means.LATER:
        return _make_later(message, remedy, seen, after=regain or row.wait, same_artefact=not row.new_artefact)
    return _make(_KINDS[row.means], message, remedy, seen)


def _make(kind: type[PlatformError], message: Text, remedy: Text, seen: _Seen) -> PlatformError:
    return kind(
        message,
        remedy,
        platform=PLATFORM,
        code=seen.code,
        subcode=seen.subcode,
        trace_id=seen.trace_id,
        raw=seen.raw,
    )


def _make_later(message: Text, remedy: Text, seen: _Seen, *, after: timedelta | None, same_artefact: bool) -> Later:
    return Later(
        message,
        remedy,
        platform=PLATFORM,
        after=after,
        same_artefact=same_artefact,
        code=seen.code,
        subcode=seen.subcode,
        trace_id=seen.trace_id,
        raw=seen.raw,
    )


def _with_words(message: str, words: str) -> Text:
    return Text(message, {"words": words}) if "%(words)s" in message else Text(message)


def _regain(usage: tuple[Usage, ...]) -> timedelta | None:
    return max((row.regain for row in usage if row.regain is not None), default=None)


_KINDS: dict[Means, type[PlatformError]] = {
    Means.RECONNECT: Reconnect,
    Means.REJECTED: Rejected,
    Means.UNSUPPORTED: Unsupported,
}
