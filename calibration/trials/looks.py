"""Who is to be painted: everything about a rendered person and their photo, and a street's usual mix of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from calibration.trials.fabric import Cloth, Pattern
from calibration.trials.heads import HAIR_STYLES, HEADWEAR, Head
from calibration.trials.light import Light
from calibration.trials.palette import HAIR, LIVELY, QUIET, Colour
from calibration.trials.skeleton import Arm, Pose
from calibration.trials.streets import STREETS

Choice = TypeVar("Choice")

POSES = {
    "arms down": (Arm(12, -8), Arm(12, -8)),
    "swinging": (Arm(20, -24), Arm(8, -4)),
    "hand on hip": (Arm(42, -105), Arm(12, -10)),
    "phone in hand": (Arm(12, -140), Arm(12, -8)),
    "hands in pockets": (Arm(24, -50), Arm(24, -50)),
    "bag on the arm": (Arm(14, -95), Arm(14, -12)),
}


@dataclass(frozen=True)
class Outfit:
    """What somebody wears; names are keys of the wardrobe."""

    top: str = "t-shirt"
    top_cloth: Cloth = Cloth(QUIET["grey"])
    bottom: str = "straight"
    "Empty under a dress, a robe or a suit of one piece."
    bottom_cloth: Cloth = Cloth(QUIET["denim"])
    over: str = ""
    "A jacket or a coat worn open over the top."
    over_cloth: Cloth = Cloth(QUIET["black"])
    cape: float = 0.0
    "Hem of a cape in heights below the crown; 0 for none."
    shoes: Colour = QUIET["black"]
    boots: bool = False
    tights: Colour | None = None


@dataclass(frozen=True)
class Look:
    """One photo to be painted."""

    head: Head
    outfit: Outfit
    pose: Pose = field(default_factory=Pose)
    width: float = 1.0
    "Of the body; 1 is average."
    shoulders: float = 1.0
    hips: float = 1.0
    height_px: int = 330
    "Standing, in pixels of the photo."
    aid: str = ""
    "A key of aids.CHAIRS or aids.STICKS; in a chair somebody sits when the pose says so."
    street: str = "facade"
    light: Light = field(default_factory=Light)


def pick(
    choices: Sequence[Choice], rng: np.random.Generator, weights: Sequence[float] | None = None
) -> Choice:
    """One of the choices; `weights` need not sum to one."""
    shares = None if weights is None else np.array(weights, float) / sum(weights)
    return choices[int(rng.choice(len(choices), p=shares))]


def random_look(rng: np.random.Generator, height_px: int = 330) -> Look:
    """Somebody in everyday clothes, any skin, any body, in any street."""
    return Look(
        random_head(rng),
        random_outfit(rng),
        Pose(pick(list(POSES.values()), rng), float(rng.uniform(0.03, 0.07)), float(rng.uniform(-0.02, 0.02)),
             float(rng.uniform(-0.012, 0.012))),
        width=float(rng.uniform(0.88, 1.25)),
        shoulders=float(rng.uniform(0.92, 1.1)),
        hips=float(rng.uniform(0.92, 1.12)),
        height_px=height_px,
        street=pick(STREETS, rng),
        light=Light(float(rng.uniform(0.85, 1.12)), float(rng.uniform(-0.05, 0.05)), float(rng.uniform(0, 0.6)),
                    float(rng.uniform(1, 4))),
    )  # fmt: skip


def random_head(rng: np.random.Generator) -> Head:
    """Any tone, hair and head covering."""
    tone = int(rng.integers(1, 11))
    colours = list(HAIR.values()) if tone < 6 else [HAIR["black"], HAIR["dark brown"], HAIR["grey"]]
    headwear = pick(("", *HEADWEAR), rng, (14, *[1] * len(HEADWEAR)))
    beard = bool(rng.random() < 0.2) and headwear != "hijab"
    return Head(
        tone,
        pick(HAIR_STYLES, rng, (1, 4, 2, 3, 1, 1)),
        pick(colours, rng),
        beard,
        headwear,
        everyday_cloth(rng),
    )


def everyday_cloth(rng: np.random.Generator) -> Cloth:
    """Mostly quiet, mostly plain."""
    colours = list(QUIET.values()) if rng.random() < 0.78 else list(LIVELY.values())
    colour = (np.array(pick(colours, rng)) * rng.uniform(0.88, 1.1)).clip(0, 255).astype(int).tolist()
    pattern = pick(list(Pattern)[:-1], rng, (40, 2, 2, 2, 1, 1.5))
    second = pick(list(QUIET.values()), rng)
    return Cloth(
        (colour[0], colour[1], colour[2]),
        second,
        pattern,
        float(rng.uniform(0.025, 0.05)),
        bool(rng.random() < 0.4),
    )


def random_outfit(rng: np.random.Generator) -> Outfit:
    """What a street wears: trousers mostly, some skirts and dresses, jackets and coats over half of it."""
    plain = Cloth(
        pick([QUIET[name] for name in ("black", "navy", "denim", "pale denim", "beige", "charcoal")], rng)
    )
    dress = rng.random() < 0.14
    top = "dress" if dress else pick(("t-shirt", "shirt", "jumper", "vest"), rng, (4, 4, 4, 1))
    bottom = (
        ""
        if dress
        else pick(("narrow", "straight", "wide", "shorts", "pencil", "a-line"), rng, (6, 7, 2, 1.5, 1, 1))
    )
    over = pick(("", "jacket", "coat"), rng, (5, 3, 2))
    bare = bottom in ("", "shorts", "pencil", "a-line")
    tights = pick((None, QUIET["black"], QUIET["charcoal"]), rng) if bare else None
    shoes = pick([QUIET[name] for name in ("black", "white", "brown", "grey", "navy")], rng)
    return Outfit(top, everyday_cloth(rng), bottom, plain if rng.random() < 0.85 else everyday_cloth(rng), over,
                  everyday_cloth(rng), 0.0, shoes, bool(rng.random() < 0.2), tights)  # fmt: skip
