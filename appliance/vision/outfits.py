"""An outfit in coarse words: one passage's measures in, colours from chest to shoes and the kind of pattern out.

The words are absolute, the same in every street, so that staff know the person and cities can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from appliance.outfit import MIXED, PARTS, UNSEEN, Outfit
from appliance.records import FloatArray
from appliance.vision.beta import Figures
from appliance.vision.reasons import PALETTE, PATTERN, SLOPES, direction
from appliance.vocabulary import COLOURS

NAMED = 0.35
"Share of a part from which its leading colour gives it the name; on street photos one outfit in ten has none above."
BUSY = 3.0
"Mean log slope at the two finer scales from which cloth has a pattern: one in six of 160 photos, nearly all right."
STRIPED = 0.8
"As in reasons.py, but of a whole outfit: below, open coats and pleats pass for stripes."


def outfit_of(measures: Mapping[str, FloatArray]) -> Outfit:
    """The outfit that raw vectors (D,) by measure tell of; UNSEEN where there is no palette."""
    palette = measures.get(PALETTE)
    if palette is None:
        return UNSEEN
    shares = np.square(palette.astype(np.float64)).reshape(PARTS, len(COLOURS))
    parts = tuple(shade_of(part) for part in shares)
    return Outfit(
        shade_of(shares[:2].sum(axis=0)), shade_of(shares[2:].sum(axis=0)), parts, pattern_of(measures)
    )


def shade_of(shares: Figures) -> str:
    """The colour that leads among shares (C,), mixed where none has NAMED of their sum."""
    total = float(shares.sum())
    best = int(np.argmax(shares))
    return COLOURS[best] if total > 0 and float(shares[best]) >= NAMED * total else MIXED


def pattern_of(measures: Mapping[str, FloatArray]) -> str:
    """plain, striped or patterned, by how steep the cloth's light changes; plain where that was not measured."""
    texture = measures.get(PATTERN)
    if texture is None:
        return "plain"
    figures = texture.astype(np.float64)
    if float(figures[SLOPES : SLOPES + 6].mean()) < BUSY:
        return "plain"
    return "striped" if direction(figures) >= STRIPED else "patterned"
