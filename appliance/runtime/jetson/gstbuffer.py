"""Buffers of GStreamer by its C library: a PyGObject buffer in, the address of its bytes out, without a copy.

PyGObject gives no address of a buffer's memory, and an NVMM buffer's bytes are a struct full of pointers.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, c_int, c_size_t, c_uint, c_uint64, c_void_p
from typing import Any

from appliance.errors import BoothError

LIBRARY = "libgstreamer-1.0.so.0"
READ = 1
"GST_MAP_READ."
TRIAL = b"the booth looks at its own buffer"


class MapInfo(ctypes.Structure):
    """GstMapInfo, 104 bytes; undone with the very same struct."""

    _fields_ = (
        ("memory", c_void_p),
        ("flags", c_int),
        ("data", c_void_p),
        ("size", c_size_t),
        ("maxsize", c_size_t),
        ("user_data", c_void_p * 4),
        ("reserved", c_void_p * 4),
    )


class Buffers:
    """Maps buffers; counts, so that whoever forgets to unmap is found."""

    def __init__(self, gst: Any) -> None:
        """Load the library and try it. Raises BoothError where it does not do what it should."""
        self.mapped = 0
        self.unmapped = 0
        library = ctypes.CDLL(LIBRARY)
        self._map, self._unmap = library.gst_buffer_map, library.gst_buffer_unmap
        self._map.argtypes, self._map.restype = (c_void_p, POINTER(MapInfo), c_uint), c_int
        self._unmap.argtypes, self._unmap.restype = (c_void_p, POINTER(MapInfo)), None
        self._try(gst)

    def map(self, buffer: Any) -> MapInfo:
        """The bytes of a Gst.Buffer; valid until `unmap`, and as long as the buffer is held."""
        info = MapInfo()
        if not self._map(hash(buffer), ctypes.byref(info), READ):
            raise BoothError("gst_buffer_map failed on a camera's buffer; restart booth-vision")
        self.mapped += 1
        return info

    def unmap(self, buffer: Any, info: MapInfo) -> None:
        """Undo `map`."""
        self._unmap(hash(buffer), ctypes.byref(info))
        self.unmapped += 1

    def _try(self, gst: Any) -> None:
        """Whether hash(buffer) is the address of the GstBuffer, as it is in PyGObject up to 3.50."""
        buffer = gst.Buffer.new_wrapped(TRIAL)
        cure = "the Python bindings of GStreamer are of an unknown kind: apt-get install python3-gi python3-gst-1.0"
        # A GstBuffer begins with its GType (GstMiniObject). Only then may the library be given the address.
        if peek(hash(buffer), 8) != bytes(c_uint64(hash(gst.Buffer.__gtype__))):
            raise BoothError(f"hash() of a buffer is not its address; {cure}")
        info = self.map(buffer)
        seen = ctypes.string_at(info.data, info.size) if info.data else b""
        self.unmap(buffer, info)
        if seen != TRIAL:
            raise BoothError(f"a mapped buffer does not hold its bytes; {cure}")
        self.mapped = self.unmapped = 0


def peek(address: int, size: int) -> bytes:
    """`size` bytes at `address`, or b"" where there is no memory: the kernel looks first, so nothing can crash."""
    reading, writing = os.pipe()
    try:
        write = ctypes.CDLL(None).write
        write.argtypes, write.restype = (c_int, c_void_p, c_size_t), ctypes.c_ssize_t
        return os.read(reading, size) if write(writing, address, size) == size else b""
    finally:
        os.close(reading)
        os.close(writing)
