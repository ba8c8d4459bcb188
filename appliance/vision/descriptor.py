"""What clothes look like: masked cuts in, one vector per measure out. Version descriptor/1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.records import Descriptors, FloatArray, Garments
from appliance.runtime.seam import ImageOps, Measures, Model
from appliance.vision.colours import colour_table
from appliance.vocabulary import COLOURS

VERSION = "descriptor/1"
SKETCH = 256
"Figures that the appearance network's 1280 features are folded into: fewer hold less of a person."


@dataclass(frozen=True)
class Kind:
    """How one measure is used."""

    length: int
    "Of its vector."
    weight: float
    "Of its surprise in the distance; 0: it only finds words and trends."
    standardised: bool = False
    "Its figures have different units, so each is divided by its spread over the street; histograms are not."
    coded: bool = False
    "It holds shares, and the distance is what it takes to tell them in the words of the street: see codes.py."


KINDS = {
    "colour": Kind(169, 1.0),
    "tint": Kind(169, 1.0, coded=True),
    "texture": Kind(21, 0.6, standardised=True),
    "weave": Kind(300, 0.65, coded=True),
    "structure": Kind(SKETCH, 0.5, standardised=True),
    "light": Kind(8, 0.5),
    "palette": Kind(4 * len(COLOURS), 0.0),
}
"""The measures of descriptor/1.

Colour and pattern lead, each by what the nearest people wear and by what the street wears on the whole; cut and light,
which also change with pose, aids and the sun, have to surprise about twice as much. Measured on street photos, three
splits, banks of 180: without tint and weave mean AUROC .930 and recall .70 at 5 % flags, with them .949 and .78, and
shifts by what must not matter are a third smaller. Weight of the cut .5 / .6 / .7: quiet costumes .816 / .829 / .839,
shift by a wheelchair .20 / .21 / .23 sigma. Light makes a person all in white stand out in a street in black.
"""
MEASURES = {name: kind.length for name, kind in KINDS.items()}
"Measure -> length of its vector."


class Descriptor:
    """The measures of garments; the masked-out rest cannot reach them."""

    def __init__(self, measures: Measures, image: ImageOps, appearance: Model) -> None:
        self._measures = measures
        self._image = image
        self._appearance = appearance
        self._names = colour_table()

    def describe(self, garments: Garments) -> Descriptors:
        """Measure N views; N may be 0."""
        clothes, core = (garments.cuts, garments.masks), (garments.core_cuts, garments.core_masks)
        measures = self._measures
        texture, weave = measures.pattern(*core)
        return Descriptors(
            garments.ids,
            {
                "colour": measures.colour(*clothes),
                "tint": measures.colour(*core) ** 2,
                "texture": texture,
                "weave": weave,
                "structure": self._structure(garments),
                "light": measures.light(*core),
                "palette": measures.palette(*clothes, self._names, len(COLOURS)),
            },
        )

    def _structure(self, garments: Garments) -> FloatArray:
        """Shares of the appearance network's last features over the clothes, folded: kinds of garments.

        Shape (N, SKETCH). Roots of shares (Hellinger, as RootSIFT, Arandjelovic and Zisserman 2012) let the many
        weak features speak beside the few strong ones.
        """
        if not len(garments.ids):
            return np.zeros((0, KINDS["structure"].length), np.float32)
        relief = self._image.relief(garments.cuts, garments.masks)
        features = self._appearance.infer({"image": relief})["layer18"]
        return folded(roots_of(self._measures.pool(features, garments.masks)))


def roots_of(features: FloatArray) -> FloatArray:
    """Square roots of the shares of features (N, C), >= 0, shape (N, C), scaled so that equal shares give ones."""
    total = np.maximum(features.sum(axis=1, keepdims=True), 1e-9)
    roots: FloatArray = np.sqrt(features * (features.shape[1] / total)).astype(np.float32)
    return roots


def folded(features: FloatArray) -> FloatArray:
    """Count sketch (Charikar et al. 2002) of features (N, C), shape (N, SKETCH): distances stay in proportion.

    Feature i adds to figure i mod SKETCH, with the sign of the parity of i's bits, so every machine folds alike.
    """
    count, length = features.shape
    signs = np.array([1 - 2 * (bin(place).count("1") % 2) for place in range(length)], np.float32)
    rows = (features * signs).reshape(count, length // SKETCH, SKETCH)
    sketch: FloatArray = (rows.sum(axis=1) / np.sqrt(np.float32(length / SKETCH))).astype(np.float32)
    return sketch
