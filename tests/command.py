"""The `booth` command inside the test's process: words in, exit code and output out; the networks stay loaded."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from typing import cast

import pytest

from appliance.__main__ import main
from appliance.app import Eyes
from appliance.records import Detections, Frame
from appliance.vision.detector import Detector
from appliance.vision.stopwatch import Stopwatch

VERBS = ("replay", "learn", "score", "zones")


@dataclass(frozen=True)
class Done:
    """What a verb left behind."""

    code: int
    out: str
    err: str


class RememberingDetector:
    """The real detector, asked once per picture and only for every so many-th; in between its last answer stands."""

    def __init__(self, detector: Detector, every: int = 1) -> None:
        self._detector = detector
        self._every = every
        self._known: dict[bytes, Detections] = {}
        self._last: Detections | None = None

    def detect(self, frame: Frame, stopwatch: Stopwatch) -> Detections:
        if self._last is not None and frame.index % self._every:
            return self._last
        key = hashlib.blake2b(frame.pixels.tobytes(), digest_size=16).digest()
        if key not in self._known:
            self._known[key] = self._detector.detect(frame, stopwatch)
        self._last = self._known[key]
        return self._last


def remembering(eyes: Eyes, every: int = 1) -> Eyes:
    return replace(eyes, detector=cast(Detector, RememberingDetector(eyes.detector, every)))


@contextmanager
def loaded(eyes: Eyes) -> Iterator[pytest.MonkeyPatch]:
    """Every verb looks through these eyes, whatever its settings say."""
    with pytest.MonkeyPatch.context() as patch:
        for verb in VERBS:
            patch.setattr(f"appliance.verbs.{verb}.load_eyes", lambda _: eyes)
        yield patch


def booth(*words: object) -> Done:
    """Run one verb. Anything but an exit, such as a traceback, is the test's failure."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.argv", ["booth", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())
