"""What a nested request costs: too much answers code 1 (instagram.md §4.2, §8.3)."""

from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, Problem
from socialsim.meta.fields import Field
from socialsim.meta.paging import DEFAULT_LIMIT, LARGEST_LIMIT

TOO_MUCH = Problem(1, None, "Please reduce the amount of data you're asking for, then retry your request", status=500)
_LISTS = frozenset({"media", "stories", "tags", "live_media", "collaborative_media", "comments", "replies", "accounts"})
_METRIC_COST = 500
"""One insight of one medium, in list entries: large pages with nested insights are what runs into it."""


def keep_in_budget(context: Context, fields: tuple[Field, ...], entries: int = 1) -> None:
    """Code 1 if ``entries`` nodes with these fields are more than one request may gather."""
    if entries * _of_node(fields) > context.services.config.reading.budget:
        raise GraphError(TOO_MUCH)


def entries_of(limit: str) -> int:
    """How many entries a ``limit`` asks for."""
    return min(int(limit), LARGEST_LIMIT) if limit.isascii() and limit.isdigit() and len(limit) < 9 else DEFAULT_LIMIT


def _of_node(fields: tuple[Field, ...]) -> int:
    """The product of limits down each branch, branches added up."""
    cost = 0
    for field in fields:
        if field.name == "insights":
            cost += _METRIC_COST * (1 + field.argument("metric").count(","))
        elif field.below:
            cost += (entries_of(field.argument("limit")) if field.name in _LISTS else 1) * _of_node(field.below)
    return max(1, cost)
