"""The planar networks: the known bytes, and on normalised planes the answers of the packed ones on bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from engines.cache import default_cache, sha256_of
from engines.converter import run_converter
from engines.entries import Model, read_manifest
from engines.manifest import is_ready, model_file
from engines.planes import planes_of
from engines.recipe import CONVERTER_PACKAGES
from engines.tools import tools_name

CACHE = default_cache()
MODELS = tuple(read_manifest().model(name) for name in ("picodet-s", "blazepose", "mobilenet-v2"))

pytestmark = pytest.mark.skipif(
    not all(is_ready(CACHE, model) for model in MODELS)
    or not (CACHE.tools / tools_name(CONVERTER_PACKAGES)).is_dir(),
    reason="the networks are not in the cache; run: make setup",
)


@pytest.fixture(scope="module", params=MODELS, ids=[model.name for model in MODELS])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Path]:
    """Return a network and its planar file at the default size, made afresh."""
    path = tmp_path_factory.mktemp("planar") / f"{request.param.name}.onnx"
    run_converter(CACHE, request.param, {request.param.sizes[0]: path}, "planar")
    return request.param, path


def session(path: Path) -> Any:
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def test_the_planar_file_has_the_known_bytes(made: tuple[Model, Path]) -> None:
    model, path = made
    assert sha256_of(path) == model.known_sha256(model.sizes[0], "planar")


def test_it_takes_floating_planes_and_nothing_turns_them(made: tuple[Model, Path]) -> None:
    model, path = made
    width, height = model.sizes[0]
    (image,) = session(path).get_inputs()
    assert (image.name, image.type, image.shape[1:]) == ("image", "tensor(float)", [3, height, width])
    assert b"image_planar" not in path.read_bytes()


def test_planes_and_bytes_mean_the_same(made: tuple[Model, Path]) -> None:
    model, path = made
    width, height = model.sizes[0]
    rng = np.random.default_rng(5)
    coarse = rng.integers(0, 256, (1, height // 16, width // 16, 3), dtype=np.uint8)
    picture = coarse.repeat(16, axis=1).repeat(16, axis=2)
    packed, planar = session(model_file(model.name)), session(path)
    expected = packed.run(None, {"image": picture})
    found = planar.run(None, {"image": planes_of(picture, model.planes())})
    assert [output.name for output in planar.get_outputs()] == [
        output.name for output in packed.get_outputs()
    ]
    for one, other in zip(expected, found, strict=True):
        assert np.abs(other - one).max() <= 1e-3 * max(1, np.abs(one).max())
