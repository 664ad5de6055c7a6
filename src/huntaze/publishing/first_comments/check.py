"""What would be refused of a first comment before anything is stored, and what is only advised."""

from __future__ import annotations

import re
from collections.abc import Iterator

from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import CommentAdvice, Finding, Platform, PostType, Severity

FIELD = "firstComment"
MOST_CHARACTERS = 2200
"""More is kept nowhere: no network's own text is longer."""

_HASHTAG = re.compile(r"(?<![\w&])#[^\s#.,;:!?()\[\]{}'\"@]")
_LINK = re.compile(r"https?://|(?<![\w@.])www\.", re.IGNORECASE)
_SHORTEN = N_("Shorten the first comment.")


def check_first_comment(text: str, kind: PostType, platform: Platform) -> Iterator[Finding]:
    """What is wrong with the first comment of a post on a network; nothing is wrong with none."""
    if not text:
        return
    if platform.commenter is None:
        message = Text(N_("%(network)s takes no first comment."), {"network": platform.label})
        yield _error("comments_unsupported", message, Text(N_("Leave the first comment out for this network.")))
    elif kind is PostType.STORIES:
        message, remedy = Text(N_("A story takes no comments.")), Text(N_("Leave the first comment out."))
        yield _error("comments_unsupported", message, remedy)
    elif len(text) > MOST_CHARACTERS:
        values = {"n": len(text), "max": MOST_CHARACTERS}
        message = Text(N_("The first comment has %(n)s of %(max)s characters."), values)
        yield _error("comment_too_long", message, Text(_SHORTEN))
    else:
        yield from _advice(text, platform.commenter.advice)


def _advice(text: str, advice: CommentAdvice) -> Iterator[Finding]:
    """Limits of which nobody outside the network is sure: they are told, and refuse nothing."""
    counted = (
        (len(text), advice.characters, N_("The first comment has %(n)s characters; more than %(max)s may be refused.")),
        (
            len(_HASHTAG.findall(text)),
            advice.hashtags,
            N_("The first comment has %(n)s hashtags; more than %(max)s may be refused."),
        ),
        (
            len(_LINK.findall(text)),
            advice.links,
            N_("The first comment has %(n)s links; more than %(max)s may be refused."),
        ),
    )
    for number, most, message in counted:
        if number > most:
            words = Text(message, {"n": number, "max": most})
            yield Finding(Severity.ADVICE, FIELD, words, Text(_SHORTEN), code="comment_long")


def _error(code: str, message: Text, remedy: Text) -> Finding:
    return Finding(Severity.ERROR, FIELD, message, remedy, code=code)
