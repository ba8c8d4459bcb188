"""The real driver: pycuda on the device's primary context, which TensorRT and the CUDA runtime share."""

from __future__ import annotations

import atexit
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.errors import BoothError
from appliance.runtime.jetson.driver import EglFrame, Size3
from appliance.runtime.jetson.fatbin import fatbin_path
from appliance.runtime.jetson.libcuda import LibCuda

NO_DEVICE = (
    "no CUDA device can be used ({reason}); is the user in the groups render and video, does /dev/dri/renderD* exist? "
    "else set wing: cpu"
)
NON_BLOCKING = 1
"""CU_STREAM_NON_BLOCKING: what GStreamer's elements do on CUDA's default stream neither waits for us nor spoils a
recording, as it would with an ordinary stream (CUDA, stream capture)."""
MOST_STAGED = 16 << 20
"Bytes of copies under way whose sources are held."


class PycudaDriver:
    """Driver on the first CUDA device. Its context is current on the thread that makes it, until `close`.

    Another thread than the main one must close it before it ends: pycuda aborts the process when it does not.
    """

    def __init__(self, fatbin: Path | None = None) -> None:
        """Open the device and load the kernels. Raises BoothError without pycuda, device or kernels."""
        file = fatbin or fatbin_path()
        if not file.exists():
            raise BoothError(f"{file}: the kernels are not built; on a computer with nvcc run: make kernels")
        self._cuda: Any = load_pycuda()
        try:
            self._cuda.init()
            device = self._cuda.Device(0)
            self._context = device.retain_primary_context()
        except self._cuda.Error as error:
            raise BoothError(NO_DEVICE.format(reason=error)) from None
        self._context.push()
        # The same holds for the main thread, which ends with the interpreter.
        atexit.register(self.close)
        self.name = str(device.name())
        # pycuda's own method asks a call that CUDA has deprecated.
        parts = (
            self._cuda.device_attribute.COMPUTE_CAPABILITY_MAJOR,
            self._cuda.device_attribute.COMPUTE_CAPABILITY_MINOR,
        )
        self.capability = ".".join(str(device.get_attribute(part)) for part in parts)
        self._functions: dict[str, Any] = {}
        self._memory: dict[int, Any] = {}
        self._staged: list[NDArray[Any]] = []
        self._module = self._load(file)
        self._library = LibCuda()
        self._stream = self._call(self._cuda.Stream, NON_BLOCKING)
        self.stream = int(self._stream.handle)

    def _load(self, file: Path) -> Any:
        try:
            return self._cuda.module_from_buffer(file.read_bytes())
        except (self._cuda.Error, UnicodeDecodeError) as error:
            # The message holds the compiler's log, of many lines, and where it wrote none whatever lay in its place.
            self.close()
            reason = f"{file}: {self.name} cannot load the kernels ({' '.join(str(error).split())})"
            raise BoothError(f"{reason}; build them with this machine's CUDA: make kernels") from None

    def allocate(self, size: int) -> int:
        """See Driver.allocate. Raises BoothError when the memory is used up."""
        memory = self._call(self._cuda.mem_alloc, size, wanted=f"{size / 1e6:.0f} MB of memory")
        self._memory[int(memory)] = memory
        return int(memory)

    def free(self, address: int) -> None:
        """See Driver.free."""
        self._memory.pop(address).free()

    def pinned(self, size: int) -> tuple[NDArray[np.uint8], int]:
        """See Driver.pinned."""
        flags = self._cuda.host_alloc_flags.DEVICEMAP
        view = self._call(self._cuda.pagelocked_empty, (size,), np.uint8, "C", flags)
        return view, int(self._call(view.base.get_device_pointer))

    def copy_in(self, address: int, source: NDArray[Any]) -> None:
        """See Driver.copy_in. What is copied is held until the stream has passed it.

        The driver need not stage pageable memory before it returns, least of all where the device reads that memory
        itself, as Thor does (CUDA, API synchronisation behaviour).
        """
        held = source.copy()
        self._staged.append(held)
        self._call(self._cuda.memcpy_htod_async, address, held, self._stream)
        if sum(array.nbytes for array in self._staged) > MOST_STAGED:
            self.wait()

    def copy_out(self, target: NDArray[Any], address: int) -> None:
        """See Driver.copy_out."""
        self._call(self._cuda.memcpy_dtoh_async, target, address, self._stream)
        self.wait()

    def copy_within(self, target: int, source: int, size: int) -> None:
        """See Driver.copy_within."""
        self._call(self._cuda.memcpy_dtod_async, target, source, size, self._stream)

    def launch(self, kernel: str, grid: Size3, block: Size3, arguments: bytes) -> None:
        """See Driver.launch."""
        # The prepared calls of pycuda would pack the same bytes again, from a format string.
        self._call(self._function(kernel)._launch_kernel, grid, block, arguments, 0, self._stream)

    def _function(self, kernel: str) -> Any:
        if kernel not in self._functions:
            try:
                self._functions[kernel] = self._module.get_function(kernel)
            except self._cuda.Error:
                raise BoothError(f"there is no kernel {kernel}; run: make kernels") from None
        return self._functions[kernel]

    def wait(self) -> None:
        """See Driver.wait. Raises BoothError for a fault of any kernel before."""
        self._call(self._stream.synchronize)
        self._staged.clear()

    def begin_capture(self) -> None:
        """See Driver.begin_capture."""
        self._library.begin_capture(self.stream)

    def end_capture(self) -> int:
        """See Driver.end_capture."""
        return self._library.end_capture(self.stream)

    def launch_graph(self, graph: int) -> None:
        """See Driver.launch_graph."""
        self._library.launch_graph(graph, self.stream)

    def free_graph(self, graph: int) -> None:
        """See Driver.free_graph."""
        self._library.free_graph(graph)

    def mark(self) -> Any:
        """See Driver.mark."""
        event = self._call(self._cuda.Event)
        self._call(event.record, self._stream)
        return event

    def elapsed_ms(self, start: Any, end: Any) -> float:
        """See Driver.elapsed_ms."""
        self._call(end.synchronize)
        return float(self._call(end.time_since, start))

    def egl_register(self, image: int) -> int:
        """See Driver.egl_register."""
        return self._library.egl_register(image)

    def egl_frame(self, resource: int) -> EglFrame:
        """See Driver.egl_frame."""
        return self._library.egl_frame(resource)

    def egl_unregister(self, resource: int) -> None:
        """See Driver.egl_unregister."""
        self._library.egl_unregister(resource)

    def _call(self, function: Callable[..., Any], *arguments: Any, wanted: str = "memory") -> Any:
        """Call; any call may tell of a fault of the work before it."""
        try:
            return function(*arguments)
        except self._cuda.MemoryError:
            cure = "set a smaller bank or detector, or end other programs"
            raise BoothError(f"{self.name}: no {wanted} left on the device; {cure}") from None
        except self._cuda.Error as error:
            raise BoothError(f"{self.name}: the device failed ({error}); restart the booth") from None

    def close(self) -> None:
        """See Driver.close."""
        context, self._context = self._context, None
        if context is not None:
            atexit.unregister(self.close)
            self._functions.clear()
            self._module = self._stream = None
            context.pop()
            context.detach()


def load_pycuda() -> Any:
    """The driver module of pycuda. Raises BoothError naming the package when it is absent."""
    try:
        return importlib.import_module("pycuda.driver")
    except ImportError as error:
        raise BoothError(f"pycuda cannot be loaded ({error}); on a Jetson run: make setup") from None
