"""The whole way of a frame without the networks: a made-up street on the device in, milliseconds by kernel out."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from appliance.config import Detector as DetectorSettings
from appliance.records import FloatArray, Frame, IntArray
from appliance.runtime.jetson.bodies import JetsonBodyOps
from appliance.runtime.jetson.boxes import JetsonBoxOps
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.image import JetsonImageOps
from appliance.runtime.jetson.measures import JetsonMeasures
from appliance.runtime.jetson.neighbours import JetsonNeighbours
from appliance.runtime.jetson.picture import NV12
from appliance.runtime.preparation import Normal, Preparation
from appliance.vision.descriptor import SKETCH, Descriptor
from appliance.vision.detector import Detector
from appliance.vision.garments import GarmentCutter
from appliance.vision.stopwatch import Stopwatch
from tests.bodies import silhouette_of, standing_points
from tests.device.timed import TIMES, WARM_UP, TimedDriver
from tests.runtime.jetson.pictures import device_picture, noise

FULL_HD = (1920, 1080)
CELLS, FEATURES = 10_880, (1280, 8, 4)
"Boxes of the detector at 960x544; what the appearance network gives for one cut."
BYTES = Normal((0.0, 0.0, 0.0), (1 / 255, 1 / 255, 1 / 255))


class StillNetwork:
    """A network that always gives the same answer, at once."""

    def __init__(self, gpu: Gpu, answer: dict[str, FloatArray]) -> None:
        self._host = answer
        self._device = {name: gpu.put(array) for name, array in answer.items()}

    def infer(self, inputs: Mapping[str, Any], figures: Collection[str] = ()) -> dict[str, Any]:
        """See Model.infer."""
        return {name: self._host[name] if name in figures else self._device[name] for name in self._host}


def still_detector(people: FloatArray, scale: float) -> dict[str, FloatArray]:
    """Answer of a detector that sees these people (N, 4) three times each, and weak noise elsewhere."""
    rng = np.random.default_rng(1)
    boxes = (rng.random((1, CELLS, 4)) * 100).astype(np.float32)
    scores = (rng.random((1, CELLS)) * 0.2).astype(np.float32)
    seen = np.repeat(people / np.float32(scale), 3, axis=0)
    places = rng.choice(CELLS, len(seen), replace=False)
    boxes[0, places], scores[0, places] = seen, 0.8
    return {"boxes": boxes, "scores": scores}


def still_body(count: int) -> dict[str, FloatArray]:
    """Answer of a body network that sees somebody standing in each of `count` views."""
    points = np.ones((count, 33, 4), np.float32)
    points[:, :, :2] = standing_points()
    masks = np.repeat(silhouette_of(standing_points())[None, None], count, axis=0).astype(np.float32)
    return {"presence": np.ones((count, 1), np.float32), "points": points, "mask": masks}


def street_step(
    gpu: Gpu, people: int, bank_rows: int, size: tuple[int, int] = FULL_HD
) -> Callable[[], tuple[FloatArray, IntArray]]:
    """One frame of `size` with `people` in view, all of them looked at, and one search each."""
    width, height = size
    picture, _ = device_picture(gpu, noise(width, height, NV12), NV12)
    frame = Frame(picture, width, height, 0.0, 0)
    left = np.linspace(0.05, 0.85, max(people, 1))[:people, None] * width
    top = np.full_like(left, 0.2 * height)
    boxes = np.concatenate([left, top, left + 0.09 * width, top + 0.6 * height], axis=1).astype(np.float32)
    settings = DetectorSettings(width=960, height=544)
    image = JetsonImageOps(gpu, Preparation(BYTES, BYTES, BYTES))
    scale = max(width / settings.width, height / settings.height)
    detector = Detector(settings, image, StillNetwork(gpu, still_detector(boxes, scale)), JetsonBoxOps(gpu))
    cutter = GarmentCutter(image, StillNetwork(gpu, still_body(people)), JetsonBodyOps(gpu))
    features = np.random.default_rng(2).random((people, *FEATURES)).astype(np.float32)
    descriptor = Descriptor(JetsonMeasures(gpu), image, StillNetwork(gpu, {"layer18": features}))
    bank = np.random.default_rng(3).standard_normal((bank_rows, SKETCH), np.float32)
    neighbours = JetsonNeighbours(gpu, bank)
    stopwatch = Stopwatch()

    def step() -> tuple[FloatArray, IntArray]:
        found = detector.detect(frame, stopwatch).boxes
        gains = image.highlights(frame, found) / np.float32(245)
        garments = cutter.cut(frame, np.arange(len(found)), found, gains)
        return neighbours.search(descriptor.describe(garments).measures["structure"], 1)

    return step


def chain_ms(driver: TimedDriver, people: int, bank_rows: int) -> tuple[dict[str, float], int]:
    """Median device milliseconds by kernel of one frame, and bytes of pixels that crossed to the device: none."""
    gpu = Gpu(driver)
    step = street_step(gpu, people, bank_rows)
    rounds = []
    for number in range(TIMES + WARM_UP):
        driver.on = number >= WARM_UP
        step()
        rounds.append(driver.spent_ms())
    driver.on = False
    names = rounds[-1]
    spent = {name: statistics.median(one.get(name, 0.0) for one in rounds[WARM_UP:]) for name in names}
    crossed = gpu.copies.pixels_in
    gpu.close()
    return spent, crossed
