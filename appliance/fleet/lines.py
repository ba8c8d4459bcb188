"""Standard output for one line per message: lines go in, and word of a reader that has gone comes out."""

from __future__ import annotations

import contextlib
import io
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator


class Lines:
    """Standard output. It never outlives its reader and never waits for one at the end."""

    def write(self, line: str) -> None:
        """Print it at once. Raises BrokenPipeError when the reader has gone."""
        print(line, flush=True)

    def check(self) -> None:
        """Raise BrokenPipeError when the reader has gone: `| head -1` ends without a further message."""
        if self._events(0) & (select.POLLERR | select.POLLHUP):
            raise BrokenPipeError

    def close(self) -> None:
        """Drop what no reader takes; Python would write it at its end, and wait or fail."""
        if self._events(select.POLLOUT) != select.POLLOUT:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)

    def _events(self, wanted: int) -> int:
        """By poll(2), without waiting; a standard output that is no file takes everything."""
        try:
            number = sys.stdout.fileno()
        except (io.UnsupportedOperation, ValueError):
            return wanted
        poll = select.poll()
        poll.register(number, wanted)
        return sum(events for _, events in poll.poll(0))


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a reader that has gone end what is inside, quietly.

    An exception, not a flag: a write to a full pipe goes on after a handler that returns (PEP 475).
    """
    before = None
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
            yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)
