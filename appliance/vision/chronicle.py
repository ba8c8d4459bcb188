"""Writes down passages after the fact: in go the tracks of every frame, out come rows with gaps closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.geometry import Array, boxes_from_measures, measures_from_boxes
from appliance.records import Detections, Tracks
from appliance.vision.tracker import Tracker
from appliance.vision.trust import TrackerSettings

FAR_S = 3.0
"Neighbours beyond this many standard deviations do not count in smoothing."


@dataclass(frozen=True)
class ChronicleSettings:
    """How much hindsight may change; only for records made offline, the live booth does without."""

    gap_s: float = 1.5
    "A passage lost and found again within this is drawn through as a straight line."
    path_s: float = 0.15
    "Standard deviation of the window over which places are smoothed."
    size_s: float = 0.4
    "The same for sizes: boxes breathe with the legs, people do not."


class Chronicle:
    """Collects the tracks of a recording; knows of boxes only."""

    def __init__(self, settings: ChronicleSettings | None = None) -> None:
        self._settings = settings or ChronicleSettings()
        self._times_s: list[float] = []
        self._rows: list[tuple[float, ...]] = []

    def add(self, tracks: Tracks, captured_s: float) -> None:
        """Take what the tracker said of the next frame."""
        update = len(self._times_s)
        self._times_s.append(captured_s)
        people = zip(tracks.ids.tolist(), tracks.boxes.tolist(), tracks.scores.tolist(), strict=True)
        self._rows += [(update, track, *box, score) for track, box, score in people]
        self._rows += [(g.update, g.track, *g.box, g.score) for g in tracks.before]

    def rows(self) -> Array:
        """Return (N, 7) update, id, left, top, right, bottom, score by update and id, gaps closed, smoothed."""
        rows = np.array(self._rows, np.float64).reshape(-1, 7)
        times_s = np.maximum.accumulate(np.array(self._times_s))  # clocks may stumble
        passages = [self._mended(rows[rows[:, 1] == track], times_s) for track in np.unique(rows[:, 1])]
        mended: Array = np.concatenate([np.zeros((0, 7)), *passages])
        order = np.lexsort((mended[:, 1], mended[:, 0]))
        ordered: Array = mended[order]
        return ordered

    def mot_rows(self) -> list[tuple[float, ...]]:
        """Return the rows as the MOT benchmarks have them: frame from 1, id, left, top, width, height, score."""
        return [
            (u + 1, track, x, y, right - x, bottom - y, score)
            for u, track, x, y, right, bottom, score in self.rows()
        ]

    def _mended(self, rows: Array, times_s: Array) -> Array:
        """Close the gaps of one passage and smooth it: (N, 7) to (M, 7), M >= N."""
        s = self._settings
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
        updates = _closed(rows[:, 0].astype(np.intp), times_s, s.gap_s)
        whole = np.concatenate([measures_from_boxes(rows[:, 2:6]), rows[:, 6:]], axis=1)
        whole = np.stack(
            [np.interp(times_s[updates], times_s[rows[:, 0].astype(np.intp)], c) for c in whole.T], 1
        )
        places = smooth(times_s[updates], whole[:, :2], s.path_s)
        sizes = smooth(times_s[updates], whole[:, 2:4], s.size_s)
        boxes = boxes_from_measures(np.concatenate([places, sizes], axis=1))
        ids = np.full(len(updates), rows[0, 1])
        return np.column_stack([updates, ids, boxes, whole[:, 4]])


def smooth(times_s: Array, values: Array, sigma_s: float) -> Array:
    """Smooth (N, C) values by straight lines fitted in Gaussian windows of `sigma_s` seconds; 0 leaves them.

    `times_s` (N,) ascends. Straight lines, and not means, so that the ends of a walk stay where they are
    (Cleveland, Robust Locally Weighted Regression, 1979).
    """
    if sigma_s <= 0 or len(times_s) < 3:
        return values
    ends = np.searchsorted(times_s, times_s + FAR_S * sigma_s, side="right")
    span = int((ends - np.arange(len(times_s))).max())
    sums = np.zeros((3, len(times_s), 1))
    moments = np.zeros((2, *values.shape))
    for offset in range(-span, span + 1):
        wanted = np.arange(len(times_s)) + offset
        real = (wanted >= 0) & (wanted < len(times_s))
        other = wanted.clip(0, len(times_s) - 1)
        away = (times_s[other] - times_s)[:, None] / sigma_s
        weight = np.exp(-0.5 * away * away) * (real & (np.abs(away[:, 0]) <= FAR_S))[:, None]
        sums += np.stack([weight, weight * away, weight * away * away])
        moments += np.stack([weight * values[other], weight * away * values[other]])
    spread = sums[0] * sums[2] - sums[1] ** 2
    line = (sums[2] * moments[0] - sums[1] * moments[1]) / np.maximum(spread, 1e-9)
    return np.where(spread > 1e-9, line, values)


def track_boxes(
    frames: Iterable[NDArray[np.floating]],
    frame_rate: float,
    size_px: tuple[int, int] | None = None,
    settings: TrackerSettings | None = None,
) -> list[tuple[float, ...]]:
    """Track plain boxes: one (N, 5) array of left, top, right, bottom, score for every frame, N >= 0.

    `frame_rate` is in frames per second, `size_px` width and height of the pictures; without it the farthest
    boxes stand for the border. Returns MOT rows: frame from 1, id, left, top, width, height, score.
    """
    given = [np.asarray(frame, np.float32).reshape(-1, 5) for frame in frames]
    if size_px is None:
        far = np.nan_to_num(np.concatenate([np.zeros((1, 5), np.float32), *given])[:, 2:4]).max(axis=0)
        size_px = (int(far[0]), int(far[1]))
    tracker, chronicle = Tracker(settings or TrackerSettings(), *size_px), Chronicle()
    for index, frame in enumerate(given):
        tracks = tracker.update(Detections(frame[:, :4], frame[:, 4]), index / frame_rate)
        chronicle.add(tracks, index / frame_rate)
    return chronicle.mot_rows()


def _closed(updates: NDArray[np.intp], times_s: Array, gap_s: float) -> NDArray[np.intp]:
    """Fill (N,) ascending updates up wherever no more than `gap_s` is missing."""
    parts = [updates[:1]]
    for last, this in zip(updates[:-1].tolist(), updates[1:].tolist(), strict=True):
        close = times_s[this] - times_s[last] <= gap_s
        parts.append(np.arange(last + 1 if close else this, this + 1))
    return np.concatenate(parts)
