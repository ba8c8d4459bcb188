"""`booth` with a witness in it: the same command in; beside all it does, a file of what must not leave it, out.

python -m tests.walls.spy TRUTH run vision --config F. What was planted in the pictures is known, but not what the
networks and the tracker make of it: that is noted here, in the very process whose writes are searched for it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from appliance.__main__ import main
from appliance.records import Descriptors, FloatArray, Frame, Garments
from appliance.vision.descriptor import Descriptor
from appliance.vision.pipeline import Pipeline, Step


class Spy:
    """Notes every vector, box, number and time, and each decision; writes them when the process ends."""

    def __init__(self) -> None:
        self._vectors: dict[str, list[FloatArray]] = {}
        self._boxes: list[list[float]] = []
        self._times_s: list[float] = []
        self._decisions: list[dict[str, Any]] = []
        self._describe, self._step, self._conclude = Descriptor.describe, Pipeline.step, Pipeline._conclude

    def hide(self) -> None:
        """Stand behind the real parts."""

        def describe(descriptor: Descriptor, garments: Garments) -> Descriptors:
            made = self._describe(descriptor, garments)
            for name, rows in made.measures.items():
                self._vectors.setdefault(name, []).extend(rows.copy())
            return made

        def step(pipeline: Pipeline, frame: Frame) -> Step:
            self._times_s.append(frame.captured_s)
            return self._step(pipeline, frame)

        def conclude(pipeline: Pipeline, *args: Any) -> Step:
            made = self._conclude(pipeline, *args)
            self._boxes.extend(made.tracks.boxes.tolist())
            for passage in made.passages:
                for name, row in passage.measures.items():
                    self._vectors.setdefault(name, []).append(row.copy())
            self._decisions.extend(map(asdict, made.decisions))
            return made

        Descriptor.describe = describe  # type: ignore[method-assign, assignment]
        Pipeline.step = step  # type: ignore[method-assign, assignment]
        Pipeline._conclude = conclude  # type: ignore[method-assign, assignment]

    def tell(self, file: Path) -> None:
        """Write all of it."""
        told: dict[str, Any] = {name: np.stack(rows) for name, rows in self._vectors.items()}
        told |= {"boxes": np.array(self._boxes), "times_s": np.array(self._times_s)}
        with file.open("wb") as out:
            np.savez(out, told=json.dumps(self._decisions), **told)


if __name__ == "__main__":
    truth = Path(sys.argv.pop(1))
    spy = Spy()
    spy.hide()
    try:
        main()
    finally:
        spy.tell(truth)
