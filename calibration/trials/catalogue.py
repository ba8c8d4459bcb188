"""All kinds of trials by name: exceptions that should be seen, and pairs that must not matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from calibration.trials import costumes, fairness, outfits, views
from calibration.trials.aids import CHAIRS, STICKS
from calibration.trials.brush import Edit
from calibration.trials.labels import Shot

CONTROL = "none"
LOUD: Mapping[str, Edit] = MappingProxyType({
    "vivid": outfits.vivid, "hue90": outfits.turn_hue, "stripes": outfits.stripes, "prints": outfits.prints,
    "clash": outfits.clash, "mono": outfits.mono, "glitter": outfits.glitter, "twotone": outfits.two_tone,
    "hivis": costumes.hi_vis, "sash": costumes.sash,
})  # fmt: skip
"Exceptions by colour and pattern; `swap`, which needs a donor, comes with exceptions_with."
QUIET: Mapping[str, Edit] = MappingProxyType({
    "cape": costumes.cape, "tutu": costumes.tutu, "hugetrousers": costumes.huge_trousers, "robe": costumes.robe,
    "onepiece": costumes.one_piece,
})  # fmt: skip
"Exceptions by shape in quiet colours."
SKIN_HUE_STEP = 10.0

PERSON: Mapping[str, Edit] = MappingProxyType({
    **{f"monk{tone}": fairness.skin_tone(tone) for tone in (2, 5, 9)},
    "skinred": fairness.skin_hue(SKIN_HUE_STEP), "skinyellow": fairness.skin_hue(-SKIN_HUE_STEP),
    "hair": fairness.hair_colour, "headscarf": fairness.headscarf, "turban": fairness.turban,
    "wide": fairness.body_width(1.12), "narrow": fairness.body_width(0.88),
})  # fmt: skip
AIDS: Mapping[str, Edit] = MappingProxyType({
    **{name: fairness.with_aid(maker) for name, maker in STICKS.items()},
    **{f"wheelchair-{name}": fairness.with_aid(maker) for name, maker in CHAIRS.items()},
})  # fmt: skip
VIEW: Mapping[str, Edit] = MappingProxyType({
    "bright": views.brightness(1.2), "dark": views.brightness(0.8), "warm": views.white_balance(0.1),
    "cool": views.white_balance(-0.1), "half": views.half_scale, "flip": views.flip, "blur": views.blurred,
    "crop": views.second_crop, "shade": views.cast_shadow,
})  # fmt: skip
FAIR: Mapping[str, Edit] = MappingProxyType({**PERSON, **AIDS, **VIEW})
"Changes that must not matter; `background`, which needs another photo, comes with backgrounds_of."
ALL_SKIN = ("monk2", "monk5", "monk9", "skinred", "skinyellow")
NEEDS_TRUE_LABELS = ("clash",)
"Kinds that ask where the top ends, which no estimate tells."


@dataclass(frozen=True)
class Pair:
    """Two versions of one person whose scores must agree."""

    name: str
    first: str
    "A key of FAIR, or empty for the photo as it was."
    second: str


OPPOSITES = (
    Pair("skin tone Monk 2/9", "monk2", "monk9"),
    Pair("skin hue red/yellow", "skinred", "skinyellow"),
    Pair("brightness -20/+20", "dark", "bright"),
    Pair("white balance", "cool", "warm"),
    Pair("width -12/+12", "narrow", "wide"),
)


def pairs_of(kinds: Mapping[str, Edit]) -> Iterator[Pair]:
    """Every kind against the photo as it was, then opposites of which both sides are there."""
    yield from (Pair(kind, "", kind) for kind in kinds)
    yield from (pair for pair in OPPOSITES if pair.first in kinds and pair.second in kinds)


def exceptions_with(donor: Shot | None) -> dict[str, Edit]:
    """All exceptions; `swap` only with somebody to borrow cloth from."""
    swap = {"swap": outfits.swap_texture(donor)} if donor else {}
    return {**LOUD, **swap, **QUIET}


def fair_with(other: Shot | None) -> dict[str, Edit]:
    """All changes that must not matter; `background` only with another photo to stand in."""
    background = {"background": fairness.set_in(fairness.scenery_of(other))} if other else {}
    return {**FAIR, **background}


def rng_of(seed: int, number: int, kind: str) -> np.random.Generator:
    """A generator of its own for each photo and kind, so that more kinds leave the others as they were."""
    return np.random.default_rng([seed, number, *kind.encode()])
