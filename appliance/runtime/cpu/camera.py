"""Frames of the CPU wing: a SOURCE in, packed RGB pixels that lie in GStreamer's own memory out, without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.config import Camera
from appliance.errors import BoothError
from appliance.runtime.cpu.pipelines import launch_line
from appliance.runtime.player import Player


class CpuCamera(Player):
    """Camera of the CPU wing: pixels (H, W, 3), packed RGB, 8 bit."""

    path = "cpu"

    def __init__(self, settings: Camera, *, live: bool) -> None:
        """Open the source. Raises SourceError when it cannot be opened, BoothError without GStreamer."""
        self._mapped: tuple[Any, Any] | None = None
        super().__init__(settings, launch_line(settings, live=live), live=live)

    def pixels_of(self, sample: Any) -> tuple[NDArray[np.uint8], int, int]:
        """See Player.pixels_of."""
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
        return pixels, width, height

    def release(self) -> None:
        """See Player.release."""
        if self._mapped is not None:
            self._mapped[0].__exit__(None, None, None)
            self._mapped = None
