"""The public codebook: the file styles.yaml in; of each outfit the name of the style that lies nearest out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

import yaml

from appliance.outfit import Outfit

FILE = "styles.yaml"
Point = tuple[float, ...]
"Eight figures, see the file."


@dataclass(frozen=True)
class Codebook:
    """Styles by their centres, the same in every booth of one version of the program."""

    name: str
    digest: str
    "SHA-256 of the file, hexadecimal."
    shades: dict[str, Point]
    weights: Point
    styles: dict[str, Point]

    @property
    def id(self) -> str:
        """What a release says of it: name and the start of the digest."""
        return f"{self.name}:{self.digest[:12]}"

    def style_of(self, outfit: Outfit) -> str:
        """The name of the nearest style; the first of the list where two are as near."""
        point = self._point(outfit)
        return min(self.styles, key=lambda style: self._distance(point, self.styles[style]))

    def _point(self, outfit: Outfit) -> Point:
        borders = [above != below for above, below in pairwise(outfit.parts)]
        pattern = 0.0 if outfit.pattern == "plain" else 1.0
        changes = sum(borders) / len(borders)
        return (*self.shades[outfit.upper], *self.shades[outfit.lower], pattern, changes)

    def _distance(self, one: Point, other: Point) -> float:
        return sum(w * (a - b) ** 2 for w, a, b in zip(self.weights, one, other, strict=True))


@cache
def read_codebook() -> Codebook:
    """The codebook of this program."""
    content = resources.files("appliance.uplink.trends").joinpath(FILE).read_bytes()
    values = yaml.safe_load(content)
    return Codebook(
        name=values["name"],
        digest=hashlib.sha256(content).hexdigest(),
        shades=points(values["shades"]),
        weights=tuple(values["weights"]),
        styles=points(values["styles"]),
    )


def points(values: dict[str, list[float]]) -> dict[str, Point]:
    """Lists of figures as tuples of numbers."""
    return {name: tuple(map(float, figures)) for name, figures in values.items()}
