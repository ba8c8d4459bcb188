"""Signals as wishes: SIGINT, SIGTERM and SIGHUP go in, a count comes out that the main loop looks at."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any


class Wish:
    """Counts the wishes to stop. The first asks for a clean stop, the second for haste. Main thread only."""

    def __init__(self) -> None:
        self.count = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Wish:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup ignores SIGHUP on purpose.
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        # A plain count, no Event: its lock may be held by the very thread that the signal interrupts.
        self.count += 1

    def stop(self) -> bool:
        """Somebody wants an end."""
        return self.count > 0

    def hurry(self) -> bool:
        """Somebody wants it now."""
        return self.count > 1
