"""Runs on the onnx package: a network in half precision goes in, float32 that rounds each tensor as it does comes out.

`python -m tests.engines.rounder SOURCE TARGET TOOLS`. ONNX Runtime's CPU computes float16 in float32 and leaves the
rounding between two such nodes out, so that nothing would ever overflow; it keeps pairs of casts that it is given.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

FLOAT, HALF = 1, 10


def rounding(path: Path, tools: Path) -> Path:
    """Write the network beside the halved one, in float32 that rounds as it does, and return it."""
    target = path.with_name("rounding.onnx")
    command = [sys.executable, "-m", "tests.engines.rounder", str(path), str(target), str(tools)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    return target


def rounded(model: Any) -> Any:
    """The model with float32 everywhere, and a cast to float16 and back behind what gave float16."""
    from onnx import helper, numpy_helper, shape_inference

    values = shape_inference.infer_shapes(model, strict_mode=True).graph.value_info
    halves = {value.name for value in values if value.type.tensor_type.elem_type == HALF}
    graph = model.graph
    nodes = []
    for node in graph.node:
        if node.op_type == "Cast" and node.attribute[0].i == HALF:
            node.attribute[0].i = FLOAT
        outputs = [name for name in node.output if name in halves]
        node.output[:] = [f"{name}_wide" if name in halves else name for name in node.output]
        nodes.append(node)
        for name in outputs:
            nodes.append(helper.make_node("Cast", [f"{name}_wide"], [f"{name}_narrow"], to=HALF))
            nodes.append(helper.make_node("Cast", [f"{name}_narrow"], [name], to=FLOAT))
    del graph.node[:]
    graph.node.extend(nodes)
    for tensor in graph.initializer:
        if tensor.data_type == HALF:
            wide = numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(wide, tensor.name))
    return model


if __name__ == "__main__":
    source, target, tools = sys.argv[1:]
    sys.path.append(tools)
    import onnx

    Path(target).write_bytes(rounded(onnx.load(source)).SerializeToString())
