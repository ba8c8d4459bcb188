"""PicoDet-S surgery: Paddle weights go in, a plain person detector in ONNX comes out, one file per size.

Runs inside the converter's own environment (see convert.py), so it imports nothing of ours. What changes:
the in-graph NMS is cut off, because TensorRT cannot run it and a fixed cap hides people; normalisation and
box decoding become part of the graph, so that no caller can get them wrong; only the person class stays.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

STRIDES = (8, 16, 32, 64)
CLASS_OUTPUTS = tuple(f"sqrt_{level}.tmp_0" for level in range(4))
"Per stride [1, 80, H/s, W/s]: sqrt(class probability * objectness), 0..1."
BOX_OUTPUTS = tuple(f"conv2d_{number}.tmp_0" for number in (138, 146, 154, 162))
"Per stride [1, 32, H/s, W/s]: four sides (left, top, right, bottom) of eight bins each."
CLASSES = 80
PERSON = 0
BINS = 8
MEAN = (123.675, 116.28, 103.53)
STD = (58.395, 57.12, 57.375)
OPSET = 13


def onnx_from_paddle(model: Path, weights: Path) -> Any:
    """Return the whole detector as paddle2onnx exports it: fixed to 416x416, with NMS."""
    import onnx  # noqa: PLC0415 - exists in the converter's environment only
    import paddle2onnx.paddle2onnx_cpp2py_export as exporter  # noqa: PLC0415

    opset_upgrade, verbose, check, experimental, optimize = True, False, True, True, True
    exported = exporter.export(
        str(model), str(weights), OPSET, opset_upgrade, verbose, check, experimental, optimize, {},
        "onnxruntime", "", "", False,
    )  # fmt: skip
    return onnx.load_model_from_string(exported)


def cut_head(whole: Any) -> Any:
    """Keep what leads from the image to the raw outputs of the four strides, constants as initializers."""
    from onnx import helper  # noqa: PLC0415

    wanted = set(CLASS_OUTPUTS + BOX_OUTPUTS)
    nodes = []
    for node in reversed(whole.graph.node):
        if wanted & set(node.output):
            wanted |= set(node.input)
            nodes.append(node)
    nodes.reverse()
    constants = [node for node in nodes if node.op_type == "Constant"]
    tensors = list(whole.graph.initializer)
    for node in constants:
        tensor = node.attribute[0].t
        tensor.name = node.output[0]
        tensors.append(tensor)
    kept = [node for node in nodes if node.op_type != "Constant"]
    used = {name for node in kept for name in node.input}
    return helper.make_graph(kept, "picodet-s", [], [], [t for t in tensors if t.name in used])


def keep_person(graph: Any) -> None:
    """Slice the last class convolutions down to the person's filter: a fact of the weights, not a new one."""
    from onnx import numpy_helper  # noqa: PLC0415

    tensors = {tensor.name: tensor for tensor in graph.initializer}
    sliced = 0
    for node in graph.node:
        if node.op_type != "Conv" or tensors[node.input[1]].dims[0] != CLASSES:
            continue
        for name in node.input[1:]:
            rows = numpy_helper.to_array(tensors[name])[PERSON : PERSON + 1]
            tensors[name].CopyFrom(numpy_helper.from_array(rows.copy(), name))
        sliced += 1
    if sliced != len(STRIDES):
        raise ValueError(f"found {sliced} class convolutions of {CLASSES} filters, expected {len(STRIDES)}")


