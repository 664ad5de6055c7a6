"""A post as the JSON API shows it; `desk` answers with the same words."""

from __future__ import annotations

from typing import Any

from huntaze.kit.json_value import moment
from huntaze.kit.problems import FieldProblem, Problem
from huntaze.kit.text import read_text
from huntaze.publishing.deciding import Candidate, Question
from huntaze.publishing.errors import Duplicate, PublishingError
from huntaze.publishing.model import AttemptRow, EvidenceRow, PostView, PublicationRow
from huntaze.publishing.states import FINAL, Action, allows


def status_url(view: PostView) -> str:
    """Where the post is read; also its Location."""
    return f"/api/v1/posts/{view.post.id}"


def is_final(view: PostView) -> bool:
    """Whether nothing will happen by itself any more."""
    return bool(view.publications) and all(row.now_state in FINAL for row in view.publications)


def brief(view: PostView) -> dict[str, Any]:
    """What the request that made a post is answered."""
    return {
        "id": str(view.post.id),
        "state": view.state.value,
        "statusUrl": status_url(view),
        "createdAt": moment(view.post.created_at),
        "publications": [publication(row) | {"firstComment": _first_comment(view, row)} for row in view.publications],
    }


def whole(view: PostView) -> dict[str, Any]:
    """What the status address answers: content, sends and evidence too."""
    answer = brief(view)
    answer |= {
        "caption": view.post.caption,
        "firstComment": view.post.first_comment or None,
        "mediaType": view.post.type,
        "media": view.post.media,
        "timeZone": view.post.zone,
        "locationId": view.post.location_id or None,
        "version": view.post.version,
    }
    for row, shown in zip(view.publications, answer["publications"], strict=True):
        lines = [one for one in view.evidence if one.publication_id == row.id]
        sends = [one for one in view.attempts if one.publication_id == row.id]
        shown["attempts"] = [_attempt(one, lines) for one in sends]
        shown["timeline"] = [_evidence(one) for one in lines]
    return answer


def question(asked: Question) -> dict[str, Any]:
    """What a person decides about a publication of which nobody can tell."""
    return {
        "question": _question(asked.row),
        "postId": str(asked.view.post.id),
        "publicationId": str(asked.row.id),
        "accountId": str(asked.row.account_id),
        "platform": asked.row.platform,
        "since": moment(asked.since),
        "platformSays": None if asked.said is None else str(asked.said),
        "notRead": None if asked.unread is None else str(asked.unread),
        "candidates": [_candidate(one) for one in asked.candidates],
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "mediaId": one.media.media_ref,
        "mediaType": one.media.type,
        "caption": one.media.caption,
        "permalink": one.media.permalink or None,
        "publishedAt": moment(one.media.published_at),
        "alike": one.alike,
    }


def problem_of(error: PublishingError) -> Problem:
    """A refusal as problem details; a duplicate names the post that stands already."""
    pointer = "#/allowDuplicate" if isinstance(error, Duplicate) else ""
    details = [FieldProblem(f"{fault.message} {fault.remedy}", f"#/{fault.field}") for fault in error.faults]
    if isinstance(error, Duplicate):
        details = [FieldProblem(f"/api/v1/posts/{error.post_id}", pointer)]
    files = [fault.file for fault in error.faults if fault.file is not None]
    return Problem(
        error.status,
        error.code,
        str(error.message),
        detail=str(error.message),
        remedy=str(error.remedy),
        file=files[0] if files else None,
        errors=tuple(details),
    )


def publication(row: PublicationRow) -> dict[str, Any]:
    """A post on one account."""
    return {
        "id": str(row.id),
        "accountId": str(row.account_id),
        "platform": row.platform,
        "state": row.state,
        "dueAt": moment(row.due_at),
        "publishedAt": moment(row.published_at),
        "mediaId": row.media_ref,
        "permalink": row.permalink,
        "heldReason": row.held_reason or None,
        "heldUntil": moment(row.held_until),
        "question": _question(row),
        "error": _problem(row.problem),
    }


def _question(row: PublicationRow) -> str | None:
    """What a person has to look up on the account, if anything."""
    if row.asks_which:
        return "which_is_it"
    return "is_it_there" if allows(row.now_state, Action.CONFIRM) else None


def _first_comment(view: PostView, row: PublicationRow) -> dict[str, Any] | None:
    said = view.first_comment_of(row)
    if said is None:
        return None
    return {
        "state": said.told,
        "text": said.text,
        "id": said.comment_ref or None,
        "problem": _problem(said.problem),
    }


def _problem(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    return {
        "code": kept["code"],
        "message": str(read_text(kept["message"])),
        "remedy": str(read_text(kept["remedy"])),
        "platform": kept.get("platform"),
        "traceId": kept.get("traceId") or None,
        "file": kept.get("file"),
    }


def _attempt(one: AttemptRow, lines: list[EvidenceRow]) -> dict[str, Any]:
    evidence = [
        line for line in lines if line.at >= one.started_at and (one.ended_at is None or line.at <= one.ended_at)
    ]
    return {
        "number": one.number,
        "startedAt": moment(one.started_at),
        "endedAt": moment(one.ended_at),
        "outcome": one.outcome or None,
        "artefact": one.artefact_ref,
        "evidence": [_evidence(line) for line in evidence],
    }


def _evidence(line: EvidenceRow) -> dict[str, Any]:
    return {"at": moment(line.at), "kind": line.kind, "words": str(line.text), "raw": line.raw or None}
