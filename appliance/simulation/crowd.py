"""Many simulated booths in one thread: booths go in, each is stepped when its socket or its time is ready."""

from __future__ import annotations

import contextlib
import heapq
import selectors
import time
from collections import Counter
from collections.abc import Callable, Iterable

from appliance.simulation.booth import SimulatedBooth
from appliance.simulation.tally import Tally

LONGEST_WAIT_S = 0.25
"Between two looks of the caller at the clock and at whether somebody wants an end."


class Crowd:
    """Owner of its booths, each begun at its own time (monotonic seconds). One thread."""

    def __init__(
        self,
        booths: Iterable[tuple[float, SimulatedBooth]],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.booths: list[SimulatedBooth] = []
        self._now_s = now_s
        self._selector = selectors.DefaultSelector()
        self._watched: dict[int, tuple[int, int]] = {}
        "Booth -> its file and what is waited for."
        self._due_s: list[float] = []
        self._calls: list[tuple[float, int]] = []
        "Heap of due times and booths; one that is no longer in `_due_s` is passed over."
        for number, (begin_s, booth) in enumerate(booths):
            self.booths.append(booth)
            self._due_s.append(begin_s)
            heapq.heappush(self._calls, (begin_s, number))

    def turn(self) -> None:
        """Wait a little for the first booth that is ready, and step all that are."""
        wait_s = self._calls[0][0] - self._now_s() if self._calls else LONGEST_WAIT_S
        ready = {key.data for key, _ in self._selector.select(min(max(0.0, wait_s), LONGEST_WAIT_S))}
        now_s = self._now_s()
        while self._calls and self._calls[0][0] <= now_s:
            due_s, number = heapq.heappop(self._calls)
            if due_s == self._due_s[number]:
                ready.add(number)
        for number in ready:
            self._step(number)

    def rest(self) -> None:
        """No more events."""
        for booth in self.booths:
            booth.rest()

    def part(self) -> None:
        """All say good-bye; turn() goes on until they are over()."""
        for number, booth in enumerate(self.booths):
            booth.life.part(self._now_s())
            self._step(number)

    def over(self) -> bool:
        """All have parted."""
        return all(booth.life.over for booth in self.booths)

    def waiting(self) -> int:
        """Events that are not yet safe."""
        return sum(booth.outbox.waiting for booth in self.booths)

    def tally(self) -> Tally:
        """What can be counted of the booths."""
        lives = [booth.life for booth in self.booths]
        away = (life.report.reason for life in lives if life.report.state == "offline")
        return Tally(
            booths=len(lives),
            met=sum(life.report.reconnects >= 0 for life in lives),
            connected=sum(life.report.state == "online" and not life.over for life in lives),
            made=sum(booth.outbox.made for booth in self.booths),
            found=sum(booth.outbox.found for booth in self.booths),
            gone=sum(booth.outbox.gone for booth in self.booths),
            refused=sum(len(life.drain.refused) for life in lives),
            unheard=sum(life.drain.unheard for life in lives),
            reconnects=sum(max(0, life.report.reconnects) for life in lives),
            troubles=Counter(away),
        )

    def close(self) -> None:
        """Let go of everything; brokers send the wills of those that have not parted."""
        for booth in self.booths:
            booth.close()
        self._selector.close()

    def _step(self, number: int) -> None:
        booth = self.booths[number]
        if not booth.life.over:
            due_s = self._due_s[number] = booth.step(self._now_s())
            heapq.heappush(self._calls, (due_s, number))
        self._watch(number, booth)

    def _watch(self, number: int, booth: SimulatedBooth) -> None:
        """Wait for what the booth waits for now. A closed file leaves at once: its number may come again."""
        file = booth.life.fileno()
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if booth.life.wants_write() else 0)
        before = self._watched.get(number)
        if before == (file, wanted):
            return
        if before is not None and before[0] == file:
            self._selector.modify(file, wanted, number)
        else:
            if before is not None:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(before[0])
            if file < 0:
                self._watched.pop(number, None)
                return
            self._selector.register(file, wanted, number)
        self._watched[number] = file, wanted
