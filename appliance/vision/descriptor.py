"""What clothes look like: masked cuts in, one vector per measure out. Version descriptor/1."""

from __future__ import annotations

from appliance.records import Descriptors, Garments
from appliance.runtime.seam import Measures

VERSION = "descriptor/1"
MEASURES = {"colour": 128, "stripes": 1536, "texture": 72}
"Measure -> length of its vector."


class Descriptor:
    """Three measures of the garments; the masked-out rest cannot reach them."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    def describe(self, garments: Garments) -> Descriptors:
        """Measure N views; N may be 0."""
        cuts, masks = garments.cuts, garments.masks
        return Descriptors(
            garments.ids,
            {
                "colour": self._measures.colour(cuts, masks),
                "stripes": self._measures.stripes(cuts, masks),
                "texture": self._measures.texture(cuts, masks),
            },
        )
