"""What is counted: an outfit in; for each table the number of the one cell that the passage falls in out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from appliance.outfit import MIXED, SHADES, Outfit
from appliance.uplink.trends.styles import read_codebook
from appliance.vocabulary import PATTERNS

FAMILY = {
    "black": "black",
    "grey": "grey",
    "white": "light",
    "beige": "light",
    MIXED: MIXED,
    **dict.fromkeys(("red", "orange", "yellow", "pink", "brown"), "warm"),
    **dict.fromkeys(("green", "cyan", "blue", "purple"), "cool"),
}
"Shade -> family: pairs of the shades themselves would be 196 cells, nearly all of them too small to be told."
FAMILIES = ("black", "grey", "light", "warm", "cool", MIXED)


@dataclass(frozen=True)
class Table:
    """One question that is asked of every passage."""

    name: str
    labels: tuple[str, ...]
    "Its answers; a passage gives one of them."


@cache
def all_tables() -> tuple[Table, ...]:
    """Every table, in the order of a release."""
    return (
        Table("upper-colour", SHADES),
        Table("lower-colour", SHADES),
        Table("pattern", PATTERNS),
        Table("combination", tuple(f"{upper}-over-{lower}" for upper in FAMILIES for lower in FAMILIES)),
        Table("style", tuple(read_codebook().styles)),
    )


def cells_of(outfit: Outfit) -> tuple[int, ...]:
    """For each table the number of the cell that counts this outfit; one each, so nobody counts twice in a table."""
    answers = (
        outfit.upper,
        outfit.lower,
        outfit.pattern,
        f"{FAMILY[outfit.upper]}-over-{FAMILY[outfit.lower]}",
        read_codebook().style_of(outfit),
    )
    return tuple(table.labels.index(answer) for table, answer in zip(all_tables(), answers, strict=True))
