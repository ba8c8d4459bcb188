"""What each pixel of a trial photo shows: classes of a label map, and where in it the person stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from appliance.records import MaskArray, check_shape

Photo: TypeAlias = NDArray[np.uint8]
"""Packed RGB (H, W, 3)."""
Labels: TypeAlias = NDArray[np.uint8]
"""Values of Label (H, W)."""
Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


class Label(IntEnum):
    """Classes of a label map; the numbers are those of the PNG files."""

    BACKGROUND = 0
    HAIR = 1
    SKIN = 2
    HEADWEAR = 3
    UPPER = 4
    LOWER = 5
    FULL = 6
    SHOES = 7
    AID = 8
    ACCESSORY = 9


GARMENTS = (Label.UPPER, Label.LOWER, Label.FULL)
CLOTHING = (*GARMENTS, Label.SHOES)
PERSON = (Label.HAIR, Label.SKIN, Label.HEADWEAR, *CLOTHING, Label.ACCESSORY)


@dataclass(frozen=True)
class Shot:
    """One photo of one person with what its pixels show."""

    photo: Photo
    labels: Labels

    def __post_init__(self) -> None:
        check_shape("photo", self.photo, (None, None, 3))
        check_shape("labels", self.labels, self.photo.shape[:2])


def to_photo(pixels: NDArray[Any]) -> Photo:
    """Any numbers (H, W, 3) rounded and clipped to 8 bit."""
    return np.asarray(np.rint(pixels).clip(0, 255), np.uint8)


def where(labels: Labels, wanted: Iterable[Label]) -> MaskArray:
    """Pixels (H, W) of any of the wanted classes."""
    mask: MaskArray = np.isin(labels, list(wanted))
    return mask


def box_of(labels: Labels) -> Box:
    """The person's box without aids; zeros where nobody is."""
    person = where(labels, PERSON)
    rows, columns = np.flatnonzero(person.any(axis=1)), np.flatnonzero(person.any(axis=0))
    if not len(rows):
        return 0, 0, 0, 0
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1
