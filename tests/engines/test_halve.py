"""Half precision: made once in a child; float16 inside, float32 at the edges and where it is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.errors import BoothError
from engines.active import Network
from engines.cache import Cache, default_cache
from engines.entries import read_manifest
from engines.halve import halve, run_halver
from engines.halver import LARGEST, halves_of
from tests.engines.builders import put_network
from tests.engines.plan_orders import built
from tests.engines.rounder import rounding
from tests.fakes_tensorrt.onnx_file import Graph, constant, network, node, read_graph, value
from tests.fakes_tensorrt.parsing import types_of
from tests.fakes_tensorrt.versions import fake_tensorrt

PEOPLE = Network("picodet-s", (640, 384), "planar")
FLOAT, HALF = 1, 10
SHAPES = {"image": [[1, 3, 4, 4], [2, 3, 4, 4], [4, 3, 4, 4]]}


class FakeHalver:
    """Writes bytes of its own, and remembers what it was told; fails when told so."""

    def __init__(self) -> None:
        self.floats: list[tuple[str, ...]] = []
        self.failure: BoothError | None = None

    def __call__(self, cache: Cache, source: Path, target: Path, floats: tuple[str, ...]) -> None:
        self.floats.append(floats)
        target.write_bytes(b"halved " + source.read_bytes())
        if self.failure:
            raise self.failure


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path / "booth")
    put_network(cache, PEOPLE)
    return cache


def test_a_network_is_halved_once_and_named_after_it(cache: Cache) -> None:
    halver, before = FakeHalver(), set(cache.root.rglob("*"))
    made = halve(cache, PEOPLE, halver)
    assert halve(cache, PEOPLE, halver) == made
    assert halver.floats == [read_manifest().model("picodet-s").float_nodes]
    assert made.name == "picodet-s-640x384-planar-fp16.onnx"
    assert set(cache.root.rglob("*")) - before == {made, made.with_suffix(".json")}


def test_another_network_or_rule_and_a_damaged_file_are_halved_anew(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    halver = FakeHalver()
    made = halve(cache, PEOPLE, halver)
    put_network(cache, PEOPLE, b"another")
    assert halve(cache, PEOPLE, halver).read_bytes() == b"halved another"
    made.write_bytes(b"halved anothe~")
    halve(cache, PEOPLE, halver)
    made.with_suffix(".json").write_text("[]")
    halve(cache, PEOPLE, halver)
    monkeypatch.setattr("engines.halve.SCRIPTS", ("halve.py",))
    halve(cache, PEOPLE, halver)
    assert len(halver.floats) == 5
    assert made.read_bytes() == b"halved another"


def test_one_that_cannot_be_halved_leaves_the_cache_as_it_was(cache: Cache) -> None:
    halver, before = FakeHalver(), set(cache.root.rglob("*"))
    halver.failure = BoothError("no")
    with pytest.raises(BoothError, match="no"):
        halve(cache, PEOPLE, halver)
    assert set(cache.root.rglob("*")) == before


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=8))
def test_weights_become_the_nearest_in_half_precision_and_never_infinite(values: list[float]) -> None:
    wide = np.array(values, np.float32)
    halves = halves_of("filters", wide)
    near = np.clip(wide.astype(float), -65504, 65504)
    assert halves.dtype == np.float16
    assert (np.abs(halves - near) <= np.maximum(2.0**-25, np.abs(near) * 2.0**-11)).all()
    assert np.isfinite(halves).all()


def test_the_ends_of_half_precision() -> None:
    values = np.array([1e9, -1e9, 65519, 6e-5, 6e-8, 2e-8], np.float32)
    assert halves_of("w", values).tolist() == [LARGEST, -LARGEST, LARGEST, np.float16(6e-5), 2.0**-24, 0]
    for broken in (np.nan, np.inf):
        with pytest.raises(ValueError, match="w has weights that are no numbers"):
            halves_of("w", np.array([broken], np.float32))


def small_network() -> bytes:
    """`image` (N, 3, 4, 4) -> `mask` (N, 2, 8, 8) and `features` (N, 2, 1, 1), of operators of each kind."""
    filters = np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3, 1, 1)
    return network(
        [
            node("Conv", ["image", "filters", "bias"], ["raw"], "first"),
            node("Relu", ["raw"], ["bent"], "bend"),
            node("Softmax", ["bent"], ["shares"], "share", axis=1),
            node("Mul", ["shares", "weights"], ["weighted"], "weigh_shares"),
            node("Add", ["weighted", "bent"], ["joined"], "join"),
            node("Resize", ["joined", "", "scales"], ["mask"], "grow"),
            node("GlobalAveragePool", ["joined"], ["features"], "look"),
        ],
        [value("image", "float32", ["N", 3, 4, 4])],
        [value("mask", "float32", ["N", 2, 8, 8]), value("features", "float32", ["N", 2, 1, 1])],
        [
            constant("filters", filters), constant("bias", np.array([0.1, 0.2], np.float32)),
            constant("weights", np.full((1, 2, 1, 1), 1 / 3, np.float32)),
            constant("scales", np.array([1, 1, 2, 2], np.float32)),
        ],
    )  # fmt: skip


def halved(folder: Path, model: bytes, *floats: str) -> Path:
    source, target = folder / "small.onnx", folder / "half.onnx"
    source.write_bytes(model)
    run_halver(default_cache(), source, target, floats)
    return target


@pytest.fixture(scope="module")
def half(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small network in half precision."""
    return halved(tmp_path_factory.mktemp("half"), small_network())


