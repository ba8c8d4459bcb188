"""The table of everybody followed: one row per person, with the motion filter that foretells their box."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.geometry import Array
from appliance.vision.motion import Motion, MotionSettings

Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]
Ids = NDArray[np.int64]

PERSON = np.dtype(
    [
        ("id", np.int64),  # from 1 once admitted; candidates count down from -1
        ("born_s", np.float64),
        ("seen_s", np.float64),
        ("sure_s", np.float64),  # seen last with a strong box
        ("here", np.bool_),  # seen in this very frame
        ("hits", np.int64),
        ("total", np.float64),  # sum of the scores of all hits
        ("score", np.float64),  # of the last hit
    ]
)


class Crowd:
    """Keeps rows and filters in step; knows nothing of when a passage begins or ends."""

    def __init__(self, motion: MotionSettings) -> None:
        self.people: NDArray[np.void] = np.zeros(0, PERSON)
        "Shape (N,) of PERSON."
        self.motion = Motion(motion)
        self._candidates = 0

    def __len__(self) -> int:
        return len(self.people)

    @property
    def admitted(self) -> Flags:
        """Who is a passage and no candidate, shape (N,)."""
        return np.asarray(self.people["id"] > 0)

    def advance(self, elapsed_s: float) -> None:
        """Foretell everybody for the next frame."""
        self.motion.foretell(elapsed_s)
        self.people["here"] = False

    def unseen_s(self, now_s: float) -> Array:
        """Seconds since everybody was seen last, shape (N,)."""
        return np.asarray(now_s - self.people["seen_s"])

    def at_border(self, width_px: int, height_px: int, margin: float) -> Flags:
        """Whose foretold box comes within `margin` heights of the left or right border, or crosses the lower."""
        boxes, near_px = self.motion.boxes(), margin * self.motion.measures[:, 3]
        aside = (boxes[:, 0] < near_px) | (boxes[:, 2] > width_px - near_px)
        return np.asarray(aside | (boxes[:, 3] > height_px))

    def feed(self, rows: Rows, boxes: Array, scores: Array, doubt: Array, now_s: float) -> None:
        """Give people `rows` (M,) the boxes (M, 4), scores (M,) they were seen with; `doubt` as in Motion."""
        self.motion.correct(rows, boxes, doubt)
        self.people["here"][rows] = True
        self.people["seen_s"][rows] = now_s
        self.people["hits"][rows] += 1
        self.people["total"][rows] += scores
        self.people["score"][rows] = scores

    def add(self, boxes: Array, scores: Array, now_s: float) -> None:
        """Make candidates of (M, 4) boxes and (M,) scores."""
        born = np.zeros(len(boxes), PERSON)
        born["id"] = -self._candidates - 1 - np.arange(len(boxes))
        born["born_s"] = born["seen_s"] = born["sure_s"] = now_s
        born["hits"], born["here"] = 1, True
        born["total"] = born["score"] = scores
        self._candidates += len(boxes)
        self.people = np.concatenate([self.people, born])
        self.motion.add(boxes)

    def forget(self, rows: Flags) -> Ids:
        """Drop people (N,); return their ids, candidates' too."""
        if not rows.any():
            return np.zeros(0, np.int64)
        gone = np.asarray(self.people["id"][rows])
        self.people = self.people[~rows]
        self.motion.keep(~rows)
        return gone
