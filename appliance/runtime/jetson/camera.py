"""Frames of the Jetson wing: a SOURCE in, pictures in device memory out, straight from NVMM wherever that is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from appliance.config import Camera
from appliance.errors import BoothError
from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.jetson.elements import Elements
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.nvbufsurface import NvBufSurface
from appliance.runtime.jetson.nvmm import Nvmm
from appliance.runtime.jetson.picture import Picture
from appliance.runtime.jetson.pinned import Pinned
from appliance.runtime.jetson.pipelines import NVMM, launch_line, way_of
from appliance.runtime.player import Player


class JetsonCamera(Player):
    """Camera of the Jetson wing: pixels are a Picture, whose surface is held until the device has read it."""

    def __init__(
        self,
        settings: Camera,
        *,
        live: bool,
        gpu: Gpu,
        open_library: Callable[[], NvBufSurface] = NvBufSurface,
    ) -> None:
        """Open the source. Raises SourceError when it cannot be opened, BoothError for what is not installed."""
        gst = load_gstreamer()
        elements = Elements(gst)
        self.path = way_of(settings, elements)
        self._gpu = gpu
        self.way: Nvmm | Pinned
        if self.path == NVMM:
            self.way = Nvmm(gst, gpu.driver, settings.label, open_library)
        else:
            self.way = Pinned(gst, gpu, settings.label)
        super().__init__(settings, launch_line(settings, elements, live=live), live=live)

    def pixels_of(self, sample: Any) -> tuple[Picture, int, int]:
        """See Player.pixels_of."""
        picture = self.way.picture_of(sample)
        return picture, picture.width, picture.height

    def release(self) -> None:
        """See Player.release: the surface goes back to its pool once no kernel reads it any more."""
        if self.way.holds:
            try:
                # Costs nothing: the figures of this frame have come to the host long since.
                self._gpu.wait()
            finally:
                self.way.release()

    def close(self) -> None:
        """See Camera.close; a device that has failed said so at the frame before, or will at the next one."""
        with contextlib.suppress(BoothError):
            super().close()
        self.way.close()
