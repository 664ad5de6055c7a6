"""Fault rules that people want most, ready to be armed."""

from dataclasses import dataclass
from typing import Literal

from socialsim.kernel.faults import FaultRule, Match

_META_PUBLISH = "POST /{ig}/media_publish"
_TIKTOK_INIT = "POST /v2/post/publish/*/init/"


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule with the words for it."""

    key: str
    title: str
    words: str
    platform: Literal["", "instagram", "tiktok"]
    rule: FaultRule

    def fresh(self) -> FaultRule:
        """A rule to arm: arming writes an id into it."""
        rule = self.rule
        return FaultRule(
            what=rule.what,
            where=rule.where,
            match=Match(rule.match.endpoint),
            times=rule.times,
            seconds=rule.seconds,
            hold=rule.hold,
            status=rule.status,
            code=rule.code,
            subcode=rule.subcode,
            error=rule.error,
            message=rule.message,
            transient=rule.transient,
            expires_in=rule.expires_in,
        )


PRESETS = (
    Preset(
        "answer-lost",
        "Post goes public, answer is lost",
        "The next post is really published, then the connection is reset.",
        "instagram",
        FaultRule(what="reset", where="after", match=Match(_META_PUBLISH)),
    ),
    Preset(
        "late-post",
        "Post goes public a minute later",
        "The client is cut off at once; the effect comes 60 virtual seconds after.",
        "instagram",
        FaultRule(what="late-commit", match=Match(_META_PUBLISH), seconds=60),
    ),
    Preset(
        "half-answer",
        "Answer breaks off half-way",
        "Committed, half of the body is sent, the socket is cut.",
        "instagram",
        FaultRule(what="reset", where="mid", match=Match(_META_PUBLISH)),
    ),
    Preset(
        "token-dies",
        "Token dies",
        "Calls on accounts, Pages and media answer for ten minutes that the password was changed (190/460).",
        "instagram",
        FaultRule(
            what="error",
            match=Match("* /{*"),
            times=0,
            code=190,
            subcode=460,
            message="Error validating access token: The session has been invalidated because the user changed "
            "their password.",
            expires_in=600,
        ),
    ),
    Preset(
        "rate-limit",
        "Rate limit",
        "Five calls answer code 4, application request limit reached.",
        "instagram",
        FaultRule(
            what="error",
            match=Match("* /{*"),
            times=5,
            code=4,
            message="(#4) Application request limit reached",
            transient=True,
        ),
    ),
    Preset(
        "slow",
        "Platform slow",
        "The next twenty calls take five seconds each.",
        "",
        FaultRule(what="slow", times=20, seconds=5),
    ),
    Preset(
        "down",
        "Platform down",
        "Everything answers 503 with a page of HTML for ten minutes.",
        "",
        FaultRule(what="status", status=503, times=0, expires_in=600),
    ),
    Preset(
        "silence",
        "No answer at all",
        "The next three calls are held for 30 seconds, then cut, without any effect.",
        "",
        FaultRule(what="timeout", times=3, seconds=30),
    ),
    Preset(
        "tiktok-answer-lost",
        "Posting starts, answer is lost",
        "The job is taken, then the connection is reset: the publish id never arrives.",
        "tiktok",
        FaultRule(what="reset", where="after", match=Match(_TIKTOK_INIT)),
    ),
    Preset(
        "tiktok-rate-limit",
        "Rate limit",
        "Five calls answer 429 rate_limit_exceeded.",
        "tiktok",
        FaultRule(
            what="error",
            match=Match("* /v2/*"),
            times=5,
            status=429,
            error="rate_limit_exceeded",
            message="The API rate limit was exceeded. Please try again later.",
        ),
    ),
    Preset(
        "tiktok-token",
        "Token dies",
        "Every call of ten minutes answers 401 access_token_invalid.",
        "tiktok",
        FaultRule(
            what="error",
            match=Match("* /v2/*"),
            times=0,
            status=401,
            error="access_token_invalid",
            message="The access token is invalid or not found in the request.",
            expires_in=600,
        ),
    ),
)
