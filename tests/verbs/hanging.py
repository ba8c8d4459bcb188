"""The vision process of shuttered.py while it learns from whoever passes; from the first frame on the disk hangs."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from appliance.vision.novelty import Judge
from appliance.vision.pipeline import Step
from tests.streets import passage, random_measures
from tests.verbs import shuttered

PEOPLE = 10
"Who pass with each frame: a bank is due in a second, and every few frames from then on."


class Passing(shuttered.Working):
    def __init__(self) -> None:
        super().__init__()
        self.rng = np.random.default_rng(0)

    def _step(self, seen: Any, count: int, now_s: float) -> Step:
        vars(os).update(fsync=hang)
        step = super()._step(seen, count, now_s)
        step.passages.extend(passage(track, random_measures(self.rng)) for track in range(PEOPLE))
        return step

    def judge_by(self, judge: Judge, rule: object) -> None:
        """Judges nobody."""


def hang(_: int) -> None:
    threading.Event().wait()


if __name__ == "__main__":
    vars(shuttered).update(Working=Passing)
    shuttered.main(Path(sys.argv[1]))
