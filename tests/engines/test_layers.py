"""Layers of TensorFlow Lite in ONNX: each against the same sum written out in NumPy, on tiny networks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from engines.cache import default_cache
from engines.recipe import CONVERTER_PACKAGES
from engines.tools import tools_name

TOOLS = default_cache().tools / tools_name(CONVERTER_PACKAGES)
SAME, VALID = 0, 1
NONE, RELU, TANH, RELU6 = 0, 1, 4, 3
Layer = tuple[str, list[int], list[int], dict[str, int]]

pytestmark = pytest.mark.skipif(
    not TOOLS.is_dir(), reason="the converter is not in the cache; run: make setup"
)


@dataclass(frozen=True)
class Net:
    """A tiny network: tensor 0 is the input, the last one the output."""

    shapes: list[list[int]]
    layers: list[Layer]
    constants: dict[int, Any] = field(default_factory=dict)


def numbers(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(0, 2, shape).astype(np.float32)


def window(stride: int, padding: int, activation: int = NONE, **more: int) -> dict[str, int]:
    return {
        "StrideH": stride, "StrideW": stride, "Padding": padding, "FusedActivationFunction": activation, **more
    }  # fmt: skip


def conv(side: int, options: dict[str, int], filters: Any, kind: str = "CONV_2D") -> Net:
    shapes = [[1, side, side, filters.shape[3]], list(filters.shape), [filters.shape[0]], [1] * 4]
    bias = numbers(filters.shape[3] if kind.startswith("DEPTH") else filters.shape[0], seed=5)
    return Net(shapes, [(kind, [0, 1, 2], [3], options)], {1: filters, 2: bias})


HALF = {"HalfPixelCenters": 1, "AlignCorners": 0}
FILTERS = numbers(4, 3, 3, 2, seed=1)
CHANNEL_FILTERS = numbers(1, 3, 3, 2, seed=2)
NETS = {
    "even_side": conv(6, window(2, SAME), FILTERS),
    "odd_side": conv(7, window(2, SAME), FILTERS),
    "no_padding": conv(7, window(2, VALID, RELU6), FILTERS),
    "spread": conv(9, window(1, SAME, RELU, DilationHFactor=2, DilationWFactor=2), FILTERS),
    "by_channel": conv(6, window(1, SAME), CHANNEL_FILTERS, "DEPTHWISE_CONV_2D"),
    "half_precision": Net(
        [[1, 4, 4, 2], [3, 1, 1, 2], [3, 1, 1, 2], [3], [1, 4, 4, 3]],
        [("DEQUANTIZE", [1], [2], {}), ("CONV_2D", [0, 2, 3], [4], window(1, VALID))],
        {1: numbers(3, 1, 1, 2, seed=3).astype(np.float16), 3: np.zeros(3, np.float32)},
    ),
    "pad_before": Net(
        [[1, 5, 5, 2], [4, 2], [1, 8, 6, 2], [4, 3, 3, 2], [4], [1, 3, 2, 4]],
        [("PAD", [0, 1], [2], {}), ("CONV_2D", [2, 3, 4], [5], window(2, VALID))],
        {
            1: np.array([[0, 0], [2, 1], [0, 1], [0, 0]], np.int32),
            3: FILTERS,
            4: np.zeros(4, np.float32),
        },
    ),
    "pool": Net(
        [[1, 5, 5, 2], [1, 3, 3, 2]],
        [("MAX_POOL_2D", [0], [1], window(2, SAME, FilterHeight=2, FilterWidth=2))],
    ),
    "larger": Net([[1, 3, 4, 2], [2], [1, 6, 8, 2]], [("RESIZE_BILINEAR", [0, 1], [2], HALF)]),
    "row": Net(
        [[1, 1, 1, 6], [2], [1, 6], [1, 6], [1, 6]],
        [("RESHAPE", [0, 1], [2], {}), ("ADD", [2, 2], [3], {"FusedActivationFunction": RELU}),
         ("LOGISTIC", [3], [4], {})],
    ),
}  # fmt: skip
PADDED = [[1, 3, 3, 2], [4, 2], [1, 5, 5, 2], [1, 2, 2, 2]]
ROUND = np.array([[0, 0], [1, 1], [1, 1], [0, 0]], np.int32)
REFUSED = {
    "FULLY_CONNECTED": Net([[1, 2], [1, 2]], [("FULLY_CONNECTED", [0], [1], {})]),
    "activation 4": conv(6, window(1, SAME, TANH), FILTERS),
    "batch or channels": Net(
        [[1, 2, 2, 2], [4, 2], [1, 2, 2, 3]],
        [("PAD", [0, 1], [2], {})],
        {1: np.array([[0, 0], [0, 0], [0, 0], [0, 1]], np.int32)},
    ),
    "a pad or a constant": Net(
        PADDED,
        [
            ("PAD", [0, 1], [2], {}),
            ("MAX_POOL_2D", [2], [3], window(2, VALID, FilterHeight=2, FilterWidth=2)),
        ],
        {1: ROUND},
    ),
    "half-pixel": Net(
        [[1, 2, 2, 1], [2], [1, 4, 4, 1]],
        [("RESIZE_BILINEAR", [0, 1], [2], {"HalfPixelCenters": 0, "AlignCorners": 1})],
    ),
    "a reshape of": Net([[1, 2, 2, 1], [2], [1, 4]], [("RESHAPE", [0, 1], [2], {})]),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with every net's ONNX file or complaint, made by one child process."""
    folder = tmp_path_factory.mktemp("nets")
    for name, net in {**NETS, **REFUSED}.items():
        tree = {"shapes": net.shapes, "operators": net.layers, "outputs": [len(net.shapes) - 1]}
        (folder / f"{name}.json").write_text(json.dumps(tree))
        np.savez(folder / f"{name}.npz", **{str(number): array for number, array in net.constants.items()})
    places = os.pathsep.join([str(TOOLS), str(Path(__file__).parents[2])])
    command = [sys.executable, "-S", "-m", "tests.engines.graph_writer", str(folder)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": places}, check=True)
    return folder


def run(folder: Path, name: str, picture: Any) -> Any:
    """Feed one (H, W, C) picture; return the output as (H, W, C), or as it is when it is no picture."""
    session = onnxruntime.InferenceSession(str(folder / f"{name}.onnx"), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"t0": picture.transpose(2, 0, 1)[None]})
    return found[0].transpose(1, 2, 0) if found.ndim == 4 else found[0]


