"""Engines that run: a plan of the fake builder computes with ONNX Runtime in the memory that it is told.

Device memory is host memory behind the shim's driver, which also says when the work is done: at once, or when a
graph that recorded it is launched. FAKE_TENSORRT_FAULT: `norun`, `nocapture`, `nocontext`, `half` (a plan that gives
float16).
"""

from __future__ import annotations

import ctypes
import json
import math
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes_tensorrt.building import MAGIC
from tests.fakes_tensorrt.lacking import Lacking

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONTEXT_BYTES = 3_000_000
Shape = tuple[int, ...]


class Runtime(Lacking):
    """IRuntime."""

    __slots__ = ("logger",)

    def __init__(self, trt: Any, logger: Any) -> None:
        super().__init__(trt)
        self.logger = logger

    def deserialize_cuda_engine(self, plan: bytes) -> Engine | None:
        header, _, onnx = plan.removeprefix(MAGIC).partition(b"\n")
        try:
            facts = json.loads(header) if plan.startswith(MAGIC) else {"version": "none"}
        except ValueError:
            facts = {"version": "none"}
        if facts["version"] != self.trt.__version__:
            self._complain(f"the engine is of version {facts['version']},\n this is {self.trt.__version__}")
            return None
        return Engine(self.trt, facts, onnx, self._complain)

    def _complain(self, text: str) -> None:
        self.logger.log(self.trt.ILogger.Severity.ERROR, text)


class Engine(Lacking):
    """ICudaEngine."""

    __slots__ = ("complain", "facts", "onnx", "session")

    def __init__(self, trt: Any, facts: dict[str, Any], onnx: bytes, complain: Callable[[str], None]) -> None:
        super().__init__(trt)
        self.facts, self.onnx, self.complain = facts, onnx, complain
        self.session: Any = None

    num_layers = property(lambda self: self.facts["layers"])
    num_io_tensors = property(lambda self: len(self.facts["inputs"]) + len(self.facts["outputs"]))
    device_memory_size = property(lambda self: CONTEXT_BYTES)
    device_memory_size_v2 = property(lambda self: CONTEXT_BYTES)

    def _port(self, name: str) -> list[Any]:
        return next(port for port in self.facts["inputs"] + self.facts["outputs"] if port[0] == name)

    def get_tensor_name(self, number: int) -> str:
        return str((self.facts["inputs"] + self.facts["outputs"])[number][0])

    def get_tensor_mode(self, name: str) -> Any:
        modes = self.trt.TensorIOMode
        return modes.INPUT if self._port(name) in self.facts["inputs"] else modes.OUTPUT

    def get_tensor_dtype(self, name: str) -> Any:
        halved = fault() == "half" and self._port(name) in self.facts["outputs"]
        return getattr(self.trt.DataType, "HALF" if halved else self._port(name)[1])

    def get_tensor_shape(self, name: str) -> Shape:
        return tuple(side if isinstance(side, int) else -1 for side in self._port(name)[2])

    def get_tensor_profile_shape(self, name: str, profile: int) -> list[Shape]:
        assert profile == 0
        return [tuple(shape) for shape in self.facts["profile"][name]]

    def create_execution_context(self) -> Context | None:
        if fault() == "nocontext":
            self.complain("Error Code 2: OutOfMemory")
            return None
        return Context(self.trt, self)

    def _compute(self, arrays: dict[str, NDArray[Any]], outputs: list[str]) -> list[NDArray[Any]]:
        """Run the network with ONNX Runtime."""
        import onnxruntime as ort

        if self.session is None:
            self.session = ort.InferenceSession(self.onnx, providers=["CPUExecutionProvider"])
        return list(self.session.run(outputs, arrays))


class Context(Lacking):
    """IExecutionContext. A recording of it is spoilt when it gets other shapes, and wants a run before it."""

    __slots__ = ("addresses", "engine", "ran", "shapes", "turn")

    def __init__(self, trt: Any, engine: Engine) -> None:
        super().__init__(trt)
        self.engine = engine
        self.addresses: dict[str, int] = {}
        self.shapes: dict[str, Shape] = {}
        self.turn, self.ran = 0, -1

    def set_input_shape(self, name: str, shape: Shape) -> bool:
        own = self.engine.get_tensor_shape(name)
        low, _, high = self.engine.get_tensor_profile_shape(name, 0) if -1 in own else (own, own, own)
        if len(shape) != len(own) or not all(a <= b <= c for a, b, c in zip(low, shape, high, strict=True)):
            self.engine.complain(f"{name}: {tuple(shape)} is outside of the profile")
            return False
        if self.shapes.get(name) != tuple(shape):
            self.turn += 1
        self.shapes[name] = tuple(shape)
        return True

    def set_tensor_address(self, name: str, address: int) -> bool:
        self.addresses[name] = int(address)
        return bool(self.engine._port(name))

    def get_tensor_shape(self, name: str) -> Shape:
        known = {
            side: length
            for port in self.engine.facts["inputs"]
            for side, length in zip(port[2], self.shapes.get(port[0], (-1,) * len(port[2])), strict=True)
        }
        return tuple(
            side if isinstance(side, int) else known.get(side, -1) for side in self.engine._port(name)[2]
        )

    def execute_async_v3(self, stream: int) -> bool:
        from tests.runtime.jetson.streams import stream_of

        driver, engine = stream_of(stream), self.engine
        names = [engine.get_tensor_name(number) for number in range(engine.num_io_tensors)]
        missing = [
            name for name in names if not self.addresses.get(name) or -1 in self.get_tensor_shape(name)
        ]
        recording = driver.recording
        if missing or fault() == "norun" or (recording and (fault() == "nocapture" or self.ran != self.turn)):
            engine.complain(f"no address or shape of {missing}, or not run before, or a fault")
            return False
        bound, turn = {name: (self.addresses[name], self.get_tensor_shape(name)) for name in names}, self.turn
        driver.do(lambda: self._compute(bound, turn))
        self.ran = self.turn
        return True

    def _compute(self, bound: dict[str, tuple[int, Shape]], turn: int) -> None:
        assert turn == self.turn, "the context got other shapes after this was recorded"
        arrays = {port[0]: memory(*bound[port[0]]) for port in self.engine.facts["inputs"]}
        ports = self.engine.facts["outputs"]
        for port, result in zip(
            ports, self.engine._compute(arrays, [port[3] for port in ports]), strict=True
        ):
            memory(*bound[port[0]])[...] = result


def memory(address: int, shape: Shape) -> NDArray[np.float32]:
    """The float32 array that lies at an address."""
    import numpy as np

    floats = (ctypes.c_float * math.prod(shape)).from_address(address)
    return np.ctypeslib.as_array(floats).reshape(shape)


def fault() -> str:
    """What is told to go wrong."""
    return os.environ.get("FAKE_TENSORRT_FAULT", "")
