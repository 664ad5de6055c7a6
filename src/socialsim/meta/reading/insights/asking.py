"""What both kinds of insights read from a call, and the generic refusals (instagram.md §4.4, §4.5)."""

from collections.abc import Mapping

from socialsim.meta.errors import GraphError, Problem, bad_parameter

UNKNOWN = Problem(1, None, "An unknown error has occurred.", status=500)
"""A breakdown on a metric that has none: the whole call fails, and nothing tells why."""


def one_of(key: str, index: int, known: Mapping[str, object]) -> GraphError:
    """Code 100 with the names that would have been right."""
    return bad_parameter(f"{key}[{index}] must be one of the following values: {', '.join(known)}")


def gone(name: str, whose: str) -> GraphError:
    """Code 100: a metric that was retired."""
    return bad_parameter(
        f"Starting from version v22.0 and above, the {name} metric is no longer supported for the queried {whose}."
    )


def chosen(result: dict[str, object], keys: list[str]) -> dict[str, object]:
    """Only the keys that ``fields`` names, or all."""
    if not keys:
        return result
    for key in keys:
        if key not in _KEYS:
            raise bad_parameter(f"Tried accessing nonexisting field ({key}) on node type (InstagramInsightsResult)")
    return {key: value for key, value in result.items() if key in keys or key == "id"}


_KEYS = frozenset({"name", "period", "values", "title", "description", "total_value", "id"})
