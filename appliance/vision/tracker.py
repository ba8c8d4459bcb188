"""Follows people from frame to frame: in go the boxes and time of a frame, out come passages with ids."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from appliance.records import Detections, Glimpse, Tracks
from appliance.vision.assignment import best_pairs
from appliance.vision.boxes import Array, iou, measures_from_boxes, same_height
from appliance.vision.motion import Motion, MotionSettings

Flags = NDArray[np.bool_]

PERSON = np.dtype(
    [
        ("id", np.int64),  # from 1 once admitted; candidates count down from -1
        ("born_s", np.float64),
        ("seen_s", np.float64),
        ("sure_s", np.float64),  # seen last with a strong box
        ("here", np.bool_),  # seen in this very frame
        ("hits", np.int64),
        ("total", np.float64),  # sum of the scores of all hits
        ("score", np.float64),
    ]
)
SOON = 1e-6
"Seconds by which times that should be equal may differ."


@dataclass(frozen=True)
class TrackerSettings:
    """When a passage begins, goes on and ends; measured on street sequences at 4 to 30 frames per second."""

    admit_score: float = 0.6
    "A box of this score is strong: it may begin a passage; below, it may only continue one."
    keep_score: float = 0.35
    "Boxes below this score are not looked at."
    admit_after_s: float = 0.3
    "Somebody new is a candidate for this long before the passage counts."
    admit_mean: float = 0.65
    "...and the boxes of a candidate have to score this much on the average."
    patience_s: float = 0.35
    "A candidate not seen for this long was nobody."
    memory_s: float = 4.0
    "A passage not seen for this long has ended."
    door_memory_s: float = 0.8
    "The same for somebody foretold at the border of the picture: who comes in there is somebody else."
    door: float = 0.1
    "Heights: how near to the border is at the border."
    fresh_s: float = 0.8
    "Weak boxes continue only who was seen this recently."
    sure_s: float = 2.0
    "Weak boxes alone continue nobody for longer than this: posts look like people now and then."
    overlap: float = 0.3
    "Likeness (IoU, lowered by unlike height and a poor score) from which a strong box continues a passage."
    weak_overlap: float = 0.4
    "The same for a weak box."
    reach: float = 0.3
    "Heights: a strong box this near the foretold place may be somebody lost from sight..."
    reach_per_s: float = 0.5
    "...and this much farther for every second out of sight..."
    reach_most: float = 1.5
    "...but no farther than this..."
    unlike: float = 0.4
    "...unless the logarithms of the heights differ by this much."
    crowded: float = 0.7
    "A box that overlaps somebody already followed by this IoU begins no passage of its own."
    score_weight: float = 0.2
    "How much of the likeness rests on the score of the box."
    doubt: float = 2.0
    "The detector's blur at score 0 in units of MotionSettings.blur; it falls by 1 towards score 1."
    motion: MotionSettings = field(default_factory=MotionSettings)


@dataclass
class _Look:
    """One frame being worked on."""

    boxes: Array
    "Shape (M, 4)."
    scores: Array
    "Shape (M,)."
    free: Flags
    "Shape (M,): boxes that belong to nobody yet."
    now_s: float


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
        self._people = np.zeros(0, PERSON)
        self._motion = Motion(settings.motion)
        self._trails: dict[int, list[Glimpse]] = {}
        self._now_s = -math.inf
        self._admitted = 0
        self._candidates = 0
        self._updates = 0

    def update(self, detections: Detections, now_s: float) -> Tracks:
        """Take the boxes of the frame captured at `now_s` seconds; return who is seen in it.

        Boxes that are not finite or have no area are passed over. Clocks may stumble: a step back of less
        than the memory is no time, a longer one, like a gap longer than the memory, ends all passages.
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

    def finish(self) -> Tracks:
        """End every passage."""
        ended = self._forget(np.ones(len(self._people), np.bool_))
        return self._report(ended, ())

    def _advance(self, now_s: float) -> NDArray[np.int64]:
        """Move everybody to `now_s`; return the ids that end."""
        s, elapsed_s = self._settings, now_s - self._now_s
        set_back = elapsed_s < -s.memory_s
        self._now_s = now_s if set_back else max(now_s, self._now_s)
        if set_back or elapsed_s > s.memory_s + SOON:
            return self._forget(np.ones(len(self._people), np.bool_))
        self._motion.foretell(max(elapsed_s, 0.0))
        self._people["here"] = False
        memory_s = np.where(self._at_door(), s.door_memory_s, s.memory_s)
        return self._forget(self._unseen_s() > memory_s + SOON)

    def _sound(self, detections: Detections) -> _Look:
        boxes, scores = detections.boxes.astype(np.float64), detections.scores.astype(np.float64)
        good = (scores >= self._settings.keep_score) & np.isfinite(boxes).all(axis=1)
        good &= (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        return _Look(boxes[good], scores[good], np.ones(int(good.sum()), np.bool_), self._now_s)

    def _continue(self, look: _Look) -> None:
        """Give boxes to people in rounds, from the surest kind of pair to the least sure."""
        if not len(look.boxes) or not len(self._people):
            return
        s, people = self._settings, self._people
        strong, admitted = look.scores >= s.admit_score, people["id"] > 0
        recent = (self._unseen_s() <= s.fresh_s) & (self._now_s - people["sure_s"] <= s.sure_s)
        likeness, nearness = self._likeness(look), self._nearness(look)
        self._match(look, admitted, strong, likeness, s.overlap)
        self._match(look, admitted & recent, ~strong, likeness, s.weak_overlap)
        self._match(look, ~admitted, strong, likeness, s.overlap)
        self._match(look, admitted, strong, nearness, SOON)
        self._match(look, ~admitted, ~strong, likeness, s.weak_overlap)

    def _match(self, look: _Look, who: Flags, what: Flags, likeness: Array, floor: float) -> None:
        rows, columns = np.flatnonzero(who & ~self._people["here"]), np.flatnonzero(what & look.free)
        if not len(rows) or not len(columns):
            return
        pairs = best_pairs(likeness[np.ix_(rows, columns)], floor)
        if pairs:
            left, right = np.array(pairs).T
            self._feed(look, rows[left], columns[right])

    def _feed(self, look: _Look, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> None:
        s, scores = self._settings, look.scores[columns]
        self._motion.correct(rows, look.boxes[columns], s.doubt - scores)
        look.free[columns] = False
        people = self._people
        people["here"][rows] = True
        people["seen_s"][rows] = look.now_s
        people["sure_s"][rows[scores >= s.admit_score]] = look.now_s
        people["hits"][rows] += 1
        people["total"][rows] += scores
        people["score"][rows] = scores

    def _likeness(self, look: _Look) -> Array:
        """How well boxes fit the foretold ones, 0..1, shape (N, M)."""
        weight, foretold = self._settings.score_weight, self._motion.boxes()
        fit = iou(foretold, look.boxes) * same_height(foretold, look.boxes)
        return np.asarray(fit * (1 - weight + weight * look.scores))

    def _nearness(self, look: _Look) -> Array:
        """1 on the foretold place, 0 or less beyond the reach or at quite another height: shape (N, M)."""
        s, where, seen = self._settings, self._motion.measures, measures_from_boxes(look.boxes)
        height = where[:, 3:]
        away = np.hypot(where[:, :1] - seen[:, 0], where[:, 1:2] - seen[:, 1]) / height
        reach = np.minimum(s.reach + s.reach_per_s * self._unseen_s(), s.reach_most)
        unlike = np.abs(np.log(seen[:, 3] / height))
        return np.where(unlike < s.unlike, (1 - away / reach[:, None]) * (1 - unlike), 0.0)

    def _begin(self, look: _Look) -> None:
        """Make candidates of strong boxes that belong to nobody."""
        s = self._settings
        new = np.flatnonzero(look.free & (look.scores >= s.admit_score))
        if not len(new):
            return
        taken = self._motion.boxes()[self._people["here"]]
        new = new[iou(look.boxes[new], taken).max(axis=1, initial=0.0) < s.crowded]
        born = np.zeros(len(new), PERSON)
        born["id"] = -self._candidates - 1 - np.arange(len(new))
        for name in ("born_s", "seen_s", "sure_s"):
            born[name] = look.now_s
        born["hits"], born["here"] = 1, True
        born["total"] = born["score"] = look.scores[new]
        self._candidates += len(new)
        self._people = np.concatenate([self._people, born])
        self._motion.add(look.boxes[new])

    def _admit(self) -> tuple[Glimpse, ...]:
        """Turn proven candidates into passages; return where these were seen before."""
        s, people = self._settings, self._people
        proven = (people["hits"] > 1) & (people["total"] >= s.admit_mean * people["hits"])
        proven &= self._now_s - people["born_s"] >= s.admit_after_s - SOON
        before: list[Glimpse] = []
        for row in np.flatnonzero((people["id"] < 0) & people["here"]):
            candidate = int(people["id"][row])
            trail = self._trails.setdefault(candidate, [])
            if proven[row]:
                self._admitted += 1
                people["id"][row] = self._admitted
                before += [
                    Glimpse(self._admitted, g.update, g.box, g.score) for g in self._trails.pop(candidate)
                ]
            else:
                left, top, right, bottom = self._motion.boxes()[row].tolist()
                trail.append(
                    Glimpse(0, self._updates, (left, top, right, bottom), float(people["score"][row]))
                )
        return tuple(before)

    def _drop_candidates(self) -> None:
        self._forget((self._people["id"] < 0) & (self._unseen_s() > self._settings.patience_s + SOON))

    def _forget(self, rows: Flags) -> NDArray[np.int64]:
        """Drop people; return the ids of those among them that were passages."""
        if not rows.any():
            return np.zeros(0, np.int64)
        gone = self._people["id"][rows]
        for candidate in gone[gone < 0].tolist():
            self._trails.pop(candidate, None)
        self._people = self._people[~rows]
        self._motion.keep(~rows)
        return np.asarray(gone[gone > 0])

    def _unseen_s(self) -> Array:
        return np.asarray(self._now_s - self._people["seen_s"])

    def _at_door(self) -> Flags:
        """Whose foretold box reaches the left, right or lower border, shape (N,)."""
        boxes, near = self._motion.boxes(), self._settings.door * self._motion.measures[:, 3]
        aside = (boxes[:, 0] < near) | (boxes[:, 2] > self._width_px - near)
        return np.asarray(aside | (boxes[:, 3] > self._height_px))

    def _report(self, ended: NDArray[np.int64], before: tuple[Glimpse, ...]) -> Tracks:
        people = self._people
        shown = (people["id"] > 0) & people["here"]
        boxes = self._motion.boxes()[shown].astype(np.float32)
        return Tracks(people["id"][shown], boxes, people["score"][shown].astype(np.float32), ended, before)