def cell_centres(width_px: int, height_px: int, stride_px: int) -> np.ndarray[Any, Any]:
    """Return the centres of one stride's cells, shape (1, 2, N), x then y, in input pixels, row by row."""
    import numpy as np  # noqa: PLC0415

    columns = (np.arange(-(-width_px // stride_px), dtype=np.float32) + 0.5) * stride_px
    rows = (np.arange(-(-height_px // stride_px), dtype=np.float32) + 0.5) * stride_px
    y, x = np.meshgrid(rows, columns, indexing="ij")
    return np.stack([x.reshape(-1), y.reshape(-1)])[None]


class Surgeon:
    """Adds nodes and constants to a graph under names that say where they belong."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    def constant(self, name: str, values: Any, dtype: str = "float32") -> str:
        """Add an initializer and return its name."""
        import numpy as np  # noqa: PLC0415
        from onnx import numpy_helper  # noqa: PLC0415

        self.graph.initializer.append(numpy_helper.from_array(np.asarray(values, dtype=dtype), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append a node with one output and return the output's name."""
        from onnx import helper  # noqa: PLC0415

        self.graph.node.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output


def put_normalisation_first(graph: Any) -> None:
    """Let the graph take RGB of 0..255 under its old input name."""
    surgeon = Surgeon(graph)
    for node in graph.node:
        node.input[:] = ["image_normal" if name == "image" else name for name in node.input]
    mean = surgeon.constant("image_mean", [[[[value]] for value in MEAN]])
    scale = surgeon.constant("image_scale", [[[[1 / value]] for value in STD]])
    surgeon.node("Sub", ["image", mean], "image_centred")
    surgeon.node("Mul", ["image_centred", scale], "image_normal")
    added = list(graph.node)[-2:]
    rest = list(graph.node)[:-2]
    del graph.node[:]
    graph.node.extend(added + rest)


def decode_stride(surgeon: Surgeon, level: int, width_px: int, height_px: int) -> tuple[str, str]:
    """Turn the raw outputs of one stride into corners [1, 4, N] and scores [1, 1, N]; return their names."""
    stride = STRIDES[level]
    s = f"stride{stride}"
    cells = surgeon.constant(f"{s}_cells", [1, 4, BINS, -1], "int64")
    bins = surgeon.node("Reshape", [BOX_OUTPUTS[level], cells], f"{s}_bins")
    shares = surgeon.node("Softmax", [bins], f"{s}_shares", axis=2)
    steps = surgeon.constant(f"{s}_steps", [[[[bin_ * stride] for bin_ in range(BINS)]]])
    weighted = surgeon.node("Mul", [shares, steps], f"{s}_weighted")
    axis = surgeon.constant(f"{s}_axis", [2], "int64")
    sides = surgeon.node("ReduceSum", [weighted, axis], f"{s}_sides", keepdims=0)
    halves = surgeon.constant(f"{s}_halves", [2, 2], "int64")
    surgeon.graph.node.append(_split(sides, halves, f"{s}_before", f"{s}_after"))
    centres = surgeon.constant(f"{s}_centres", cell_centres(width_px, height_px, stride))
    surgeon.node("Sub", [centres, f"{s}_before"], f"{s}_left_top")
    surgeon.node("Add", [centres, f"{s}_after"], f"{s}_right_bottom")
    corners = surgeon.node("Concat", [f"{s}_left_top", f"{s}_right_bottom"], f"{s}_corners", axis=1)
    row = surgeon.constant(f"{s}_row", [1, 1, -1], "int64")
    return corners, surgeon.node("Reshape", [CLASS_OUTPUTS[level], row], f"{s}_scores")


def _split(source: str, sizes: str, first: str, second: str) -> Any:
    from onnx import helper  # noqa: PLC0415

    return helper.make_node("Split", [source, sizes], [first, second], name=f"{first}_split", axis=1)


def add_decoding(graph: Any, width_px: int, height_px: int) -> None:
    """Join the strides into `boxes` [1, N, 4] (left, top, right, bottom, pixels) and `scores` [1, N]."""
    surgeon = Surgeon(graph)
    strides = [decode_stride(surgeon, level, width_px, height_px) for level in range(len(STRIDES))]
    corners = surgeon.node("Concat", [corner for corner, _ in strides], "all_corners", axis=2)
    surgeon.node("Transpose", [corners], "boxes", perm=[0, 2, 1])
    scores = surgeon.node("Concat", [score for _, score in strides], "all_scores", axis=2)
    surgeon.node("Squeeze", [scores, surgeon.constant("scores_axis", [1], "int64")], "scores")


def detector_from_paddle(model: Path, weights: Path, width_px: int, height_px: int) -> bytes:
    """Return the serialised ONNX detector for one input size; the same bytes for the same inputs."""
    import onnx  # noqa: PLC0415
    from onnx import TensorProto, helper  # noqa: PLC0415

    graph = cut_head(onnx_from_paddle(model, weights))
    keep_person(graph)
    put_normalisation_first(graph)
    add_decoding(graph, width_px, height_px)
    count = sum(-(-width_px // s) * -(-height_px // s) for s in STRIDES)
    kind = TensorProto.FLOAT
    graph.input.append(helper.make_tensor_value_info("image", kind, [1, 3, height_px, width_px]))
    graph.output.append(helper.make_tensor_value_info("boxes", kind, [1, count, 4]))
    graph.output.append(helper.make_tensor_value_info("scores", kind, [1, count]))
    detector = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="booth")
    detector.ir_version = 7
    onnx.checker.check_model(detector, full_check=True)
    serialised: bytes = detector.SerializeToString(deterministic=True)
    return serialised


def main() -> None:
    """Write one detector per `--make WIDTHxHEIGHT=PATH`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", required=True, help="folder with onnx and paddle2onnx")
    parser.add_argument("model", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--make", action="append", required=True, metavar="WIDTHxHEIGHT=PATH")
    given = parser.parse_args()
    sys.path.insert(0, given.site)
    for order in given.make:
        size, _, path = order.partition("=")
        width_px, height_px = (int(number) for number in size.split("x"))
        Path(path).write_bytes(detector_from_paddle(given.model, given.weights, width_px, height_px))


if __name__ == "__main__":
    main()
