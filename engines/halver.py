"""Networks in half precision: an ONNX file in float32 goes in, the same network with float16 in its types comes out.

Runs as a child process, see halve.py. For TensorRT from 11 on, where a plan has the types that its file says. Inputs
and outputs keep float32, and so does what is named and what has no place among the HALVED; casts stand between.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.rewriter import folded, read_order

FLOAT, HALF = 1, 10
"ONNX's numbers of float32 and float16."
LARGEST = np.finfo(np.float16).max
HALVED = frozenset({
    "Add", "Clip", "Concat", "Conv", "GlobalAveragePool", "HardSigmoid", "Identity", "MaxPool", "Mul", "Relu",
    "Reshape", "Resize", "Sigmoid", "Split", "Sqrt", "Squeeze", "Sub", "Transpose",
})  # fmt: skip
"Operators that compute in float16; sums over many values, as in a Softmax, are not among them."
FLOAT_INPUTS = {"Resize": (1, 2)}
"Places of inputs whose type is float32 whatever the others are (onnx, Resize-13: scales)."


class Halver:
    """A graph on its way to half precision: of each tensor `x` in float32 there may be `x_half` in float16."""

    def __init__(self, graph: Any, floating: set[str]) -> None:
        self._graph = graph
        self._floating = floating
        "Names of the tensors that were float32."
        self._weights = {tensor.name: tensor for tensor in graph.initializer}
        self._there = {value.name for value in graph.input} | set(self._weights)
        self._nodes: list[Any] = []

    def halve(self, floats: tuple[str, ...]) -> None:
        """Give every node its type; `floats` are names, or patterns of names, of those that keep float32."""
        for node in list(self._graph.node):
            keeps = node.op_type not in HALVED or any(fnmatchcase(node.name, name) for name in floats)
            kind = FLOAT if keeps else HALF
            for place, name in enumerate(node.input):
                fixed = place in FLOAT_INPUTS.get(node.op_type, ())
                node.input[place] = self._read(name, FLOAT if fixed else kind)
            for place, name in enumerate(node.output):
                node.output[place] = self._named(name, kind)
            self._there.update(node.output)
            self._nodes.append(node)
        for value in self._graph.output:
            self._read(value.name, FLOAT)
        del self._graph.node[:]
        self._graph.node.extend(self._nodes)

    def _named(self, name: str, kind: int) -> str:
        return f"{name}_half" if kind == HALF and name in self._floating else name

    def _read(self, name: str, kind: int) -> str:
        """Return the tensor under the name that it has in a type, made when it is not there yet."""
        from onnx import helper, numpy_helper

        wanted = self._named(name, kind)
        if not name or wanted in self._there:
            return wanted
        if name in self._weights:
            halves = halves_of(name, numpy_helper.to_array(self._weights[name]))
            self._graph.initializer.append(numpy_helper.from_array(halves, wanted))
        else:
            source = self._named(name, FLOAT if kind == HALF else HALF)
            self._nodes.append(helper.make_node("Cast", [source], [wanted], name=f"to_{wanted}", to=kind))
        self._there.add(wanted)
        return wanted


def halves_of(name: str, values: NDArray[np.float32]) -> NDArray[np.float16]:
    """Return weights in float16, each the nearest there is: at the most 65504, and 0 below about 3e-8.

    Not infinite, because infinity times 0 is no number. What float16 holds with fewer digits, below 6e-5, stays:
    a GPU computes with that as fast. Raises ValueError for weights that are no numbers.
    """
    if not np.isfinite(values).all():
        raise ValueError(f"{name} has weights that are no numbers; fetch the network again")
    return np.clip(values, -LARGEST, LARGEST).astype(np.float16)


def halved(source: Path, floats: tuple[str, ...]) -> bytes:
    """Return the model in half precision, the same bytes for the same file. Raises ValueError for an unknown name."""
    import onnx

    model = onnx.load(source)
    graph = model.graph
    names = [node.name for node in graph.node]
    if unknown := [name for name in floats if not any(fnmatchcase(one, name) for one in names)]:
        raise ValueError(f"no layer is called {', '.join(unknown)}; mend fp16 in models.yaml")
    Halver(graph, floating_of(model)).halve(floats)
    drop_unused(model)
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def floating_of(model: Any) -> set[str]:
    """Return the names of all tensors in float32."""
    import onnx

    graph = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    values = [*graph.input, *graph.output, *graph.value_info]
    kinds = {value.name: value.type.tensor_type.elem_type for value in values}
    kinds |= {tensor.name: tensor.data_type for tensor in graph.initializer}
    return {name for name, kind in kinds.items() if kind == FLOAT}


def drop_unused(model: Any) -> None:
    """Remove weights that no node reads, types of before, and the domains that ONNX Runtime notes when it folds."""
    graph = model.graph
    read = {name for node in graph.node for name in node.input}
    domains = {node.domain for node in graph.node}
    for entries, kept in (
        (graph.initializer, [tensor for tensor in graph.initializer if tensor.name in read]),
        (graph.value_info, []),
        (model.opset_import, [entry for entry in model.opset_import if entry.domain in domains]),
    ):
        del entries[:]
        entries.extend(kept)


def main() -> None:
    """Fold, then halve."""
    order = read_order()
    with folded(order) as path:
        order.target.write_bytes(halved(path, order.floats))


if __name__ == "__main__":
    main()