def slide(padded: Any, filters: Any, stride: int, spread: int = 1) -> Any:
    """Return the sums of (O, h, w, C) filters over a picture that has its pads already."""
    reach = (filters.shape[1] - 1) * spread + 1
    rows = range(0, padded.shape[0] - reach + 1, stride)
    columns = range(0, padded.shape[1] - reach + 1, stride)
    return np.array(
        [
            [
                (padded[y : y + reach : spread, x : x + reach : spread] * filters).sum((1, 2, 3))
                for x in columns
            ]
            for y in rows
        ]
    )


def zeros_round(picture: Any, before: int, after: int) -> Any:
    return np.pad(picture, ((before, after), (before, after), (0, 0)))


def test_an_even_side_is_padded_at_its_end_only(written: Path) -> None:
    picture = numbers(6, 6, 2)
    wanted = slide(zeros_round(picture, 0, 1), FILTERS, 2) + NETS["even_side"].constants[2]
    assert run(written, "even_side", picture) == pytest.approx(wanted, abs=1e-4)


def test_an_odd_side_is_padded_at_both_ends(written: Path) -> None:
    picture = numbers(7, 7, 2)
    wanted = slide(zeros_round(picture, 1, 1), FILTERS, 2) + NETS["odd_side"].constants[2]
    assert run(written, "odd_side", picture) == pytest.approx(wanted, abs=1e-4)


def test_no_padding_is_none_and_relu6_ends_at_6(written: Path) -> None:
    picture = numbers(7, 7, 2)
    wanted = (slide(picture, FILTERS, 2) + NETS["no_padding"].constants[2]).clip(0, 6)
    assert {0.0, 6.0} <= set(wanted.ravel())
    assert run(written, "no_padding", picture) == pytest.approx(wanted, abs=1e-4)


def test_spread_filters_reach_farther(written: Path) -> None:
    picture = numbers(9, 9, 2)
    wanted = slide(zeros_round(picture, 2, 2), FILTERS, 1, spread=2) + NETS["spread"].constants[2]
    assert run(written, "spread", picture) == pytest.approx(wanted.clip(0), abs=1e-4)


def test_a_depthwise_layer_keeps_channels_apart(written: Path) -> None:
    picture = numbers(6, 6, 2)
    padded = zeros_round(picture, 1, 1)
    channels = [slide(padded[:, :, [c]], CHANNEL_FILTERS[..., [c]], 1)[..., 0] for c in (0, 1)]
    wanted = np.stack(channels, -1) + NETS["by_channel"].constants[2]
    assert run(written, "by_channel", picture) == pytest.approx(wanted, abs=1e-4)


def test_weights_of_half_precision_are_widened(written: Path) -> None:
    picture = numbers(4, 4, 2)
    filters = NETS["half_precision"].constants[1].astype(np.float32)
    assert run(written, "half_precision", picture) == pytest.approx(slide(picture, filters, 1), abs=1e-4)


def test_a_pad_goes_into_the_layer_after_it(written: Path) -> None:
    picture = numbers(5, 5, 2)
    wanted = slide(np.pad(picture, ((2, 1), (0, 1), (0, 0))), FILTERS, 2)
    assert run(written, "pad_before", picture) == pytest.approx(wanted, abs=1e-4)


def test_a_pool_at_the_edge_takes_what_is_there(written: Path) -> None:
    picture = -np.abs(numbers(5, 5, 2)) - 1
    wanted = [[picture[y : y + 2, x : x + 2].max((0, 1)) for x in (0, 2, 4)] for y in (0, 2, 4)]
    assert run(written, "pool", picture) == pytest.approx(np.array(wanted))


def test_a_ramp_stays_a_ramp_when_it_grows(written: Path) -> None:
    ramp = np.stack([np.tile(np.arange(4, dtype=np.float32), (3, 1))] * 2, -1)
    wanted = [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]
    assert run(written, "larger", ramp)[2, :, 1] == pytest.approx(wanted)


def test_a_point_of_channels_becomes_a_row(written: Path) -> None:
    picture = numbers(1, 1, 6)
    doubled = (2 * picture.ravel()).clip(0)
    assert run(written, "row", picture) == pytest.approx(1 / (1 + np.exp(-doubled)), abs=1e-5)


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_converter_does_not_know_is_named(written: Path, name: str) -> None:
    assert name in (written / f"{name}.txt").read_text()
    assert not (written / f"{name}.onnx").exists()
