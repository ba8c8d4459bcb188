"""Score me, with real networks on a real clip: whole, small as a child, or cut off at the feet, each gets a card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.answers import ANSWERS, EMPTY, TOLD
from appliance.app import Eyes, make_pipeline
from appliance.config import Camera, Settings
from appliance.outfit import UNSEEN
from appliance.records import Decision, Frame
from appliance.runtime.cpu.camera import CpuCamera
from tests.command import remembering
from tests.streets import frame

FIRST, LAST, EVERY = 80, 135, 3
"Frames of the clip in which the first of its people walks through, whole."
WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]
MAT = {"name": "mat", "polygon": [[0.9, 0], [1, 0], [1, 0.05]]}
Pixels = NDArray[np.uint8]
Picture = Callable[[Pixels], Pixels]


def as_it_is(pixels: Pixels) -> Pixels:
    return pixels


def without_feet(pixels: Pixels) -> Pixels:
    """The lower third of the picture is not there: whoever is tall in it ends at the knees."""
    return np.ascontiguousarray(pixels[: len(pixels) * 62 // 100])


def far_away(pixels: Pixels) -> Pixels:
    """The scene in the middle of a grey picture of the same size, at a fifth of its height."""
    height, width = len(pixels) // 5, pixels.shape[1] // 5
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    whole = np.full_like(pixels, 128)
    top, left = (len(pixels) - height) // 2, (pixels.shape[1] - width) // 2
    whole[top : top + height, left : left + width] = small
    return whole


@pytest.fixture(scope="module")
def frames(shared_data: Path) -> list[Frame]:
    clip = shared_data / "clips/one-by-one-person-detection.mp4"
    return list(taken(CpuCamera(Camera(source=str(clip)), live=False)))


def taken(camera: CpuCamera) -> Iterator[Frame]:
    try:
        for _ in range(LAST):
            seen: Any = camera.take(5.0)
            if seen.index >= FIRST and seen.index % EVERY == 0:
                yield frame(seen.pixels.copy(), seen.captured_s, seen.index)
    finally:
        camera.close()


def asked(
    eyes: Eyes, frames: list[Frame], picture: Picture, zones: list[dict[str, Any]]
) -> tuple[list[Decision], str, int]:
    """Decisions on who asks from the first frame on, the last answer, and how many passages were told."""
    settings = Settings.model_validate({"capture": {"mode": "opt-in-zone", "zones": [MAT, *zones]}})
    seeing, pipeline = remembering(eyes), None
    told: list[Decision] = []
    passages = 0
    for seen in frames:
        shown = frame(picture(seen.pixels), seen.captured_s, seen.index)
        pipeline = pipeline or make_pipeline(settings, seeing, None, shown)
        pipeline.ask(1)
        step = pipeline.step(shown)
        told, passages = told + step.asked, passages + len(step.passages)
    assert pipeline is not None
    return told, pipeline.ask(1), passages


@pytest.mark.parametrize("picture", [as_it_is, without_feet, far_away])
def test_whoever_asks_on_the_spot_gets_one_card_in_opt_in_mode_too(
    small_eyes: Eyes, frames: list[Frame], picture: Picture
) -> None:
    spot = {"name": "spot", "kind": "spot", "polygon": WHOLE}
    told, answer, passages = asked(small_eyes, frames, picture, [spot])
    assert (len(told), answer, passages) == (1, TOLD, 0)
    assert told[0].outfit != UNSEEN
    assert (told[0].zone, told[0].asked, told[0].judged, told[0].exception) == ("spot", True, False, False)
    assert set(ANSWERS) >= {answer}


def test_the_same_person_beside_the_spot_is_not_looked_at(small_eyes: Eyes, frames: list[Frame]) -> None:
    corner = {"name": "spot", "kind": "spot", "polygon": [[0, 0], [0.05, 0], [0.05, 0.05]]}
    assert asked(small_eyes, frames, as_it_is, [corner]) == ([], EMPTY, 0)
