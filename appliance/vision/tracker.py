"""Follows people from frame to frame: in go the boxes and time of a frame, out come passages with ids."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from appliance.geometry import Array, iou, measures_from_boxes, same_height
from appliance.records import Detections, FloatArray, Glimpse, Tracks
from appliance.vision.assignment import best_pairs
from appliance.vision.crowd import Crowd, Flags, Ids
from appliance.vision.steady import common_shift
from appliance.vision.trust import TrackerSettings

SOON = 1e-6
"Seconds by which times that should be equal may differ."


@dataclass
class _Look:
    """One frame being worked on."""

    boxes: Array
    "Shape (M, 4)."
    scores: Array
    "Shape (M,)."
    free: Flags
    "Shape (M,): boxes that belong to nobody yet."


class Tracker:
    """Follows the people of one camera; the same boxes and times always give the same ids.

    Strong boxes first, then weak ones for people seen lately (Zhang et al., ByteTrack, 2022); who is still
    missing is looked for around the foretold place, wider with time. `width_px` and `height_px` are those of
    the frames.
    """

    def __init__(self, settings: TrackerSettings, width_px: int, height_px: int) -> None:
        self._settings = settings
        self._width_px = width_px
        self._height_px = height_px
        self._crowd = Crowd(settings.motion)
        self._trails: dict[int, list[Glimpse]] = {}
        self._now_s = -math.inf
        self._admitted = 0
        self._updates = 0

    def update(self, detections: Detections, now_s: float) -> Tracks:
        """Take the boxes of the frame captured at `now_s` seconds; return who is seen in it.

        Boxes that are not finite or have no area are passed over. Clocks may stumble: a step back of less
        than the memory is no time, a longer one, like a gap longer than the memory, ends all passages.
        Raises ValueError when `now_s` is not finite.
        """
        if not math.isfinite(now_s):
            raise ValueError(f"a frame cannot be captured at {now_s} seconds")
        ended = self._advance(now_s)
        look = self._sound(detections)
        self._continue(look)
        self._drop_candidates()
        self._begin(look)
        before = self._admit()
        self._updates += 1
        return self._report(ended, before)

    def everybody(self) -> FloatArray:
        """Where everybody is foretold to be, seen in this frame or not, passage or only candidate: boxes (N, 4)."""
        return np.asarray(self._crowd.motion.boxes(), np.float32).reshape(-1, 4)

    def finish(self) -> Tracks:
        """End every passage."""
        return self._report(self._forget(np.ones(len(self._crowd), np.bool_)), ())

    def _advance(self, now_s: float) -> Ids:
        """Move everybody to `now_s`; return the ids that end."""
        s, elapsed_s = self._settings, now_s - self._now_s
        set_back = elapsed_s < -s.memory_s
        self._now_s = now_s if set_back else max(now_s, self._now_s)
        if set_back or elapsed_s > s.memory_s + SOON:
            return self._forget(np.ones(len(self._crowd), np.bool_))
        self._crowd.advance(max(elapsed_s, 0.0))
        at_door = self._crowd.at_border(self._width_px, self._height_px, s.door)
        memory_s = np.where(at_door, s.door_memory_s, s.memory_s)
        return self._forget(self._crowd.unseen_s(self._now_s) > memory_s + SOON)

    def _sound(self, detections: Detections) -> _Look:
        boxes, scores = detections.boxes.astype(np.float64), detections.scores.astype(np.float64)
        good = (scores >= self._settings.keep_score) & np.isfinite(boxes).all(axis=1)
        good &= (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        return _Look(boxes[good], scores[good], np.ones(int(good.sum()), np.bool_))

    def _continue(self, look: _Look) -> None:
        """Give boxes to people in rounds, from the surest kind of pair to the least sure."""
        if not len(look.boxes) or not len(self._crowd):
            return
        s, admitted = self._settings, self._crowd.admitted
        strong = look.scores >= s.admit_score
        recent = self._crowd.unseen_s(self._now_s) <= s.fresh_s
        motion, seen = self._crowd.motion, measures_from_boxes(look.boxes[strong])
        motion.shift(common_shift(motion.measures[recent], seen))
        recent &= self._now_s - self._crowd.people["sure_s"] <= s.sure_s
        likeness = self._likeness(look)
        self._match(look, admitted, strong, likeness, s.overlap)
        self._match(look, admitted & recent, ~strong, likeness, s.weak_overlap)
        self._match(look, ~admitted, strong, likeness, s.overlap)
        if (admitted & ~self._crowd.people["here"]).any() and (strong & look.free).any():
            self._match(look, admitted, strong, self._nearness(look), SOON)
        self._match(look, ~admitted, ~strong, likeness, s.weak_overlap)

    def _match(self, look: _Look, who: Flags, what: Flags, likeness: Array, floor: float) -> None:
        """Pair people `who` (N,) not seen yet with boxes `what` (M,) still free."""
        people = self._crowd.people
        rows, columns = np.flatnonzero(who & ~people["here"]), np.flatnonzero(what & look.free)
        if not len(rows) or not len(columns):
            return
        pairs = best_pairs(likeness[np.ix_(rows, columns)], floor)
        if not pairs:
            return
        left, right = np.array(pairs).T
        rows, columns = rows[left], columns[right]
        scores = look.scores[columns]
        self._crowd.feed(rows, look.boxes[columns], scores, self._settings.doubt - scores, self._now_s)
        people["sure_s"][rows[scores >= self._settings.admit_score]] = self._now_s
        look.free[columns] = False

    def _likeness(self, look: _Look) -> Array:
        """How well boxes fit the foretold ones, 0..1, shape (N, M)."""
        weight, foretold = self._settings.score_weight, self._crowd.motion.boxes()
        fit = iou(foretold, look.boxes) * same_height(foretold, look.boxes)
        return np.asarray(fit * (1 - weight + weight * look.scores))

    def _nearness(self, look: _Look) -> Array:
        """1 on the foretold place, 0 or less beyond the reach or at quite another height: shape (N, M)."""
        s, where, seen = self._settings, self._crowd.motion.measures, measures_from_boxes(look.boxes)
        height = where[:, 3:]
        away = np.hypot(where[:, :1] - seen[:, 0], where[:, 1:2] - seen[:, 1]) / height
        reach = np.minimum(s.reach + s.reach_per_s * self._crowd.unseen_s(self._now_s), s.reach_most)
        unlike = np.abs(np.log(seen[:, 3] / height))
        return np.where(unlike < s.unlike, (1 - away / reach[:, None]) * (1 - unlike), 0.0)

    def _begin(self, look: _Look) -> None:
        """Make candidates of strong boxes that belong to nobody."""
        s, people = self._settings, self._crowd.people
        new = np.flatnonzero(look.free & (look.scores >= s.admit_score))
        if not len(new):
            return
        new = new[np.argsort(-look.scores[new], kind="stable")]
        taken = self._crowd.motion.boxes()[people["here"]]
        lone = iou(look.boxes[new], taken).max(axis=1, initial=0.0) < s.crowded
        doubles = np.triu(iou(look.boxes[new], look.boxes[new]) >= s.crowded, 1).any(axis=0)
        new = new[lone & ~doubles]
        self._crowd.add(look.boxes[new], look.scores[new], self._now_s)

    def _admit(self) -> tuple[Glimpse, ...]:
        """Turn proven candidates into passages; return where these were seen before."""
        s, people = self._settings, self._crowd.people
        proven = (people["hits"] > 1) & (people["total"] >= s.admit_mean * people["hits"])
        proven &= self._now_s - people["born_s"] >= s.admit_after_s - SOON
        before: list[Glimpse] = []
        for row in np.flatnonzero(~self._crowd.admitted & people["here"]).tolist():
            trail = self._trails.setdefault(int(people["id"][row]), [])
            if proven[row]:
                self._admitted += 1
                before += [replace(glimpse, track=self._admitted) for glimpse in trail]
                del self._trails[int(people["id"][row])]
                people["id"][row] = self._admitted
            else:
                trail.append(self._glimpse(row))
        return tuple(before)

    def _glimpse(self, row: int) -> Glimpse:
        left, top, right, bottom = self._crowd.motion.boxes()[row].tolist()
        return Glimpse(0, self._updates, (left, top, right, bottom), float(self._crowd.people["score"][row]))

    def _drop_candidates(self) -> None:
        late = self._crowd.unseen_s(self._now_s) > self._settings.patience_s + SOON
        self._forget(late & ~self._crowd.admitted)

    def _forget(self, rows: Flags) -> Ids:
        """Drop people; return the ids of those among them that were passages."""
        gone = self._crowd.forget(rows)
        for candidate in gone[gone < 0].tolist():
            self._trails.pop(candidate, None)
        return gone[gone > 0]

    def _report(self, ended: Ids, before: tuple[Glimpse, ...]) -> Tracks:
        people = self._crowd.people
        shown = self._crowd.admitted & people["here"]
        boxes = self._crowd.motion.boxes()[shown].astype(np.float32)
        return Tracks(people["id"][shown], boxes, people["score"][shown].astype(np.float32), ended, before)
