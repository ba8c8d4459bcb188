"""What the words look like: a label goes in, the colour it is drawn in and the place it takes come out."""

from __future__ import annotations

from collections.abc import Iterable

HEX = {
    "black": "#1d1d20",
    "grey": "#8f9296",
    "white": "#f6f4ef",
    "beige": "#d9c7a3",
    "brown": "#6f4a30",
    "red": "#c0292d",
    "orange": "#e2761b",
    "yellow": "#edc32f",
    "green": "#3f7d4b",
    "cyan": "#49a9b4",
    "blue": "#2f5597",
    "purple": "#6b4391",
    "pink": "#e39bb1",
    "mixed": "#cfcac4",
}
"Each colour as its word says it; the order is that of the ribbons: greys, then earth, then round the wheel."
ORDER = tuple(HEX)


def in_order(labels: Iterable[str]) -> list[str]:
    """Colours in the palette's order, then all other words by the alphabet."""
    return sorted(set(labels), key=lambda label: (ORDER.index(label) if label in HEX else len(ORDER), label))


def hex_of(label: str) -> str:
    """How a colour is drawn; a word that is none, such as a pattern, in the ink of the page."""
    return HEX.get(label, "#4a4d55")
