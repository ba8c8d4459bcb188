"""Frames by GStreamer: a SOURCE in, the newest frame (live) or every frame (replay) out, without a copy."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from appliance.config import Camera
from appliance.errors import BoothError, SourceError
from appliance.records import Frame
from appliance.runtime.cpu.pipelines import launch_line
from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.seam import EndOfSource

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


class CpuCamera:
    """Camera of the CPU wing. One thread takes frames; GStreamer's own threads only decode and count."""

    def __init__(self, settings: Camera, *, live: bool) -> None:
        """Open the source. Raises SourceError when it cannot be opened, BoothError without GStreamer."""
        self.late = 0
        self.shortfall = ""
        self._settings = settings
        self._live = live
        self._gst = load_gstreamer()
        self._launch = launch_line(settings, live=live)
        self._mapped: tuple[Any, Any] | None = None
        self._index = 0
        # GStreamer's thread adds, ours reads a copy; more than a handful never wait at the sink.
        self._arrivals: deque[Arrival] = deque(maxlen=8)
        self._position_s = 0.0
        self._missing = ""
        self._second_try_s = time.monotonic() + SECOND_TRY_S if self._launch.ends else math.inf
        self._start()

    def _start(self) -> None:
        self._pipeline = self._gst.parse_launch(self._launch.line)
        self._sink = self._pipeline.get_by_name("sink")
        if self._live:  # in replay every frame is taken, so there is nothing to count
            self._sink.get_static_pad("sink").add_probe(self._gst.PadProbeType.BUFFER, self._note_arrival)
        self._pipeline.set_state(self._gst.State.PLAYING)

    def take(self, timeout_s: float) -> Frame | None:
        """See Camera.take."""
        self._release()
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
        self._release()
        self._pipeline.set_state(self._gst.State.NULL)

    def _frame(self, sample: Any) -> Frame:
        shape = sample.get_caps().get_structure(0)
        width, height = int(shape.get_value("width")), int(shape.get_value("height"))
        buffer = sample.get_buffer()
        mapped = buffer.map(self._gst.MapFlags.READ)
        if isinstance(mapped, tuple):  # PyGObject's own map, which copies every frame
            raise BoothError("GStreamer's Python overrides are missing: apt-get install python3-gst-1.0")
        view = mapped.__enter__()
        self._mapped = (mapped, buffer)
        # GStreamer pads rows of packed RGB to four bytes (gst-video, video-info.c).
        stride = (width * 3 + 3) // 4 * 4
        pixels: NDArray[np.uint8] = np.ndarray(
            (height, width, 3), np.uint8, view.data, strides=(stride, 3, 1)
        )
        frame = Frame(pixels, width, height, self._captured_s(buffer), self._index)
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

    def _release(self) -> None:
        if self._mapped is not None:
            self._mapped[0].__exit__(None, None, None)
            self._mapped = None

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
