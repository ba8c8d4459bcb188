"""Whether the mask comes before the encoder: a person in a frame in, whether noise behind it changes a bit out.

It reads masks and cuts, so it looks with the CPU wing, which defines what the other one does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import cv2
import numpy as np

from appliance.records import FloatArray, Frame, Garments, IntArray, MaskArray
from appliance.runtime.seam import BodyOps, ImageOps, Model
from appliance.vision.descriptor import Descriptor
from appliance.vision.garments import GarmentCutter

EDGE = 7
"Pixels of the mask's own grid by which it is widened, rounded edges included, before the rest becomes noise."


@dataclass
class Repeating:
    """A network that gives its first answer again and again, so that the mask stays while pixels change."""

    model: Model
    answer: Mapping[str, FloatArray] | None = None

    def infer(self, inputs: Mapping[str, Any], figures: Collection[str] = ()) -> Mapping[str, FloatArray]:
        """See Model.infer."""
        if self.answer is None:
            self.answer = self.model.infer(dict(inputs), figures)
        return self.answer


@dataclass
class Watching:
    """Image operations that note which masks they were given."""

    image: ImageOps
    cuts: list[tuple[FloatArray, MaskArray]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.image, name)

    def cut(self, frame: Frame, boxes: FloatArray, masks: MaskArray, rows: IntArray, *rest: Any) -> Any:
        """See ImageOps.cut."""
        self.cuts.append((boxes, masks[rows]))
        return self.image.cut(frame, boxes, masks, rows, *rest)


def mask_comes_first(
    image: ImageOps,
    body: Model,
    bodies: BodyOps,
    descriptor: Descriptor,
    frame: Frame,
    box: FloatArray,
    rng: np.random.Generator,
) -> bool | None:
    """Whether the descriptor of the person in `box` (4,) is bit-identical when all else is noise; None: no mask."""
    held, watching = cast(Model, Repeating(body)), Watching(image)
    ids: IntArray = np.zeros(1, np.int64)
    gains = np.ones(3, np.float32)
    boxes = np.asarray(box, np.float32)[None]
    garments = GarmentCutter(cast(ImageOps, watching), held, bodies).cut(frame, ids, boxes, gains)
    if not len(garments.ids):
        return None
    shown = np.zeros((frame.height, frame.width), np.bool_)
    for squares, masks in watching.cuts:
        shown |= seen_through(masks[0], squares[0], shown.shape)
    pixels = np.asarray(frame.pixels)
    noise = rng.integers(0, 256, pixels.shape, np.uint8)
    hidden = replace(frame, pixels=image.upload(np.where(shown[..., None], pixels, noise)))
    again = GarmentCutter(image, held, bodies).cut(hidden, ids, boxes, gains)
    return same(descriptor, garments, again) and same(descriptor, garments, with_noise(garments, rng))


def seen_through(mask: MaskArray, square: FloatArray, shape: tuple[int, ...]) -> MaskArray:
    """Pixels (H, W) of the frame that a mask over `square` (4,) lets through, and a little more."""
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((EDGE, EDGE), np.uint8))
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32) + 0.5
    across = (columns - square[0]) / (square[2] - square[0]) * mask.shape[1]
    down = (rows - square[1]) / (square[3] - square[1]) * mask.shape[0]
    inside = (across >= 0) & (across < mask.shape[1]) & (down >= 0) & (down < mask.shape[0])
    places = down.clip(0, mask.shape[0] - 1).astype(int), across.clip(0, mask.shape[1] - 1).astype(int)
    through: MaskArray = inside & (wide[places] > 0)
    return through


def with_noise(garments: Garments, rng: np.random.Generator) -> Garments:
    """The same masks over cuts whose masked-out pixels are noise instead of black."""
    return replace(
        garments,
        cuts=noisy(garments.cuts, garments.masks, rng),
        core_cuts=noisy(garments.core_cuts, garments.core_masks, rng),
    )


def noisy(cuts: Any, masks: Any, rng: np.random.Generator) -> Any:
    """Cuts (N, H, W, 3) with noise wherever masks (N, H, W) are off."""
    pixels = np.asarray(cuts)
    return np.where(np.asarray(masks)[..., None], pixels, rng.integers(0, 256, pixels.shape, np.uint8))


def same(descriptor: Descriptor, first: Garments, second: Garments) -> bool:
    """Whether both are described by the same bits."""
    one, other = descriptor.describe(first).measures, descriptor.describe(second).measures
    return all(one[name].tobytes() == other[name].tobytes() for name in one)
