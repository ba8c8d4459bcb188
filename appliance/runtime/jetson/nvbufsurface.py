"""NvBufSurface by ctypes: the address of a surface in, its fields and its EGL image out.

Layouts are those of nvbufsurface.h of L4T 36, 64 bit. Later headers (DeepStream 9) have members more, each behind
those that are read here: a batch has one picture, so that the sizes do not matter.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from ctypes import POINTER, c_bool, c_int, c_uint32, c_uint64, c_void_p
from pathlib import Path

from appliance.errors import BoothError

FOLDERS = (Path("/usr/lib/aarch64-linux-gnu/nvidia"), Path("/usr/lib/aarch64-linux-gnu/tegra"))
"Where L4T 36 and later, and where L4T 35 keep the library."
LIBRARY = "libnvbufsurface.so.1.0.0"

MEMORIES = {
    0: "default",
    1: "CUDA pinned",
    2: "CUDA device",
    3: "CUDA unified",
    4: "surface array",
    5: "handle",
    6: "system",
    7: "CUDA array",
}
"NvBufSurfaceMemType."
CUDA_DEVICE, SURFACE_ARRAY = 2, 4
PITCH_LINEAR = 0
"NvBufSurfaceLayout; 1 is block-linear."


class PlaneParams(ctypes.Structure):
    """NvBufSurfacePlaneParams, 232 bytes."""

    _fields_ = (
        ("num_planes", c_uint32),
        ("width", c_uint32 * 4),
        ("height", c_uint32 * 4),
        ("pitch", c_uint32 * 4),
        ("offset", c_uint32 * 4),
        ("psize", c_uint32 * 4),
        ("bytes_per_pix", c_uint32 * 4),
        ("reserved", c_void_p * 16),
    )


class MappedAddr(ctypes.Structure):
    """NvBufSurfaceMappedAddr, 72 bytes."""

    _fields_ = (("addr", c_void_p * 4), ("egl_image", c_void_p), ("reserved", c_void_p * 4))


class SurfaceParams(ctypes.Structure):
    """NvBufSurfaceParams, 384 bytes: one picture."""

    _fields_ = (
        ("width", c_uint32),
        ("height", c_uint32),
        ("pitch", c_uint32),
        ("color_format", c_int),
        ("layout", c_int),
        ("buffer_desc", c_uint64),
        ("data_size", c_uint32),
        ("data_ptr", c_void_p),
        ("plane_params", PlaneParams),
        ("mapped_addr", MappedAddr),
        ("paramex", c_void_p),
        ("reserved", c_void_p * 3),
    )


class Surface(ctypes.Structure):
    """NvBufSurface, 64 bytes: a batch of pictures, of which a camera fills one."""

    _fields_ = (
        ("gpu_id", c_uint32),
        ("batch_size", c_uint32),
        ("num_filled", c_uint32),  # stays 0 on Thor (roboflow/inference, jetson_tensor_bridge.cu)
        ("is_contiguous", c_bool),
        ("mem_type", c_int),
        ("surface_list", POINTER(SurfaceParams)),
        ("reserved", c_void_p * 4),
    )


class NvBufSurface:
    """The library's two calls. Raises BoothError where it is not installed."""

    def __init__(self, folders: Iterable[Path] = FOLDERS) -> None:
        found = next((folder / LIBRARY for folder in folders if (folder / LIBRARY).exists()), None)
        if found is None:
            raise BoothError(f"{LIBRARY}: not found; apt-get install nvidia-l4t-multimedia (JetPack)")
        try:
            library = ctypes.CDLL(str(found))
        except OSError as error:
            raise BoothError(f"{found}: {error}; apt-get install --reinstall nvidia-l4t-multimedia") from None
        self._map = prototype(library, "NvBufSurfaceMapEglImage")
        self._unmap = prototype(library, "NvBufSurfaceUnMapEglImage")

    def map_egl(self, surface: Surface) -> None:
        """Give the first picture its EGL image (mapped_addr.egl_image), which lives as long as the surface."""
        if self._map(ctypes.byref(surface), 0) != 0 or not surface.surface_list[0].mapped_addr.egl_image:
            raise BoothError(
                "NvBufSurfaceMapEglImage failed: no EGL image of a camera's surface; unset DISPLAY in the unit "
                "or the shell (a display that is not there breaks EGL), then restart booth-vision"
            )

    def unmap_egl(self, surface: Surface) -> None:
        """Take the EGL image back; the surface must be at hand still."""
        self._unmap(ctypes.byref(surface), 0)


def prototype(library: ctypes.CDLL, name: str) -> ctypes._NamedFuncPointer:
    """`int name(NvBufSurface *, int index)`; 0 is success."""
    call = library[name]
    call.argtypes, call.restype = (POINTER(Surface), c_int), c_int
    return call
