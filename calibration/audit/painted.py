"""Painted test people for an audit without any photo: how many in, scenes and what to compare out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from calibration.audit.sight import Corners, Scene
from calibration.trials.catalogue import AIDS, CONTROL, LOUD, PERSON, QUIET, VIEW, exceptions_with, rng_of
from calibration.trials.labels import Shot, box_of
from calibration.trials.looks import Look, random_look
from calibration.trials.outfits import is_striking, untouched
from calibration.trials.twins import Change, painted, seated, with_hair, with_street, with_tone

HEIGHT_PX = 330
BANK_TIMES, NORMAL_TIMES = 6, 6
"Everyday people for each one who is changed: learned from, and held out."
TONES = range(1, 11)
REPAINTED: Mapping[str, Change] = {
    **{f"tone{tone}": with_tone(tone) for tone in TONES},
    "wig": with_hair,
    "seated": seated,
    "background": with_street,
}
"Changes that are painted anew; the others are laid over the picture."
EDITED = {
    **{name: edit for name, edit in PERSON.items() if not name.startswith("monk")},
    **AIDS,
    **VIEW,
}
OPPOSITES = {
    "skin tone Monk 2/9": ("tone2", "tone9"),
    "skin tone Monk 1/10": ("tone1", "tone10"),
    "skin hue red/yellow": ("skinred", "skinyellow"),
    "brightness -20/+20": ("dark", "bright"),
    "white balance": ("cool", "warm"),
    "width -12/+12": ("narrow", "wide"),
}
ALONE = tuple(name for name in (*REPAINTED, *EDITED) if not name.startswith("tone"))
PURPOSES = ("bank", "normal", "exceptions")
MOST_PEOPLE = 1_000_000
"Numbers between two purposes."
FAMILIES = {
    **{f"exc_{name}": "colour, pattern" for name in (*LOUD, "swap")},
    **{f"exc_{name}": "quiet shape" for name in QUIET},
    f"exc_{CONTROL}": "control",
}


@dataclass(frozen=True)
class Cast:
    """How many people are painted."""

    people: int
    "In each change."
    seed: int

    @property
    def scenes(self) -> int:
        """Pictures in all."""
        kinds = len(REPAINTED) + len(EDITED) + len(FAMILIES)
        return self.people * (BANK_TIMES + NORMAL_TIMES + kinds)


def painted_pairs() -> dict[str, tuple[str, str]]:
    """Change that must not matter -> the two sets to compare."""
    pairs = {name: (f"fair_{one}", f"fair_{other}") for name, (one, other) in OPPOSITES.items()}
    pairs |= {f"skin tone Monk {tone}/5": (f"fair_tone{tone}", "fair_tone5") for tone in TONES if tone != 5}
    return pairs | {name: ("normal", f"fair_{name}") for name in ALONE}


def paint_scenes(cast: Cast, part: tuple[int, int] = (0, 1)) -> Iterator[Scene]:
    """Scenes of every `part[1]`-th person from `part[0]` on, one at a time. Same people and seed, same pixels."""
    first, step = part
    for number in people_of("bank", BANK_TIMES * cast.people)[first::step]:
        yield scene("bank", number, painted(look_of(cast.seed, number), cast.seed, number))
    everybody = people_of("normal", NORMAL_TIMES * cast.people)
    for number in everybody[first::step]:
        look = look_of(cast.seed, number)
        shot = painted(look, cast.seed, number)
        yield scene("normal", number, shot)
        if number < everybody[0] + cast.people:
            yield from changed(look, shot, cast.seed, number)
    yield from paint_exceptions(cast, part)


def changed(look: Look, shot: Shot, seed: int, number: int) -> Iterator[Scene]:
    """One person in every change that must not matter."""
    for name, change in REPAINTED.items():
        twin = painted(change(look, rng_of(seed, number, name)), seed, number)
        yield scene(f"fair_{name}", number, twin)
    for name, edit in EDITED.items():
        yield scene(f"fair_{name}", number, edit(shot, rng_of(seed, number, name)))


def paint_exceptions(cast: Cast, part: tuple[int, int]) -> Iterator[Scene]:
    """Other people in every kind of exception, and unchanged as the control."""
    numbers = people_of("exceptions", cast.people)
    shots = {number: painted(look_of(cast.seed, number), cast.seed, number) for number in numbers}
    donors = [number for number, shot in shots.items() if is_striking(shot)]
    for number in numbers[part[0] :: part[1]]:
        lent = [donor for donor in donors if donor != number]
        donor = shots[lent[number % len(lent)]] if lent else None
        for name, edit in {CONTROL: untouched, **exceptions_with(donor)}.items():
            yield scene(f"exc_{name}", number, edit(shots[number], rng_of(cast.seed, number, name)))


def people_of(purpose: str, count: int) -> range:
    """Numbers of so many people, others for each purpose."""
    first = MOST_PEOPLE * PURPOSES.index(purpose)
    return range(first, first + count)


def look_of(seed: int, number: int) -> Look:
    """Who is painted."""
    return random_look(np.random.default_rng([seed, number]), HEIGHT_PX)


def scene(group: str, number: int, shot: Shot) -> Scene:
    """A painted shot as a scene."""
    left, top, width, height = box_of(shot.labels)
    box: Corners = (left, top, left + width, top + height)
    return Scene(group, f"{number:07d}", shot.photo, box)
