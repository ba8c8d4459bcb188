"""`booth` with a witness in it: the same command in; beside all it does, a folder of what must not leave it, out.

python -m tests.walls.spy TRUTH run vision --config F. What was planted in the pictures is known, but not what the
networks and the tracker make of it: that is noted here, in the very process whose writes and memory are searched.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from appliance.__main__ import main
from appliance.records import Descriptors, FloatArray, Frame, Garments
from appliance.verbs import apprentice
from appliance.vision.descriptor import Descriptor
from appliance.vision.pipeline import Pipeline, Step

BOXES, TIMES, CUTS, DECISIONS = "boxes", "times_s", "cuts", "decisions.jsonl"
"Files beside those of the measures."
ROW = 100
"Of each cut, which is about the chest; what is noted of it."


class Spy:
    """Notes every vector, box and time, and each decision, at once, and keeps no copy of any."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._files: dict[str, int] = {}

    def hide(self) -> None:
        """Stand behind the real parts."""
        real_describe, real_step, real_conclude = Descriptor.describe, Pipeline.step, Pipeline._conclude

        def describe(descriptor: Descriptor, garments: Garments) -> Descriptors:
            made = real_describe(descriptor, garments)
            self._note_all(made.measures)
            for cut in garments.cuts:
                self._note(CUTS, cut[ROW])
            return made

        def step(pipeline: Pipeline, frame: Frame) -> Step:
            self._note(TIMES, np.array([frame.captured_s]))
            return real_step(pipeline, frame)

        def conclude(pipeline: Pipeline, *args: Any) -> Step:
            made = real_conclude(pipeline, *args)
            self._note(BOXES, made.tracks.boxes)
            for passage in made.passages:
                self._note_all(passage.measures)
            for decision in made.decisions:
                self._write(DECISIONS, json.dumps(asdict(decision)).encode() + b"\n")
            return made

        Descriptor.describe = describe  # type: ignore[method-assign, assignment]
        Pipeline.step = step  # type: ignore[method-assign, assignment]
        Pipeline._conclude = conclude  # type: ignore[method-assign, assignment]

    def _note_all(self, measures: dict[str, FloatArray]) -> None:
        for name, rows in measures.items():
            self._note(name, rows)

    def _note(self, name: str, rows: np.ndarray[Any, Any]) -> None:
        """The very memory of the process goes to the file: a copy would be found by whoever searches it."""
        if rows.size:
            self._write(name, np.ascontiguousarray(rows).data.cast("B"))

    def _write(self, name: str, content: bytes | memoryview) -> None:
        if name not in self._files:
            self._files[name] = os.open(self._folder / name, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        os.write(self._files[name], content)


if __name__ == "__main__":
    # A bank is written once ten more people came, for which a video would have to be long.
    apprentice.MIN_SUPPORTERS = 1  # type: ignore[attr-defined]
    Spy(Path(sys.argv.pop(1))).hide()
    main()
