"""Where people walk: the tracks of each frame in, counts of passages per cell of the picture and per zone out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.artifacts import MIN_SUPPORTERS
from appliance.config import Capture, Garment
from appliance.records import FloatArray, Frame, IntArray, MaskArray, Tracks
from appliance.vision.views import view_quality
from appliance.vision.zones import STREET, contains, feet_of

COLUMNS, ROWS = 24, 14
"Cells of the picture: fine enough to draw a zone by, coarse enough to say nothing of a step."
CELLS = COLUMNS * ROWS
OUTSIDE = "outside"
"Kind of the ground that is in no zone."
NO_ZONE = "nowhere"
"What that ground is called where only zones are looked at."


@dataclass(frozen=True)
class ZoneCount:
    """Passages of one zone, or of the ground outside all."""

    name: str
    kind: str
    "'scored', 'opt-out', 'door' or OUTSIDE."
    passages: int
    "Whose feet were in it at some time; 0 for an opt-out zone, where nobody is counted."
    clear: int
    "Of those, who were in it large, whole and uncovered enough to be judged."


@dataclass(frozen=True)
class Survey:
    """What was counted; small counts are hidden by those who tell of it, see `shown`."""

    size: tuple[int, int]
    "Width and height of the picture in pixels."
    seconds: float
    "From the first frame to the last."
    passages: int
    missed: int
    "Passages whose feet were never in a scored zone."
    cells: IntArray
    "Shape (ROWS, COLUMNS): passages whose feet were there, from the picture's top left."
    clear: IntArray
    "Shape (ROWS, COLUMNS): of those, who could be judged there."
    zones: tuple[ZoneCount, ...]
    "In the order of the settings, the ground outside last."


class Footfall:
    """Counts each passage once per cell and zone; of who is in view it knows the cells, and forgets them at the end."""

    def __init__(self, capture: Capture, garments: Garment) -> None:
        self._capture, self._garments = capture, garments
        self._places = CELLS + len(capture.zones) + 1
        self._walks: dict[int, MaskArray] = {}
        "Passage in view -> (2, places): stood there, could be judged there."
        self._came_out: set[int] = set()
        "Of those in view, who were met in a door."
        self._counts: IntArray = np.zeros((2, self._places), np.int64)
        self._passages = self._missed = 0
        self._size = (1, 1)
        self._span_s: tuple[float, float] | None = None

    def add(self, tracks: Tracks, size: tuple[int, int], captured_s: float) -> None:
        """Take the tracks of the next frame, a picture of `size` (width, height) pixels taken at `captured_s`."""
        self._size = size
        first_s, last_s = self._span_s or (captured_s, captured_s)
        self._span_s = (min(first_s, captured_s), max(last_s, captured_s))
        shape = Frame(None, *size, captured_s, 0)
        met = set(self._walks)
        clear = view_quality(tracks.boxes, shape, self._garments) > 0
        self._note(tracks.ids.tolist(), places_of(tracks.boxes, size, self._capture), clear)
        earlier = np.array([glimpse.box for glimpse in tracks.before], np.float32).reshape(-1, 4)
        nothing = np.zeros(len(earlier), np.bool_)
        self._note([one.track for one in tracks.before], places_of(earlier, size, self._capture), nothing)
        self._came_out |= {
            new for new in self._walks.keys() - met if self._walks[new][0, self._of("door")].any()
        }
        self._close(tracks.ended.tolist())

    def survey(self) -> Survey:
        """Everything counted, with those in view as if they had left."""
        self._close(list(self._walks))
        grid = self._counts[:, :CELLS].reshape(2, ROWS, COLUMNS).copy()
        named: list[tuple[str, str]] = [(zone.name, zone.kind) for zone in self._capture.zones]
        named.append((STREET if self._capture.mode == "open-street" else NO_ZONE, OUTSIDE))
        zones = tuple(
            ZoneCount(name, kind, int(stood), int(clear))
            for (name, kind), (stood, clear) in zip(named, self._counts[:, CELLS:].T, strict=True)
        )
        first_s, last_s = self._span_s or (0.0, 0.0)
        return Survey(self._size, last_s - first_s, self._passages, self._missed, grid[0], grid[1], zones)

    def _of(self, kind: str) -> list[int]:
        """Places of the zones of a kind."""
        return [CELLS + i for i, zone in enumerate(self._capture.zones) if zone.kind == kind]

    def _note(self, tracks: list[int], places: MaskArray, clear: MaskArray) -> None:
        for track, here, good in zip(tracks, places, clear, strict=True):
            walk = self._walks.setdefault(track, np.zeros((2, self._places), np.bool_))
            walk |= np.stack([here, here & good])

    def _close(self, tracks: list[int]) -> None:
        """Count these passages and forget where they went; whoever opted out or came out of a door counts nowhere."""
        scored, left_alone = self._of("scored"), self._of("opt-out")
        for track in tracks:
            walk, came_out = self._walks.pop(track, None), track in self._came_out
            self._came_out.discard(track)
            if walk is not None and not came_out and not walk[0, left_alone].any():
                self._counts += walk
                self._passages += 1
                self._missed += not walk[0, scored].any()


def places_of(boxes: FloatArray, size: tuple[int, int], capture: Capture) -> MaskArray:
    """Where each of N people stands, shape (N, CELLS + zones + 1): cells by rows, zones, outside all zones."""
    feet = feet_of(boxes, *size)
    column, row = (feet * (COLUMNS, ROWS)).astype(np.int64).clip(0, (COLUMNS - 1, ROWS - 1)).T
    cells = np.zeros((len(boxes), CELLS), np.bool_)
    cells[np.arange(len(boxes)), row * COLUMNS + column] = True
    zones = np.zeros((len(boxes), len(capture.zones)), np.bool_)
    for number, zone in enumerate(capture.zones):
        zones[:, number] = contains(zone, feet)
    return np.concatenate([cells, zones, ~zones.any(axis=1, keepdims=True)], axis=1)


def shown(count: int) -> int | None:
    """A count as it may be told: 0, or from ten people on; None for fewer, so that nobody alone is seen."""
    return count if count == 0 or count >= MIN_SUPPORTERS else None


def shown_cells(cells: NDArray[np.int64]) -> list[list[int | None]]:
    """Counts of cells (ROWS, COLUMNS) as they may be told: None for fewer than ten people, be it nobody."""
    return [[count if count >= MIN_SUPPORTERS else None for count in row] for row in cells.tolist()]
