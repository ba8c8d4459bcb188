"""What vision tells of itself: states, counts and the machine's own figures, whatever the camera does."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import BoothError
from tests.fakes import Deliver, End, Fail, FakePipeline, Freeze
from tests.verbs.booth import FILE, Acts, Booth, Warming

VITALS = {
    "state": str,
    "outbox": str,
    "last_event": str,
    "learning": str,
    "trends": str,
    "inference": str,
    "reason": str,
    "camera": str,
    "camera_path": str,
    "calibrated": str,
    "frames": int,
    "late": int,
    "people": int,
    "passages": int,
    "abstained": int,
    "exceptions": int,
    "learned": int,
    "needed": int,
    "frames_per_second": float,
    "written_s": float,
}
"Everything vision tells of itself while it looks: states, counts, and no word of anybody."
SENSED = {"temperature_c", "memory_free_mb"}
"What the fake sensors give."


def test_a_full_runtime_folder_does_not_stop_the_camera(
    booth: Booth, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def write(_runtime: Path, process: str, vitals: dict[str, Any], now_s: float) -> None:
        if len(booth.told) >= 3:
            raise BoothError("vision.json: No space left on device")
        booth.told.append(vitals)

    booth._write = write  # type: ignore[method-assign]
    booth.look([Deliver(100)], stop_s=20)
    assert len(booth.pipeline.seen) == 100
    assert caplog.text.count("No space left") == 1


def test_the_way_of_the_pixels_is_told(booth: Booth) -> None:
    booth.look([Deliver(1), End()], source=FILE)
    assert booth.told[-1]["camera_path"] == "cpu"


def test_vitals_go_on_during_silence(booth: Booth) -> None:
    booth.look([Deliver(1), Freeze(9), Deliver(1), End()], source=FILE, stall_s=30)
    written_s = [vitals["written_s"] for vitals in booth.told]
    assert max(later - earlier for earlier, later in itertools.pairwise(written_s)) <= 1.5


def test_late_frames_are_told(booth: Booth) -> None:
    booth.look([Deliver(5, dropped=7), End()], source=FILE)
    assert booth.told[-1]["late"] == 7


LIVES: list[Callable[[], tuple[Acts, ...]]] = [
    lambda: ([Deliver(30), Fail("x" * 400)], [Deliver(5)]),
    lambda: ([Freeze(30)],),
    lambda: ([Deliver(40)],),
]


@pytest.mark.parametrize("lives", LIVES)
def test_vitals_hold_states_and_counts_only(booth: Booth, lives: Callable[[], tuple[Acts, ...]]) -> None:
    booth.pipeline = FakePipeline(every=4, at_the_end=1)
    booth.look(*lives(), stop_s=30)
    assert booth.told
    for vitals in booth.told:
        assert set(vitals) <= set(VITALS)
        assert all(isinstance(value, VITALS[key]) for key, value in vitals.items()), vitals
        assert len(json.dumps(vitals)) < 2000


def test_the_machine_is_read_every_ten_seconds_and_told_each_second(booth: Booth) -> None:
    booth.sensors = Warming(booth.clock)
    booth.look([Deliver(350), End()], source=FILE)
    gaps = [later - earlier for earlier, later in itertools.pairwise(booth.sensors.read_s)]
    assert len(gaps) == 3
    assert all(10 <= gap < 11.2 for gap in gaps)
    told = [vitals["temperature_c"] for vitals in booth.told if "temperature_c" in vitals]
    assert sorted(set(told)) == [41, 42, 43, 44]
    assert len(told) > 30


def test_a_figure_that_the_machine_gives_no_more_is_told_no_more(booth: Booth) -> None:
    booth.sensors = Warming(booth.clock)
    booth.look([Deliver(350), End()], source=FILE)
    for vitals in booth.told:
        assert set(vitals) <= set(VITALS) | SENSED
        if "temperature_c" in vitals:
            assert ("memory_free_mb" in vitals) == (vitals["temperature_c"] % 2 == 1)