def types(graph: Graph) -> dict[str, int]:
    """What each node gives, by the node's name."""
    known = types_of(graph)
    return {one.name: known[one.outputs[0]] for one in graph.nodes}


def test_inputs_and_outputs_stay_what_they_were(half: Path) -> None:
    before, after = read_graph(small_network()), read_graph(half.read_bytes())
    assert (after.inputs, after.outputs) == (before.inputs, before.outputs)


def test_weights_are_halved_and_the_scales_of_a_resize_are_not(half: Path) -> None:
    constants = read_graph(half.read_bytes()).constants
    assert constants == {"filters_half": HALF, "bias_half": HALF, "weights_half": HALF, "scales": FLOAT}


def test_nodes_compute_in_half_precision_but_sums(half: Path) -> None:
    found = types(read_graph(half.read_bytes()))
    assert {name for name, kind in found.items() if kind == HALF} >= {"first", "bend", "join", "grow", "look"}
    assert found["share"] == FLOAT
    assert sum(name.startswith("to_") for name in found) == 5


def test_named_nodes_stay_in_float32_by_pattern_too(tools: Path, tmp_path: Path) -> None:
    graph = read_graph(halved(tmp_path, small_network(), "weigh_*", "join", "grow", "look").read_bytes())
    found = types(graph)
    assert {found[name] for name in ("share", "weigh_shares", "join", "grow", "look")} == {FLOAT}
    assert {found["first"], found["bend"]} == {HALF}
    assert graph.constants["weights"] == FLOAT


def test_the_same_network_gives_the_same_bytes(half: Path, tmp_path: Path) -> None:
    assert halved(tmp_path, small_network()).read_bytes() == half.read_bytes()


def test_an_unknown_node_is_named(tools: Path, tmp_path: Path) -> None:
    with pytest.raises(
        BoothError, match=r"small.onnx: could not be made fp16 .*no layer is called twist\*; mend"
    ):
        halved(tmp_path, small_network(), "first", "twist*")


@pytest.mark.parametrize("version", ["10.16", "11.4"])
def test_a_plan_of_it_is_fp16_also_where_there_is_no_flag(half: Path, tmp_path: Path, version: str) -> None:
    trt = fake_tensorrt(version)
    assert built(trt, tmp_path, half.read_bytes(), "fp16", SHAPES)["precision"] == "fp16"


def answers(path: Path, images: NDArray[np.float32]) -> list[NDArray[Any]]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return list(session.run(["mask", "features"], {"image": images}))


def test_any_number_of_pictures_gives_nearly_the_same(half: Path, tools: Path) -> None:
    rounds, source = rounding(half, tools), half.with_name("small.onnx")
    for count in (0, 1, 3):
        images = np.random.default_rng(count).standard_normal((count, 3, 4, 4)).astype(np.float32)
        for true, found in zip(answers(source, images), answers(rounds, images), strict=True):
            assert found.shape == true.shape
            assert found == pytest.approx(true, abs=5e-3)
            assert not count or (found != true).any()


def test_what_is_too_large_for_half_precision_shows_in_the_rounding(half: Path, tools: Path) -> None:
    images = np.full((1, 3, 4, 4), 60000, np.float32)
    assert np.isfinite(answers(half.with_name("small.onnx"), images)[0]).all()
    assert not np.isfinite(answers(rounding(half, tools), images)[0]).all()
