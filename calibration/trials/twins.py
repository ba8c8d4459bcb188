"""Painted test pairs: a look in, the same outfit on another person, or elsewhere, out. No photo is needed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import numpy as np

from calibration.trials.aids import CHAIRS
from calibration.trials.fabric import Cloth
from calibration.trials.labels import Shot
from calibration.trials.looks import POSES, Look, pick, random_head, random_look
from calibration.trials.palette import DYED_HAIR, from_hsv
from calibration.trials.people import render
from calibration.trials.skeleton import Pose
from calibration.trials.streets import STREETS

Change = Callable[[Look, np.random.Generator], Look]
"""Another look in the same clothes."""


def with_tone(tone: int) -> Change:
    """Skin of a Monk tone; nothing else."""
    return lambda look, _: dataclasses.replace(look, head=dataclasses.replace(look.head, tone=tone))


def with_hair(look: Look, rng: np.random.Generator) -> Look:
    """Long dyed hair, uncovered."""
    colour = pick(list(DYED_HAIR.values()), rng)
    return dataclasses.replace(
        look, head=dataclasses.replace(look.head, hair="long", hair_colour=colour, headwear="")
    )


def with_headwear(kind: str) -> Change:
    """A head covering of any colour."""

    def cover(look: Look, rng: np.random.Generator) -> Look:
        cloth = Cloth(
            from_hsv(float(rng.uniform(0, 360)), int(rng.integers(20, 200)), int(rng.integers(40, 230)))
        )
        return dataclasses.replace(look, head=dataclasses.replace(look.head, headwear=kind, cloth=cloth))

    return cover


def with_width(width: float) -> Change:
    """A body of that width; 1 is average."""
    return lambda look, _: dataclasses.replace(look, width=width)


def with_pose(look: Look, rng: np.random.Generator) -> Look:
    """Other arms and another stance."""
    return dataclasses.replace(
        look, pose=Pose(pick(list(POSES.values()), rng), float(rng.uniform(0.03, 0.07)))
    )


def with_street(look: Look, rng: np.random.Generator) -> Look:
    """Another street."""
    others = [street for street in STREETS if street != look.street]
    return dataclasses.replace(look, street=pick(others, rng))


def seated(look: Look, rng: np.random.Generator) -> Look:
    """Sitting in a wheelchair, hands in the lap."""
    pose = dataclasses.replace(look.pose, arms=POSES["bag on the arm"], seated=True)
    return dataclasses.replace(look, pose=pose, aid=pick(list(CHAIRS), rng))


def someone_else(look: Look, rng: np.random.Generator) -> Look:
    """Another head, body and pose in the same clothes, street and light."""
    other = random_look(rng, look.height_px)
    return dataclasses.replace(
        look, head=random_head(rng), pose=other.pose, width=other.width, hips=other.hips
    )


TWINS: Mapping[str, Change] = MappingProxyType({
    **{f"tone {tone}": with_tone(tone) for tone in (1, 2, 5, 9, 10)},
    "hair": with_hair, "hijab": with_headwear("hijab"), "turban": with_headwear("turban"), "narrow": with_width(0.88),
    "wide": with_width(1.25), "pose": with_pose, "street": with_street, "seated": seated, "someone else": someone_else,
})  # fmt: skip


def paint_twins(count: int, seed: int, height_px: int = 330) -> Iterator[tuple[Shot, dict[str, Shot]]]:
    """So many people in everyday clothes, each with their twins by the names of TWINS. Same seed, same pixels.

    About .2 s for each of the 15 pictures of a person at 330 pixels, one core.
    """
    for number in range(count):
        look = random_look(np.random.default_rng([seed, number]), height_px)
        changed = {
            name: change(look, np.random.default_rng([seed, number, 1])) for name, change in TWINS.items()
        }
        yield (
            painted(look, seed, number),
            {name: painted(twin, seed, number) for name, twin in changed.items()},
        )


def painted(look: Look, seed: int, number: int) -> Shot:
    """A look painted with the chance of its person, so that twins share place, street and light."""
    return render(look, np.random.default_rng([seed, number, 2]))
