"""A lookout on a clock that nobody waits for: its cameras play their acts, and what it tells is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from appliance.app import Eyes
from appliance.config import Settings
from appliance.errors import SourceError
from appliance.health.pause import OPERATOR, pause, resume
from appliance.runtime.cpu.image import CpuImageOps
from appliance.uplink.outbox import Outbox
from appliance.verbs.figures import Figures
from appliance.verbs.lookout import Lookout
from tests.fakes import Deliver, End, Fail, FakeCamera, FakeClock, FakePipeline, FakeStop, Freeze

EYES = cast(Eyes, SimpleNamespace(engine="abcdef012345", image=CpuImageOps()))
CAMERA, FILE = "v4l2:/dev/video0", "street.mp4"
GONE = [SourceError("csi:0: Argus timed out")] * 150
Acts = Sequence[Deliver | Freeze | Fail | End]


class Diary(FakeClock):
    """A clock at whose hours somebody does something to the booth."""

    def __init__(self) -> None:
        super().__init__()
        self._plans: list[tuple[float, Callable[[], object]]] = []

    def at(self, now_s: float, action: Callable[[], object]) -> None:
        """Plan `action` for the first time that anybody asks for the time from `now_s` on."""
        self._plans.append((now_s, action))
        self._plans.sort(key=lambda plan: plan[0])

    def monotonic(self) -> float:
        while self._plans and self._plans[0][0] <= self.now_s:
            self._plans.pop(0)[1]()
        return self.now_s


class Warming:
    """Sensors of a machine that gets a degree warmer with each reading, whose memory answers every second time."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.read_s: list[float] = []

    def read(self) -> dict[str, float]:
        self.read_s.append(self._clock.now_s)
        memory = {"memory_free_mb": 512.0} if len(self.read_s) % 2 else {}
        return {"temperature_c": 40.0 + len(self.read_s), **memory}

    def describe(self) -> dict[str, str]:
        return {}


class Booth:
    """A lookout whose cameras play their acts, one camera after the other, on a clock that nobody waits for."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.clock = Diary()
        self.cameras: list[FakeCamera] = []
        self.opened_s: list[float] = []
        self.told: list[dict[str, Any]] = []
        self.capture: dict[str, Any] = {}
        self.started: list[Settings] = []
        "By which pipelines were made."
        self.pipeline: FakePipeline = FakePipeline()
        self.sensors: Warming | None = None
        self._patch = monkeypatch

    def look(
        self, *lives: Acts | SourceError, source: str = CAMERA, stop_s: float = 600, **camera: float
    ) -> None:
        folders = {"state": self.folder / "state", "runtime": self.folder / "run"}
        settings = Settings.model_validate(
            {"camera": {"source": source, **camera}, "folders": folders, "capture": self.capture}
        )
        left = iter(lives)

        def open_camera(*_: Any, live: bool) -> FakeCamera:
            assert live
            self.opened_s.append(self.clock.now_s)
            acts = next(left, ())
            if isinstance(acts, SourceError):
                raise acts
            self.cameras.append(FakeCamera(self.clock, acts))
            return self.cameras[-1]

        time = SimpleNamespace(monotonic=self.clock.monotonic)
        self._patch.setattr("appliance.verbs.lookout.open_camera", open_camera)
        self._patch.setattr("appliance.verbs.crew.make_pipeline", self._make_pipeline)
        self._patch.setattr("appliance.verbs.lookout.time", time)
        self._patch.setattr("appliance.verbs.crew.time", time)
        self._patch.setattr("appliance.verbs.post.WAIT_S", 10.0)
        self._patch.setattr("appliance.verbs.figures.time", time)
        self._patch.setattr("appliance.verbs.figures.write_vitals", self._write)
        stop = FakeStop(self.clock, self.clock.now_s + stop_s)
        figures = Figures(folders["runtime"])
        if self.sensors is not None:
            figures.watch(self.sensors)
        Lookout(settings, EYES, None, figures).run(stop)

    def _make_pipeline(self, settings: Settings, *_: object) -> FakePipeline:
        self.started.append(settings)
        return self.pipeline

    def _write(self, _runtime: Path, process: str, vitals: dict[str, Any], now_s: float) -> None:
        assert process == "vision"
        self.told.append({**vitals, "written_s": now_s})

    def states(self) -> list[str]:
        """The states told, each once where it did not change."""
        states = [vitals.get("state", "") for vitals in self.told]
        return [state for row, state in enumerate(states) if row == 0 or states[row - 1] != state]

    def events(self) -> list[bytes]:
        outbox = Outbox(self.folder / "state/outbox.sqlite")
        rows = outbox.batch(1000)
        outbox.close()
        return [row.payload for row in rows]


def paused_from(booth: Booth, from_s: float, until_s: float) -> None:
    booth.clock.at(from_s, lambda: pause(booth.state, OPERATOR, "2026-11-22T17:01:00Z"))
    booth.clock.at(until_s, lambda: resume(booth.state, OPERATOR))
