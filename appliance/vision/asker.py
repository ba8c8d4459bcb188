"""Who stands on the spot and how well they show: tracks and boxes of a frame in, people and what hinders them out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.answers import COVERED, CUT_OFF, HIDDEN, LOOKING, SMALL
from appliance.config import Garment, Zone
from appliance.geometry import area, iou, shared_area
from appliance.records import Detections, FloatArray, Frame, Tracks
from appliance.vision.record import Record, Views
from appliance.vision.views import large_enough, whole
from appliance.vision.zones import contains, feet_of

STRANGER = 0
"The id of somebody whom the tracker does not stand by, for they are small or look unlike most; no track has it."
SAME = 0.3
"Intersection over union from which a box is that of a track..."
ITSELF = 0.999
"...and from which it is the very same."


@dataclass
class Asker:
    """Somebody on the spot."""

    record: Record
    met_s: float
    on_s: float
    "When they were on the spot last."
    hindrance: str = ""
    "Why the last frame showed them badly, one of the answers; '' where it did not."

    @property
    def state(self) -> str:
        """One of the answers, while nobody was told yet."""
        if self.record.views:
            return LOOKING
        return self.hindrance or (HIDDEN if self.record.tries else LOOKING)


def strangers_in(detections: Detections, tracks: Tracks) -> FloatArray:
    """Boxes (N, 4) of people whom the tracker does not stand by, the surest first."""
    boxes: FloatArray = detections.boxes[iou(detections.boxes, tracks.boxes).max(axis=1, initial=0.0) < SAME]
    return boxes


def standing(spot: Zone, tracks: Tracks, strangers: FloatArray, frame: Frame) -> Views:
    """Whose feet are on the spot: all tracks, or else the surest stranger there, be it ever so weak."""
    there = strangers[contains(spot, feet_of(strangers, frame.width, frame.height))][:1]
    on = contains(spot, feet_of(tracks.boxes, frame.width, frame.height))
    if on.any() or not len(there):
        return Views(tracks.ids[on], tracks.boxes[on])
    return Views(np.array([STRANGER], np.int64), there)


def hindrances_of(people: Views, everybody: FloatArray, frame: Frame, garments: Garment) -> list[str]:
    """Why each of N people among `everybody` (M, 4) shows badly, one of the answers; '' for a clear view."""
    boxes = people.boxes
    shared = shared_area(boxes, everybody)
    shared[iou(boxes, everybody) >= ITSELF] = 0
    covered = shared.max(axis=1, initial=0) > garments.max_overlap * area(boxes)
    cut_off, small = ~whole(boxes, frame), ~large_enough(boxes, garments)
    doubted = people.ids == STRANGER
    worst = np.where(covered, COVERED, np.where(cut_off, CUT_OFF, np.where(small | doubted, SMALL, "")))
    return [str(word) for word in worst]
