"""What may be said of an outfit besides why it stands out: coarse words of a closed vocabulary, for all."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.vocabulary import COLOURS, PATTERNS

MIXED = "mixed"
"No colour has enough of it."
SHADES = (*COLOURS, MIXED)
PARTS = 4
"From chest to shoes, a quarter of the clothes' height each."
HEADINGS = ("left", "right", "towards", "away", "still")
"Where a person goes, as the camera sees it; staff beside the booth see the same."


@dataclass(frozen=True)
class Outfit:
    """Colours and pattern of one passage's clothes; tells of no person. Raises ValueError for any other word."""

    upper: str
    "One of SHADES."
    lower: str
    "One of SHADES."
    parts: tuple[str, ...]
    "PARTS shades from top to bottom: a long coat or short trousers show in where the colour changes."
    pattern: str
    "One of PATTERNS."

    def __post_init__(self) -> None:
        shades = (self.upper, self.lower, *self.parts)
        if len(self.parts) != PARTS or not set(shades) <= set(SHADES) or self.pattern not in PATTERNS:
            raise ValueError("no outfit in words of the vocabulary")


UNSEEN = Outfit(MIXED, MIXED, (MIXED,) * PARTS, "plain")
"Where nothing was measured."
