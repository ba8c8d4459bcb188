"""The booth's networks in half precision: as good as in float32 on the sample street, and what TensorRT 11 can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.app import networks_of
from appliance.config import Settings
from engines.active import Network, onnx_file
from engines.cache import default_cache
from engines.converter import run_converter
from engines.entries import read_manifest
from engines.halve import run_halver
from engines.layouts import PLANAR
from engines.pictures import Shown, show, street_frames
from engines.plan_workshop import shape_of
from engines.plans import PlanOrder
from engines.verify import verify
from engines.workshop import open_onnx, reference_of, role_of
from tests.engines import test_planar
from tests.engines.plan_orders import built
from tests.engines.rounder import rounding
from tests.fakes_tensorrt.onnx_file import TYPES, read_graph
from tests.fakes_tensorrt.versions import fake_tensorrt

CACHE = default_cache()
SETTINGS = Settings.model_validate({"engines": {"precision": "fp32"}})
FRAMES = 12

pytestmark = test_planar.pytestmark


@pytest.fixture(scope="module")
def shown(street_video: Path) -> Shown:
    """What the networks see of the sample street."""
    people, body, _ = (onnx_file(CACHE, network) for network in networks_of(SETTINGS))
    return show(SETTINGS, (people, body), street_frames(str(street_video), live=False, count=FRAMES))


@pytest.fixture(scope="module", params=networks_of(SETTINGS, PLANAR), ids=lambda network: network.name)
def half(
    request: pytest.FixtureRequest, tools: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Network, Path]:
    """A network and its planar file in half precision, made afresh; `tools` so that it is skipped without."""
    network, folder = request.param, tmp_path_factory.mktemp("half")
    model = read_manifest().model(network.name)
    source, target = folder / "planar.onnx", folder / "half.onnx"
    run_converter(CACHE, model, {network.size: source}, PLANAR)
    run_halver(CACHE, source, target, model.float_nodes)
    return network, target


def test_rounding_to_half_precision_changes_nothing_that_matters(
    half: tuple[Network, Path], shown: Shown, tools: Path
) -> None:
    network, path = half
    role = role_of(network.name)
    candidate = open_onnx(network, rounding(path, tools))
    report = verify(role, reference_of(CACHE, network), candidate, shown.pictures[role], shown.masks)
    assert report.passed, report.line


def test_nearly_all_weights_are_halves(half: tuple[Network, Path]) -> None:
    network, path = half
    full = onnx_file(CACHE, Network(network.name, network.size)).stat().st_size
    assert path.stat().st_size < 0.55 * full


def test_a_plan_of_it_is_fp16_where_the_file_says_the_types(
    half: tuple[Network, Path], tmp_path: Path
) -> None:
    network, path = half
    order = PlanOrder(network.stem, path, "", "fp16", {"image": shape_of(network)})
    said = built(fake_tensorrt("11.4"), tmp_path, path.read_bytes(), "fp16", order.profiles())
    assert said["precision"] == "fp16"


def test_what_goes_in_and_out_stays_in_float32(half: tuple[Network, Path]) -> None:
    graph = read_graph(half[1].read_bytes())
    assert {value.dtype for value in (*graph.inputs, *graph.outputs)} == {TYPES["float32"]}
