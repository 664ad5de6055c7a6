"""What we ask Facebook for, and which of our functions is off without it (instagram.md §1.1)."""

from __future__ import annotations

from collections.abc import Mapping

from huntaze.kit.text import N_, Text

FACEBOOK_SCOPES = (
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "instagram_manage_messages",
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_metadata",
    "business_management",
)

NEEDED_TO_FIND = ("pages_show_list", "instagram_basic")
"""Without these no account can be found at all."""

_OFF: Mapping[str, str] = {
    "instagram_content_publish": N_("Publishing is off: its permission was not given."),
    "instagram_manage_comments": N_("Comments are off: their permission was not given."),
    "instagram_manage_insights": N_("Numbers are off: their permission was not given."),
    "instagram_manage_messages": N_("Direct messages are off: their permission was not given."),
    "pages_read_engagement": N_("Reading through the Page is off: its permission was not given."),
    "pages_manage_metadata": N_("Live events are off: their permission was not given."),
}
_PUBLISH_TASKS = frozenset({"MANAGE", "CREATE_CONTENT", "PROFILE_PLUS_FULL_CONTROL", "PROFILE_PLUS_CREATE_CONTENT"})
"""Publishing needs one of these on the Page (§1.4)."""
_WORK_TASKS = _PUBLISH_TASKS | {"MODERATE", "PROFILE_PLUS_MODERATE"}


def functions_off(
    account_ref: str,
    page_ref: str,
    scopes: frozenset[str],
    targets: Mapping[str, frozenset[str]],
    tasks: frozenset[str],
) -> tuple[Text, ...]:
    """Which functions of an account are off. ``targets`` are the ids a permission is limited to, where it is;
    empty ``tasks`` were not told."""
    off = [
        Text(message)
        for scope, message in _OFF.items()
        if scope not in scopes or not targets.get(scope, {account_ref}) & {account_ref, page_ref}
    ]
    if tasks and not tasks & _PUBLISH_TASKS:
        off.append(Text(N_("Publishing is off: your role on the Page does not allow content to be created.")))
    return tuple(off)


def may_work(tasks: frozenset[str]) -> bool:
    """Whether a role on a Page allows anything that we do; empty ``tasks`` were not told."""
    return not tasks or bool(tasks & _WORK_TASKS)
