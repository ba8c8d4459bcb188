"""Fakes that behave: a clock that only moves when somebody waits, and cameras that deliver, drop, freeze and fail."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from appliance.config import Capture, Rule
from appliance.errors import SourceError
from appliance.records import Decision, Frame, Passage, Tracks
from appliance.runtime.seam import EndOfSource
from appliance.vision.pipeline import Step
from tests.streets import frame, passage, tracks


class FakeClock:
    """A monotonic clock that moves by what is waited."""

    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s

    def monotonic(self) -> float:
        return self.now_s

    def perf_counter(self) -> float:
        return self.now_s


class FakeStop(threading.Event):
    """A stop whose waits take no time: they move the clock; told to stop once the clock passes `at_s`."""

    def __init__(self, clock: FakeClock, at_s: float = float("inf")) -> None:
        super().__init__()
        self._clock = clock
        self._at_s = at_s

    def is_set(self) -> bool:
        return super().is_set() or self._clock.now_s >= self._at_s

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None, "nobody may wait for ever"
        if not self.is_set():
            self._clock.now_s += timeout
        return self.is_set()


@dataclass(frozen=True)
class Deliver:
    """So many frames at the camera's rate."""

    frames: int
    dropped: int = 0
    "Frames that a newer one replaced, over the whole act."


@dataclass(frozen=True)
class Freeze:
    """No frame for so long, and no error either."""

    seconds: float


@dataclass(frozen=True)
class Fail:
    """The device is gone."""

    words: str = "cam: Internal data stream error"


@dataclass(frozen=True)
class End:
    """The file is over."""


@dataclass
class FakeCamera:
    """Plays its acts one after the other at `frame_rate` of the fake clock; freezes for ever after the last."""

    clock: FakeClock
    acts: Sequence[Deliver | Freeze | Fail | End]
    frame_rate: float = 10.0
    path: str = "cpu"
    late: int = 0
    shortfall: str = ""
    closed: int = 0
    index: int = 0
    _act: int = 0
    _done: float = 0
    _pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = field(
        default_factory=lambda: np.zeros((48, 64, 3), np.uint8)
    )

    def take(self, timeout_s: float) -> Frame | None:
        assert not self.closed, "frames are taken of a closed camera"
        act = self.acts[self._act] if self._act < len(self.acts) else Freeze(float("inf"))
        if isinstance(act, Fail):
            raise SourceError(act.words)
        if isinstance(act, End):
            raise EndOfSource
        if isinstance(act, Freeze):
            waited_s = self._freeze(act, timeout_s)
            return self.take(timeout_s - waited_s) if waited_s < timeout_s else None
        return self._deliver(act)

    def length_s(self) -> float:
        return 0.0

    def close(self) -> None:
        self.closed += 1

    def _freeze(self, act: Freeze, timeout_s: float) -> float:
        """Seconds waited: to the end of the freeze or of the patience, whichever comes first."""
        waited_s = min(timeout_s, act.seconds - self._done)
        self.clock.now_s += waited_s
        self._advance(waited_s, act.seconds)
        return waited_s

    def _deliver(self, act: Deliver) -> Frame:
        self.clock.now_s += 1 / self.frame_rate
        self.late += act.dropped * (self._done == 0)
        taken = frame(self._pixels, self.clock.now_s, self.index)
        self.index += 1
        self._advance(1, act.frames)
        return taken

    def _advance(self, done: float, whole: float) -> None:
        self._done += done
        if self._done >= whole:
            self._act, self._done = self._act + 1, 0


class FakePipeline:
    """One person in view; every `every` frames a passage is complete and an exception. One more at the end."""

    def __init__(self, every: int = 1_000_000, at_the_end: int = 0) -> None:
        self.every = every
        self.at_the_end = at_the_end
        self.patience_s = 4.0
        self.concluded = False
        self.seen: list[Frame] = []
        self.forgotten = 0
        self.wishes: list[Rule | Capture] = []

    def wish(self, rule: Rule) -> None:
        self.wishes.append(rule)

    def look_within(self, capture: Capture) -> None:
        self.wishes.append(capture)

    def forget(self) -> None:
        self.forgotten += 1
        self.concluded = True

    def step(self, seen: Frame) -> Step:
        self.seen.append(seen)
        self.concluded = False
        complete = len(self.seen) % self.every == 0
        return self._step(tracks({1: (10, 10, 20, 40)}), 1 if complete else 0, seen.captured_s)

    def idle(self, now_s: float) -> Step | None:
        if not self.seen or self.concluded or now_s - self.seen[-1].captured_s <= self.patience_s:
            return None
        return self.finish(now_s)

    def finish(self, now_s: float) -> Step:
        count = 0 if self.concluded else self.at_the_end
        self.concluded = True
        return self._step(tracks({}), count, now_s)

    def _step(self, seen: Tracks, count: int, now_s: float) -> Step:
        passages: list[Passage] = [passage(i, None, at_s=now_s) for i in range(count)]
        decisions = [exception(i, now_s) for i in range(count)]
        return Step(seen, passages, decisions, "ok", len(seen.ids))


def exception(track: int, now_s: float) -> Decision:
    """A decision that leaves the booth as an event."""
    return decision(track, at_s=now_s, exception=True)


def decision(track: int, **changes: Any) -> Decision:
    """A decision on a red coat."""
    values: dict[str, Any] = {"at_s": 0.0, "rarity": 0.97, "distance": 4.5, "why": ("red", "upper")}
    values |= {"box": (1.0, 2.0, 3.0, 4.0), "zone": "street", "exception": False}
    return Decision(track=track, **{**values, **changes})
