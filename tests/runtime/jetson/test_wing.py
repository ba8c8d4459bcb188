"""The whole wing on a real street: what it finds, measures and decides is what the CPU wing does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.config import Settings
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
    settings = settings_for(street_video)
    with jetson_eyes(device, settings, tmp_path) as eyes:
        ours = list(play(settings, eyes, None, Excerpt(seconds=FRAMES_S)))
    theirs = list(play(settings, small_eyes, None, Excerpt(seconds=FRAMES_S)))
    for one, other in zip(ours, theirs, strict=False):
        a, b = one.step.tracks.boxes, other.step.tracks.boxes
        print(a.shape, b.shape, np.abs(a - b).max(initial=0) if a.shape == b.shape else "")
    mine = [p for one in ours for p in one.step.passages]
    his = [p for one in theirs for p in one.step.passages]
    for p in mine + his:
        print(p.track, p.box, p.abstained, p.views)
    for a in mine:
        for b in his:
            if a.track == b.track:
                print(
                    a.track,
                    {
                        n: (
                            float(np.abs(a.measures[n] - b.measures[n]).max()),
                            float(
                                np.linalg.norm(a.measures[n] - b.measures[n]) / np.linalg.norm(b.measures[n])
                            ),
                        )
                        for n in a.measures
                        if n in b.measures
                    },
                )
