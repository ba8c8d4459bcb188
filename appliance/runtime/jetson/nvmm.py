"""Frames in NVMM: a sample whose buffer holds an NvBufSurface in, a picture in device memory out, without a copy."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple

from appliance.errors import BoothError, SourceError
from appliance.runtime.jetson.driver import Driver
from appliance.runtime.jetson.formats import EGL_LAYOUTS, FORMATS, colours_of, format_names
from appliance.runtime.jetson.gstbuffer import Buffers, MapInfo
from appliance.runtime.jetson.nvbufsurface import (
    CUDA_DEVICE,
    MEMORIES,
    PITCH_LINEAR,
    SURFACE_ARRAY,
    NvBufSurface,
    Surface,
    SurfaceParams,
)
from appliance.runtime.jetson.picture import NV12, Layout, Picture
from appliance.runtime.jetson.registrations import Registrations

EGL_PITCH = 1
"CUeglFrameType; 0 is a CUDA array, which only textures can read."
CURE = "set camera.nvmm: off, which copies each frame once, and tell the booth's makers which JetPack this is"


class SurfaceRefused(SourceError):
    """A surface that no kernel here can read."""


class Place(NamedTuple):
    """Where the pixels of a surface lie; see Picture."""

    layout: Layout
    address: int
    pitch: int
    chroma: int = 0
    chroma_pitch: int = 0


class Nvmm:
    """Holds the buffer of one frame; its pixels are valid until `release`."""

    def __init__(
        self,
        gst: Any,
        driver: Driver,
        label: str,
        open_library: Callable[[], NvBufSurface] = NvBufSurface,
    ) -> None:
        """Try how buffers are reached. Raises BoothError where they cannot be."""
        self.buffers = Buffers(gst)
        self.registrations = Registrations(driver, open_library)
        self._label = label
        self._names = format_names()
        self._held: tuple[Any, MapInfo] | None = None

    @property
    def holds(self) -> bool:
        """Whether a frame is held."""
        return self._held is not None

    def picture_of(self, sample: Any) -> Picture:
        """Raises SurfaceRefused, naming the cure, for what is no pitch-linear NV12 or packed RGB of 8 bit."""
        caps, buffer = sample.get_caps(), sample.get_buffer()
        if not caps.get_features(0).contains("memory:NVMM"):
            raise self._refusal("frames are not in NVMM although the pipeline asks for it")
        self._held = (buffer, self.buffers.map(buffer))
        try:
            return self._picture(self._held[1], caps.get_structure(0))
        except BoothError:
            self.release()
            raise

    def describe(self) -> str:
        """The surface in hand in NVIDIA's own numbers, for people who look for a fault; empty without one."""
        if self._held is None:
            return ""
        surface = Surface.from_address(self._held[1].data)
        params = surface.surface_list[0]
        told = f"{MEMORIES[surface.mem_type]}, {self._names[params.color_format]}, pitch {params.pitch}"
        if surface.mem_type == CUDA_DEVICE:
            return told
        frame = self.registrations.frame_of(surface)
        return f"{told}, frameType {frame.frame_type}, EGL colour format {frame.colour_format}"

    def release(self) -> None:
        """Give the surface back to its pool; the device must have read it."""
        if self._held is not None:
            self.buffers.unmap(*self._held)
            self._held = None

    def close(self) -> None:
        """Forget the surfaces, once the pipeline has stopped."""
        self.registrations.close()

    def _picture(self, info: MapInfo, shape: Any) -> Picture:
        width, height = int(shape.get_value("width")), int(shape.get_value("height"))
        surface = self._surface(info)
        params = surface.surface_list[0]
        layout, colours = FORMATS[self._format(params)]
        if params.width < width or params.height < height:
            raise self._refusal(f"a surface of {params.width}x{params.height} for {width}x{height} pixels")
        colours = colours_of(shape.get_string("colorimetry")) or colours
        direct = surface.mem_type == CUDA_DEVICE
        place = self._direct(params, layout) if direct else self._by_egl(surface, layout)
        return Picture(
            place.address,
            place.pitch,
            width,
            height,
            place.layout,
            place.chroma,
            place.chroma_pitch,
            colours,
        )

    def _surface(self, info: MapInfo) -> Surface:
        if not info.data or info.size < ctypes.sizeof(Surface):
            raise self._refusal(f"a buffer of {info.size} bytes holds no NvBufSurface")
        surface = Surface.from_address(info.data)
        if surface.batch_size < 1 or not surface.surface_list:
            raise self._refusal("an NvBufSurface without a picture")
        if surface.mem_type not in (CUDA_DEVICE, SURFACE_ARRAY):
            kind = MEMORIES.get(surface.mem_type, "unknown")
            raise self._refusal(f"surfaces in memory of the kind '{kind}' (memType {surface.mem_type})")
        return surface

    def _format(self, params: SurfaceParams) -> str:
        if params.layout != PITCH_LINEAR:
            raise self._refusal(f"surfaces that are block-linear (layout {params.layout})")
        name = self._names.get(params.color_format)
        if name is None:
            raise self._refusal(f"surfaces of colour format {params.color_format}")
        return name

    def _direct(self, params: SurfaceParams, layout: Layout) -> Place:
        """CUDA memory, as Thor's decoder gives it: the device's own address."""
        planes = params.plane_params
        if not params.data_ptr:
            raise self._refusal("a surface in CUDA memory without an address")
        if layout is not NV12:
            return Place(layout, params.data_ptr, params.pitch)
        if planes.num_planes < 2 or not planes.offset[1]:
            raise self._refusal("an NV12 surface without a second plane")
        chroma_pitch = planes.pitch[1] or params.pitch
        return Place(layout, params.data_ptr, params.pitch, params.data_ptr + planes.offset[1], chroma_pitch)

    def _by_egl(self, surface: Surface, layout: Layout) -> Place:
        """A surface array, as Orin's converter gives it: CUDA maps its EGL image."""
        frame = self.registrations.frame_of(surface)
        if frame.frame_type != EGL_PITCH:
            raise self._refusal(f"surfaces that CUDA maps as arrays (frameType {frame.frame_type})")
        shown = EGL_LAYOUTS.get(frame.colour_format)
        if shown is None or (shown is NV12) != (layout is NV12):
            raise self._refusal(
                f"{layout.name} surfaces that CUDA takes for colour format {frame.colour_format}"
            )
        if shown is not NV12:
            return Place(shown, frame.planes[0], frame.pitch)
        if len(frame.planes) < 2:
            raise self._refusal("an NV12 surface without a second plane")
        return Place(shown, frame.planes[0], frame.pitch, frame.planes[1], frame.pitch)

    def _refusal(self, what: str) -> SurfaceRefused:
        return SurfaceRefused(f"{self._label}: {what} cannot be read on the GPU; {CURE}")
