"""A canary's video in; its pictures, and a video of them after which nobody comes any more, out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from appliance.config import Camera
from appliance.runtime.cpu.camera import CpuCamera
from tests.videos import LOSSLESS, write_video
from tests.walls.canary import Canary
from tests.walls.conftest import FRAME_RATE
from tests.walls.memory import Pixels

FRAMES = 24
"Of the canary's video that are shown."
PEOPLE_S = FRAMES / FRAME_RATE
EMPTY_S = 60
"Of the wall: three seconds of frames at the usual rate, then one a second."


def pictures_of(canary: Canary) -> list[Pixels]:
    camera = CpuCamera(Camera(source=str(canary.video)), live=False)
    pictures: list[Pixels] = []
    for _ in range(FRAMES):
        frame = camera.take(10)
        assert frame is not None
        # Its memory is the camera's, and soon another picture's.
        pictures.append(np.array(frame.pixels, np.uint8))
    camera.close()
    return pictures


def write_street(folder: Path, pictures: list[Pixels]) -> Path:
    """The pictures, then EMPTY_S of nobody."""
    soon = FRAMES + 3 * FRAME_RATE
    at_s = [number / FRAME_RATE for number in range(soon)]
    at_s += [at_s[-1] + number for number in range(1, EMPTY_S - 2)]
    # A wall, since a street made of the pictures' medians has people in it who stood still.
    shown = pictures + [np.full_like(pictures[0], 120)] * (len(at_s) - FRAMES)
    return write_video(folder / "street.mkv", shown, LOSSLESS, FRAME_RATE, at_s)
