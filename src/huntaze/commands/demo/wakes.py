"""Sleeping until a signal comes: a child's end wakes us, Ctrl-C and SIGTERM end us."""

import os
import select
import signal
from types import FrameType, TracebackType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Wakes:
    """Signal handlers for as long as the demo runs. An ending signal raises KeyboardInterrupt where we are."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def __enter__(self) -> "Wakes":
        signal.signal(signal.SIGCHLD, _quietly)
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        for number in _ENDING:
            signal.signal(number, _leave)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._reading)
        os.close(self._writing)

    def wait(self, seconds: float | None) -> None:
        """Sleep until a child ends, or for `seconds`."""
        select.select([self._reading], [], [], seconds)
        try:
            while os.read(self._reading, 512):
                pass
        except BlockingIOError:
            return

    def ignore_signals(self) -> None:
        """The end has begun and takes a few seconds at most: nobody may interrupt it."""
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)


def _quietly(number: int, frame: FrameType | None) -> None:
    """A child ended; the pipe tells."""


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
