"""The protocol of a call that is made once is written once; only its SQL stands with each table."""

import re
from collections.abc import Mapping
from dataclasses import fields

import huntaze.inbox.store as deeds
import huntaze.publishing.first_comments.store as first_comments
from huntaze.once import Statements

FIRST_COMMENTS = {"first_comment": "call", "publication_id": "id", "comment_ref": "result_ref", "POSTED": "DONE"}
DEEDS = {"comment_deed": "call", ", sent_at = $3": "", ", dismissed_at = NULL": ""}
"""What a table has besides is its own."""


def protocol(statements: Statements, names: Mapping[str, str]) -> dict[str, str]:
    """Each statement without its purpose, in the words of the protocol."""
    said = {}
    for each in fields(statements):
        sql = " ".join(re.sub(r"--[^\n]*", "", getattr(statements, each.name).sql).split())
        for name, ours in names.items():
            sql = sql.replace(name, ours)
        said[each.name] = sql
    return said


def test_every_room_writes_the_steps_of_the_protocol_alike() -> None:
    ours = protocol(first_comments.WRITES.statements, FIRST_COMMENTS)
    assert ours == protocol(deeds.WRITES.statements, DEEDS)
    fenced = {name for name, sql in ours.items() if "fence = $2" in sql}
    assert fenced == {"step", "arm", "send", "unknown", "looked"}
