"""What is known of the people in view: tracks and descriptors in, each passage out once, then it is forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from appliance.config import Capture, Garment
from appliance.records import Descriptors, FloatArray, Frame, Garments, IntArray, Passage, Tracks
from appliance.vision.views import view_quality
from appliance.vision.zones import NOWHERE, zones_of

PATIENCE_S = 4.0
"Longest wait for a better view once there is one: staff need the card while the person is in sight."
MOST_TRIES = 4
"Refused masks after which a passage is left alone: a bad view rarely gets better at once."

Box = tuple[float, float, float, float]


@dataclass
class Record:
    """One passage while it lasts."""

    zone: str
    views: int = 0
    tries: int = 0
    weight: float = 0.0
    sums: dict[str, FloatArray] = field(default_factory=dict)
    box: Box = (0.0, 0.0, 0.0, 0.0)
    first_view_s: float = 0.0
    last_look_s: float = -np.inf
    refused: str = "never in clear view"
    told: bool = False


@dataclass(frozen=True)
class Views:
    """The views to be looked at in this frame."""

    ids: IntArray
    "Shape (N,)."
    boxes: FloatArray
    "Shape (N, 4), pixels."


class Passages:
    """The one owner of what is known of people in view; nothing outlives its track by more than a frame."""

    def __init__(self, garments: Garment, capture: Capture) -> None:
        self._garments = garments
        self._capture = capture
        self._records: dict[int, Record] = {}

    def choose(self, tracks: Tracks, frame: Frame) -> Views:
        """Pick the best few views of this frame that a passage still wants."""
        zones = zones_of(tracks.boxes, frame.width, frame.height, self._capture)
        quality = view_quality(tracks.boxes, frame, self._garments)
        wanted = []
        for row, (track, zone) in enumerate(zip(tracks.ids.tolist(), zones, strict=True)):
            if zone == NOWHERE:
                continue
            record = self._records.setdefault(track, Record(zone))
            record.zone = zone
            if record.views == 0:
                record.box = corners(tracks.boxes[row])
            if quality[row] > 0 and self._wants(record, frame.captured_s):
                wanted.append(row)
        best = sorted(wanted, key=lambda row: -quality[row])[: self._garments.per_frame]
        rows = np.array(best, np.int64)
        return Views(tracks.ids[rows], tracks.boxes[rows])

    def fold(self, views: Views, garments: Garments, descriptors: Descriptors, now_s: float) -> None:
        """Add the views' descriptors to their passages."""
        boxes = {track: corners(box) for track, box in zip(views.ids.tolist(), views.boxes, strict=True)}
        for track, reason in garments.refused.items():
            record = self._records[track]
            record.refused, record.last_look_s, record.tries = reason, now_s, record.tries + 1
        for row, track in enumerate(descriptors.ids.tolist()):
            record = self._records[track]
            record.first_view_s = record.first_view_s if record.views else now_s
            record.views, record.last_look_s, record.box = record.views + 1, now_s, boxes[track]
            weight = float(garments.weights[row])
            record.weight += weight
            for name, rows in descriptors.measures.items():
                record.sums[name] = record.sums.get(name, np.float32(0)) + rows[row] * np.float32(weight)

    def ripe(self, tracks: Tracks, now_s: float) -> list[Passage]:
        """Passages that have shown enough or have ended, each one once; ended ones are forgotten."""
        gone = set(tracks.ended.tolist())
        told = []
        for track, record in self._records.items():
            waited = record.views > 0 and now_s - record.first_view_s >= PATIENCE_S
            enough = record.views >= self._garments.views or waited
            if not record.told and (enough or track in gone):
                told.append(summed_up(track, record, now_s))
                record.told = True
                record.sums = {}
        for track in gone:
            self._records.pop(track, None)
        return told

    def _wants(self, record: Record, now_s: float) -> bool:
        if record.told or record.views >= self._garments.views or record.tries >= MOST_TRIES:
            return False
        return now_s - record.last_look_s >= self._garments.view_gap_s


def corners(box: FloatArray) -> Box:
    """A box (4,) as plain numbers: left, top, right, bottom in pixels."""
    left, top, right, bottom = box.tolist()
    return left, top, right, bottom


def summed_up(track: int, record: Record, now_s: float) -> Passage:
    """The mean of a passage's views, or an abstention that says why."""
    if record.views == 0 or record.weight <= 0:
        return Passage(track, now_s, record.box, record.zone, {}, record.refused)
    means = {name: (total / record.weight).astype(np.float32) for name, total in record.sums.items()}
    return Passage(track, now_s, record.box, record.zone, means)
