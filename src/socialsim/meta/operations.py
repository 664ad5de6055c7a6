"""The shape of an operation: what a Graph API does for one method and path."""

from collections.abc import Awaitable, Callable

from socialsim.meta.access import Context

Operation = Callable[[Context, str], Awaitable[object]]
"""Given the call and the id of the node it is about; gives the JSON to answer, raises a ``GraphError``."""
Operations = dict[tuple[str, ...], Operation]
"""By method and path; ``{ig}``, ``{page}``, ``{m}``, … stand for ids of that kind."""
