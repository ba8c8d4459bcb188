"""The fakes have nothing that the real TensorRT lacks, and the booth uses nothing that a version lacks unasked."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.fakes_tensorrt import building, parsing, running
from tests.fakes_tensorrt.lacking import Lacking, removed
from tests.fakes_tensorrt.real import ALL, MEMBERS, VALUES, members_of, values_of
from tests.fakes_tensorrt.versions import VERSIONS, fake_tensorrt

ROOT = Path(__file__).parents[2]
FAKES: dict[str, type[Lacking]] = {
    "Builder": building.Builder,
    "IBuilderConfig": building.BuilderConfig,
    "ICudaEngine": running.Engine,
    "IExecutionContext": running.Context,
    "ILayer": parsing.Layer,
    "INetworkDefinition": parsing.Network,
    "IOptimizationProfile": building.Profile,
    "ITensor": parsing.Tensor,
    "ITimingCache": building.TimingCache,
    "OnnxParser": parsing.OnnxParser,
    "ParserError": parsing.ParserError,
    "Runtime": running.Runtime,
}
USERS: dict[str, dict[str, str]] = {
    "engines/builder.py": {
        "builder": "Builder",
        "config": "IBuilderConfig",
        "engine": "ICudaEngine",
        "cache": "ITimingCache",
    },
    "engines/network.py": {
        "builder": "Builder",
        "network": "INetworkDefinition",
        "parser": "OnnxParser",
        "fault": "ParserError",
        "tensor": "ITensor",
        "cast": "ITensor",
        "layer": "ILayer",
        "profile": "IOptimizationProfile",
    },
    "appliance/runtime/jetson/plan.py": {
        "_engine": "ICudaEngine",
        "_runtime": "Runtime",
        "context": "IExecutionContext",
    },
    "appliance/runtime/jetson/model.py": {"context": "IExecutionContext"},
}
"File -> the names that it gives to TensorRT's objects, and what these are."
ASKED_FOR = {"node_name", "node_operator", "device_memory_size", "device_memory_size_v2", "progress_monitor"}
"Used after a look whether they are there."


@pytest.mark.parametrize("version", VERSIONS)
def test_the_fakes_have_no_method_that_the_real_classes_lack(version: str) -> None:
    lacking = removed(fake_tensorrt(version))
    for name, fake in FAKES.items():
        # What is in its slots is the fake's own state, but for what the booth reads or sets of it.
        methods = {one for one in vars(fake) if one[0] != "_" and one not in fake.__slots__}
        shown = {one for one in fake.__slots__ if one in MEMBERS[name]}
        assert (methods | shown) - lacking <= members_of(version, name), name


@pytest.mark.parametrize("version", VERSIONS)
def test_the_fakes_have_no_value_that_the_real_enums_lack(version: str) -> None:
    trt = fake_tensorrt(version)
    for name in VALUES:
        assert set(getattr(trt, name).__members__) <= values_of(version, name), name
    assert hasattr(trt, "IProgressMonitor") == bool(members_of(version, "IProgressMonitor"))


@pytest.mark.parametrize("file", USERS)
def test_what_the_booth_uses_is_in_every_version_or_is_asked_for(file: str) -> None:
    kinds, used = USERS[file], set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and (kind := kinds.get(called(node.value))):
            used.add((kind, node.attr))
    assert {kind for kind, _ in used} == set(kinds.values())
    for kind, name in used:
        assert name in ASKED_FOR or MEMBERS[kind].get(name) == ALL, (kind, name)


def called(node: ast.expr) -> str:
    """The last name of an expression: of `self._engine` and `_engine` alike."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_the_real_module_of_this_machine_is_as_we_know_it() -> None:
    trt = real_tensorrt()
    version = max((one for one in VERSIONS if numbers(one) <= numbers(trt.__version__)), key=numbers)
    for kind, members in MEMBERS.items():
        assert {name for name in members if hasattr(getattr(trt, kind, None), name)} == members_of(
            version, kind
        )
    for kind, values in VALUES.items():
        there = set(getattr(trt, kind).__members__) & set(values)
        assert there == values_of(version, kind), kind
    assert "ignore_mismatch: bool" in trt.IBuilderConfig.set_timing_cache.__doc__  # by its name in builder.py


def numbers(version: str) -> tuple[int, ...]:
    """Of '10.13.3.9' 10 and 13."""
    return tuple(int(number) for number in version.split(".")[:2])


def real_tensorrt() -> Any:
    """NVIDIA's module, which needs no GPU to be looked at."""
    for name in ("tensorrt", "tensorrt_bindings"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return pytest.skip("NVIDIA's Python package of TensorRT does not load here")
