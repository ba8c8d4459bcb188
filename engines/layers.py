"""Layers of TensorFlow Lite as nodes of ONNX: records of a network go in, a graph in planar order comes out.

TensorFlow Lite keeps pictures as (batch, height, width, channels), ONNX as (batch, channels, height, width):
weights are turned here, once, so that the graph itself turns nothing. The meaning of each layer follows the
operator descriptions of TensorFlow Lite and of ONNX opset 13. Only layers that a shipped network has are known.
Runs inside the converter's environment only, see convert.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import helper

from engines.flatnet import FlatNet, Operator
from engines.surgery import Surgeon

RELU, RELU6 = 1, 3
"Kinds of activation that a layer carries at its end; 0 is none."
SAME = 0
"Padding that keeps ceil(size / stride); any other number pads nothing."
PICTURE = 4
"Axes of a batch of pictures."
Pads = tuple[int, int, int, int]
"Zeros before and after: top, left, bottom, right."


class Layers:
    """Writes the layers of one network into a graph, in their order."""

    def __init__(self, net: FlatNet, name: str) -> None:
        self.net = net
        self.surgeon = Surgeon(helper.make_graph([], name, [], []))
        self.values = dict(net.values)
        self.names = {number: f"t{number}" for number in net.shapes}
        "Tensor -> its name in the graph."
        self.pads: dict[int, tuple[int, Pads]] = {}
        "Tensor -> the tensor it pads, and by how much: the next layer takes the pads over."

    def write(self) -> Any:
        """Return the graph, with no inputs and outputs declared; raises ValueError for an unknown layer."""
        for operator in self.net.operators:
            writer = getattr(self, f"_{operator.kind.lower()}", None)
            if writer is None:
                raise ValueError(f"the layer {operator.kind} is not known to the converter")
            writer(operator)
        return self.surgeon.graph

    def _dequantize(self, operator: Operator) -> None:
        self.values[operator.outputs[0]] = self.values[operator.inputs[0]].astype(np.float32)

    def _pad(self, operator: Operator) -> None:
        source, amounts = operator.inputs
        batch, rows, columns, channels = self.values[amounts].reshape(-1, 2).tolist()
        if any(batch) or any(channels):
            raise ValueError("a pad of batch or channels is not known to the converter")
        self.pads[operator.outputs[0]] = source, (rows[0], columns[0], rows[1], columns[1])

    def _conv_2d(self, operator: Operator) -> None:
        self._convolve(operator, self.values[operator.inputs[1]].transpose(0, 3, 1, 2), 1)

    def _depthwise_conv_2d(self, operator: Operator) -> None:
        filters = self.values[operator.inputs[1]].transpose(3, 0, 1, 2)
        self._convolve(operator, filters, self.net.shapes[operator.inputs[0]][-1])

    def _convolve(self, operator: Operator, filters: Any, group: int) -> None:
        options = operator.options
        dilations = options.get("DilationHFactor", 1), options.get("DilationWFactor", 1)
        reach = [(size - 1) * step + 1 for size, step in zip(filters.shape[2:], dilations, strict=True)]
        source, pads, strides = self._window(operator, reach)
        name = self.names[operator.outputs[0]]
        inputs = [source, self.surgeon.constant(f"{name}_filters", filters)]
        if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
            inputs.append(self.surgeon.constant(f"{name}_bias", self.values[operator.inputs[2]]))
        attributes = {"strides": strides, "pads": pads, "dilations": dilations, "group": group}
        self._node("Conv", inputs, operator, **attributes)

    def _max_pool_2d(self, operator: Operator) -> None:
        # Its own pads hold no value, but a pad layer in front would put zeros there: that one is refused.
        source = self._operand(operator.inputs[0])
        reach = [operator.options["FilterHeight"], operator.options["FilterWidth"]]
        _, pads, strides = self._window(operator, reach)
        self._node("MaxPool", [source], operator, kernel_shape=reach, strides=strides, pads=pads)

    def _window(self, operator: Operator, reach: list[int]) -> tuple[str, Pads, tuple[int, int]]:
        """Return the picture a sliding window reads, its pads and its strides."""
        number = operator.inputs[0]
        strides = operator.options["StrideH"], operator.options["StrideW"]
        source, pads = self.pads.get(number, (number, (0, 0, 0, 0)))
        if operator.options["Padding"] == SAME:
            sizes = self.net.shapes[number][1:3]
            (top, bottom), (left, right) = map(same_pads, sizes, reach, strides)
            pads = pads[0] + top, pads[1] + left, pads[2] + bottom, pads[3] + right
        return self.names[source], pads, strides

    def _add(self, operator: Operator) -> None:
        self._node("Add", [self._operand(number) for number in operator.inputs], operator)

    def _logistic(self, operator: Operator) -> None:
        self._node("Sigmoid", [self._operand(operator.inputs[0])], operator)

    def _resize_bilinear(self, operator: Operator) -> None:
        if not operator.options["HalfPixelCenters"]:
            raise ValueError("a resize without half-pixel centres is not known to the converter")
        (_, *before, _), (_, *after, _) = (
            self.net.shapes[number] for number in (operator.inputs[0], operator.outputs[0])
        )
        name = self.names[operator.outputs[0]]
        factors = [1, 1, after[0] / before[0], after[1] / before[1]]
        scales = self.surgeon.constant(f"{name}_scales", factors)
        attributes = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        self._node("Resize", [self._operand(operator.inputs[0]), "", scales], operator, **attributes)

    def _reshape(self, operator: Operator) -> None:
        before, after = (self.net.shapes[n] for n in (operator.inputs[0], operator.outputs[0]))
        if len(before) != PICTURE or before[1:3] != (1, 1) or len(after) != 2:
            raise ValueError(f"a reshape of {before} to {after} is not known to the converter")
        name = self.names[operator.outputs[0]]
        rows = self.surgeon.constant(f"{name}_rows", [-1, after[1]], "int64")
        self._node("Reshape", [self._operand(operator.inputs[0]), rows], operator)

    def _operand(self, number: int) -> str:
        if number in self.pads or number in self.values:
            raise ValueError("a pad or a constant before this layer is not known to the converter")
        return self.names[number]

    def _node(self, kind: str, inputs: list[str], operator: Operator, **attributes: Any) -> None:
        """Add a node and the activation that its layer ends with."""
        output = self.names[operator.outputs[0]]
        activation = operator.options.get("FusedActivationFunction", 0)
        if activation not in (0, RELU, RELU6):
            raise ValueError(f"the activation {activation} is not known to the converter")
        inner = self.surgeon.node(kind, inputs, f"{output}_linear" if activation else output, **attributes)
        if activation == RELU:
            self.surgeon.node("Relu", [inner], output)
        elif activation == RELU6:
            limits = [self.surgeon.constant(f"{output}_{limit}", limit) for limit in (0, 6)]
            self.surgeon.node("Clip", [inner, *limits], output)


def same_pads(size: int, reach: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and after an axis so that ceil(size / stride) windows fit; the odd one goes last."""
    missing = max((-(-size // stride) - 1) * stride + reach - size, 0)
    return missing // 2, missing - missing // 2
