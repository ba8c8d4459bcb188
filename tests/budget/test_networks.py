"""The networks' costs are those of the files in the cache: counted again, by the script that counted them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from appliance.budget.networks import BLAZEPOSE, MOBILENET, PICODET, Network
from engines.cache import default_cache
from engines.entries import read_manifest
from engines.manifest import is_ready, model_file
from engines.recipe import CONVERTER_PACKAGES
from engines.tools import tools_name

TOOLS = default_cache().tools / tools_name(CONVERTER_PACKAGES)
SMALLER = (640, 384)
COUNTED = {"picodet-s": PICODET, "blazepose": BLAZEPOSE, "mobilenet-v2": MOBILENET}

pytestmark = pytest.mark.skipif(
    not TOOLS.is_dir() or not is_ready(default_cache(), read_manifest().model("picodet-s")),
    reason="the networks are not in the cache; run: make setup",
)


def run_in_tools(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Python on the converter's packages."""
    places = os.pathsep.join([str(TOOLS), str(Path(__file__).parents[2])])
    command, environment = [sys.executable, "-S", *words], {**os.environ, "PYTHONPATH": places}
    return subprocess.run(command, env=environment, cwd=TOOLS, check=check, capture_output=True, text=True)


@pytest.fixture(scope="module")
def counts() -> dict[str, dict[str, Any]]:
    """File -> what engines/operations.py counts in it."""
    files = [model_file(name, network.size) for name, network in COUNTED.items()]
    files.append(model_file("picodet-s", SMALLER))
    done = run_in_tools("-m", "engines.operations", *map(str, files))
    return {values["name"]: values for values in map(json.loads, done.stdout.splitlines())}


def network_of(values: dict[str, Any]) -> Network:
    _, height, width, _ = values["input"]
    moved = values["values_read"] + values["values_written"]
    return Network((width, height), values["macs"], moved, values["parameters"])


@pytest.mark.parametrize("name", COUNTED)
def test_the_figures_are_those_of_the_file(counts: dict[str, dict[str, Any]], name: str) -> None:
    width, height = COUNTED[name].size
    assert network_of(counts[f"{name}-{width}x{height}"]) == COUNTED[name]


def test_the_detector_costs_by_its_pixels(counts: dict[str, dict[str, Any]]) -> None:
    counted, scaled = network_of(counts["picodet-s-640x384"]), PICODET.at(SMALLER)
    assert scaled.macs == pytest.approx(counted.macs, rel=0.005)
    assert scaled.values == pytest.approx(counted.values, rel=0.005)


def test_mobilenet_costs_what_its_paper_says() -> None:
    """Table 4 of "MobileNetV2" (Sandler et al. 2018): 300 million multiply-adds at 224x224."""
    assert MOBILENET.at((224, 224)).macs == pytest.approx(300e6, rel=0.01)


def test_a_network_with_weights_that_are_not_counted_is_refused(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from onnx import TensorProto, helper, save
from engines.operations import operations
a, b, c = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 2]) for name in "abc")
graph = helper.make_graph([helper.make_node("MatMul", ["a", "b"], ["c"])], "g", [a, b], [c])
save(helper.make_model(graph), {str(tmp_path / "net.onnx")!r})
operations(Path({str(tmp_path / "net.onnx")!r}))
"""
    done = run_in_tools("-c", script, check=False)
    assert "net.onnx has MatMul, which are not counted" in done.stderr
