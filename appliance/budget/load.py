"""What a street asks of a booth: camera, detector, people and bank in, views to be taken of a frame out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from appliance.config import Garment
from appliance.vision.light import LOOK_EVERY_S

STAY_S = 10.0
"A passer-by in view: 13 m of pavement at 1.3 m/s."


@dataclass(frozen=True)
class Load:
    """One camera on one street."""

    size: tuple[int, int] = (1920, 1080)
    "Width and height of the picture, pixels."
    frame_rate: float = 30.0
    "Frames per second."
    detector: tuple[int, int] = (960, 544)
    "Width and height of the detector's input, pixels."
    people: float = 8
    "In view."
    person_share: float = 0.5
    "Height of a person in heights of the picture."
    bank_rows: int = 100_000
    bank_length: int = 256
    "Figures of one vector."
    precision: Literal["fp16", "int8"] = "fp16"
    "Of the networks."

    def __post_init__(self) -> None:
        if min(*self.size, *self.detector, self.frame_rate) <= 0 or min(self.people, self.bank_rows) < 0:
            raise ValueError(f"{self} cannot be")


@dataclass(frozen=True)
class Sight:
    """What one frame is looked at for; on average, so shares of one are possible."""

    views: float
    "People masked, described and compared in this frame."
    lights: float
    "Looks at the light of the street."


def sights_of(load: Load, garments: Garment) -> dict[str, Sight]:
    """The steady mean of all frames, the fullest one there can be, and one that would take everybody at once.

    A passage wants a few views with a gap between them, and a frame gives `per_frame` at the most:
    a crowd waits its turn.
    """
    a_second = load.people * min(garments.views / STAY_S, 1 / garments.view_gap_s)
    most = min(load.people, garments.per_frame)
    lights = min(1.0, 1 / (load.frame_rate * LOOK_EVERY_S))
    return {
        "steady": Sight(min(most, a_second / load.frame_rate), lights),
        "fullest": Sight(most, 1.0),
        "everybody": Sight(load.people, 1.0),
    }
