"""8-bit networks as pairs of QuantizeLinear and DequantizeLinear: an ONNX file and pictures in, an ONNX file out.

Runs as a child process, see quantize.py: pictures come on the standard input as one NumPy array and stay in memory.
What is 8 bit: weights of the dense convolutions, a scale for each filter, and what they read; all symmetric, because
TensorRT takes no other zero point than 0. What they write and all other layers stay float: measured, depthwise
convolutions and 8-bit outputs lose the people (recall 0), and TensorRT joins the layers between by itself.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Pictures:
    """Gives the calibration its pictures one by one; what ONNX Runtime calls a CalibrationDataReader."""

    def __init__(self, pictures: NDArray[Any]) -> None:
        self._left: Iterator[NDArray[Any]] = iter(pictures)

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        """Return the next picture, None at the end."""
        picture = next(self._left, None)
        return None if picture is None else {"image": picture[None]}


def fold(source: Path, target: Path) -> None:
    """Write the network with its batch normalisations inside the convolutions, where they cost no scale."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    ort.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def depthwise(graph: Any) -> list[str]:
    """Return the names of the convolutions that see one channel each."""
    return [
        node.name
        for node in graph.node
        if node.op_type == "Conv" and any(a.name == "group" and a.i > 1 for a in node.attribute)
    ]


def quantize(source: Path, target: Path, floats: list[str], pictures: NDArray[Any]) -> None:
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
            "the pairs are not symmetric 8-bit ones; use the pinned packages of engines/quantize.py"
        )


def main() -> None:
    """Read the pictures, then quantize."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--tools", required=True, help="Folder with the onnx package.")
    parser.add_argument("--float", action="append", default=[], help="A layer that stays float.")
    given = parser.parse_args()
    # Behind the booth's own packages: its NumPy is the one that ONNX Runtime was made for.
    sys.path.append(given.tools)
    pictures = np.load(BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    with tempfile.TemporaryDirectory(dir=given.target.parent) as folder:
        folded = Path(folder) / "folded.onnx"
        fold(given.source, folded)
        quantize(folded, given.target, given.float, pictures)


if __name__ == "__main__":
    main()
