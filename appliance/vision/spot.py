"""Who asks to be scored: the people on the marked spot while an ask lasts in; each summed up once, and an answer, out.

Nobody is turned away here for how they look to a camera: clear views count at first, then any view that the mask of
clothes can be drawn in. What a spot sees is no passage: neither the bank nor the trends, the pace or any event has it.
"""

from __future__ import annotations

import math

import numpy as np

from appliance.answers import EMPTY, IN_DOUBT, LATE, LEFT_ALONE, LOOKING, TOLD
from appliance.config import Capture, Garment
from appliance.records import Descriptors, Detections, FloatArray, Frame, Garments, Passage, Tracks
from appliance.vision.asker import STRANGER, Asker, hindrances_of, standing, strangers_in
from appliance.vision.record import Record, Views, corners, fold, summed_up
from appliance.vision.zones import OPTED_OUT, zones_of

GRACE_S = 3.0
"So long only clear views count of somebody on the spot; then any does."
AWAY_S = 1.0
"Whoever is off the spot, or out of sight, for so long has left it: who only crosses it has not asked."
DOUBT_S = 10.0
"For so long after anybody objected no stranger is looked at: nobody can tell that it is somebody else."
PER_FRAME = 1
"Views taken from one frame at the most, besides those of passages."


class Spot:
    """The one owner of what is known of those who ask; it outlives neither the ask nor their track."""

    def __init__(self, garments: Garment, capture: Capture) -> None:
        self._garments = garments
        self._capture, self._spot = capture, capture.spot
        self._number: int | None = None
        self._askers: dict[int, Asker] = {}
        self._told = False
        "A card of this ask is due; it waits for who was there already, and nobody else is met."
        self._refused = EMPTY
        "The answer where nobody is there who may be looked at."
        self._objected_s = -math.inf
        "When anybody in the picture objected last, known to the tracker or not; a time, and nothing of them."
        self._answer = ""

    def ask(self, number: int | None) -> str:
        """An ask of that number lasts, or none does; whoever stands there is met anew with each. Returns the answer."""
        if number != self._number:
            if self._answer == LOOKING:
                self._answer = LATE
            self.forget()
            self._number, self._told = number, False
            self._answer = self._answer if number is None else EMPTY
        return self._answer

    def look_within(self, capture: Capture) -> None:
        """Another spot from now on, or none; what was seen on the old one is not kept."""
        self._capture, self._spot = capture, capture.spot
        self.forget()

    def forget(self) -> None:
        """Forget everybody."""
        self._askers.clear()
        self._refused = EMPTY

    def choose(self, tracks: Tracks, detections: Detections, frame: Frame, objecting: set[int]) -> Views:
        """Pick the best view of those on the spot; those `objecting`, who came by an opt-out zone, are forgotten."""
        strangers = strangers_in(detections, tracks)
        objecting = self._with_strangers(objecting, strangers, frame)
        people = Views(tracks.ids[:0], tracks.boxes[:0])
        if self._number is None or self._spot is None:
            return people
        people = standing(self._spot, tracks, strangers, frame)
        hindrances = hindrances_of(people, tracks.boxes, frame, self._garments)
        wanted = self._meet(people, hindrances, frame.captured_s, objecting)
        self._leave(objecting, frame.captured_s)
        self._answer = self._told_so_far()
        height = people.boxes[:, 3] - people.boxes[:, 1]
        best = sorted(wanted, key=lambda row: (hindrances[row] != "", -height[row]))[:PER_FRAME]
        rows = np.array(best, np.int64)
        return Views(people.ids[rows], people.boxes[rows])

    def _with_strangers(self, objecting: set[int], strangers: FloatArray, frame: Frame) -> set[int]:
        """The same with all strangers, while one of them may have come by an opt-out zone, be it a moment ago."""
        if objecting or OPTED_OUT in zones_of(strangers, frame.width, frame.height, self._capture):
            self._objected_s = frame.captured_s
        return objecting | {STRANGER} if frame.captured_s - self._objected_s <= DOUBT_S else objecting

    def _meet(self, people: Views, hindrances: list[str], now_s: float, objecting: set[int]) -> list[int]:
        """Note who is on the spot; rows of those who want a view."""
        assert self._spot is not None
        wanted, ids = [], people.ids.tolist()
        refused = objecting.intersection(ids)
        self._refused = (IN_DOUBT if refused == {STRANGER} else LEFT_ALONE) if refused else EMPTY
        for row, track in enumerate(ids):
            if track in objecting:
                continue
            if self._told and track not in self._askers:
                continue
            asker = self._askers.setdefault(track, Asker(Record(self._spot.name), now_s, now_s))
            asker.on_s, asker.hindrance = now_s, hindrances[row]
            asker.record.last = corners(people.boxes[row])
            asker.record.first = asker.record.first or asker.record.last
            if self._wants(asker, now_s):
                wanted.append(row)
        return wanted

    def _leave(self, objecting: set[int], now_s: float) -> None:
        """Forget who is gone from the spot or objects; of who was told, that much stays known while the ask lasts."""
        self._askers = {
            track: asker
            for track, asker in self._askers.items()
            if track not in objecting and (asker.record.closed or now_s - asker.on_s <= AWAY_S)
        }

    def _wants(self, asker: Asker, now_s: float) -> bool:
        record = asker.record
        if record.closed or len(record.views) >= self._garments.views:
            return False
        patient = asker.hindrance and now_s - asker.met_s < GRACE_S
        return not patient and now_s - record.last_look_s >= self._garments.view_gap_s

    @property
    def askers(self) -> tuple[int, ...]:
        """Tracks of who is on the spot while an ask lasts, told or not: from the press on they are no passage."""
        return tuple(self._askers)

    def fold(self, views: Views, garments: Garments, descriptors: Descriptors, now_s: float) -> None:
        """Add what was seen to those on the spot."""
        records = {track: asker.record for track, asker in self._askers.items()}
        fold(records, views, garments, descriptors, now_s)

    def due(self, tracks: Tracks, now_s: float) -> list[Passage]:
        """Those who have been seen well enough, each once; who left the picture is forgotten."""
        for track in tracks.ended.tolist():
            self._askers.pop(track, None)
        due = []
        for track, asker in self._askers.items():
            if asker.record.closed or not asker.record.complete(self._garments.views, now_s):
                continue
            passage = summed_up(track, asker.record, now_s, final=True)
            if passage.abstained:
                asker.record = Record(asker.record.zone, tries=1, last_look_s=now_s)
                continue
            due.append(passage)
            asker.record.close()
        self._told = self._told or bool(due)
        self._answer = self._told_so_far() if self._number is not None else self._answer
        return due

    def _told_so_far(self) -> str:
        """The answer as it stands, of whoever is nearest to one; TOLD once nobody is there who still waits.

        For TOLD ends the ask, and whoever shows badly waits longer than a clear person beside them.
        """
        words = [asker.state for asker in self._askers.values() if not asker.record.closed]
        if not words:
            return TOLD if self._told else self._refused
        return LOOKING if LOOKING in words else words[0]
