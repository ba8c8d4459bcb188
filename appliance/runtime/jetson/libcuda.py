"""The few calls of CUDA's driver library that pycuda does not have: graphs and EGL images, by ctypes.

Signatures and numbers as in CUDA 13's cuda.h and cudaEGL.h; they have not changed since CUDA 11.4.
"""

from __future__ import annotations

import ctypes
from typing import Any

from appliance.errors import BoothError
from appliance.runtime.jetson.driver import EglFrame

LIBRARY = "libcuda.so.1"
THREAD_LOCAL = 1
"CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: other threads' calls do not spoil a recording."
READ_ONLY, NO_HINT = 1, 0
"CU_GRAPHICS_REGISTER_FLAGS_*."


class CEglFrame(ctypes.Structure):
    """CUeglFrame, 64 bytes; not the runtime API's cudaEglFrame, which has another layout."""

    _fields_ = (
        ("planes", ctypes.c_uint64 * 3),
        *(
            (name, ctypes.c_uint32)
            for name in ("width", "height", "depth", "pitch", "plane_count", "channels")
        ),
        *((name, ctypes.c_uint32) for name in ("frame_type", "colour_format", "element_format")),
    )


class LibCuda:
    """Calls by their names in cuda.h; each raises BoothError when it fails. Needs a current context."""

    def __init__(self, library: str = LIBRARY) -> None:
        self._library: Any = ctypes.CDLL(library)

    def _call(self, name: str, *arguments: Any) -> None:
        code = getattr(self._library, name)(*arguments)
        if code:
            text = ctypes.c_char_p()
            self._library.cuGetErrorString(code, ctypes.byref(text))
            reason = (text.value or b"unknown").decode()
            raise BoothError(f"{name}: {reason} (CUDA error {code}); restart the booth, then: booth doctor")

    def begin_capture(self, stream: int) -> None:
        """The stream records from now on."""
        self._call("cuStreamBeginCapture_v2", ctypes.c_void_p(stream), ctypes.c_int(THREAD_LOCAL))

    def end_capture(self, stream: int) -> int:
        """Executable graph of what the stream recorded."""
        graph, runnable = ctypes.c_void_p(), ctypes.c_void_p()
        self._call("cuStreamEndCapture", ctypes.c_void_p(stream), ctypes.byref(graph))
        try:
            self._call("cuGraphInstantiateWithFlags", ctypes.byref(runnable), graph, ctypes.c_ulonglong(0))
        finally:
            self._call("cuGraphDestroy", graph)
        return int(runnable.value or 0)

    def launch_graph(self, graph: int, stream: int) -> None:
        """Run an executable graph in the stream's order."""
        self._call("cuGraphLaunch", ctypes.c_void_p(graph), ctypes.c_void_p(stream))

    def free_graph(self, graph: int) -> None:
        """Forget an executable graph."""
        self._call("cuGraphExecDestroy", ctypes.c_void_p(graph))

    def egl_register(self, image: int) -> int:
        """Make an EGLImage known to CUDA; some drivers refuse the hint that it is only read."""
        resource = ctypes.c_void_p()
        target = ctypes.byref(resource), ctypes.c_void_p(image)
        try:
            self._call("cuGraphicsEGLRegisterImage", *target, ctypes.c_uint(READ_ONLY))
        except BoothError:
            self._call("cuGraphicsEGLRegisterImage", *target, ctypes.c_uint(NO_HINT))
        return int(resource.value or 0)

    def egl_frame(self, resource: int) -> EglFrame:
        """Where a registered image lies."""
        frame = CEglFrame()
        at = (ctypes.c_void_p(resource), ctypes.c_uint(0), ctypes.c_uint(0))
        self._call("cuGraphicsResourceGetMappedEglFrame", ctypes.byref(frame), *at)
        planes = tuple(frame.planes[: min(frame.plane_count, len(frame.planes))])
        size = (frame.width, frame.height, frame.pitch)
        return EglFrame(planes, *size, frame.frame_type, frame.colour_format)

    def egl_unregister(self, resource: int) -> None:
        """Undo egl_register."""
        self._call("cuGraphicsUnregisterResource", ctypes.c_void_p(resource))
