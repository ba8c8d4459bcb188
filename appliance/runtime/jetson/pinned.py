"""Frames in system memory: a sample in, a picture in memory that host and device share out, by one copy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.errors import BoothError, SourceError
from appliance.runtime.jetson.formats import colours_of, usual_colours
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.picture import NV12, RGBA, Picture


class Pinned:
    """Holds the one frame that the device may read. An integrated GPU reads it in place, another over the bus.

    `release` comes after the device is done, so one frame's room is enough.
    """

    def __init__(self, gst: Any, gpu: Gpu, label: str) -> None:
        self.holds = False
        self._gst = gst
        self._gpu = gpu
        self._label = label
        self._room: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._address = 0

    def picture_of(self, sample: Any) -> Picture:
        """Raises SourceError for a frame that is neither NV12 nor RGBA or is too small."""
        shape = sample.get_caps().get_structure(0)
        name, colorimetry = shape.get_string("format"), shape.get_string("colorimetry")
        width, height = int(shape.get_value("width")), int(shape.get_value("height"))
        if name not in ("NV12", "RGBA"):
            raise SourceError(
                f"{self._label}: frames of format {name}; the pipeline should give NV12 or RGBA"
            )
        # Rows and planes as GStreamer lays them out by default (gst-video, video-info.c).
        if name == "RGBA":
            self._copy(sample.get_buffer(), 4 * width * height)
            return Picture(self._address, 4 * width, width, height, RGBA, owner=self._room)
        pitch, luma_rows = (width + 3) // 4 * 4, (height + 1) // 2 * 2
        self._copy(sample.get_buffer(), pitch * luma_rows * 3 // 2)
        chroma = self._address + pitch * luma_rows
        colours = colours_of(colorimetry) or usual_colours(height)
        return Picture(self._address, pitch, width, height, NV12, chroma, pitch, colours, self._room)

    def release(self) -> None:
        """The room may be overwritten."""
        self.holds = False

    def close(self) -> None:
        """Nothing is kept of a pipeline."""

    def _copy(self, buffer: Any, size: int) -> None:
        mapped = buffer.map(self._gst.MapFlags.READ)
        if isinstance(mapped, tuple):  # PyGObject's own map, which copies every frame
            raise BoothError("GStreamer's Python overrides are missing: apt-get install python3-gst-1.0")
        with mapped as view:
            pixels = np.frombuffer(view.data, np.uint8)
            if len(pixels) < size:
                raise SourceError(
                    f"{self._label}: a frame of {len(pixels)} bytes, {size} are needed; restart it"
                )
            if len(self._room) != size:
                self._room, self._address = self._gpu.driver.pinned(size)
            self._gpu.share_pixels(self._room, pixels[:size])
            del pixels  # a view outlives the mapping without an error
        self.holds = True
