"""One photo: its people in, a passage of one view for each out; no track, no street."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray, Frame, Passage
from appliance.vision.descriptor import Descriptor
from appliance.vision.garments import GarmentCutter
from appliance.vision.zones import STREET


def describe_people(
    frame: Frame,
    boxes: FloatArray,
    gains: FloatArray,
    garments: GarmentCutter,
    descriptor: Descriptor,
) -> list[Passage]:
    """People (N, 4) of a single photo as passages, in the order of the boxes: one view each, no track.

    `gains` (3,) take the photo's light out of R, G, B.
    """
    ids = np.arange(len(boxes), dtype=np.int64)
    cuts = garments.cut(frame, ids, boxes, gains)
    described = descriptor.describe(cuts)
    row_of = {track: row for row, track in enumerate(described.ids.tolist())}
    passages = []
    for track, box in enumerate(boxes.tolist()):
        measures = (
            {}
            if track in cuts.refused
            else {n: rows[row_of[track]] for n, rows in described.measures.items()}
        )
        passages.append(
            Passage(
                track,
                frame.captured_s,
                (box[0], box[1], box[2], box[3]),
                STREET,
                measures,
                cuts.refused.get(track, ""),
            )
        )
    return passages
