"""What may be said of an exception: its class and where it arose. Not its message, which may quote a URL or a token."""

import traceback
from pathlib import Path

_FRAMES = 4


def describe(error: BaseException) -> str:
    """`KeyError at crm/tasks.py:31 in sync < crm/service.py:12 in pull`, innermost first; causes after `from`."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
    text = f"{type(error).__name__} at {places}" if places else type(error).__name__
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{text} from {describe(cause)}" if cause is not None else text


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-2:])
