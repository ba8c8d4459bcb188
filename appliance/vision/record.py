"""What is known of one person in view: views by measure go in, one summed-up passage comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from appliance.records import Descriptors, FloatArray, Garments, IntArray, Passage
from appliance.vision.blend import blended
from appliance.vision.headings import heading_of

PATIENCE_S = 4.0
"Longest wait for a better view once there is one: staff need the card while the person is in sight."

Box = tuple[float, float, float, float]


@dataclass
class Record:
    """One passage while it lasts."""

    zone: str
    views: list[dict[str, FloatArray]] = field(default_factory=list)
    "Vectors (D,) by measure, one set per view."
    weights: list[float] = field(default_factory=list)
    tries: int = 0
    box: Box = (0.0, 0.0, 0.0, 0.0)
    first: Box | None = None
    "Where the person was met."
    last: Box = (0.0, 0.0, 0.0, 0.0)
    first_view_s: float = 0.0
    last_look_s: float = -np.inf
    refused: str = "never in clear view"
    asked: int = 0
    "Views that were there when the passage was judged last."
    closed: bool = False
    "Told or opted out: nothing more is wanted of this person."
    opted_out: bool = False
    "Or came out of a door."
    objects: bool = False
    "Was in an opt-out zone: whatever is asked, nothing is told."

    def close(self) -> None:
        """Forget the views and want no more."""
        self.closed = True
        self.views, self.weights = [], []

    def complete(self, most: int, now_s: float) -> bool:
        """Whether there are as many views as are wanted at `most`, or one and no time for more."""
        return len(self.views) >= most or (bool(self.views) and now_s - self.first_view_s >= PATIENCE_S)


@dataclass(frozen=True)
class Views:
    """The views to be looked at in this frame."""

    ids: IntArray
    "Shape (N,)."
    boxes: FloatArray
    "Shape (N, 4), pixels."

    def __or__(self, other: Views) -> Views:
        """Both, each person once."""
        new = ~np.isin(other.ids, self.ids)
        return Views(
            np.concatenate([self.ids, other.ids[new]]), np.concatenate([self.boxes, other.boxes[new]])
        )


def fold(
    records: Mapping[int, Record], views: Views, garments: Garments, descriptors: Descriptors, now_s: float
) -> None:
    """Add what was seen of `views` to their records; of anybody else nothing is added, whoever looked at them."""
    boxes = {track: corners(box) for track, box in zip(views.ids.tolist(), views.boxes, strict=True)}
    for track, reason in garments.refused.items():
        if track in boxes:
            record = records[track]
            record.refused, record.last_look_s, record.tries = reason, now_s, record.tries + 1
    for row, track in enumerate(descriptors.ids.tolist()):
        if track in boxes:
            record = records[track]
            record.first_view_s = record.first_view_s if record.views else now_s
            record.last_look_s, record.box = now_s, boxes[track]
            record.views.append({name: rows[row] for name, rows in descriptors.measures.items()})
            record.weights.append(float(garments.weights[row]))


def corners(box: FloatArray) -> Box:
    """A box (4,) as plain numbers: left, top, right, bottom in pixels."""
    left, top, right, bottom = box.tolist()
    return left, top, right, bottom


def summed_up(track: int, record: Record, now_s: float, *, final: bool) -> Passage:
    """What a passage's views agree on, or an abstention that says why."""
    if sum(record.weights) <= 0:
        return Passage(track, now_s, record.box, record.zone, {}, record.refused, final)
    vectors, views = blended(record.views, record.weights), len(record.views)
    heading = heading_of(record.first or record.last, record.last)
    return Passage(track, now_s, record.box, record.zone, vectors, final=final, views=views, heading=heading)
