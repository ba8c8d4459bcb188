"""Body points and appearance in this machine's cache: known bytes, the contract, people of the sample street."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest

from engines.cache import default_cache, sha256_of
from engines.converter import run_converter
from engines.entries import Model, read_manifest
from engines.manifest import is_ready, model_file, sample_street
from engines.recipe import CONVERTER_PACKAGES
from engines.tools import tools_name
from engines.torchfile import read_torch_weights

CACHE = default_cache()
MODELS = tuple(read_manifest().model(name) for name in ("blazepose", "mobilenet-v2"))
NOSE, SHOULDERS, HIPS, ANKLES = [0], [11, 12], [23, 24], [27, 28]
PEOPLE = ((590, 152, 28, 82), (348, 199, 33, 77), (375, 177, 34, 79), (493, 147, 27, 74))
"Left, top, width, height of people in frame 100 of the sample street, pixels."

pytestmark = pytest.mark.skipif(
    not all(is_ready(CACHE, model) for model in MODELS)
    or not (CACHE.tools / tools_name(CONVERTER_PACKAGES)).is_dir(),
    reason="the networks are not in the cache; run: make setup",
)


def session(name: str) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model_file(name)), options, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def pose() -> Any:
    return session("blazepose")


@pytest.fixture(scope="module")
def street() -> Any:
    """Return frame 100 of the sample street as RGB, shape (576, 768, 3)."""
    video = cv2.VideoCapture(str(sample_street()))
    for _ in range(101):
        _, frame = video.read()
    return np.ascontiguousarray(frame[:, :, ::-1])


def square(street: Any, box: tuple[int, int, int, int], flipped: bool = False) -> Any:
    """Cut a square of 1.2 heights round a box, scaled to 256x256."""
    left, top, width, height = box
    side, x, y = 1.2 * height, left + width / 2, top + height / 2
    scale = 256 / side
    turn = np.array([[scale, 0, 128 - x * scale], [0, scale, 128 - y * scale]])
    crop = cv2.warpAffine(street, turn, (256, 256))
    return np.ascontiguousarray(crop[:, ::-1]) if flipped else crop


@pytest.mark.parametrize("model", MODELS, ids=[model.name for model in MODELS])
def test_converting_again_gives_the_known_bytes(tmp_path: Path, model: Model) -> None:
    (size,) = model.sizes
    run_converter(CACHE, model, {size: tmp_path / "again.onnx"})
    assert sha256_of(tmp_path / "again.onnx") == sha256_of(model_file(model.name)) == model.known[size]


def test_bodies_of_the_street_stand_upright(pose: Any, street: Any) -> None:
    crops = np.stack([square(street, box) for box in PEOPLE])
    points, presence, _ = pose.run(["points", "presence", "mask"], {"image": crops})
    heights = [points[:, part, 1].mean(1) for part in (NOSE, SHOULDERS, HIPS, ANKLES)]
    assert (np.diff(heights, axis=0) > 10).all()
    assert presence.min() > 0.9


def test_the_mask_is_the_person_and_not_the_street(pose: Any, street: Any) -> None:
    crops = np.stack([square(street, box) for box in PEOPLE])
    points, mask = pose.run(["points", "mask"], {"image": crops})
    for person in range(len(PEOPLE)):
        torso = points[person, SHOULDERS + HIPS, :2].mean(0).round().astype(int)
        assert mask[person, 0, torso[1], torso[0]] > 0.9
        edges = np.concatenate([mask[person, 0, :, :8].ravel(), mask[person, 0, :, -8:].ravel()])
        assert np.median(edges) < 0.05


def test_a_mirrored_body_swaps_its_sides(pose: Any, street: Any) -> None:
    crops = np.stack([square(street, PEOPLE[1], flipped) for flipped in (False, True)])
    (plain, mirrored), _, _ = pose.run(["points", "presence", "mask"], {"image": crops})
    assert 255 - mirrored[SHOULDERS[::-1] + HIPS[::-1], 0] == pytest.approx(
        plain[SHOULDERS + HIPS, 0], abs=12
    )


def test_an_empty_road_has_no_body(pose: Any) -> None:
    (presence,) = pose.run(["presence"], {"image": np.full((1, 256, 256, 3), 110, np.uint8)})
    assert presence.max() < 0.5


@pytest.mark.parametrize("name", ["blazepose", "mobilenet-v2"])
def test_a_batch_means_the_same_as_its_crops_one_by_one(name: str, street: Any) -> None:
    network = session(name)
    height, width, _ = network.get_inputs()[0].shape[1:]
    crops = np.stack([cv2.resize(square(street, box), (width, height)) for box in PEOPLE[:2]])
    together = network.run(None, {"image": crops})
    for place in range(2):
        alone = network.run(None, {"image": crops[place : place + 1]})
        for whole, single in zip(together, alone, strict=True):
            assert whole[place] == pytest.approx(single[0], abs=2e-3)
    assert all(output.shape[0] == 0 for output in network.run(None, {"image": crops[:0]}))


def test_the_contracts_are_kept(pose: Any) -> None:
    outputs = [(output.name, output.shape[1:]) for output in pose.get_outputs()]
    assert outputs == [("points", [33, 4]), ("presence", [1]), ("mask", [1, 256, 256])]
    appearance = session("mobilenet-v2")
    assert [(i.name, i.shape[1:], i.type) for i in appearance.get_inputs()] == [
        ("image", [256, 128, 3], "tensor(uint8)")
    ]
    assert {output.name: output.shape[1:] for output in appearance.get_outputs()} == {
        "layer3": [24, 64, 32],
        "layer6": [32, 32, 16],
        "layer10": [64, 16, 8],
        "layer13": [96, 16, 8],
        "layer18": [1280, 8, 4],
    }


def test_the_third_layer_is_that_of_the_weights(street: Any) -> None:
    crop = cv2.resize(street[150:240, 340:385], (128, 256))
    (found,) = session("mobilenet-v2").run(["layer3"], {"image": crop[None]})
    (file,) = MODELS[1].weight_files()
    weights = read_torch_weights(CACHE.weights / "mobilenet-v2" / file.name)
    value = (crop / 255 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    value = step(weights, value.transpose(2, 0, 1), "features.0", 0, stride=2)
    value = step(weights, value, "features.1.conv", 0)
    value = step(weights, value, "features.1.conv", 3, clipped=False)
    widened = step(weights, value, "features.2.conv", 0)
    value = step(
        weights, step(weights, widened, "features.2.conv", 3, 2), "features.2.conv", 6, clipped=False
    )
    widened = step(weights, step(weights, value, "features.3.conv", 0), "features.3.conv", 3)
    value = value + step(weights, widened, "features.3.conv", 6, clipped=False)
    assert found[0] == pytest.approx(value, abs=1e-3)


def step(weights: Any, value: Any, where: str, number: int, stride: int = 1, clipped: bool = True) -> Any:
    """Return convolution, batch normalisation and clipping one after the other, (channels, height, width)."""
    filters = weights[f"{where}.{number}.weight"].astype(np.float64)
    side = filters.shape[2]
    padded = np.pad(value, ((0, 0), (side // 2, side // 2), (side // 2, side // 2)))
    seen: Any = np.lib.stride_tricks.sliding_window_view(padded, (len(value), side, side))[
        0, ::stride, ::stride
    ]
    by_channel = filters.shape[1] == 1
    sums = (
        np.einsum("hwcij,cij->chw", seen, filters[:, 0])
        if by_channel
        else np.einsum("hwcij,ocij->ohw", seen, filters, optimize=True)
    )
    scale, shift, mean, variance = (
        weights[f"{where}.{number + 1}.{part}"][:, None, None]
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    normal = (sums - mean) / np.sqrt(variance + 1e-5) * scale + shift
    return normal.clip(0, 6) if clipped else normal
