"""A vision process on a camera of numpy at 30 frames a second, which writes down when it is opened, read and closed."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, cast

import numpy as np

from appliance.app import Eyes
from appliance.config import Settings
from appliance.records import Frame
from appliance.runtime.cpu.image import CpuImageOps
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.verbs import crew, lookout
from appliance.verbs.figures import Figures
from appliance.vision.pipeline import Step
from tests.fakes import FakePipeline
from tests.streets import frame

FRAME_S = 1 / 30
WORK_S = 0.06
"What a frame costs."


class CountingCamera:
    """Delivers in real time; one line for each thing that happens to it: open, read or close, and the second."""

    path, shortfall, late = "fake", "", 0

    def __init__(self, log: IO[str]) -> None:
        self._log = log
        self._index = 0
        self.note("open")

    def note(self, what: str) -> None:
        self._log.write(f"{what} {time.monotonic():.6f}\n")
        self._log.flush()

    def take(self, timeout_s: float) -> Frame:
        time.sleep(min(FRAME_S, timeout_s))
        self.note("read")
        self._index += 1
        return frame(np.zeros((48, 64, 3), np.uint8), time.monotonic(), self._index)

    def length_s(self) -> float:
        return 0.0

    def close(self) -> None:
        self.note("close")


class Working(FakePipeline):
    def step(self, seen: Frame) -> Step:
        time.sleep(WORK_S)
        return super().step(seen)


def main(folder: Path) -> None:
    """Look until the folder has a file `stop`."""
    settings = Settings.model_validate({"folders": {"state": folder / "state", "runtime": folder / "run"}})
    wing = SimpleNamespace(neighbours=CpuNeighbours, name="cpu")
    eyes = cast(Eyes, SimpleNamespace(engine="abcdef012345", image=CpuImageOps(), wing=wing))
    stop = threading.Event()
    with (folder / "camera.log").open("w") as log:
        opened: Any = lambda *_, **__: CountingCamera(log)  # noqa: E731
        made: Any = lambda *_: Working()  # noqa: E731
        vars(lookout).update(open_camera=opened)
        vars(crew).update(make_pipeline=made)
        looking = lookout.Lookout(settings, eyes, None, Figures(folder / "run"))
        threading.Thread(target=stop_with, args=(folder / "stop", stop), daemon=True).start()
        looking.run(stop)


def stop_with(file: Path, stop: threading.Event) -> None:
    """Set it once there is such a file."""
    while not file.exists():
        time.sleep(0.05)
    stop.set()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
