"""What forms bring: checked words instead of raw fields."""

import asyncio
import contextlib
import math
from collections.abc import Mapping

from starlette.requests import Request

from socialsim.core import Core

_PATIENCE = 2.0


async def values_of(request: Request) -> dict[str, str]:
    """The text fields of a form; a repeated one gives its last value, files are left out."""
    async with request.form() as form:
        return {key: value for key, value in form.items() if isinstance(value, str)}


def username_of(form: Mapping[str, str]) -> str:
    """A made-up person's name without the ``@``; raises ``ValueError``."""
    name = form.get("username", "").strip().lstrip("@")
    if not name or len(name) > 60:
        raise ValueError("A username is needed.")
    return name


def words_of(form: Mapping[str, str], name: str = "text") -> str:
    """Words that were written; raises ``ValueError`` if there are none."""
    text = form.get(name, "").strip()
    if not text:
        raise ValueError("Write something first.")
    return text


def number_of(form: Mapping[str, str], name: str, otherwise: float = 0.0) -> float:
    """A finite number, or ``otherwise`` if the field is empty; raises ``ValueError``."""
    text = form.get(name, "").strip()
    value = float(text) if text else otherwise
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a number.")
    return value


def whole_of(form: Mapping[str, str], name: str, otherwise: int = 0) -> int:
    """A whole number, or ``otherwise`` if the field is empty; raises ``ValueError``."""
    return int(number_of(form, name, otherwise))


async def settle(core: Core) -> None:
    """Let what became due be done before the page is shown, but do not wait long for a webhook that hangs."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(core.services.timers.settle(), _PATIENCE)


def act_id(core: Core) -> str:
    """The request id of something that a person did on a page."""
    return f"act-{core.services.mint.number('act')}"
