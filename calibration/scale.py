"""How raw figures of a measure become comparable: variances in, the length of one standardised unit out."""

from __future__ import annotations

import numpy as np

from appliance.vision.descriptor import KINDS
from calibration.prototypes import Figures

STANDARDISED = frozenset(name for name, kind in KINDS.items() if kind.standardised)
LEAST_DEVIATION = 0.05
"A figure that hardly varies must not be blown up."


def unit_of(measure: str, variance: Figures) -> Figures:
    """Deviations times sqrt(D), shape (D,), so that a passage is near 1 from the mean; ones for histograms."""
    if measure not in STANDARDISED:
        return np.ones(len(variance))
    units: Figures = np.maximum(np.sqrt(variance), LEAST_DEVIATION) * np.sqrt(len(variance))
    return units
