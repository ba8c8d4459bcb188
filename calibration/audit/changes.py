"""What must not matter about a person or a picture: names of changes in, their group and its goals out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Changes that share a goal."""

    key: str
    title: str
    names: tuple[str, ...]
    "Parts of the names of its changes."
    mean: float | None = None
    "Greatest mean shift of the distance, in standard deviations across outfits."
    p95: float | None = None
    "95 % of the shifts must be below."
    flips: float | None = None
    "Greatest share of people who are told as an exception in one version only."


GROUPS = (
    Group("skin_hue", "skin hue", ("skin hue", "skinred", "skinyellow"), 0.05, 0.15, 0.005),
    Group("skin_tone", "skin tone", ("skin", "monk", "tone"), 0.05, 0.15, 0.005),
    Group("head_covering", "head covering", ("scarf", "turban", "hijab", "wig"), 0.05),
    Group("wheelchair", "wheelchair", ("chair", "seated", "sitting"), 0.10),
    Group("hair", "hair", ("hair",), 0.05),
    Group("width", "body width", ("width", "wide", "narrow"), 0.10),
    Group("aid", "cane, crutches, walker", ("cane", "crutch", "walker"), 0.05),
    Group("background", "background", ("background", "street"), 0.08),
    Group("shadow", "shadow over half of the person", ("shade", "shadow")),
    Group("light", "light", ("bright", "dark", "white balance", "warm", "cool"), 0.12),
    Group("view", "view", ("flip", "crop", "half", "blur", "scale"), 0.08),
)
"In the order in which they are asked: the first whose name fits has the change."
OTHER = Group("other", "other changes", ())
ABSTAIN_GAP = 0.03
"How much more often nothing may be said of one side than of the other, as a share of its people."
SILENCE = 0.03
"Share of everyday people, clear to see, of whom nothing may be said."
GARMENT_CONTROL = 8.0
"A change of the clothes' hue must move the distance so many times as much as one of the skin's tone."


def group_of(change: str) -> Group:
    """The group of a change by its name, in whatever words a set of photos has it."""
    name = change.lower()
    return next((group for group in GROUPS if any(part in name for part in group.names)), OTHER)
