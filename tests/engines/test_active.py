"""Which file runs: the network itself until something has passed, and the last good one from then on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.app import engine_of, network_files, networks_of
from appliance.config import Settings
from appliance.errors import BoothError
from engines.active import (
    AUTO,
    FP16,
    FP32,
    INT8,
    Network,
    Standing,
    activate,
    active_file,
    active_plan,
    pointer_path,
    read_standing,
    refuse,
)
from engines.cache import Cache
from tests.engines.builders import active_of, put_network

BODY = Network("blazepose", (256, 256))
PLAN = Network("blazepose", (256, 256), "planar")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path / "booth")
    put_network(cache, BODY, b"float")
    put_network(cache, PLAN, b"planes")
    return cache


@pytest.fixture
def candidate(cache: Cache) -> Path:
    """Return a candidate that has passed and is active."""
    path = cache.models / "blazepose-256x256-int8-abc.onnx"
    path.write_bytes(b"eight bits")
    activate(cache, BODY, active_of(cache, BODY, path))
    return path


def plain(cache: Cache) -> Path:
    return cache.models / "blazepose-256x256.onnx"


@pytest.mark.parametrize("precision", [AUTO, FP32])
def test_without_a_pointer_the_network_itself_runs(cache: Cache, precision: str) -> None:
    assert active_file(cache, BODY, precision, "here") == plain(cache)


def test_what_is_active_runs_unless_float_is_wanted(cache: Cache, candidate: Path) -> None:
    assert active_file(cache, BODY, AUTO, "here") == active_file(cache, BODY, INT8, "here") == candidate
    assert active_file(cache, BODY, FP32, "here") == plain(cache)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"active": 3, "refused": {}}', '{"active": {"file": 1}}']
)
def test_a_torn_pointer_counts_as_none(cache: Cache, candidate: Path, text: str) -> None:
    pointer_path(cache, BODY).write_text(text)
    assert read_standing(cache, BODY) == Standing()
    assert active_file(cache, BODY, AUTO, "here") == plain(cache)


def test_a_file_that_no_longer_fits_is_passed_over_and_named(cache: Cache, candidate: Path) -> None:
    def why(machine: str = "here") -> str:
        assert active_file(cache, BODY, AUTO, machine) == plain(cache)
        with pytest.raises(
            BoothError, match=r"256x256 cannot run in int8 .*run: booth engines build"
        ) as told:
            active_file(cache, BODY, INT8, machine)
        return str(told.value)

    assert "another machine (here)" in why("there")
    put_network(cache, BODY, b"float, second edition")
    assert "another version" in why()
    put_network(cache, BODY, b"float")
    candidate.write_bytes(b"eight bitz")
    assert "damaged" in why()
    candidate.unlink()
    assert "gone" in why()


def test_a_refused_candidate_leaves_what_runs_and_says_why(cache: Cache, candidate: Path) -> None:
    refuse(cache, BODY, INT8, "it lost a person")
    standing = read_standing(cache, BODY)
    assert standing.active is not None
    assert standing.refused == {"int8": "it lost a person"}
    assert active_file(cache, BODY, AUTO, "here") == candidate


def test_a_candidate_that_passes_later_is_no_longer_refused(cache: Cache) -> None:
    refuse(cache, BODY, INT8, "it lost a person")
    refuse(cache, BODY, FP16, "no plan")
    with pytest.raises(BoothError, match="it lost a person"):
        active_file(cache, BODY, INT8, "here")
    path = cache.models / "x.onnx"
    path.write_bytes(b"eight bits")
    activate(cache, BODY, active_of(cache, BODY, path))
    assert read_standing(cache, BODY).refused == {"fp16": "no plan"}


def test_a_precision_that_a_cpu_has_not_is_refused_with_the_cure(cache: Cache, candidate: Path) -> None:
    with pytest.raises(
        BoothError, match=r"cannot run in fp16 \(none was built\); set engines\.precision: auto"
    ):
        active_file(cache, BODY, FP16, "here")


def test_layouts_have_pointers_of_their_own(cache: Cache, candidate: Path) -> None:
    assert read_standing(cache, PLAN) == Standing()


def test_a_wing_of_plans_runs_the_last_good_one_of_any_precision(cache: Cache) -> None:
    with pytest.raises(BoothError, match=r"has no plan \(none was built\); run: booth engines build"):
        active_plan(cache, PLAN)
    refuse(cache, PLAN, FP16, "out of memory")
    with pytest.raises(BoothError, match=r"has no plan \(fp16: out of memory\)"):
        active_plan(cache, PLAN)
    plan = cache.models / "body.plan"
    plan.write_bytes(b"plan")
    activate(cache, PLAN, active_of(cache, PLAN, plan, precision=FP16))
    refuse(cache, PLAN, INT8, "it lost a person")
    assert active_plan(cache, PLAN) == plan
    plan.unlink()
    with pytest.raises(BoothError, match="gone"):
        active_plan(cache, PLAN)


@given(st.dictionaries(st.sampled_from(["int8", "fp16"]), st.text(max_size=50)))
def test_reasons_read_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, refused: dict[str, str]
) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    for precision, why in refused.items():
        refuse(cache, BODY, precision, why)
    assert read_standing(cache, BODY).refused == refused
    assert not list(cache.models.glob("*.new"))


def test_the_booth_runs_what_is_active_and_its_engine_tells(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.root.parent))
    monkeypatch.setattr("appliance.app.onnx_machine", lambda: "here")
    for network in networks_of(Settings()):
        put_network(cache, network, network.stem.encode())
    before = network_files(Settings())
    path = cache.models / "eight.onnx"
    path.write_bytes(b"eight bits")
    activate(cache, BODY, active_of(cache, BODY, path))
    after = network_files(Settings())
    assert after == (before[0], path, before[2])
    assert engine_of(after) != engine_of(before)
    assert network_files(Settings.model_validate({"engines": {"precision": "fp32"}})) == before
