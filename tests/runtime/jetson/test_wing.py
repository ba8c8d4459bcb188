"""The whole wing on a real street: what it finds, measures and decides is what the CPU wing does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.config import Settings
from appliance.records import Passage
from appliance.runtime.jetson.gpu import Gpu
from appliance.verbs.playback import Excerpt, play
from tests.runtime.jetson.shim.driver import ShimDriver
from tests.runtime.jetson.wing import jetson_eyes

SMALL = {"width": 416, "height": 416}
FRAMES_S = 2.5


@pytest.fixture(scope="module")
def device(shim: ShimDriver) -> Gpu:
    return Gpu(shim)


def settings_for(video: Path) -> Settings:
    return Settings.model_validate({"detector": SMALL, "camera": {"source": str(video)}, "wing": "cpu"})


def test_x(device: Gpu, small_eyes: Eyes, street_video: Path, tmp_path: Path) -> None:
    import time
    settings = settings_for(street_video)
    with jetson_eyes(device, settings, tmp_path) as eyes:
        t = time.time()
        ours = list(play(settings, eyes, None, Excerpt(seconds=FRAMES_S)))
        print("jetson", time.time() - t, len(ours), dict(ours[-1].pipeline.stopwatch.seconds))
        print(device.copies, device.held_mb)
        t = time.time()
        theirs = list(play(settings, small_eyes, None, Excerpt(seconds=FRAMES_S)))
        print("cpu", time.time() - t, len(theirs))
    for one, other in zip(ours, theirs):
        print(len(one.step.tracks.ids), len(other.step.tracks.ids), [np.abs(one.step.tracks.boxes - other.step.tracks.boxes).max() if one.step.tracks.boxes.shape == other.step.tracks.boxes.shape else "differs"])
    mine = [p for one in ours for p in one.step.passages]
    his = [p for one in theirs for p in one.step.passages]
    print(len(mine), len(his))
    for a, b in zip(mine, his):
        print(a.track, b.track, a.abstained, b.abstained, {n: float(np.abs(a.measures[n] - b.measures[n]).max()) for n in a.measures if n in b.measures})
