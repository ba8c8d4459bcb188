"""The closed vocabulary of `why`: the only words about an outfit that may leave the booth."""

from __future__ import annotations

COLOURS = (
    *("black", "white", "grey", "red", "orange", "yellow", "green", "cyan"),
    *("blue", "purple", "pink", "brown", "beige"),
)
PATTERNS = ("plain", "striped", "patterned")
PARTS = ("upper", "middle", "lower", "whole")
LEVELS = ("bright", "dark", "vivid", "muted", "mixed")
MEASURES = ("colour", "pattern", "cut")
"What stands out as a whole, where no single word of the above does."
WORDS = (*COLOURS, *PATTERNS, *PARTS, *LEVELS, *MEASURES)
"Clothes only: no word may tell of a body, an age, a skin or a belief."
MOST_WORDS = 3
"Words of one exception at the most."
