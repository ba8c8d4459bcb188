"""What is known of the people in view: tracks and descriptors in, each passage out once, then it is forgotten."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from appliance.config import Capture, Garment
from appliance.records import Descriptors, Frame, Garments, MaskArray, Passage, Tracks
from appliance.vision.record import Record, Views, corners, fold, summed_up
from appliance.vision.views import view_quality
from appliance.vision.zones import NOWHERE, OPTED_OUT, at_door, zones_of

MOST_TRIES = 4
"Refused masks after which a passage is left alone: a bad view rarely gets better at once."
LEAST_VIEWS = 2
"One bad crop shall not decide."


class Passages:
    """The one owner of what is known of people in view; nothing outlives its track by more than a frame."""

    def __init__(self, garments: Garment, capture: Capture) -> None:
        self._garments = garments
        self._capture = capture
        self._records: dict[int, Record] = {}
        self.people = 0
        "Seen in the last frame where the booth may look; nobody who opted out."
        self.least_views = min(LEAST_VIEWS, garments.views)
        "Views without which nobody is an exception."

    def look_within(self, capture: Capture) -> None:
        """Look at whom `capture` allows from now on.

        Nothing that was seen so far is kept, since it is not known who would have been allowed; who is still allowed
        begins anew. Only that somebody opted out, or was told already, stays known until they leave.
        """
        self._capture = capture
        self._records = {track: record for track, record in self._records.items() if record.closed}

    def forget(self) -> None:
        """Forget everybody."""
        self._records.clear()
        self.people = 0

    def choose(self, tracks: Tracks, frame: Frame) -> Views:
        """Pick the best few views of this frame that a passage still wants; forget who stepped into an opt-out zone."""
        present = self._meet(tracks, frame)
        self.people = len(present)
        quality = view_quality(tracks.boxes, frame, self._garments)
        wanted = [
            row
            for row, record in present.items()
            if quality[row] > 0 and self._wants(record, frame.captured_s)
        ]
        best = sorted(wanted, key=lambda row: -quality[row])[: self._garments.per_frame]
        rows = np.array(best, np.int64)
        return Views(tracks.ids[rows], tracks.boxes[rows])

    def _meet(self, tracks: Tracks, frame: Frame) -> dict[int, Record]:
        """Row of each person whom the booth may look at -> their record, begun where there was none."""
        self._leave_alone(tracks, frame)
        present = {}
        zones = zones_of(tracks.boxes, frame.width, frame.height, self._capture)
        for row, (track, zone) in enumerate(zip(tracks.ids.tolist(), zones, strict=True)):
            if zone in (NOWHERE, OPTED_OUT) or (track in self._records and self._records[track].opted_out):
                continue
            record = present[row] = self._records.setdefault(track, Record(zone))
            record.zone = zone
            record.last = corners(tracks.boxes[row])
            record.first = record.first or record.last
            if not record.views:
                record.box = record.last
        return present

    def opted_out(self, tracks: Tracks) -> MaskArray:
        """Whom nothing may be told or learned of, shape (N,)."""
        alone = [track in self._records and self._records[track].opted_out for track in tracks.ids.tolist()]
        return np.array(alone, np.bool_)

    def objecting(self) -> set[int]:
        """Tracks of who was in an opt-out zone."""
        return {track for track, record in self._records.items() if record.objects}

    def _leave_alone(self, tracks: Tracks, frame: Frame) -> None:
        """Forget, for the whole passage, who is in an opt-out zone or was there before the tracker stood by them.

        The same for who is met in a door: whoever goes in was met before, and stays who he was.
        """
        ids = [*tracks.ids.tolist(), *(glimpse.track for glimpse in tracks.before)]
        earlier = np.array([glimpse.box for glimpse in tracks.before], np.float32).reshape(-1, 4)
        boxes = np.concatenate([tracks.boxes, earlier])
        zones = zones_of(boxes, frame.width, frame.height, self._capture)
        doors = at_door(boxes, frame.width, frame.height, self._capture).tolist()
        met = set(self._records)
        for track, zone, door in zip(ids, zones, doors, strict=True):
            if zone == OPTED_OUT or (door and track not in met):
                record = self._records.setdefault(track, Record(zone))
                record.opted_out = True
                record.objects |= zone == OPTED_OUT
                record.close()

    def fold(self, views: Views, garments: Garments, descriptors: Descriptors, now_s: float) -> None:
        """Add the views' descriptors to their passages."""
        fold(self._records, views, garments, descriptors, now_s)

    def due(self, tracks: Tracks, now_s: float) -> list[Passage]:
        """Passages to be judged: with a new view, or for the last time; ended ones are forgotten."""
        gone = set(tracks.ended.tolist())
        due = []
        for track, record in self._records.items():
            final = track in gone or record.complete(self._garments.views, now_s)
            if not record.closed and (final or len(record.views) > record.asked):
                record.asked = len(record.views)
                due.append(summed_up(track, record, now_s, final=final))
        for track in gone:
            self._records.pop(track, None)
        return due

    def close(self, tracks: Iterable[int]) -> None:
        """Forget the views of passages that are told; they are never due again."""
        for track in tracks:
            if track in self._records:
                self._records[track].close()

    def _wants(self, record: Record, now_s: float) -> bool:
        if record.closed or len(record.views) >= self._garments.views or record.tries >= MOST_TRIES:
            return False
        return now_s - record.last_look_s >= self._garments.view_gap_s
