"""What a network costs: an ONNX file goes in, its multiply-adds, parameters and values read and written come out.

Runs on the converter's packages, as the surgeries do: `python -m engines.operations FILE...` prints a JSON line each.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import onnx
from onnx import shape_inference

UNCOUNTED = {"ConvTranspose", "Einsum", "Gemm", "GRU", "LSTM", "MatMul", "QLinearConv"}
"Operators with weights that none of our networks has; a network with one would be counted too cheap."


def operations(path: Path) -> dict[str, Any]:
    """Cost of one picture, see Network in appliance/budget; free lengths of the input, such as N, count as 1.

    Counts convolutions: what stands between them is fused into them on a GPU. Raises ValueError for other weights.
    """
    graph = shape_inference.infer_shapes(of_one(onnx.load(str(path)))).graph
    unknown = {node.op_type for node in graph.node} & UNCOUNTED
    if unknown:
        raise ValueError(f"{path.name} has {', '.join(sorted(unknown))}, which are not counted")
    shapes = {value.name: shape_of(value) for value in (*graph.value_info, *graph.input, *graph.output)}
    weights = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    layers = [node for node in graph.node if node.op_type == "Conv"]
    written = [math.prod(shapes[node.output[0]]) for node in layers]
    each = [math.prod(weights[node.input[1]][1:]) for node in layers]
    return {
        "name": path.stem,
        "input": shapes[graph.input[0].name],
        "macs": sum(count * macs for count, macs in zip(written, each, strict=True)),
        "parameters": sum(math.prod(lengths) for lengths in weights.values()),
        "values_read": sum(math.prod(shapes[node.input[0]]) for node in layers),
        "values_written": sum(written),
    }


def of_one(model: Any) -> Any:
    """The model with every free length of its inputs set to 1."""
    for value in model.graph.input:
        for length in value.type.tensor_type.shape.dim:
            if not length.dim_value:
                length.ClearField("dim_param")
                length.dim_value = 1
    return model


def shape_of(value: Any) -> list[int]:
    """Lengths of a described tensor; 1 where the graph says nothing."""
    return [length.dim_value or 1 for length in value.type.tensor_type.shape.dim]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(operations(Path(name))))
