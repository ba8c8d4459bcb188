"""A GStreamer pipeline played: samples in from its threads, frames with their time out to ours."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections import deque
from typing import Any, NamedTuple

from appliance.config import Camera
from appliance.errors import SourceError
from appliance.records import DeviceArray, Frame
from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.seam import EndOfSource
from appliance.runtime.sources import Launch

SLICE_S = 0.25
"Longest wait in one go, so that a stop, an error on the bus and deadlines are seen in time."
SECOND_TRY_S = 2.0
"""A file that has shown nothing by then is opened once more.

GStreamer 1.22's decodebin at times swallows an error, or stalls, while it starts (seen in 3 of 10 starts on an MP4
without an index); a second start mostly ends otherwise.
"""
SHORT_S = 1.0
"A file that stops so much before the length in its header is called cut short."


class Arrival(NamedTuple):
    """A frame at the sink."""

    pts: int
    "Nanoseconds of stream time."
    number: int
    "Frames from 1 since the source was opened."
    at_s: float
    "Monotonic clock."


class Player(ABC):
    """What the cameras of both wings share. One thread takes frames; GStreamer's own threads only decode and count.

    A wing says which line to play and how a sample becomes pixels.
    """

    path: str
    "See Camera.path."

    def __init__(self, settings: Camera, launch: Launch, *, live: bool) -> None:
        """Start to play. Raises SourceError when the line cannot be played, BoothError without GStreamer."""
        self.late = 0
        self.shortfall = ""
        self._settings = settings
        self._launch = launch
        self._live = live
        self._gst = load_gstreamer()
        self._index = 0
        # GStreamer's thread adds, ours reads a copy; more than a handful never wait at the sink.
        self._arrivals: deque[Arrival] = deque(maxlen=8)
        self._position_s = 0.0
        self._missing = ""
        self._second_try_s = time.monotonic() + SECOND_TRY_S if launch.ends else math.inf
        self._start()

    @abstractmethod
    def pixels_of(self, sample: Any) -> tuple[DeviceArray, int, int]:
        """Pixels, width and height of a sample (GstSample), valid until `release`."""

    @abstractmethod
    def release(self) -> None:
        """Let go of the sample taken last; called before each new one and at the end, and harmless without one."""

    def take(self, timeout_s: float) -> Frame | None:
        """See Camera.take."""
        self.release()
        deadline_s = time.monotonic() + timeout_s
        while True:
            wait_s = min(SLICE_S, deadline_s - time.monotonic())
            sample = self._sink.try_pull_sample(max(0, int(wait_s * self._gst.SECOND)))
            if sample is not None:
                return self._frame(sample)
            self._read_bus()
            if self._sink.is_eos():
                self._end()
            if self._index == 0 and time.monotonic() > self._second_try_s:
                self._second_try_s = math.inf
                self.close()
                self._start()
            if time.monotonic() >= deadline_s:
                return None

    def length_s(self) -> float:
        """See Camera.length_s."""
        known, duration = self._pipeline.query_duration(self._gst.Format.TIME)
        return float(duration) / self._gst.SECOND if known else 0.0

    def close(self) -> None:
        """See Camera.close."""
        try:
            self.release()
        finally:
            self._pipeline.set_state(self._gst.State.NULL)

    def _start(self) -> None:
        from gi.repository import GLib

        try:
            self._pipeline = self._gst.parse_launch(self._launch.line)
        except GLib.Error as error:  # an element is missing, or two do not fit each other
            raise SourceError(self._explain(error.message)) from None
        self._sink = self._pipeline.get_by_name("sink")
        if self._live:  # in replay every frame is taken, so there is nothing to count
            self._sink.get_static_pad("sink").add_probe(self._gst.PadProbeType.BUFFER, self._note_arrival)
        self._pipeline.set_state(self._gst.State.PLAYING)

    def _frame(self, sample: Any) -> Frame:
        pixels, width, height = self.pixels_of(sample)
        frame = Frame(pixels, width, height, self._captured_s(sample.get_buffer()), self._index)
        self._index += 1
        return frame

    def _captured_s(self, buffer: Any) -> float:
        if self._live:
            return self._arrived_s(buffer.pts)
        if buffer.pts == self._gst.CLOCK_TIME_NONE:
            return self._index / self._settings.frame_rate
        self._position_s = float(buffer.pts) / self._gst.SECOND
        return self._position_s

    def _arrived_s(self, pts: int) -> float:
        """When this very frame came, and not a newer one that came while it was taken; counts the late."""
        arrivals = tuple(self._arrivals)
        own = next((one for one in reversed(arrivals) if one.pts == pts), None)
        if own is None:
            return time.monotonic()
        self.late = max(self.late, own.number - self._index - 1)
        return own.at_s

    def _note_arrival(self, _pad: Any, info: Any) -> Any:
        number = self._arrivals[-1].number + 1 if self._arrivals else 1
        self._arrivals.append(Arrival(info.get_buffer().pts, number, time.monotonic()))
        return self._gst.PadProbeReturn.OK

    def _read_bus(self) -> None:
        kinds = self._gst.MessageType.ERROR | self._gst.MessageType.ELEMENT
        while (message := self._pipeline.get_bus().pop_filtered(kinds)) is not None:
            detail = message.get_structure()
            if message.type == self._gst.MessageType.ERROR:
                error, debug = message.parse_error()
                raise SourceError(
                    self._explain("no picture in it" if "not-linked" in debug else error.message)
                )
            if detail is not None and detail.get_name() == "missing-plugin":
                self._missing = str(detail.get_string("name"))

    def _explain(self, message: str) -> str:
        where = f"{self._settings.label}: " + (f"frame {self._index}: " if self._index else "")
        if self._missing:
            return f"{where}no plugin for {self._missing}; apt-get install gstreamer1.0-libav"
        return (
            f"{where}{message.strip().rstrip('.')}; check the source with: gst-play-1.0 or gst-discoverer-1.0"
        )

    def _end(self) -> None:
        self._read_bus()
        if self._index == 0:
            raise SourceError(self._explain("no picture in it"))
        if self._live and not self._launch.ends:
            raise SourceError(self._explain("the camera ended its stream"))
        if self._live and self._settings.repeat and self._rewind():
            return
        whole_s = self.length_s()
        if not self._live and whole_s > self._position_s + SHORT_S:
            read = f"ends after {self._position_s:.1f} s of {whole_s:.1f} s"
            self.shortfall = f"{self._settings.label}: {read}, the rest is unreadable"
        raise EndOfSource(self._settings.label)

    def _rewind(self) -> bool:
        flags = self._gst.SeekFlags.FLUSH | self._gst.SeekFlags.KEY_UNIT
        return bool(self._pipeline.seek_simple(self._gst.Format.TIME, flags, 0))
