"""How many nats it takes to tell an outfit in the street's own words: shares in, code lengths out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray

LEAST_SHARE = 1e-4
"""What nobody has worn yet is taken to be so large a part of what the street wears, or it would take for ever to tell.

Measured on street photos, mean AUROC of the colour code: 1e-3 .836, 3e-4 .843, 1e-4 .845, 1e-5 .847.
"""


def words_of(street: FloatArray | NDArray[np.float64]) -> NDArray[np.float64]:
    """The length of the word for each bin, nats, >= 0, of what is worn on average (D,), 0..1: rare bins have long ones.

    The best code for a source of known shares (Shannon 1948; Cover and Thomas, Elements of Information Theory, 5.3).
    """
    words: NDArray[np.float64] = -np.log(np.clip(street, LEAST_SHARE, 1).astype(np.float64))
    return words


def code_lengths(shares: FloatArray, words: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean length of telling a pixel's bin, nats, shape (N,): the cross-entropy of N outfits (N, D) and the street."""
    lengths: NDArray[np.float64] = shares.astype(np.float64) @ words
    return lengths
