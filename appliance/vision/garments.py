"""The clothing of a person: frame and boxes in, cuts with head and street masked out. A bad mask means abstain."""

from __future__ import annotations

import contextlib

import numpy as np

from appliance.records import DeviceArray, FloatArray, Frame, Garments, IntArray, MaskArray
from appliance.runtime.seam import ImageOps, Model
from appliance.vision.silhouette import largest_part, neck_row, silhouette_hints

CROP_WIDTH, CROP_HEIGHT = 192, 384
"Input of the matte network; a fixed shape suits a compiled engine."
CUT_WIDTH, CUT_HEIGHT = 128, 256
"What the descriptor reads; stretched, so that a body's width does not count."
PAD_X, PAD_Y = 0.15, 0.08
"Share of the box added on each side: detectors shave hands and feet, and the street beside shows its colours."
MATTE_HEIGHT_PX = 200
"""Smaller people are blurred, and the matte network, trained on portraits, loses most of them.

Measured on street video: it keeps 11 of 41, the silhouette 37 of 41; on photos 59 of 60 against 54 of 60.
"""
SURE = 0.5
"Matte value from which a pixel is the person."
MIN_COVER, MAX_COVER = 0.12, 0.85
"Share of the padded box that a standing person fills; beyond it the mask has missed or swallowed the street."
MIN_SPAN = 0.6
"Share of the padded box's height that a person reaches over."
MAX_DOUBT = 0.35
"Share of half-sure pixels among those of the person."
HALF_DETAIL = 50.0
"Sharpness at which a view is believed half: motion blur measures below, a view in focus above."


class MaskRefused(Exception):
    """The mask of one person is too bad to judge by; the text says why."""


class GarmentCutter:
    """Cuts the garments of chosen people out of a frame."""

    def __init__(self, image: ImageOps, matte: Model) -> None:
        self._image = image
        self._matte = matte

    def cut(self, frame: Frame, ids: IntArray, boxes: FloatArray) -> Garments:
        """Mask people (N,) with boxes (N, 4). People with a bad mask are named in `refused`, not cut."""
        padded = pad(boxes)
        crops = self._image.crop(frame, padded, CROP_WIDTH, CROP_HEIGHT)
        heights = boxes[:, 3] - boxes[:, 1]
        masks, kept, refused = [], [], {}
        for row, track in enumerate(ids.tolist()):
            try:
                masks.append(self._mask(crops[row : row + 1], float(heights[row])))
                kept.append(row)
            except MaskRefused as reason:
                refused[track] = str(reason)
        stacked = np.stack(masks) if masks else np.zeros((0, CROP_HEIGHT, CROP_WIDTH), np.bool_)
        cuts, fitted = self._image.cut(frame, padded[kept], stacked, CUT_WIDTH, CUT_HEIGHT)
        detail = self._image.sharpness(crops[kept])
        return Garments(cuts, fitted, ids[kept], detail / (detail + HALF_DETAIL), refused)

    def _mask(self, crop: DeviceArray, height_px: float) -> MaskArray:
        """The ladder: the matte network where it can see enough, the silhouette by colours where it cannot."""
        if height_px >= MATTE_HEIGHT_PX:
            matte = self._matte.infer({"input": self._image.network_input(crop)})["output"][0, 0]
            with contextlib.suppress(MaskRefused):
                return clothes_of(person_in_matte(matte))
        person = self._image.segment(crop, silhouette_hints(CROP_WIDTH, CROP_HEIGHT, PAD_X, PAD_Y))[0]
        return clothes_of(largest_part(person))


def pad(boxes: FloatArray) -> FloatArray:
    """Boxes (N, 4) widened by PAD_X and PAD_Y of their size on each side."""
    size = boxes[:, 2:] - boxes[:, :2]
    margin = size * np.array([PAD_X, PAD_Y], np.float32)
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)


def person_in_matte(matte: FloatArray) -> MaskArray:
    """The person of a matte (H, W), 0..1. Raises MaskRefused when the network was in doubt."""
    if not np.isfinite(matte).all():
        raise MaskRefused("matte is not finite")
    person: MaskArray = largest_part(matte > SURE)
    doubt = float(((matte > 0.1) & (matte < 0.9)).sum() / max(1, int(person.sum())))
    if doubt > MAX_DOUBT:
        raise MaskRefused(f"{doubt:.0%} of the mask is in doubt")
    return person


def clothes_of(person: MaskArray) -> MaskArray:
    """A person's mask (H, W) with the head off. Raises MaskRefused when its shape cannot be a whole person's."""
    cover = float(person.mean())
    if not MIN_COVER <= cover <= MAX_COVER:
        raise MaskRefused(f"person fills {cover:.0%} of the box")
    rows = np.flatnonzero(person.any(axis=1))
    if rows[-1] - rows[0] < MIN_SPAN * len(person):
        raise MaskRefused("only part of the person is visible")
    clothes: MaskArray = person.copy()
    clothes[: neck_row(person)] = False
    return clothes
