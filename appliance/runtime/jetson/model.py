"""Networks on TensorRT: a plan in, a runner of named device arrays out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from appliance.errors import BoothError
from appliance.records import DeviceArray
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.plan import Plan
from appliance.runtime.jetson.replay import Key, Replays
from appliance.runtime.jetson.tensor import Tensor


class JetsonModel:
    """Model of the Jetson wing. Runs on the gpu's stream and thread; outputs are valid until the next call."""

    def __init__(self, gpu: Gpu, path: Path, threads: int = 0) -> None:  # noqa: ARG002 (the CPU's wing has threads)
        """Load `path`, a plan. Raises PlanRefused for one to build anew, BoothError for what else hinders it."""
        gpu.check_thread()
        self._gpu = gpu
        self._plan = Plan(path)
        self._memory = {
            name: gpu.empty(port.largest, np.float32) for name, port in self._plan.outputs.items()
        }
        self._contexts: list[Any] = []
        self._context = self._new_context()
        self._replays = Replays(gpu, path.name)

    @property
    def device_memory_mb(self) -> float:
        """What TensorRT takes for running, besides the weights and our own arrays."""
        return len(self._contexts) * self._plan.context_bytes / 1e6

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what the network gives."""
        return tuple(self._memory)

    @property
    def graphs(self) -> int:
        """Recordings at hand, see replay.py."""
        return len(self._replays)

    def infer(self, inputs: Mapping[str, Tensor], figures: Collection[str] = ()) -> dict[str, DeviceArray]:
        """See Model.infer: float32 (N, ...), any N where shapes change; those named in `figures` come to the host."""
        self._gpu.check_thread()
        self._check(inputs, figures)
        empty = any(0 in tensor.shape for tensor in inputs.values())
        outputs = self._nothing() if empty else self._run_all(inputs)
        return {
            name: self._gpu.figures(tensor) if name in figures else tensor for name, tensor in outputs.items()
        }

    def _check(self, inputs: Mapping[str, Tensor], figures: Collection[str]) -> None:
        ports = self._plan.inputs
        if set(inputs) != set(ports):
            raise ValueError(f"inputs are {sorted(inputs)}, the network wants {sorted(ports)}")
        if not set(figures) <= set(self._memory):
            raise ValueError(f"figures are {sorted(figures)}, the network gives {sorted(self._memory)}")
        for name, tensor in inputs.items():
            port = ports[name]
            if tensor.dtype != np.float32 or not port.accepts(tensor.shape):
                wants = f"float32 {port.smallest} to {port.largest}"
                raise ValueError(f"{name} is {tensor.dtype} {tensor.shape}, the network wants {wants}")

    def _nothing(self) -> dict[str, Tensor]:
        return {name: self._memory[name].part(0, port.of_none()) for name, port in self._plan.outputs.items()}

    def _run_all(self, inputs: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """In parts when there are more than the plan takes at once: a photo may show fifty people."""
        count, most = len_of(inputs), self._plan.most
        if count <= most:
            return self._run(inputs)
        joined = {
            name: self._gpu.empty((count, *port.largest[1:]), np.float32)
            for name, port in self._plan.outputs.items()
        }
        for first in range(0, count, most):
            size = min(most, count - first)
            part = {name: tensor.part(first, (size, *tensor.shape[1:])) for name, tensor in inputs.items()}
            for name, made in self._run(part).items():
                self._gpu.copy(joined[name].part(first, made.shape), made)
        return joined

    def _run(self, inputs: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        key: Key = tuple((inputs[name].address, inputs[name].shape) for name in self._plan.inputs)
        replay = self._replays.find(key)
        if replay:
            replay.graph.launch()
            return replay.outputs
        recordable = self._recordable() if self._replays.is_due(key) else None
        context = self._context if recordable is None else recordable
        outputs = self._bind(context, inputs)
        if not self._enqueue(context):
            raise BoothError(
                f"{self._plan.path}: TensorRT failed ({self._plan.complaint()}); restart the booth"
            )
        if recordable is not None:
            self._replays.record(key, context, outputs, lambda: self._enqueue(context))
        return outputs

    def _recordable(self) -> Any | None:
        """Return a context whose shapes will never change again; None without memory for it, and nothing is recorded.

        TensorRT allows one recording per context when shapes change: the next shape would spoil the last one.
        """
        try:
            return self._context if self._plan.is_fixed else self._new_context()
        except BoothError as error:
            self._replays.give_up(str(error))
            return None

    def _new_context(self) -> Any:
        context = self._plan.new_context()
        self._contexts.append(context)
        for name, tensor in self._memory.items():
            context.set_tensor_address(name, tensor.address)
        return context

    def _bind(self, context: Any, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Tell the context its inputs; return the outputs, whose addresses never change."""
        for name, tensor in inputs.items():
            context.set_input_shape(name, tensor.shape)
            context.set_tensor_address(name, tensor.address)
        shapes = {name: tuple(int(side) for side in context.get_tensor_shape(name)) for name in self._memory}
        return {name: self._memory[name].part(0, shape) for name, shape in shapes.items()}

    def _enqueue(self, context: Any) -> bool:
        return bool(context.execute_async_v3(self._gpu.stream))


def len_of(inputs: Mapping[str, Tensor]) -> int:
    """First length of the inputs, the same of all."""
    return next(iter(inputs.values())).shape[0]
