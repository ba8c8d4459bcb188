"""What the networks are shown to be tried: a source of frames in, the pictures that each network would see out.

All of it stays in memory. The people are cut out by the float32 networks on ONNX Runtime, as the booth does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.config import Camera as CameraSettings
from appliance.config import Settings
from appliance.errors import SourceError
from appliance.records import FloatArray, Frame
from appliance.runtime.choose import Wing, cpu_wing
from appliance.runtime.seam import Camera, EndOfSource
from appliance.vision.detector import Detector
from appliance.vision.garments import CUT_HEIGHT, CUT_WIDTH, VIEW, GarmentCutter, square_views
from appliance.vision.stopwatch import Stopwatch
from appliance.vision.views import view_quality
from calibration.trials.people import random_person
from engines.limits import APPEARANCE, BODY, DETECTOR

FRAMES = 48
"Every second one is compared, the others tell the scales of 8-bit networks."
PEOPLE = 2
"Of one frame at the most, the best to be seen first."
SILENCE_S = 5.0
PAINTED_ACROSS, PAINTED_PX = 3, 330
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Shown:
    """Pictures by the role of the network that sees them."""

    pictures: Mapping[str, Pixels]
    "Packed RGB (N, H, W, 3), each N its own."
    masks: NDArray[np.bool_]
    "Clothes on the appearance network's pictures, (N, H, W)."

    def part(self, first: int) -> Shown:
        """Every second picture from the first or second on: what teaches scales must not also judge them."""
        halves = {role: pictures[first::2] for role, pictures in self.pictures.items()}
        return Shown(halves, self.masks[first::2])


def show(settings: Settings, files: tuple[Path, Path], frames: Iterable[Frame]) -> Shown:
    """Cut what the networks see out of frames with the networks (`files`) that find people and bodies."""
    sight = Sight(settings, files)
    seen = [nothing(settings), *map(sight.see, frames)]
    pictures = {
        role: np.concatenate([shown.pictures[role] for shown in seen])
        for role in (DETECTOR, BODY, APPEARANCE)
    }
    return Shown(pictures, np.concatenate([shown.masks for shown in seen]))


def nothing(settings: Settings) -> Shown:
    """No picture of every role, in the right shapes."""
    sizes = {
        DETECTOR: (settings.detector.height, settings.detector.width),
        BODY: (VIEW, VIEW),
        APPEARANCE: (CUT_HEIGHT, CUT_WIDTH),
    }
    pictures = {role: np.zeros((0, *size, 3), np.uint8) for role, size in sizes.items()}
    return Shown(pictures, np.zeros((0, CUT_HEIGHT, CUT_WIDTH), np.bool_))


class Sight:
    """The parts of the booth that cut people out, on the CPU."""

    def __init__(self, settings: Settings, files: tuple[Path, Path]) -> None:
        wing = cpu_wing()
        people, body = (wing.model(path, settings.detector.threads) for path in files)
        self._settings = settings
        self._image = wing.image()
        self._detector = Detector(settings.detector, self._image, people, wing.boxes())
        self._cutter = GarmentCutter(self._image, body, wing.bodies())

    def see(self, frame: Frame) -> Shown:
        """What the networks see of one frame."""
        size = self._settings.detector.width, self._settings.detector.height
        boxed = self._image.letterbox(frame, *size)[0].copy()
        boxes = best_boxes(self._detector, frame, self._settings)
        views = self._image.crop(frame, square_views(boxes), VIEW, VIEW)
        garments = self._cutter.cut(frame, np.arange(len(boxes)), boxes, np.ones(3, np.float32))
        reliefs = self._image.relief(garments.cuts, garments.masks)
        return Shown(
            {DETECTOR: boxed, BODY: views, APPEARANCE: reliefs}, np.asarray(garments.masks, np.bool_)
        )


def best_boxes(detector: Detector, frame: Frame, settings: Settings) -> FloatArray:
    """Boxes (N, 4) of the people best to be seen, N at most PEOPLE."""
    boxes = detector.detect(frame, Stopwatch()).boxes
    quality = view_quality(boxes, frame, settings.garments)
    best = np.argsort(-quality, kind="stable")[:PEOPLE]
    return np.asarray(boxes[best[quality[best] > 0]], np.float32)


def street_frames(
    source: str, *, live: bool, count: int = FRAMES, wing: Wing | None = None
) -> Iterator[Frame]:
    """Frames spread over a recording, or one a second of a camera; each is valid until the next.

    Raises SourceError when there is not one.
    """
    camera = (wing or cpu_wing()).camera(CameraSettings(source=source), live=live)
    given, due_s = 0, -np.inf
    try:
        while given < count and (frame := _take(camera, source)) is not None:
            if frame.captured_s >= due_s:
                yield frame
                given += 1
                due_s = frame.captured_s + (1.0 if live else camera.length_s() / count)
    finally:
        camera.close()
    if not given:
        raise SourceError(f"{source}: not one frame; name a source that can be played")


def _take(camera: Camera, source: str) -> Frame | None:
    try:
        frame = camera.take(SILENCE_S)
    except EndOfSource:
        return None
    if frame is None:
        raise SourceError(f"{source}: no frame for {SILENCE_S:.0f} s; check it")
    return frame


def painted_frames(count: int = FRAMES) -> Iterator[Frame]:
    """Frames of painted people, the same each time, for a machine without any street."""
    for index in range(count):
        rng = np.random.default_rng([1, index])
        people = [random_person(rng, PAINTED_PX).photo for _ in range(PAINTED_ACROSS)]
        pixels = np.ascontiguousarray(np.concatenate(people, axis=1))
        yield Frame(pixels, pixels.shape[1], pixels.shape[0], float(index), index)
