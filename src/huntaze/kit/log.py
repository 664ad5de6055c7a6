"""Structured logs: one JSON object a line, secrets masked, each line with the correlation id of what it belongs to."""

import logging
import re
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, TextIO, cast

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.typing import Processor

_CORRELATION = "correlation_id"
_NOTHING: Mapping[str, str] = MappingProxyType({})
# At INFO these log whole addresses, and platforms want tokens in some of them
_TALKATIVE = ("httpx2", "httpcore2", "asyncio")
_IN_ADDRESS = re.compile(r"([?&][^=&\s]*(?:token|secret|code|key|proof|signature|password)[^=&\s]*=)[^&\s\"']+", re.I)
_IN_HEADER = re.compile(r"(bearer )[\w.~+/=-]+", re.I)
_IN_LOCATOR = re.compile(r"(://[^:/@\s]*:)[^@/\s]+(?=@)")


def configure_logging(level: str, stream: TextIO, *, pretty: bool | None = None) -> None:
    """Send all logs of this process to `stream`, from `level` (debug, info, warning, error) up.

    JSON, or for people if `pretty`; None means: for people if the stream is a terminal. Called once, at the start.
    """
    for_people = stream.isatty() if pretty is None else pretty
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if for_people:
        # The plain traceback: a rich one shows local variables, and with them what they hold
        renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _hide_tokens,
        renderer,
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=last, foreign_pre_chain=_shared()))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: `log.info("post_published", post=post_id)`, the event in snake_case."""
    chain: list[Processor] = [structlog.stdlib.filter_by_level, *_shared()]
    logger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return cast(structlog.stdlib.BoundLogger, logger)


@contextmanager
def correlation(correlation_id: str, names: Mapping[str, str] = _NOTHING) -> Iterator[None]:
    """Every line inside, of any logger and in tasks started inside, carries the id and `names`."""
    with bound_contextvars(**{**names, _CORRELATION: correlation_id}):
        yield


def current_correlation() -> str | None:
    """The correlation id in force, to be handed on to a job or an outgoing call."""
    found = get_contextvars().get(_CORRELATION)
    return found if isinstance(found, str) else None


def _shared() -> list[Processor]:
    return [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _hide_tokens,
    ]


def _hide_tokens(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The second line of defence, for texts of others: the first is that our secrets are a type of their own."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _IN_LOCATOR.sub(r"\1***", _IN_HEADER.sub(r"\1***", _IN_ADDRESS.sub(r"\1***", value)))
    return event
