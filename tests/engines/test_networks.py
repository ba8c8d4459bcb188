"""The networks in this machine's cache: the known bytes, the shapes of the contract, the original's boxes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest

from engines.cache import default_cache, sha256_of
from engines.converter import run_converter
from engines.entries import read_manifest
from engines.layouts import Size
from engines.manifest import is_ready, model_file, sample_street
from engines.recipe import CONVERTER_PACKAGES
from engines.tools import tools_name

CACHE = default_cache()
DETECTOR, MATTE = (read_manifest().model(name) for name in ("picodet-s", "modnet"))
SQUARE = (416, 416)
EXPORT_WHOLE = """
import sys
from pathlib import Path
from engines.picodet import onnx_from_paddle
Path(sys.argv[3]).write_bytes(onnx_from_paddle(Path(sys.argv[1]), Path(sys.argv[2])).SerializeToString())
"""

pytestmark = pytest.mark.skipif(
    not is_ready(CACHE, DETECTOR) or not (CACHE.tools / tools_name(CONVERTER_PACKAGES)).is_dir(),
    reason="the networks are not in the cache; run: make setup",
)


def session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def street() -> Any:
    """Return frame 100 of the sample street as RGB, shape (576, 768, 3)."""
    video = cv2.VideoCapture(str(sample_street()))
    for _ in range(101):
        _, frame = video.read()
    return frame[:, :, ::-1]


def tensor_of(picture: Any, size: Size) -> Any:
    return cv2.resize(picture, size)[None]


def whole_detector(folder: Path) -> Any:
    """Return the original graph with its own NMS, fixed to 416x416."""
    tools = CACHE.tools / tools_name(CONVERTER_PACKAGES)
    weights = [str(CACHE.weights / DETECTOR.name / file.name) for file in DETECTOR.weight_files()]
    path = os.pathsep.join([str(tools), str(Path(__file__).parents[2])])
    command = [sys.executable, "-S", "-c", EXPORT_WHOLE, *weights, str(folder / "whole.onnx")]
    subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, cwd=folder, check=True, capture_output=True
    )
    return session(folder / "whole.onnx")


def test_the_cut_detector_agrees_with_the_whole_one(tmp_path: Path, street: Any) -> None:
    image = tensor_of(street, SQUARE)
    mean = np.array([123.675, 116.28, 103.53], np.float32)[:, None, None]
    deviation = np.array([58.395, 57.12, 57.375], np.float32)[:, None, None]
    planar = image.transpose(0, 3, 1, 2).astype(np.float32)
    inputs = {"image": (planar - mean) / deviation, "scale_factor": np.ones((1, 2), np.float32)}
    rows = whole_detector(tmp_path).run(None, inputs)[0]
    people = rows[(rows[:, 0] == 0) & (rows[:, 1] > 0.3)]
    boxes, scores = session(model_file("picodet-s", SQUARE)).run(["boxes", "scores"], {"image": image})
    assert len(people) >= 8
    for _, score, *box in people:
        nearest = np.abs(scores[0] - score).argmin()
        assert scores[0][nearest] == pytest.approx(score, abs=1e-4)
        assert boxes[0][nearest].clip(0, 416) == pytest.approx(np.array(box), abs=0.02)


def test_converting_again_gives_the_known_bytes(tmp_path: Path) -> None:
    size = DETECTOR.sizes[0]
    run_converter(CACHE, DETECTOR, {size: tmp_path / "again.onnx"})
    assert sha256_of(tmp_path / "again.onnx") == sha256_of(model_file("picodet-s", size))


@pytest.mark.parametrize("size", DETECTOR.sizes)
def test_the_detector_keeps_its_contract_at_every_size(size: Size) -> None:
    width, height = size
    detector = session(model_file("picodet-s", size))
    count = sum(-(-width // stride) * -(-height // stride) for stride in (8, 16, 32, 64))
    assert [(i.name, i.shape, i.type) for i in detector.get_inputs()] == [
        ("image", [1, height, width, 3], "tensor(uint8)")
    ]
    assert [(o.name, o.shape) for o in detector.get_outputs()] == [
        ("boxes", [1, count, 4]),
        ("scores", [1, count]),
    ]


def test_boxes_at_all_sizes_mean_the_same_people(street: Any) -> None:
    best = []
    for size in DETECTOR.sizes[:3]:
        boxes, scores = session(model_file("picodet-s", size)).run(None, {"image": tensor_of(street, size)})
        box = boxes[0][scores[0].argmax()] / np.array([*size, *size], np.float32)
        best.append(box)
        assert scores.max() > 0.8
        assert scores.min() >= 0
    assert all((box[2:] > box[:2]).all() for box in best)


@pytest.mark.skipif(not is_ready(CACHE, MATTE), reason=f"an alternative that is not here; run: {MATTE.cure}")
def test_the_matte_network_takes_crops_of_any_multiple_of_32() -> None:
    mask = session(model_file("modnet"))
    for height, width in ((256, 128), (64, 32)):
        crop = np.zeros((1, 3, height, width), np.float32)
        (found,) = mask.run(["output"], {"input": crop})
        assert found.shape == (1, 1, height, width)
        assert 0 <= found.min() <= found.max() <= 1
