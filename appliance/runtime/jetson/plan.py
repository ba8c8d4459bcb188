"""A plan of TensorRT, 8.6 to 11, ready to run: a file in, an engine with its inputs and outputs out.

What a version lacks is asked for by name; the numbers behind TensorRT's names change between versions.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.errors import BoothError, PlanRefused

log = logging.getLogger(__name__)

MOST_WORDS = 100
"Different lines of TensorRT that are passed on; the same one is told once."
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Port:
    """An input or output, float32."""

    name: str
    shape: Shape
    "-1 where any size goes."
    smallest: Shape
    largest: Shape
    "Of an output: for the largest inputs."

    def accepts(self, shape: Shape) -> bool:
        """Tell whether an array of this shape goes in; any N, and none at all, goes where any number does."""
        if len(shape) != len(self.shape):
            return False
        bounds = list(zip(self.smallest, self.largest, strict=True))
        if self.shape[0] == -1:
            bounds[0] = (0, shape[0])
        return all(low <= side <= high for side, (low, high) in zip(shape, bounds, strict=True))

    def of_none(self) -> Shape:
        """Return an output's shape when there is nothing in the inputs."""
        return (0 if self.shape[0] == -1 else self.largest[0], *self.largest[1:])


class Plan:
    """One engine. It belongs to the gpu's thread, as its contexts do."""

    def __init__(self, path: Path) -> None:
        """Load a plan. Raises BoothError without TensorRT, GPU or memory, PlanRefused for one to build anew."""
        self.path = path
        trt = load_tensorrt()
        self._complaints: list[str] = []
        # Both must live as long as the engine.
        self._logger = logger_of(trt, self._complaints.append)
        self._runtime = self._start(trt)
        self._engine = self._runtime.deserialize_cuda_engine(self._read())
        if self._engine is None:
            self._refuse(f"TensorRT {trt.__version__} cannot load it ({self.complaint()})")
        names = [self._engine.get_tensor_name(number) for number in range(self._engine.num_io_tensors)]
        for name in names:
            if self._engine.get_tensor_dtype(name) != trt.DataType.FLOAT:
                self._refuse(f"{name} is {self._engine.get_tensor_dtype(name)}, the booth wants float32")
        taken = {name for name in names if self._engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT}
        self.inputs = {name: self._input(name) for name in names if name in taken}
        largest = self._largest_outputs([name for name in names if name not in taken])
        self.outputs = {name: Port(name, self._shape(name), shape, shape) for name, shape in largest.items()}

    @property
    def context_bytes(self) -> int:
        """Device memory that each context takes."""
        newer = hasattr(self._engine, "device_memory_size_v2")
        return int(self._engine.device_memory_size_v2 if newer else self._engine.device_memory_size)

    @property
    def is_fixed(self) -> bool:
        """Tell whether every input has one shape only."""
        return all(-1 not in port.shape for port in self.inputs.values())

    @property
    def most(self) -> int:
        """Arrays that go in at once."""
        return min(port.largest[0] for port in self.inputs.values())

    def new_context(self) -> Any:
        """Return what runs the engine. Raises BoothError when the device's memory is used up."""
        context = self._engine.create_execution_context()
        if context is None:
            needs = f"{self.context_bytes / 1e6:.0f} MB ({self.complaint()})"
            raise BoothError(
                f"{self.path}: no memory to run this plan, which takes {needs}; end other programs"
            )
        return context

    def complaint(self) -> str:
        """Return TensorRT's last error."""
        return self._complaints[-1] if self._complaints else "it does not say why"

    def _start(self, trt: Any) -> Any:
        try:
            return trt.Runtime(self._logger)
        except TypeError as error:  # pybind11's, where TensorRT gives none
            raise BoothError(
                f"TensorRT {trt.__version__} does not start ({self.complaint()}); see: booth doctor"
            ) from error

    def _read(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as error:
            self._refuse(f"it cannot be read ({error.strerror})")
            raise

    def _refuse(self, reason: str) -> None:
        raise PlanRefused(f"{self.path}: not a plan that can run here: {reason}; run: booth engines build")

    def _shape(self, name: str) -> Shape:
        return tuple(int(side) for side in self._engine.get_tensor_shape(name))

    def _input(self, name: str) -> Port:
        shape = self._shape(name)
        if -1 not in shape:
            return Port(name, shape, shape, shape)
        low, _, high = self._engine.get_tensor_profile_shape(name, 0)
        return Port(name, shape, tuple(map(int, low)), tuple(map(int, high)))

    def _largest_outputs(self, names: list[str]) -> dict[str, Shape]:
        """Return what the outputs are for the largest inputs."""
        context = self.new_context()
        for port in self.inputs.values():
            context.set_input_shape(port.name, port.largest)
        largest = {name: tuple(int(side) for side in context.get_tensor_shape(name)) for name in names}
        for name, shape in largest.items():
            if -1 in shape:
                self._refuse(f"the size of {name} depends on what is in the picture")
        return largest


def load_tensorrt() -> Any:
    """Return the module. Raises BoothError naming the package when it is absent."""
    try:
        return importlib.import_module("tensorrt")
    except ImportError as error:
        cure = "apt install python3-libnvinfer and make setup again, or set wing: cpu"
        raise BoothError(f"TensorRT's Python package does not load ({error}); {cure}") from None


def logger_of(trt: Any, keep: Callable[[str], None]) -> Any:
    """Return a logger of TensorRT that passes errors and warnings on, the same one once, and keeps the errors."""
    levels = {"INTERNAL_ERROR": logging.ERROR, "ERROR": logging.ERROR, "WARNING": logging.WARNING}
    said: set[str] = set()

    class Logger(trt.ILogger):  # type: ignore[misc]
        def __init__(self) -> None:
            trt.ILogger.__init__(self)

        def log(self, severity: Any, text: str) -> None:
            level, words = levels.get(severity.name), " ".join(text.split())
            if level == logging.ERROR:
                keep(words)
            if level and words not in said and len(said) < MOST_WORDS:
                said.add(words)
                log.log(level, "TensorRT: %s", words)

    return Logger()
