"""Cuts and joins on ONNX graphs that know nothing of one network: a graph goes in, it is changed in place.

Runs inside the converter's environment only, see convert.py: the booth itself does not have the onnx package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
"Understood by ONNX Runtime and by TensorRT 8.6 to 11."


class Surgeon:
    """Adds nodes and constants to a graph under names that say where they belong."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    def constant(self, name: str, values: Any, dtype: str = "float32") -> str:
        """Add an initializer and return its name."""
        self.graph.initializer.append(numpy_helper.from_array(np.asarray(values, dtype=dtype), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append a node with one output and return the output's name."""
        self.nodes(kind, inputs, [output], **attributes)
        return output

    def nodes(self, kind: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        """Append a node with several outputs."""
        self.graph.node.append(helper.make_node(kind, inputs, outputs, name=outputs[0], **attributes))


def subgraph(whole: Any, outputs: set[str], name: str) -> Any:
    """Return a new graph of the nodes that lead to `outputs`: constants as initializers, no inputs yet."""
    wanted, nodes = set(outputs), []
    for node in reversed(whole.graph.node):
        if wanted & set(node.output):
            wanted |= set(node.input)
            nodes.append(node)
    tensors = list(whole.graph.initializer)
    for node in nodes:
        if node.op_type == "Constant":
            tensor = node.attribute[0].t
            tensor.name = node.output[0]
            tensors.append(tensor)
    kept = [node for node in reversed(nodes) if node.op_type != "Constant"]
    return helper.make_graph(kept, name, [], [], [tensor for tensor in tensors if tensor.name in wanted])


def fuse_hard_swish(graph: Any) -> int:
    """Write each x * clip(x + 3, 0, 6) / 6 as x * HardSigmoid(x); return how many there were.

    The same function to float rounding. ONNX Runtime keeps these two nodes in its blocked layout, where the
    four made it reorder every tensor: PicoDet-S at 640x384 on two threads fell from 58 to 29 ms.
    """
    makers = {output: node for node in graph.node for output in node.output}
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    replaced: dict[str, list[Any]] = {}
    for divide in graph.node:
        chain = _hard_swish(divide, makers, tensors)
        if not chain:
            continue
        source, output = chain[0].input[0], divide.output[0]
        gate = f"{output}_gate"
        replaced |= {node.output[0]: [] for node in chain}
        replaced[output] = [
            helper.make_node("HardSigmoid", [source], [gate], name=gate, alpha=1 / 6, beta=0.5),
            helper.make_node("Mul", [source, gate], [output], name=output),
        ]
    nodes = [new for node in graph.node for new in replaced.get(node.output[0], [node])]
    del graph.node[:]
    graph.node.extend(nodes)
    return sum(1 for nodes in replaced.values() if nodes)


def _hard_swish(divide: Any, makers: dict[str, Any], tensors: dict[str, Any]) -> list[Any]:
    """Return the nodes Add, Clip, Mul, Div of one hard swish that ends in `divide`, else nothing."""
    chain, followed = [divide], (0, 1, 0)
    for kind, way in zip(("Div", "Mul", "Clip"), followed, strict=True):
        if chain[0].op_type != kind or chain[0].input[way] not in makers:
            return []
        chain.insert(0, makers[chain[0].input[way]])
    add, clip, multiply, _ = chain
    if add.op_type != "Add" or add.input[0] != multiply.input[0]:
        return []
    numbers = [tensors.get(name) for name in (add.input[1], clip.input[1], clip.input[2], divide.input[1])]
    usual = all(
        number is not None and number.size == 1 and float(number.reshape(())) == value
        for number, value in zip(numbers, (3, 0, 6, 6), strict=True)
    )
    return chain if usual else []


def drop_unused(graph: Any) -> None:
    """Remove initializers that no node takes."""
    used = {name for node in graph.node for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def replace_tensor(tensor: Any, values: Any) -> None:
    """Give an initializer new values under its old name."""
    tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), tensor.name))


def take_packed_bytes(
    graph: Any, source: str, deviation: Sequence[float], mean: Sequence[float] | None = None
) -> None:
    """Let the convolution that reads `source` take `image`: packed RGB bytes (batch, height, width, 3).

    Bytes, and not floats, so that a quarter as much is written and read in front of the network; the cast comes
    first because TensorRT lets bytes go nowhere else (its DataType::kUINT8). The deviation goes into the filters.
    The mean cannot go into a bias: the convolution pads with zeros, which must stay the mean colour. No mean
    means that black is zero.
    """
    first = next(node for node in graph.node if source in node.input)
    filters = next(tensor for tensor in graph.initializer if tensor.name == first.input[1])
    scale = np.asarray(deviation, dtype=np.float32)[None, :, None, None]
    replace_tensor(filters, numpy_helper.to_array(filters) / scale)
    first.input[0] = "image_centred" if mean else "image_planar"
    steps = [
        helper.make_node("Cast", ["image"], ["image_float"], name="image_float", to=TensorProto.FLOAT),
        helper.make_node(
            "Transpose", ["image_float"], ["image_planar"], name="image_planar", perm=[0, 3, 1, 2]
        ),
    ]
    if mean:
        colour = Surgeon(graph).constant("image_mean", [[[[value]] for value in mean]])
        steps.append(
            helper.make_node("Sub", ["image_planar", colour], ["image_centred"], name="image_centred")
        )
    for place, step in enumerate(steps):
        graph.node.insert(place, step)


def take_planar_floats(graph: Any, source: str) -> None:
    """Let whatever reads `source` take `image`: planes (batch, 3, height, width), normalised by who brings them.

    For TensorRT, where a kernel writes them: it takes no bytes in front of a transpose.
    """
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name == source:
                node.input[place] = "image"


def finished(
    graph: Any, layout: str, image: tuple[int | str, int, int], outputs: Mapping[str, Sequence[Any]]
) -> bytes:
    """Return the checked, serialised model of a graph that takes `image`; the same bytes for the same graph.

    `image` is batch, width, height. Shapes are numbers, or a letter for an axis of any length. Raises
    onnx.checker.ValidationError for a graph that is not whole.
    """
    drop_unused(graph)
    batch, width_px, height_px = image
    planar = layout == "planar"
    shape = [batch, 3, height_px, width_px] if planar else [batch, height_px, width_px, 3]
    kind = TensorProto.FLOAT if planar else TensorProto.UINT8
    graph.input.append(helper.make_tensor_value_info("image", kind, shape))
    for name, axes in outputs.items():
        graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, axes))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="booth")
    model.ir_version = 7
    onnx.checker.check_model(model, full_check=True)
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised
