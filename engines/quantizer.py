"""8-bit networks as pairs of QuantizeLinear and DequantizeLinear: an ONNX file and pictures in, an ONNX file out.

Runs as a child process, see quantize.py: pictures come on the standard input as one NumPy array and stay in memory.
What is 8 bit: weights of the dense convolutions, a scale for each filter, and what they read; all symmetric, because
TensorRT takes no other zero point than 0. What they write and all other layers stay float: measured, depthwise
convolutions and 8-bit outputs lose the people (recall 0), and TensorRT joins the layers between by itself.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.rewriter import folded, read_order


class Pictures:
    """Gives the calibration its pictures one by one; what ONNX Runtime calls a CalibrationDataReader."""

    def __init__(self, pictures: NDArray[Any]) -> None:
        self._left: Iterator[NDArray[Any]] = iter(pictures)

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        """Return the next picture, None at the end."""
        picture = next(self._left, None)
        return None if picture is None else {"image": picture[None]}


def depthwise(graph: Any) -> list[str]:
    """Return the names of the convolutions that see one channel each."""
    return [
        node.name
        for node in graph.node
        if node.op_type == "Conv" and any(a.name == "group" and a.i > 1 for a in node.attribute)
    ]


def quantize(source: Path, target: Path, floats: tuple[str, ...], pictures: NDArray[Any]) -> None:
    """Write the 8-bit network. Raises ValueError for a float layer that there is not, or a zero point but 0."""
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    graph = onnx.load(source).graph
    if unknown := set(floats) - {node.name for node in graph.node}:
        raise ValueError(f"no layer is called {', '.join(sorted(unknown))}; mend int8 in models.yaml")
    logging.disable(logging.WARNING)
    quantize_static(
        source, target, Pictures(pictures), quant_format=QuantFormat.QDQ, op_types_to_quantize=["Conv"],
        per_channel=True, weight_type=QuantType.QInt8, activation_type=QuantType.QInt8,
        nodes_to_exclude=[*depthwise(graph), *floats],
        extra_options={
            "ActivationSymmetric": True, "WeightSymmetric": True, "QuantizeBias": False,
            "OpTypesToExcludeOutputQuantization": ["Conv"],
        },
    )  # fmt: skip
    check_zero_points(onnx.load(target).graph)


def check_zero_points(graph: Any) -> None:
    """Raise ValueError unless every pair is 8 bit, signed and round zero, as TensorRT wants them."""
    from onnx import numpy_helper

    tensors = {tensor.name: tensor for tensor in graph.initializer}
    pairs = [node for node in graph.node if node.op_type in {"QuantizeLinear", "DequantizeLinear"}]
    zeros = [numpy_helper.to_array(tensors[node.input[2]]) for node in pairs]
    if not pairs or any(zero.dtype != np.int8 or zero.any() for zero in zeros):
        raise ValueError(
            "the pairs are not symmetric 8-bit ones; use the pinned packages of engines/rewrite.py"
        )


def main() -> None:
    """Read the pictures, then quantize."""
    order = read_order()
    pictures = np.load(BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    with folded(order) as path:
        quantize(path, order.target, order.floats, pictures)


if __name__ == "__main__":
    main()
