"""What the booth sees of test people: scenes in, what was measured of each or why nothing was, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from appliance.records import FloatArray
from calibration.trials.labels import Photo

Corners = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
NOBODY = "nobody was found"


@dataclass(frozen=True)
class Scene:
    """One photo of one test person; painted, or of a folder that somebody gave for testing."""

    group: str
    "Name of the set it belongs to: bank, normal, calib, exc_KIND or fair_KIND."
    person: str
    "The same in all sets that show this person."
    photo: Photo
    box: Corners | None
    "Where the person stands; None: whoever is largest."


@dataclass(frozen=True)
class Seen:
    """What the booth made of one scene."""

    measures: Mapping[str, FloatArray]
    "Measure -> raw vector (D,); empty when nothing could be said."
    reason: str = ""
    "Why nothing could be said."


Sights = dict[str, dict[str, Seen]]
"""Set -> person -> what was seen."""


@dataclass(frozen=True)
class Trials:
    """Everything that was seen of the test people, and what is to be compared."""

    origin: str
    "Where the people come from, in words."
    sights: Sights
    pairs: Mapping[str, tuple[str, str]]
    "Change that must not matter -> the two sets to compare, person by person."
    families: Mapping[str, str] = field(default_factory=dict)
    "Set of exceptions -> what kind of exception."


def vectors_of(seen: Mapping[str, Seen]) -> dict[str, FloatArray]:
    """Raw vectors of everybody of whom something was seen, measure -> (N, D); empty for nobody."""
    known = [one.measures for one in seen.values() if one.measures]
    return {name: np.stack([one[name] for one in known]) for name in known[0]} if known else {}
