"""8-bit networks: made in a child from pictures in memory, symmetric as TensorRT wants them, never written over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.errors import BoothError
from engines.active import Network, activate
from engines.cache import Cache, default_cache, sha256_of
from engines.entries import read_manifest
from engines.limits import APPEARANCE
from engines.manifest import model_file
from engines.quantize import (
    LEAST_PICTURES,
    quantize,
    quantized_file,
    run_quantizer,
)
from engines.verify import verify
from engines.workshop import open_onnx
from tests.engines.builders import active_of, put_network

LOOKS, PLANES = Network("mobilenet-v2", (128, 256)), Network("mobilenet-v2", (128, 256), "planar")
INSPECT = """
import json, sys
sys.path.append(sys.argv[2])
import onnx
from onnx import numpy_helper
graph = onnx.load(sys.argv[1]).graph
tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
makers = {output: node for node in graph.node for output in node.output}
weights = {
    node.name: tensors[makers[node.input[1]].input[1]].shape
    for node in graph.node
    if node.op_type == "Conv" and makers.get(node.input[1]) is not None
}
floats = [node.name for node in graph.node if node.op_type == "Conv" and node.input[1] in tensors]
print(json.dumps({"scales": {name: list(shape) for name, shape in weights.items()}, "floats": floats}))
"""


def pictures(count: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (count, 16, 8, 3), dtype=np.uint8)
    return coarse.repeat(16, axis=1).repeat(16, axis=2)


class FakeQuantizer:
    """Writes bytes of its own, and remembers what it was given."""

    def __init__(self, content: bytes = b"eight bits") -> None:
        self.content = content
        self.given: NDArray[Any] = np.zeros(0)
        self.floats: tuple[str, ...] = ()

    def __call__(
        self, cache: Cache, source: Path, target: Path, floats: tuple[str, ...], given: NDArray[Any]
    ) -> None:
        self.given, self.floats = given, floats
        target.write_bytes(self.content)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path / "booth")
    for network in (LOOKS, PLANES):
        put_network(cache, network)
    return cache


def test_a_new_candidate_leaves_the_one_that_runs_and_no_other(cache: Cache) -> None:
    running = quantize(cache, LOOKS, pictures(8), FakeQuantizer(b"one"))
    activate(cache, LOOKS, active_of(cache, LOOKS, running))
    quantize(cache, LOOKS, pictures(8), FakeQuantizer(b"two"))
    planar = quantize(cache, PLANES, pictures(8), FakeQuantizer(b"planes"))
    newest = quantize(cache, LOOKS, pictures(8), FakeQuantizer(b"three"))
    assert running.read_bytes() == b"one"
    assert quantized_file(cache, LOOKS) == newest
    assert set(cache.models.glob("*int8*.onnx")) == {running, planar, newest}
    assert len(list(cache.models.glob("*int8*.json"))) == 3


def test_layouts_have_8_bit_files_of_their_own(cache: Cache) -> None:
    quantize(cache, LOOKS, pictures(8), FakeQuantizer())
    assert quantized_file(cache, PLANES) is None


def test_the_layers_that_hurt_and_the_layout_reach_the_child(cache: Cache) -> None:
    packed, planar = FakeQuantizer(), FakeQuantizer()
    quantize(cache, LOOKS, pictures(8), packed)
    quantize(cache, PLANES, pictures(8), planar)
    assert "layer1" in packed.floats
    assert packed.given.dtype == np.uint8
    assert packed.given.shape == (8, 256, 128, 3)
    assert planar.given.dtype == np.float32
    assert planar.given.shape == (8, 3, 256, 128)


def test_what_was_made_of_another_version_or_is_damaged_does_not_count(cache: Cache) -> None:
    made = quantize(cache, LOOKS, pictures(8), FakeQuantizer())
    made.write_bytes(b"eight bitz")
    assert quantized_file(cache, LOOKS) is None
    made = quantize(cache, LOOKS, pictures(8), FakeQuantizer())
    put_network(cache, LOOKS, b"another version")
    assert quantized_file(cache, LOOKS) is None
    made.with_suffix(".json").write_text("{")
    assert quantized_file(cache, LOOKS) is None


def test_too_few_pictures_are_refused_with_the_cure(cache: Cache) -> None:
    with pytest.raises(BoothError, match=r"mobilenet-v2 128x256: 7 pictures .* too few.*livelier SOURCE"):
        quantize(cache, LOOKS, pictures(LEAST_PICTURES - 1), FakeQuantizer())


def test_nothing_but_the_network_and_its_sidecar_is_written(cache: Cache) -> None:
    before = set(cache.root.rglob("*"))
    made = quantize(cache, LOOKS, pictures(8), FakeQuantizer())
    assert set(cache.root.rglob("*")) - before == {made, made.with_suffix(".json")}


@pytest.fixture(scope="module")
def source(tools: Path) -> Path:
    """The network that is made 8 bit; skips where it was never fetched."""
    try:
        return model_file(LOOKS.name)
    except BoothError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def made(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("int8") / "made.onnx"
    floats = read_manifest().model(LOOKS.name).float_layers
    run_quantizer(default_cache(), source, path, floats, pictures(8))
    return path


def test_the_same_pictures_give_the_same_network_and_leave_nothing_behind(
    made: Path, source: Path, tmp_path: Path
) -> None:
    floats = read_manifest().model(LOOKS.name).float_layers
    run_quantizer(default_cache(), source, tmp_path / "again.onnx", floats, pictures(8))
    assert sha256_of(tmp_path / "again.onnx") == sha256_of(made)
    assert [path.name for path in tmp_path.iterdir()] == ["again.onnx"]


def test_an_8_bit_network_looks_as_the_float_one_does(made: Path) -> None:
    shown, masks = pictures(8), np.ones((8, 256, 128), np.bool_)
    report = verify(
        APPEARANCE, open_onnx(LOOKS, model_file(LOOKS.name)), open_onnx(LOOKS, made), shown, masks
    )
    assert 0.97 < report.figures["cosine"] < 1
    assert made.stat().st_size < 0.4 * model_file(LOOKS.name).stat().st_size


def test_dense_filters_have_a_scale_each_and_the_others_stay_float(made: Path, tools: Path) -> None:
    command = [sys.executable, "-c", INSPECT, str(made), str(tools)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ})
    found = json.loads(done.stdout)
    assert found["scales"]["layer18_linear"] == [1280]
    assert set(read_manifest().model(LOOKS.name).float_layers) <= set(found["floats"])
    assert "layer5_filtered_linear" in found["floats"]


def test_an_unknown_float_layer_is_named(source: Path, tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"could not be made 8 bit .*no layer is called layer99"):
        run_quantizer(default_cache(), source, tmp_path / "x.onnx", ("layer99",), pictures(8))
