"""Our own words among the comments that others wrote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from huntaze.accounts import AccountRow
from huntaze.kit.text import normal
from huntaze.once.errand import Look
from huntaze.platforms.contract import Comment


def among(comments: Iterable[Comment], text: str, account: AccountRow, since: datetime) -> Look:
    """Whether one of them is ours: our words, by us, not before ``since``.

    An author's id may be scoped to whoever reads it (instagram.md §4.3), a name belongs to one account only. Meta may
    keep back who wrote it, and then one with our words is neither a yes nor a no.
    """
    doubtful = False
    for one in comments:
        if one.created_at < since or normal(one.text) != normal(text):
            continue
        if one.author_ref == account.account_ref:
            return Look(done=True, result_ref=one.comment_ref)
        if account.username and one.author_username.casefold() == account.username.casefold():
            return Look(done=True, result_ref=one.comment_ref)
        doubtful = doubtful or not (one.author_ref or one.author_username)
    return Look(doubtful=doubtful)
