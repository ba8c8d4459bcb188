"""The closed vocabulary of `why`: the only words about an outfit that may leave the booth."""

from __future__ import annotations

COLOURS = (
    "black", "white", "grey", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown", "beige",
)  # fmt: skip
PATTERNS = ("plain", "striped", "patterned")
PARTS = ("upper", "middle", "lower", "whole")
LEVELS = ("bright", "dark", "vivid", "muted", "mixed")
SHAPES = ("layered", "long", "short", "unusual")
WORDS = (*COLOURS, *PATTERNS, *PARTS, *LEVELS, *SHAPES)
"Clothes only: no word may tell of a body, an age, a skin or a belief."
MOST_WORDS = 3
"Words of one exception at the most."
