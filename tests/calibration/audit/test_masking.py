"""The check that the mask comes first finds a leak of one pixel, and blames nobody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

import numpy as np

from appliance.records import Descriptors, DeviceArray, FloatArray, Frame, Garments, MaskArray
from appliance.runtime.cpu.image import CpuImageOps
from appliance.runtime.seam import Model
from appliance.vision.descriptor import Descriptor
from calibration.audit.masking import Repeating, noisy, same, seen_through, with_noise

WIDTH, HEIGHT = 40, 60


class Mean:
    """Describes garments by the mean of what the mask shows."""

    def describe(self, garments: Garments) -> Descriptors:
        shown = np.where(garments.masks[..., None], garments.cuts, 0)
        return Descriptors(garments.ids, {"colour": shown.sum(axis=(1, 2), dtype=np.float32)})


class Leaky(Mean):
    """Looks at one pixel more."""

    def describe(self, garments: Garments) -> Descriptors:
        seen = super().describe(garments).measures["colour"]
        return Descriptors(garments.ids, {"colour": seen + garments.cuts[:, 0, 0, :1].astype(np.float32)})


def garments() -> Garments:
    rng = np.random.default_rng(2)
    masks = np.zeros((1, HEIGHT, WIDTH), np.bool_)
    masks[:, 10:50, 10:30] = True
    cuts = np.where(masks[..., None], rng.integers(0, 256, (1, HEIGHT, WIDTH, 3)), 0).astype(np.uint8)
    return Garments(cuts, masks, cuts, masks, np.zeros(1, np.int64), np.ones(1, np.float32))


def test_noise_reaches_all_that_is_hidden_and_nothing_else() -> None:
    worn = garments()
    fresh = noisy(worn.cuts, worn.masks, np.random.default_rng(0))
    assert (fresh[worn.masks] == worn.cuts[worn.masks]).all()
    assert (fresh[~worn.masks] != 0).mean() > 0.95


def test_an_encoder_that_keeps_to_the_mask_passes_and_one_that_does_not_fails() -> None:
    worn = garments()
    noise = with_noise(worn, np.random.default_rng(0))
    assert same(cast(Descriptor, Mean()), worn, noise)
    assert not same(cast(Descriptor, Leaky()), worn, noise)


def test_noise_meets_nobody_too() -> None:
    nobody = garments()
    empty = Garments(nobody.cuts[:0], nobody.masks[:0], nobody.cuts[:0], nobody.masks[:0], nobody.ids[:0],
                     nobody.weights[:0])  # fmt: skip
    assert same(cast(Descriptor, Mean()), empty, with_noise(empty, np.random.default_rng(0)))


def test_a_held_network_answers_as_it_did_first() -> None:
    class Counting:
        def __init__(self) -> None:
            self.asked = 0

        def infer(
            self, inputs: Mapping[str, DeviceArray], figures: Collection[str] = ()
        ) -> Mapping[str, FloatArray]:
            self.asked += 1
            return {"mask": np.full(1, self.asked, np.float32)}

    network = Counting()
    held = Repeating(cast(Model, network))
    assert held.infer({})["mask"][0] == held.infer({})["mask"][0] == 1
    assert network.asked == 1


def test_what_a_mask_shows_of_the_frame_holds_all_that_the_cut_reads() -> None:
    rng = np.random.default_rng(4)
    mask: MaskArray = np.zeros((64, 64), np.bool_)
    mask[12:52, 20:44] = True
    square = np.array([7.3, -5.2, 95.9, 83.4], np.float32)
    pixels = rng.integers(0, 256, (90, 110, 3), np.uint8)
    shown = seen_through(mask, square, (90, 110))
    noise = np.where(shown[..., None], pixels, rng.integers(0, 256, pixels.shape, np.uint8))
    image, size = CpuImageOps(), (np.ones(3, np.float32), 32, 64)

    def cut(shot: Any) -> Any:
        return image.cut(Frame(shot, 110, 90, 0.0, 0), square[None], mask[None], np.zeros(1, np.int64), *size)

    (first, one), (second, other) = cut(pixels), cut(noise)
    assert one.any()
    assert (one == other).all()
    assert (first == second).all()
    assert shown.mean() < 0.8
