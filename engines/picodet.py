"""PicoDet-S: Paddle weights go in, a plain person detector in ONNX comes out, one file per input size.

What changes: the NMS inside is cut off (TensorRT cannot run it, and its fixed cap hides people); only the
person class stays; normalisation and box decoding become part of the graph, so no caller gets them wrong.
Runs inside the converter's environment only, see convert.py. Decoding follows "PP-PicoDet" (2021), section 2.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import paddle2onnx.paddle2onnx_cpp2py_export as exporter
from onnx import TensorProto, helper, numpy_helper

from engines.errand import read_errand
from engines.surgery import OPSET, Surgeon, finished, fuse_hard_swish, replace_tensor, subgraph

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
HARD_SWISHES = 78


def onnx_from_paddle(model: Path, weights: Path) -> Any:
    """Return the whole detector as paddle2onnx exports it: fixed to 416x416, with NMS."""
    opset_upgrade, verbose, check, experimental, optimize = True, False, True, True, True
    exported = exporter.export(
        str(model), str(weights), OPSET, opset_upgrade, verbose, check, experimental, optimize, {},
        "onnxruntime", "", "", False,
    )  # fmt: skip
    return onnx.load_model_from_string(exported)


def keep_person(graph: Any) -> None:
    """Slice the class convolutions down to the person's filter; its scores do not change."""
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    heads = [n for n in graph.node if n.op_type == "Conv" and tensors[n.input[1]].dims[0] == CLASSES]
    if len(heads) != len(STRIDES):
        raise ValueError(f"found {len(heads)} class convolutions of {CLASSES} filters, not {len(STRIDES)}")
    for node in heads:
        for name in node.input[1:]:
            rows = numpy_helper.to_array(tensors[name])
            replace_tensor(tensors[name], rows[PERSON : PERSON + 1])


def put_normalisation_first(graph: Any) -> None:
    """Let the graph take packed RGB bytes: the deviation goes into the first filters, the mean is subtracted.

    Bytes, and not floats, so that a quarter as much is written and read between letterbox and network.
    The mean cannot go into a bias: the convolution pads with zeros, which must stay the mean colour.
    """
    first = next(node for node in graph.node if "image" in node.input)
    filters = next(tensor for tensor in graph.initializer if tensor.name == first.input[1])
    deviation = np.asarray(STD, dtype=np.float32)[None, :, None, None]
    replace_tensor(filters, numpy_helper.to_array(filters) / deviation)
    first.input[0] = "image_centred"
    mean = Surgeon(graph).constant("image_mean", [[[[value]] for value in MEAN]])
    steps = (
        helper.make_node("Transpose", ["image"], ["image_planar"], name="image_planar", perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["image_planar"], ["image_float"], name="image_float", to=TensorProto.FLOAT),
        helper.make_node("Sub", ["image_float", mean], ["image_centred"], name="image_centred"),
    )
    for place, step in enumerate(steps):
        graph.node.insert(place, step)


def cell_centres(width_px: int, height_px: int, stride_px: int) -> Any:
    """Return the centres of one stride's cells, shape (1, 2, N), x then y, in input pixels, row by row."""
    columns = (np.arange(-(-width_px // stride_px), dtype=np.float32) + 0.5) * stride_px
    rows = (np.arange(-(-height_px // stride_px), dtype=np.float32) + 0.5) * stride_px
    y, x = np.meshgrid(rows, columns, indexing="ij")
    return np.stack([x.reshape(-1), y.reshape(-1)])[None]


def decode_stride(surgeon: Surgeon, level: int, width_px: int, height_px: int) -> tuple[str, str]:
    """Turn the raw outputs of one stride into corners [1, 4, N] and scores [1, 1, N]; return their names."""
    stride = STRIDES[level]
    s = f"stride{stride}"
    cells = surgeon.constant(f"{s}_cells", [1, 4, BINS, -1], "int64")
    bins = surgeon.node("Reshape", [BOX_OUTPUTS[level], cells], f"{s}_bins")
    shares = surgeon.node("Softmax", [bins], f"{s}_shares", axis=2)
    steps = surgeon.constant(f"{s}_steps", [[[[step * stride] for step in range(BINS)]]])
    weighted = surgeon.node("Mul", [shares, steps], f"{s}_weighted")
    axis = surgeon.constant(f"{s}_axis", [2], "int64")
    sides = surgeon.node("ReduceSum", [weighted, axis], f"{s}_sides", keepdims=0)
    halves = surgeon.constant(f"{s}_halves", [2, 2], "int64")
    surgeon.nodes("Split", [sides, halves], [f"{s}_before", f"{s}_after"], axis=1)
    centres = surgeon.constant(f"{s}_centres", cell_centres(width_px, height_px, stride))
    left_top = surgeon.node("Sub", [centres, f"{s}_before"], f"{s}_left_top")
    right_bottom = surgeon.node("Add", [centres, f"{s}_after"], f"{s}_right_bottom")
    corners = surgeon.node("Concat", [left_top, right_bottom], f"{s}_corners", axis=1)
    row = surgeon.constant(f"{s}_row", [1, 1, -1], "int64")
    return corners, surgeon.node("Reshape", [CLASS_OUTPUTS[level], row], f"{s}_scores")


def add_decoding(graph: Any, width_px: int, height_px: int) -> None:
    """Join the strides into `boxes` [1, N, 4] (left, top, right, bottom, pixels) and `scores` [1, N]."""
    surgeon = Surgeon(graph)
    strides = [decode_stride(surgeon, level, width_px, height_px) for level in range(len(STRIDES))]
    corners = surgeon.node("Concat", [corner for corner, _ in strides], "all_corners", axis=2)
    surgeon.node("Transpose", [corners], "boxes", perm=[0, 2, 1])
    scores = surgeon.node("Concat", [score for _, score in strides], "all_scores", axis=2)
    surgeon.node("Squeeze", [scores, surgeon.constant("scores_axis", [1], "int64")], "scores")


def detector_of_size(whole: Any, layout: str, width_px: int, height_px: int) -> bytes:
    """Return the serialised detector for one input size; the same bytes for the same inputs."""
    graph = subgraph(whole, {*CLASS_OUTPUTS, *BOX_OUTPUTS}, "picodet-s")
    keep_person(graph)
    if (swishes := fuse_hard_swish(graph)) != HARD_SWISHES:
        raise ValueError(f"found {swishes} hard swishes, not {HARD_SWISHES}")
    if layout == "packed":  # the graph as exported takes planes already normalised
        put_normalisation_first(graph)
    add_decoding(graph, width_px, height_px)
    count = sum(-(-width_px // stride) * -(-height_px // stride) for stride in STRIDES)
    outputs = {"boxes": [1, count, 4], "scores": [1, count]}
    return finished(graph, layout, (1, width_px, height_px), outputs)


def main() -> None:
    """Write one detector per `--make WIDTHxHEIGHT=PATH`."""
    errand = read_errand(files=2)
    for width_px, height_px, path in errand.made:
        whole = onnx_from_paddle(*errand.weights)
        path.write_bytes(detector_of_size(whole, errand.layout, width_px, height_px))


if __name__ == "__main__":
    main()
