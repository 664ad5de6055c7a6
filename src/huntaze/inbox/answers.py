"""Comments and deeds as the JSON API and the CSV file show them."""

from __future__ import annotations

from typing import Any

from huntaze.inbox.errors import InboxError
from huntaze.inbox.model import DeedRow, LineRow, allows
from huntaze.inbox.rules import Permission
from huntaze.inbox.views import CommentView
from huntaze.kit.json_value import moment
from huntaze.kit.problems import FieldProblem, Problem
from huntaze.kit.text import read_text
from huntaze.once import CallAction
from huntaze.platforms.contract import CommentDeed

COLUMNS = (
    "createdAt", "account", "author", "text", "hidden", "own", "likeCount", "commentId", "parentId", "mediaId", "id",
)  # fmt: skip
_NAMES = {
    CommentDeed.REPLY: "reply",
    CommentDeed.PRIVATE_REPLY: "privateReply",
    CommentDeed.HIDE: "hide",
    CommentDeed.UNHIDE: "unhide",
    CommentDeed.DELETE: "delete",
}


def address(row: DeedRow) -> str:
    """Where a deed is read, with its comment."""
    return f"/api/v1/comments/{row.comment_id}"


def comment(view: CommentView) -> dict[str, Any]:
    """One comment of a list."""
    row = view.comment
    return {
        "id": str(row.id),
        "accountId": str(row.account_id),
        "platform": view.subject.account.platform if view.subject.account else None,
        "commentId": row.comment_ref,
        "mediaId": row.media_ref or None,
        "parentId": row.parent_ref or None,
        "author": {"id": row.person_ref or None, "username": row.username or None},
        "own": view.subject.own,
        "text": row.text,
        "likeCount": row.like_count,
        "hidden": row.hidden,
        "source": row.source,
        "createdAt": moment(row.created_at),
        "receivedAt": moment(row.received_at),
        "removedAt": moment(row.removed_at),
        "permitted": {_NAMES[deed]: _permission(found) for deed, found in view.permitted.items()},
        "deeds": [deed(row) for row in view.deeds],
    }


def whole(view: CommentView) -> dict[str, Any]:
    """One comment with the course of what was done with it."""
    shown = comment(view)
    for row, told in zip(view.deeds, shown["deeds"], strict=True):
        told["timeline"] = [_line(line) for line in view.lines if line.deed_id == row.id]
    return shown


def deed(row: DeedRow) -> dict[str, Any]:
    """One thing that was asked for."""
    return {
        "id": str(row.id),
        "commentId": str(row.comment_id),
        "kind": row.kind,
        "text": row.text or None,
        "state": row.state,
        "askedBy": row.asked_by,
        "createdAt": moment(row.created_at),
        "wantedAt": moment(row.wanted_at),
        "resultId": row.result_ref or None,
        "problem": _problem(row.problem),
        "question": "is_it_done" if allows(row, CallAction.CONFIRM) else None,
        "statusUrl": address(row),
    }


def problem_of(error: InboxError) -> Problem:
    """A refusal as problem details."""
    faults = (FieldProblem(f"{error.message} {error.remedy}", f"#/{error.field}"),) if error.field else ()
    return Problem(
        error.status,
        error.code,
        str(error.message),
        detail=str(error.message),
        remedy=str(error.remedy),
        errors=faults,
    )


def cells(view: CommentView) -> list[str]:
    """One comment as a row of a file, in the order of ``COLUMNS``."""
    row = view.comment
    return [
        moment(row.created_at) or "",
        view.subject.account.username if view.subject.account else "",
        row.username or "",
        row.text,
        _yes(row.hidden),
        _yes(view.subject.own),
        "" if row.like_count is None else str(row.like_count),
        row.comment_ref,
        row.parent_ref,
        row.media_ref,
        str(row.id),
    ]


def _yes(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _permission(found: Permission) -> dict[str, Any]:
    if found.refusal is not None:
        message, remedy = found.refusal
        return {"allowed": False, "reason": str(message), "remedy": str(remedy)}
    return {"allowed": True} | ({"until": moment(found.until)} if found.until else {})


def _problem(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    return {
        "code": kept["code"],
        "message": str(read_text(kept["message"])),
        "remedy": str(read_text(kept["remedy"])),
        "platform": kept.get("platform"),
        "traceId": kept.get("traceId") or None,
    }


def _line(line: LineRow) -> dict[str, Any]:
    return {"at": moment(line.at), "kind": line.kind, "words": str(line.text), "raw": line.raw or None}
