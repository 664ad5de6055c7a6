"""Whose inbox a call is about, and whether the caller may go in (instagram.md §0.1, §5.2)."""

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, Problem
from socialsim.meta.messaging import problems
from socialsim.meta.model import Account

MESSAGING_TASKS = frozenset({"MESSAGING", "PROFILE_PLUS_MESSAGING", "PROFILE_PLUS_FULL_CONTROL"})
PERMISSION = "instagram_manage_messages"


def mailbox(context: Context, node_id: str) -> Account:
    """The account behind a Page with its own token, or behind a token of Instagram Login."""
    page = None if context.by_instagram else context.world.pages.get(node_id)
    if page is not None:
        context.page(node_id)
    return mailbox_of(context, page.instagram_id if page is not None else node_id)


def mailbox_of(context: Context, account_id: str) -> Account:
    """As :func:`mailbox`, by the account: for conversations, messages and people."""
    account = context.world.accounts.get(account_id)
    if account is None:
        raise GraphError(errors.NOT_VISIBLE)
    if not context.by_instagram and context.page(account.page_id) and context.scoped_page != account.page_id:
        raise GraphError(problems.PAGE_TOKEN_NEEDED)
    context.account(account_id)
    context.need(PERMISSION)
    context.role(account, MESSAGING_TASKS)
    if not context.services.config.account(account_id).messages_allowed:
        raise GraphError(problems.ACCESS_SWITCHED_OFF)
    return account


def within(context: Context, account: Account, what: str, most: int, seconds: float, problem: Problem) -> None:
    """Count a call against one of the inbox's own limits (§5.1 [RL]); ``most`` 0 is no limit."""
    now = context.services.clock.epoch()
    if most and not context.world.inbox.windows.admit(f"{what}/{account.id}", now, most, seconds):
        raise GraphError(problem)


def reading(context: Context, account: Account) -> None:
    """The Conversations API: 2 calls a second for each account."""
    most = context.services.config.messaging.conversations_per_second
    within(context, account, "conversations", most, 1.0, problems.RATE)
