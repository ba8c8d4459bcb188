"""A pool of NVMM surfaces whose memory is this computer's: pixels in, buffers that hold an NvBufSurface out."""

from __future__ import annotations

import ctypes
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.runtime.jetson.driver import EglFrame
from appliance.runtime.jetson.nvbufsurface import LIBRARY, SURFACE_ARRAY, NvBufSurface, Surface, SurfaceParams
from tests.runtime.jetson.fakes.compile import library_folder
from tests.runtime.jetson.fakes.images import Images

Bytes = NDArray[np.uint8]
GONE = 0xDD
"What a surface holds once its pool is gone."
DESCRIPTORS = itertools.count(40)


@dataclass(frozen=True)
class Kind:
    """What the surfaces of a pool are like; the fields are those of NvBufSurface and CUeglFrame."""

    mem_type: int = SURFACE_ARRAY
    layout: int = 0
    color_format: int = 6
    pitch_extra: int = 0
    "Bytes after each row."
    frame_type: int = 1
    egl_colour: int = 1
    count: int = 4
    "Surfaces in the pool, as nvvidconv has."
    batch_size: int = 1


class FakeLibrary(NvBufSurface):
    """The compiled fake, told apart by one thing: the driver is told of each image it makes."""

    def __init__(self, images: Images, kind: Kind) -> None:
        super().__init__([library_folder()])
        self._images = images
        self._kind = kind
        self._raw = ctypes.CDLL(str(library_folder() / LIBRARY))
        self._before = int(self._raw.living_images())

    @property
    def living_images(self) -> int:
        """Images that were made and not destroyed since this was opened; all openings share the library."""
        return int(self._raw.living_images()) - self._before

    def map_egl(self, surface: Surface) -> None:
        super().map_egl(surface)
        picture = surface.surface_list[0]
        planes = (picture.data_ptr, picture.data_ptr + picture.plane_params.offset[1])
        frame = EglFrame(
            planes[: picture.plane_params.num_planes],
            picture.width,
            picture.height,
            picture.pitch,
            self._kind.frame_type,
            self._kind.egl_colour,
        )
        self._images.add(picture.mapped_addr.egl_image, frame)

    def destroy(self, surface: Surface) -> None:
        self._raw.NvBufSurfaceDestroy(ctypes.byref(surface))


class Slot:
    """One surface with its memory and its Gst.Buffer, of which the pool holds one reference."""

    def __init__(self, gst: Any, kind: Kind, size: tuple[int, int]) -> None:
        width, height = size
        packed = kind.color_format in (19, 20, 23, 24)
        self.pitch = width * (4 if packed else 1) + kind.pitch_extra
        rows = height if packed else height + (height + 1) // 2
        self.memory: Bytes = np.full((rows, self.pitch), 0xCD, np.uint8)
        self.params = SurfaceParams(
            width=width,
            height=height,
            pitch=self.pitch,
            color_format=kind.color_format,
            layout=kind.layout,
            buffer_desc=next(DESCRIPTORS),
            data_ptr=self.memory.ctypes.data,
        )
        planes = self.params.plane_params
        planes.num_planes = 1 if packed else 2
        planes.pitch[0] = planes.pitch[1] = self.pitch
        planes.offset[1] = 0 if packed else self.pitch * height
        self.surface = Surface(
            batch_size=kind.batch_size, mem_type=kind.mem_type, surface_list=ctypes.pointer(self.params)
        )
        self.buffer = gst.Buffer.new_wrapped(bytes(self.surface))

    def idle(self) -> bool:
        """Nobody but the pool holds the buffer (GstMiniObject.refcount)."""
        return ctypes.c_int.from_address(hash(self.buffer) + 8).value == 1


class FakePool:
    """Hands out idle surfaces, as GstBufferPool does: who keeps one too long makes the producer wait."""

    def __init__(self, gst: Any, kind: Kind, size: tuple[int, int], library: FakeLibrary) -> None:
        self._slots = [Slot(gst, kind, size) for _ in range(kind.count)]
        self._turn = itertools.cycle(self._slots)
        self._library = library

    def take(self, going_on: Callable[[], bool] = lambda: True) -> Slot | None:
        """The next idle surface; None when `going_on` ends before one comes back."""
        while going_on():
            for slot in itertools.islice(self._turn, len(self._slots)):
                if slot.idle():
                    return slot
            time.sleep(0.0005)
        return None

    def destroy(self) -> None:
        """Free all surfaces: their images go with them, their memory is rubbish from now on."""
        for slot in self._slots:
            slot.memory[:] = GONE
            self._library.destroy(slot.surface)


def opener(images: Images, kind: Kind) -> Callable[[], FakeLibrary]:
    """What Registrations opens."""
    return lambda: FakeLibrary(images, kind)
