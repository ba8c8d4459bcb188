"""Samples without a pipeline: a surface in, what an appsink would give out; and a picture's bytes read back."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.jetson.picture import NV12, Picture
from tests.runtime.jetson.fakes.surfaces import Kind, Slot

Bytes = NDArray[np.uint8]


def slot_of(kind: Kind, size: tuple[int, int], seed: int = 0) -> Slot:
    """A surface of random pixels."""
    slot = Slot(load_gstreamer(), kind, size)
    slot.memory[:] = np.random.default_rng(seed).integers(0, 256, slot.memory.shape, dtype=np.uint8)
    return slot


def sample_of(slot: Slot, caps: str = "", features: str = "(memory:NVMM)") -> Any:
    """The surface as it comes out of an appsink; `caps` are further fields."""
    gst = load_gstreamer()
    size = f"width={slot.params.width},height={slot.params.height}"
    text = f"video/x-raw{features},{size}{',' + caps if caps else ''}"
    return gst.Sample.new(slot.buffer, gst.Caps.from_string(text), None, None)


def planes_of(picture: Picture) -> list[Bytes]:
    """The picture's bytes without what lies between the rows, read where the device would read them."""

    def plane(address: int, pitch: int, rows: int, row: int) -> Bytes:
        whole = np.ctypeslib.as_array((ctypes.c_uint8 * (pitch * (rows - 1) + row)).from_address(address))
        return np.lib.stride_tricks.as_strided(whole, (rows, row), (pitch, 1)).copy()

    if picture.layout is not NV12:
        return [plane(picture.address, picture.pitch, picture.height, picture.width * picture.layout.step)]
    chroma_row = (picture.width + 1) // 2 * 2
    return [
        plane(picture.address, picture.pitch, picture.height, picture.width),
        plane(picture.chroma, picture.chroma_pitch, (picture.height + 1) // 2, chroma_row),
    ]
