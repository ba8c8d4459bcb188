"""A TensorFlow Lite file goes in, plain records of its tensors and operators come out.

Runs inside the converter's environment only, see convert.py. The format is the schema of the `tflite` package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tflite

DTYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
    tflite.TensorType.UINT8: np.uint8,
}

OPTIONS = (
    "AlignCorners", "DilationHFactor", "DilationWFactor", "FilterHeight", "FilterWidth",
    "FusedActivationFunction", "HalfPixelCenters", "Padding", "StrideH", "StrideW",
)  # fmt: skip
"What layers.py understands of the options of layers."


@dataclass(frozen=True)
class Operator:
    """One layer: tensors are meant by their number in the file."""

    kind: str
    "Like 'CONV_2D'."
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, int]
    "Like {'StrideH': 2}; empty when the layer has none."


@dataclass(frozen=True)
class FlatNet:
    """A whole network."""

    shapes: Mapping[int, tuple[int, ...]]
    "Of every tensor; pictures are (batch, height, width, channels)."
    values: Mapping[int, Any]
    "Tensor -> array, of those the file carries: weights and sizes."
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def read_flatnet(path: Path) -> FlatNet:
    """Read the first graph of a file; raises ValueError for a tensor of an unknown kind."""
    model = tflite.Model.GetRootAs(path.read_bytes(), 0)
    graph = model.Subgraphs(0)
    numbers = range(graph.TensorsLength())
    shapes = {n: _numbers(graph.Tensors(n).ShapeLength(), graph.Tensors(n).Shape) for n in numbers}
    values = {n: _values(model, graph.Tensors(n), shapes[n]) for n in numbers}
    return FlatNet(
        shapes,
        {n: array for n, array in values.items() if array is not None},
        tuple(_operator(model, graph.Operators(n)) for n in range(graph.OperatorsLength())),
        _numbers(graph.InputsLength(), graph.Inputs),
        _numbers(graph.OutputsLength(), graph.Outputs),
    )


def _numbers(count: int, read: Callable[[int], int]) -> tuple[int, ...]:
    return tuple(int(read(place)) for place in range(count))


def _values(model: Any, tensor: Any, shape: tuple[int, ...]) -> Any:
    buffer = model.Buffers(tensor.Buffer())
    if not buffer.DataLength():
        return None
    if tensor.Type() not in DTYPES:
        raise ValueError(f"tensor {tensor.Name()!r} is of kind {tensor.Type()}, which is not read")
    return buffer.DataAsNumpy().view(DTYPES[tensor.Type()]).reshape(shape)


def _operator(model: Any, operator: Any) -> Operator:
    code = model.OperatorCodes(operator.OpcodeIndex())
    # Files of before 2020 carry the kind in the narrow field; newer ones carry it in both where it fits.
    kind = _name_of(tflite.BuiltinOperator, max(code.BuiltinCode(), code.DeprecatedBuiltinCode()))
    inputs = _numbers(operator.InputsLength(), operator.Inputs)
    outputs = _numbers(operator.OutputsLength(), operator.Outputs)
    return Operator(kind, inputs, outputs, _options(operator))


def _options(operator: Any) -> dict[str, int]:
    table = operator.BuiltinOptions()
    if table is None:
        return {}
    options = getattr(tflite, _name_of(tflite.BuiltinOptions, operator.BuiltinOptionsType()))()
    options.Init(table.Bytes, table.Pos)
    return {name: int(getattr(options, name)()) for name in OPTIONS if hasattr(options, name)}


def _name_of(names: Any, number: int) -> str:
    return next(str(name) for name, value in vars(names).items() if value == number)
