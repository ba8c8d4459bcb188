"""MobileNetV2: PyTorch weights go in, the feature maps of five depths in ONNX come out.

What changes: batch normalisation is folded into the convolutions, packed bytes are the input with the
normalisation inside, there is no pooling and no classifier. Paper: "MobileNetV2: Inverted Residuals and Linear
Bottlenecks" (2018), table 2. Runs inside the converter's environment only, see convert.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import helper

from engines.errand import read_errand
from engines.surgery import Surgeon, finished, take_packed_bytes, take_planar_floats
from engines.torchfile import read_torch_weights

STAGES = ((1, 1, 1), (6, 2, 2), (6, 3, 2), (6, 4, 2), (6, 3, 1), (6, 3, 2), (6, 1, 1))
"Per stage: expansion, blocks, stride of the first block; the weights know the channels."
DEPTHS = {3: (24, 4), 6: (32, 8), 10: (64, 16), 13: (96, 16), 18: (1280, 32)}
"Layer that is an output -> its channels and its stride, pixels of the input."
MEAN = (123.675, 116.28, 103.53)
DEVIATION = (58.395, 57.12, 57.375)
EPSILON = 1e-5
"Of batch normalisation, PyTorch's default."


class Blocks:
    """Writes the layers of the network into a graph, from its weights."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self.weights = weights
        self.surgeon = Surgeon(helper.make_graph([], "mobilenet-v2", [], []))

    def write(self) -> Any:
        """Return the graph from `picture` to the outputs, nothing declared."""
        value, layer = self._convolve("features.0", 0, "picture", "layer0", stride=2), 0
        for expansion, blocks, first_stride in STAGES:
            for place in range(blocks):
                layer += 1
                value = self._block(layer, value, expansion, 1 if place else first_stride, joined=place > 0)
        self._convolve(f"features.{layer + 1}", 0, value, f"layer{layer + 1}")
        return self.surgeon.graph

    def _block(self, layer: int, source: str, expansion: int, stride: int, joined: bool) -> str:
        """Add one inverted residual: widen, filter each channel, narrow; the first of a stage is not joined."""
        where, output = f"features.{layer}.conv", f"layer{layer}"
        value, step = source, 0
        if expansion > 1:
            value, step = self._convolve(where, step, value, f"{output}_wide"), 3
        value = self._convolve(where, step, value, f"{output}_filtered", stride)
        narrow = f"{output}_narrow" if joined else output
        self._convolve(where, step + 3, value, narrow, clipped=False)
        return self.surgeon.node("Add", [source, narrow], output) if joined else output

    def _convolve(
        self, where: str, step: int, source: str, output: str, stride: int = 1, clipped: bool = True
    ) -> str:
        """Add a convolution, the batch normalisation after it inside; `clipped` to 0..6, or linear."""
        filters, bias = folded(self.weights, f"{where}.{step}", f"{where}.{step + 1}")
        inner = f"{output}_linear" if clipped else output
        constants = [("filters", filters), ("bias", bias)]
        inputs = [source, *(self.surgeon.constant(f"{output}_{name}", value) for name, value in constants)]
        group = len(filters) if filters.shape[1] == 1 else 1
        side = filters.shape[2]
        self.surgeon.node("Conv", inputs, inner, strides=[stride] * 2, pads=[side // 2] * 4, group=group)
        if clipped:
            limits = [self.surgeon.constant(f"{output}_{limit}", limit) for limit in (0, 6)]
            self.surgeon.node("Clip", [inner, *limits], output)
        return output


def folded(weights: Mapping[str, Any], filters: str, statistics: str) -> tuple[Any, Any]:
    """Return filters and bias of a convolution with the batch normalisation after it."""
    scale, shift, mean, variance = (
        weights[f"{statistics}.{part}"].astype(np.float64)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    factor = scale / np.sqrt(variance + EPSILON)
    return weights[f"{filters}.weight"] * factor[:, None, None, None], shift - mean * factor


def embedder_of_size(weights: Mapping[str, Any], layout: str, width_px: int, height_px: int) -> bytes:
    """Return the serialised network for one input size; the same bytes for the same weights."""
    graph = Blocks(weights).write()
    if layout == "planar":
        take_planar_floats(graph, "picture")
    else:
        take_packed_bytes(graph, "picture", DEVIATION, MEAN)
    outputs = {
        f"layer{layer}": ["N", channels, height_px // stride, width_px // stride]
        for layer, (channels, stride) in DEPTHS.items()
    }
    return finished(graph, layout, ("N", width_px, height_px), outputs)


def main() -> None:
    """Write one network per `--make WIDTHxHEIGHT=PATH`."""
    errand = read_errand()
    weights = read_torch_weights(*errand.weights)
    for width_px, height_px, path in errand.made:
        path.write_bytes(embedder_of_size(weights, errand.layout, width_px, height_px))


if __name__ == "__main__":
    main()
