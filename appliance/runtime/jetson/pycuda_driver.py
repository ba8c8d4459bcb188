"""The real driver: pycuda on the device's primary context, which TensorRT and the CUDA runtime share."""

from __future__ import annotations

import atexit
import contextlib
import importlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.errors import BoothError
from appliance.runtime.jetson.driver import EglFrame, Size3
from appliance.runtime.jetson.fatbin import fatbin_path
from appliance.runtime.jetson.faults import line_of, told
from appliance.runtime.jetson.libcuda import LibCuda

NO_DEVICE = (
    "no CUDA device can be used ({reason}); is the user in the groups render and video, does /dev/dri/renderD* exist? "
    "else set wing: cpu"
)
NON_BLOCKING = 1
"""CU_STREAM_NON_BLOCKING: what GStreamer's elements do on CUDA's default stream neither waits for us nor spoils a
recording, as it would with an ordinary stream (cuda.h, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT)."""
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
        self.errors: type[Exception] = self._cuda.Error
        self._functions: dict[str, Any] = {}
        self._memory: dict[int, Any] = {}
        self._staged: list[NDArray[Any]] = []
        self._open()
        self._module = self._load(file)
        self._library = LibCuda()
        self._stream = self._cuda.Stream(NON_BLOCKING)
        self.stream = int(self._stream.handle)

    def _open(self) -> None:
        """Make the first device's primary context current here."""
        try:
            self._cuda.init()
            device = self._cuda.Device(0)
            self._context = device.retain_primary_context()
            self._context.push()
        except self.errors as error:
            raise BoothError(NO_DEVICE.format(reason=line_of(error))) from None
        # The same holds for the main thread, which ends with the interpreter.
        atexit.register(self.close)
        self.name = str(device.name())
        # pycuda's own method asks a call that CUDA has deprecated.
        parts = (
            self._cuda.device_attribute.COMPUTE_CAPABILITY_MAJOR,
            self._cuda.device_attribute.COMPUTE_CAPABILITY_MINOR,
        )
        self.capability = ".".join(str(device.get_attribute(part)) for part in parts)

    def _load(self, file: Path) -> Any:
        """The kernels as a module. Raises BoothError naming the file for a device that they were not made for."""
        try:
            return self._cuda.module_from_buffer(file.read_bytes())
        except (self.errors, UnicodeDecodeError) as error:
            # pycuda's message ends with the compiler's log, or whatever lay there when the compiler wrote none.
            self.close()
            reason = f"{file}: {self.name} cannot load the kernels ({line_of(error)})"
            raise BoothError(f"{reason}; build them with this machine's CUDA: make kernels") from None

    @told
    def allocate(self, size: int) -> int:
        """See Driver.allocate. Raises BoothError when the memory is used up."""
        try:
            memory = self._cuda.mem_alloc(size)
        except self._cuda.MemoryError:
            cure = "set a smaller bank or detector, or end other programs"
            raise BoothError(
                f"{self.name}: no {size / 1e6:.0f} MB of memory left on the device; {cure}"
            ) from None
        self._memory[int(memory)] = memory
        return int(memory)

    @told
    def free(self, address: int) -> None:
        """See Driver.free."""
        self._memory.pop(address).free()

    @told
    def pinned(self, size: int) -> tuple[NDArray[np.uint8], int]:
        """See Driver.pinned."""
        flags = self._cuda.host_alloc_flags.DEVICEMAP
        view: NDArray[np.uint8] = self._cuda.pagelocked_empty((size,), np.uint8, mem_flags=flags)
        return view, int(view.base.get_device_pointer())  # type: ignore[union-attr]

    @told
    def copy_in(self, address: int, source: NDArray[Any]) -> None:
        """See Driver.copy_in. What is copied is held until the stream has passed it.

        CUDA need not stage pageable memory before it returns, least of all where the device reads that memory itself,
        as Thor's does [K] (CUDA, API synchronization behavior).
        """
        held = source.copy()
        self._staged.append(held)
        self._cuda.memcpy_htod_async(address, held, self._stream)
        if sum(array.nbytes for array in self._staged) > MOST_STAGED:
            self.wait()

    @told
    def copy_out(self, target: NDArray[Any], address: int) -> None:
        """See Driver.copy_out."""
        self._cuda.memcpy_dtoh_async(target, address, self._stream)
        self.wait()

    @told
    def copy_within(self, target: int, source: int, size: int) -> None:
        """See Driver.copy_within."""
        self._cuda.memcpy_dtod_async(target, source, size, self._stream)

    @told
    def launch(self, kernel: str, grid: Size3, block: Size3, arguments: bytes) -> None:
        """See Driver.launch."""
        # The prepared calls of pycuda would pack the same bytes again, from a format string.
        self._function(kernel)._launch_kernel(grid, block, arguments, 0, self._stream)

    def _function(self, kernel: str) -> Any:
        if kernel not in self._functions:
            try:
                self._functions[kernel] = self._module.get_function(kernel)
            except self._cuda.Error:
                raise BoothError(f"there is no kernel {kernel}; run: make kernels") from None
        return self._functions[kernel]

    @told
    def wait(self) -> None:
        """See Driver.wait. Raises BoothError for a fault of any kernel before."""
        self._stream.synchronize()
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
        """See Driver.free_graph; a closed context has taken its graphs with it."""
        if self._context is not None:
            self._library.free_graph(graph)

    @told
    def mark(self) -> Any:
        """See Driver.mark."""
        event = self._cuda.Event()
        event.record(self._stream)
        return event

    @told
    def elapsed_ms(self, start: Any, end: Any) -> float:
        """See Driver.elapsed_ms."""
        end.synchronize()
        return float(end.time_since(start))

    def egl_register(self, image: int) -> int:
        """See Driver.egl_register."""
        return self._library.egl_register(image)

    def egl_frame(self, resource: int) -> EglFrame:
        """See Driver.egl_frame."""
        return self._library.egl_frame(resource)

    def egl_unregister(self, resource: int) -> None:
        """See Driver.egl_unregister."""
        self._library.egl_unregister(resource)

    def close(self) -> None:
        """See Driver.close."""
        context, self._context = self._context, None
        if context is not None:
            atexit.unregister(self.close)
            self._functions.clear()
            self._module = self._stream = None
            with contextlib.suppress(self.errors):  # after a fault nothing can be ended in good order
                context.pop()
                context.detach()


def load_pycuda() -> Any:
    """The driver module of pycuda. Raises BoothError naming the package when it is absent."""
    try:
        return importlib.import_module("pycuda.driver")
    except ImportError as error:
        raise BoothError(f"pycuda cannot be loaded ({error}); on a Jetson run: make setup") from None
