"""Follows people from frame to frame: in go the boxes and time of a frame, out come passages with ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from appliance.records import Detections, Tracks
from appliance.vision.assignment import Pairs, best_pairs
from appliance.vision.motion import Motion, MotionSettings, boxes_from_measures, measures_from_boxes

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class TrackerSettings:
    """When a passage begins, goes on and ends; measured on street sequences at 7 to 30 frames per second."""

    admit_score: float = 0.55
    "A box of this score may begin a passage; below, it may only continue one."
    keep_score: float = 0.2
    "Boxes below this score are not looked at."
    admit_after_s: float = 0.2
    "Somebody new is a candidate for this long before the passage counts."
    candidate_patience_s: float = 0.35
    "A candidate not seen for this long was nobody."
    memory_s: float = 3.0
    "A passage not seen for this long has ended."
    fresh_s: float = 0.8
    "Weak boxes continue only who was seen this recently."
    sure_s: float = 2.0
    "Weak boxes alone continue nobody for longer than this: posts and signs look like people now and then."
    overlap: float = 0.25
    "IoU from which a strong box continues a passage."
    weak_overlap: float = 0.4
    "IoU from which a weak box continues a passage."
    reach: float = 0.3
    "Heights: a strong box this near the foretold place may be somebody lost from sight..."
    reach_per_s: float = 0.4
    "...and this much farther for every second out of sight."
    crowded: float = 0.7
    "A box that overlaps somebody already followed by this IoU begins no passage of its own."
    motion: MotionSettings = field(default_factory=MotionSettings)


@dataclass
class _People:
    """Everybody followed, one row each."""

    ids: NDArray[np.int64]
    "0 while a candidate."
    born_s: Array
    seen_s: Array
    sure_s: Array
    "When a strong box was seen last."
    hits: NDArray[np.int64]
    scores: Array
    motion: Motion

    @classmethod
    def born(cls, boxes: Array, scores: Array, now_s: float, settings: MotionSettings) -> _People:
        n = len(boxes)
        start = np.full(n, now_s)
        motion = Motion.born(measures_from_boxes(boxes), settings)
        return cls(
            np.zeros(n, np.int64),
            start,
            start.copy(),
            start.copy(),
            np.ones(n, np.int64),
            scores.copy(),
            motion,
        )

    def keep(self, rows: NDArray[np.bool_]) -> _People:
        return _People(
            self.ids[rows],
            self.born_s[rows],
            self.seen_s[rows],
            self.sure_s[rows],
            self.hits[rows],
            self.scores[rows],
            self.motion.keep(rows),
        )

    def join(self, others: _People) -> _People:
        return _People(
            np.concatenate([self.ids, others.ids]),
            np.concatenate([self.born_s, others.born_s]),
            np.concatenate([self.seen_s, others.seen_s]),
            np.concatenate([self.sure_s, others.sure_s]),
            np.concatenate([self.hits, others.hits]),
            np.concatenate([self.scores, others.scores]),
            self.motion.join(others.motion),
        )


class Tracker:
    """Follows the people of one fixed camera; the same boxes and times always give the same ids."""

    def __init__(self, settings: TrackerSettings, width_px: int, height_px: int) -> None:
        self._settings = settings
        self._width_px = width_px
        self._height_px = height_px
        self._people = _nobody(settings)
        self._now_s = -np.inf
        self._last_id = 0

    def update(self, detections: Detections, now_s: float) -> Tracks:
        """Take the boxes of the frame captured at `now_s` seconds; return who is seen in it."""
        s = self._settings
        boxes, scores = _sound(detections, s.keep_score)
        elapsed_s = now_s - self._now_s
        self._now_s = now_s
        ended = self._end(now_s)
        if len(self._people.ids):
            self._people.motion.foretell(max(elapsed_s, 0.0), s.motion)
        strong = scores >= s.admit_score
        free = self._continue(boxes, scores, strong, now_s)
        self._begin(boxes, scores, strong & free, now_s)
        self._admit(now_s)
        return self._report(now_s, ended)

    def finish(self) -> Tracks:
        """End every passage."""
        ids = self._people.ids[self._people.ids > 0]
        self._people = _nobody(self._settings)
        none = np.zeros(0)
        return Tracks(none.astype(np.int64), np.zeros((0, 4), np.float32), none.astype(np.float32), ids)

    def _end(self, now_s: float) -> NDArray[np.int64]:
        s, people = self._settings, self._people
        unseen_s = now_s - people.seen_s
        stay = unseen_s <= np.where(people.ids > 0, s.memory_s, s.candidate_patience_s)
        ended = people.ids[~stay & (people.ids > 0)]
        if not stay.all():
            self._people = people.keep(stay)
        return ended

    def _continue(
        self, boxes: Array, scores: Array, strong: NDArray[np.bool_], now_s: float
    ) -> NDArray[np.bool_]:
        s, people = self._settings, self._people
        free = np.ones(len(boxes), bool)
        if not len(boxes) or not len(people.ids):
            return free
        idle = np.ones(len(people.ids), bool)
        foretold = boxes_from_measures(people.motion.where)
        overlap = iou(foretold, boxes)
        unseen_s = now_s - people.seen_s
        admitted = people.ids > 0

        def match(who: NDArray[np.bool_], what: NDArray[np.bool_], likeness: Array, floor: float) -> None:
            who, what = who & idle, what & free
            if not who.any() or not what.any():
                return
            rows, columns = np.flatnonzero(who), np.flatnonzero(what)
            pairs = best_pairs(likeness[np.ix_(rows, columns)], floor)
            self._feed([(int(rows[i]), int(columns[j])) for i, j in pairs], boxes, scores, now_s)
            for i, j in pairs:
                idle[rows[i]] = False
                free[columns[j]] = False

        match(admitted, strong, overlap, s.overlap)
        recent = (unseen_s <= s.fresh_s) & (now_s - people.sure_s <= s.sure_s)
        match(admitted & recent, ~strong, overlap, s.weak_overlap)
        match(~admitted, strong, overlap, s.overlap)
        match(admitted, strong, self._nearness(boxes, unseen_s), 1e-6)
        match(~admitted, ~strong, overlap, s.weak_overlap)
        return free

    def _nearness(self, boxes: Array, unseen_s: Array) -> Array:
        """1 on the foretold place, 0 at the end of the reach or at a quite different height: (N, M)."""
        s, where = self._settings, self._people.motion.where
        seen = measures_from_boxes(boxes)
        height = where[:, 3:4]
        away = np.hypot(where[:, :1] - seen[:, 0], where[:, 1:2] - seen[:, 1]) / height
        unlike = np.abs(np.log(seen[:, 3] / height))
        near = 1 - away / (s.reach + s.reach_per_s * unseen_s[:, None])
        return np.where(unlike < 0.4, near * (1 - unlike), 0.0)

    def _feed(self, pairs: Pairs, boxes: Array, scores: Array, now_s: float) -> None:
        if not pairs:
            return
        people = self._people
        rows, columns = np.array(pairs).T
        doubt = 1.5 - scores[columns, None]
        people.motion.correct(rows, measures_from_boxes(boxes[columns]), doubt, self._settings.motion)
        people.seen_s[rows] = now_s
        strong = scores[columns] >= self._settings.admit_score
        people.sure_s[rows[strong]] = now_s
        people.hits[rows] += strong
        people.scores[rows] = scores[columns]

    def _begin(self, boxes: Array, scores: Array, chosen: NDArray[np.bool_], now_s: float) -> None:
        s = self._settings
        if not chosen.any():
            return
        boxes, scores = boxes[chosen], scores[chosen]
        in_view = self._people.seen_s == now_s
        taken = boxes_from_measures(self._people.motion.where[in_view])
        lone = iou(boxes, taken).max(axis=1, initial=0.0) < s.crowded
        self._people = self._people.join(_People.born(boxes[lone], scores[lone], now_s, s.motion))

    def _admit(self, now_s: float) -> None:
        people = self._people
        ready = (people.ids == 0) & (people.seen_s == now_s) & (people.hits > 1)
        ready &= now_s - people.born_s >= self._settings.admit_after_s - 1e-6
        for row in np.flatnonzero(ready):
            self._last_id += 1
            people.ids[row] = self._last_id

    def _report(self, now_s: float, ended: NDArray[np.int64]) -> Tracks:
        people = self._people
        shown = (people.ids > 0) & (people.seen_s == now_s)
        boxes = boxes_from_measures(people.motion.where[shown]).astype(np.float32)
        return Tracks(people.ids[shown], boxes, people.scores[shown].astype(np.float32), ended)


def iou(a: Array, b: Array) -> Array:
    """Return the intersection over union of (N, 4) with (M, 4) boxes, shape (N, M), 0..1."""
    corner = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    both = np.maximum(corner, 0).prod(axis=2)
    area_a, area_b = ((x[:, 2:] - x[:, :2]).prod(axis=1) for x in (a, b))
    return np.asarray(both / np.maximum(area_a[:, None] + area_b[None] - both, 1e-9))


def track_boxes(
    frames: Iterable[NDArray[np.floating]],
    frame_rate: float,
    settings: TrackerSettings | None = None,
    size_px: tuple[int, int] = (1 << 16, 1 << 16),
) -> list[tuple[float, ...]]:
    """Track plain boxes: one (N, 5) array left, top, right, bottom, score per frame; frames count from 1.

    Returns rows (frame, id, left, top, width, height, score), ordered by frame and id.
    """
    tracker = Tracker(settings or TrackerSettings(), *size_px)
    rows: list[tuple[float, ...]] = []
    for index, frame in enumerate(frames):
        given = np.asarray(frame, np.float32).reshape(-1, 5)
        tracks = tracker.update(Detections(given[:, :4], given[:, 4]), index / frame_rate)
        for one, (x, y, right, bottom), score in zip(tracks.ids, tracks.boxes, tracks.scores, strict=True):
            rows.append((index + 1, int(one), x, y, right - x, bottom - y, score))
    return rows


def _sound(detections: Detections, floor: float) -> tuple[Array, Array]:
    """Drop boxes that are not finite, have no area or score below `floor`."""
    boxes, scores = detections.boxes.astype(np.float64), detections.scores.astype(np.float64)
    good = np.isfinite(boxes).all(axis=1) & (scores >= floor)
    good &= (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    return boxes[good], scores[good]


def _nobody(settings: TrackerSettings) -> _People:
    return _People.born(np.zeros((0, 4)), np.zeros(0), 0.0, settings.motion)
