"""Which rooms forget what: everything that came from a platform for an account, and everything about a person."""

from __future__ import annotations

from huntaze import crm, inbox, insights, publishing
from huntaze.accounts import Accounts
from huntaze.library import Library
from huntaze.outbox import Erasers, erase_told, erase_told_of_account
from huntaze.webhooks.compliance import Compliance


def register_erasers(erasers: Erasers, compliance: Compliance, accounts: Accounts, library: Library) -> None:
    """What arrived goes first, so that nothing of it is worked on again; who the account was goes last."""
    erasers.register("webhooks", compliance.erase_person_events)
    erasers.register("outbox", erase_told)
    erasers.register_account("webhooks", compliance.erase_account_events)
    erasers.register_account("crm", crm.Erasing(library).account)
    erasers.register_account("insights", insights.erase_account)
    erasers.register_account("inbox", inbox.erase_account)
    erasers.register_account("publishing", publishing.erase_account)
    erasers.register_account("outbox", erase_told_of_account)
    erasers.register_account("accounts", accounts.erase_account)
