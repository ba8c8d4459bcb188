"""EGL images that nobody rendered: an address and a frame in, something a driver without a GPU can register out."""

from __future__ import annotations

import ctypes
from typing import Any, Protocol

import pytest

from appliance.runtime.jetson.driver import Driver, EglFrame
from appliance.runtime.jetson.libcuda import LIBRARY, CEglFrame
from tests.runtime.jetson.shim.driver import ShimDriver


class Images(Protocol):
    """A driver whose device memory is this computer's, and the images it is told of."""

    driver: Driver

    def add(self, image: int, frame: EglFrame) -> None:
        """Make up an EGL image that can be registered."""

    def registered(self) -> int:
        """How many are registered now."""


class ShimImages:
    """Those of the shim."""

    def __init__(self, driver: ShimDriver) -> None:
        self.driver: Driver = driver
        self._shim = driver

    def add(self, image: int, frame: EglFrame) -> None:
        self._shim.add_image(image, frame)

    def registered(self) -> int:
        return len(self._shim.registered)


class EmulatedImages:
    """Those of the emulated libcuda.so.1, behind stock pycuda."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._library: Any = ctypes.CDLL(LIBRARY)

    def add(self, image: int, frame: EglFrame) -> None:
        planes = (ctypes.c_uint64 * 3)(*frame.planes)
        told = CEglFrame(planes, frame.width, frame.height, 1, frame.pitch, len(frame.planes), 1)
        told.frame_type, told.colour_format, told.element_format = frame.frame_type, frame.colour_format, 1
        self._library.emulated_add_image(ctypes.c_void_p(image), ctypes.byref(told))

    def registered(self) -> int:
        return int(self._library.emulated_registered())


def images_of(driver: Driver) -> Images:
    """What fits the driver; skips on a real device, which cannot read this computer's memory."""
    if isinstance(driver, ShimDriver):
        return ShimImages(driver)
    if not hasattr(ctypes.CDLL(LIBRARY), "emulated_add_image"):
        pytest.skip(
            "a real device takes no made-up EGL images; there, `booth doctor` looks at the camera's own"
        )
    return EmulatedImages(driver)
