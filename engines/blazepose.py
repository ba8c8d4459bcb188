"""BlazePose: a TensorFlow Lite file goes in, body points and a mask of one person in ONNX come out.

What changes: planar order, any batch, packed bytes as input with the scaling inside, outputs under names and
with their sigmoids; heat maps, depth and the six helper points are dropped. Paper: "BlazePose: On-device
Real-time Body Pose Tracking" (2020). Runs inside the converter's environment only, see convert.py.
"""

from __future__ import annotations

from onnx import helper

from engines.errand import read_errand
from engines.flatnet import FlatNet, read_flatnet
from engines.layers import Layers
from engines.surgery import Surgeon, finished, subgraph, take_packed_bytes, take_planar_floats

BODY_POINTS = 33
RAW_POINTS = 39
"Six helpers for the next crop of a video come after those of the body."
RAW_FIELDS = 5
"Of each point: x, y, depth in pixels, then visibility and presence as logits."


def pose_of(net: FlatNet, layout: str) -> bytes:
    """Return the serialised pose network; the same bytes for the same file."""
    whole = Layers(net, "blazepose").write()
    name_outputs(Surgeon(whole), *(f"t{number}" for number in net.outputs[:3]))
    graph = subgraph(helper.make_model(whole), {"points", "presence", "mask"}, "blazepose")
    picture = f"t{net.inputs[0]}"
    if layout == "planar":
        take_planar_floats(graph, picture)
    else:
        take_packed_bytes(graph, picture, [255] * 3)
    _, height_px, width_px, _ = net.shapes[net.inputs[0]]
    outputs = {
        "points": ["N", BODY_POINTS, 4],
        "presence": ["N", 1],
        "mask": ["N", 1, height_px, width_px],
    }
    return finished(graph, layout, ("N", width_px, height_px), outputs)


def name_outputs(surgeon: Surgeon, raw_points: str, presence: str, mask: str) -> None:
    """Add `points`: x, y in pixels, visibility and presence 0..1; `presence` of a body 0..1; `mask` 0..1."""
    by_point = surgeon.constant("by_point", [-1, RAW_POINTS, RAW_FIELDS], "int64")
    surgeon.node("Reshape", [raw_points, by_point], "raw_points")
    counts = surgeon.constant("counts", [BODY_POINTS, RAW_POINTS - BODY_POINTS], "int64")
    surgeon.nodes("Split", ["raw_points", counts], ["body_points", "helper_points"], axis=1)
    widths = surgeon.constant("widths", [2, 1, 2], "int64")
    surgeon.nodes("Split", ["body_points", widths], ["places", "depths", "logits"], axis=2)
    shares = surgeon.node("Sigmoid", ["logits"], "shares")
    surgeon.node("Concat", ["places", shares], "points", axis=2)
    surgeon.node("Identity", [presence], "presence")
    surgeon.node("Sigmoid", [mask], "mask")


def main() -> None:
    """Write the network for each `--make WIDTHxHEIGHT=PATH`; there is one size."""
    errand = read_errand()
    for _, _, path in errand.made:
        path.write_bytes(pose_of(read_flatnet(*errand.weights), errand.layout))


if __name__ == "__main__":
    main()
