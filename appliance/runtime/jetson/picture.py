"""One frame's pixels on the device: where they lie and how to read red, green and blue from them."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

from appliance.errors import BoothError


@dataclass(frozen=True)
class Colours:
    """How Y, U and V become R, G and B: (Y - offset) * scale plus these factors of U - 128 and V - 128."""

    y_scale: float
    y_offset: float
    red_v: float
    green_u: float
    green_v: float
    blue_u: float

    def shares(self) -> tuple[float, ...]:
        """Of a colour of 0..1: what a step of Y adds, V to R, U to G, V to G, U to B; R, G, B of Y = U = V = 0."""
        dark = -self.y_offset * self.y_scale
        zero = (self.red_v, self.green_u + self.green_v, self.blue_u)
        factors = (self.y_scale, self.red_v, self.green_u, self.green_v, self.blue_u)
        return tuple(factor / 255 for factor in (*factors, *(dark - 128 * one for one in zero)))


BT601 = Colours(1.1644, 16, 1.5960, -0.3918, -0.8130, 2.0172)
BT601_FULL = Colours(1, 0, 1.402, -0.3441, -0.7141, 1.772)
BT709 = Colours(1.1644, 16, 1.7927, -0.2132, -0.5329, 2.1124)
BT709_FULL = Colours(1, 0, 1.5748, -0.1873, -0.4681, 1.8556)
"""ITU-R BT.601-7 and BT.709-6; without `_FULL` the limited range of video, 16..235."""


@dataclass(frozen=True)
class Layout:
    """Where the bytes of one pixel lie."""

    name: str
    step: int
    "Bytes from one pixel to the next; 1: NV12, a plane of Y and one of U and V at half the size."
    red: int = 0
    green: int = 0
    blue: int = 0
    "Place of the byte within the pixel."


NV12 = Layout("NV12", 1)
RGB = Layout("RGB", 3, 0, 1, 2)
RGBA = Layout("RGBA", 4, 0, 1, 2)
BGRA = Layout("BGRA", 4, 2, 1, 0)
ARGB = Layout("ARGB", 4, 1, 2, 3)
ABGR = Layout("ABGR", 4, 3, 2, 1)


class CPicture(ctypes.Structure):
    """The same for a kernel: struct Picture of kernels/picture.cuh."""

    _fields_ = (
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
        *((name, ctypes.c_int32) for name in ("pitch", "second_pitch", "width", "height")),
        *((name, ctypes.c_int32) for name in ("step", "red", "green", "blue")),
        *(
            (name, ctypes.c_float)
            for name in ("y", "red_v", "green_u", "green_v", "blue_u", "red_0", "green_0", "blue_0")
        ),
    )


@dataclass(frozen=True)
class Picture:
    """Pixels that a camera owns until the next frame is taken."""

    address: int
    "Of the packed pixels, or of the plane of Y."
    pitch: int
    "Bytes from one row to the next."
    width: int
    height: int
    "Pixels; NV12 rounds odd sizes up in its second plane."
    layout: Layout
    chroma: int = 0
    "Address of the plane of U and V."
    chroma_pitch: int = 0
    colours: Colours = BT709
    "Of NV12."
    owner: Any = field(default=None, compare=False, repr=False)
    "Whatever keeps the memory alive."

    def __post_init__(self) -> None:
        if self.pitch < self.width * self.layout.step:
            raise BoothError(
                f"a frame of {self.width} {self.layout.name} pixels a row cannot have a pitch of {self.pitch} bytes; "
                "check the camera's caps"
            )

    def struct(self) -> CPicture:
        """The picture as a kernel's argument."""
        pixel, colours = self.layout, self.colours
        return CPicture(
            self.address, self.chroma, self.pitch, self.chroma_pitch, self.width, self.height,
            pixel.step, pixel.red, pixel.green, pixel.blue,
            *colours.shares(),
        )  # fmt: skip
