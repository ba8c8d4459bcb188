"""Runs inside the converter's environment: tiny networks of TensorFlow Lite go in, their ONNX files come out.

`python -m tests.engines.graph_writer FOLDER`: per NAME.json (with NAME.npz for constants) writes NAME.onnx, or
NAME.txt with the converter's complaint.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from engines.flatnet import FlatNet, Operator
from engines.layers import Layers


def net_of(path: Path) -> FlatNet:
    """Read a network as the test wrote it; tensors are numbered from 0, pictures are (N, H, W, C)."""
    tree = json.loads(path.read_text())
    operators = (
        Operator(kind, tuple(inputs), tuple(outputs), options)
        for kind, inputs, outputs, options in tree["operators"]
    )
    with np.load(path.with_suffix(".npz")) as constants:
        values = {int(name): constants[name] for name in constants.files}
    shapes = {number: tuple(shape) for number, shape in enumerate(tree["shapes"])}
    return FlatNet(shapes, values, tuple(operators), (0,), tuple(tree["outputs"]))


def model_of(net: FlatNet) -> Any:
    """Return the model with planar inputs and outputs declared."""
    graph = Layers(net, "tiny").write()
    for names, numbers in ((graph.input, net.inputs), (graph.output, net.outputs)):
        for number in numbers:
            shape = ["N"] + [None] * (len(net.shapes[number]) - 1)
            names.append(helper.make_tensor_value_info(f"t{number}", TensorProto.FLOAT, shape))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 7
    return model


if __name__ == "__main__":
    for spec in Path(sys.argv[1]).glob("*.json"):
        try:
            spec.with_suffix(".onnx").write_bytes(model_of(net_of(spec)).SerializeToString())
        except ValueError as error:
            spec.with_suffix(".txt").write_text(str(error))
