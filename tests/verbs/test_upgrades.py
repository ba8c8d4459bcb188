"""TensorRT or the GPU changes between two starts: plans are built anew, and the old ones go out of use."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.app import networks_of
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.choose import wing_on
from appliance.runtime.jetson.gpu import Gpu
from appliance.verbs.figures import Figures
from appliance.verbs.preparation import prepare_engines
from engines.active import Network, active_plan
from engines.cache import Cache, default_cache
from engines.plans import Machine
from engines.workshop import Verdict, Workshop
from tests.engines.builders import put_network
from tests.engines.plan_orders import ANY_BATCH, ORIN, FakeTensorRT
from tests.fakes_tensorrt.onnx_file import linear_network
from tests.fakes_tensorrt.versions import VERSIONS, fake_tensorrt
from tests.runtime.jetson.shim.build import compiler
from tests.runtime.jetson.shim.driver import ShimDriver

SETTINGS = Settings.model_validate({"engines": {"workspace_mb": 64}})


class Board:
    """A Jetson that is upgraded: each start finds the TensorRT and the GPU that it has now."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.vitals: list[dict[str, Any]] = []
        self.tensorrt = FakeTensorRT(monkeypatch, folder / "log")
        self._patch = monkeypatch
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
        monkeypatch.setattr("engines.workshop.judge", passed)
        monkeypatch.setattr("engines.plan_workshop.shape_of", lambda network: ANY_BATCH)
        monkeypatch.setattr(
            "appliance.verbs.figures.write_vitals", lambda *told: self.vitals.append(dict(told[2]))
        )
        self.cache = default_cache()
        for network in self.networks:
            put_network(self.cache, network, linear_network())
        self.be("10.3")

    @property
    def networks(self) -> tuple[Network, ...]:
        return networks_of(SETTINGS, "planar")

    def be(self, version: str, fault: str = "", **parts: Any) -> None:
        """Be this from now on; `fault` befalls those who build."""
        machine: Machine = replace(ORIN, tensorrt=VERSIONS[version], **parts)
        self._patch.setattr("appliance.verbs.engines.read_machine", lambda: machine)
        self._patch.setitem(sys.modules, "tensorrt", fake_tensorrt(version))
        self.tensorrt.be(version, fault)

    def start(self) -> str:
        """Get the engines ready as vision does; what is told of them."""
        self.vitals.clear()
        wing = wing_on(Gpu(ShimDriver()))
        return prepare_engines(SETTINGS, wing, Figures(Path()), threading.Event())

    def plans(self) -> set[str]:
        return {active_plan(self.cache, network).name for network in self.networks}

    def quarantined(self) -> set[str]:
        return {path.name for path in (self.cache.plans / "quarantine").glob("*.plan")}


def passed(
    cache: Cache, workshop: Workshop, network: Network, candidate: Path, shown: Any, pulse: Any
) -> Verdict:
    """A comparison that every plan passes which loads."""
    workshop.open(network, candidate)
    return Verdict(network, workshop.precision, True, "passed")


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    if compiler() is None:
        pytest.skip("g++ is not installed: the kernels cannot run behind the shim")
    monkeypatch.setattr("appliance.verbs.preparation.shown_once", lambda *_: Shown)
    return Board(tmp_path, monkeypatch)


class Shown:
    """Pictures that nobody looks at."""

    def part(self, number: int) -> Shown:
        return self


def test_a_start_with_the_same_machine_builds_nothing(board: Board) -> None:
    assert board.start() == ""
    plans, builds = board.plans(), len(board.tensorrt.builds())
    assert builds == len(plans) == 3
    assert board.start() == ""
    assert len(board.tensorrt.builds()) == builds
    assert board.plans() == plans
    assert not board.quarantined()
    assert not any("building" in vitals.get("reason", "") for vitals in board.vitals)


@pytest.mark.parametrize(
    ("version", "parts"), [("10.16", {}), ("10.3", {"gpu": "Thor", "compute_capability": "11.0"})]
)
def test_an_upgrade_builds_anew_and_puts_the_old_plans_into_quarantine(
    board: Board, version: str, parts: dict[str, str]
) -> None:
    board.start()
    old = board.plans()
    board.be(version, **parts)
    assert board.start() == ""
    assert not board.plans() & old
    assert board.quarantined() == old
    reasons = [vitals["reason"] for vitals in board.vitals]
    assert {vitals["state"] for vitals in board.vitals} == {"starting"}
    assert all(reason.startswith("building engines, ") and reason.endswith(" %") for reason in reasons)
    assert len(set(reasons)) > 3


def test_plans_that_cannot_be_built_anew_are_no_last_good_ones(board: Board) -> None:
    board.start()
    old = board.plans()
    board.be("10.16", fault="none")
    with pytest.raises(BoothError, match=r"has no engine that may run \(.*Could not find any implementation"):
        board.start()
    assert len(board.quarantined() & old) == 1
    board.be("10.16")
    assert board.start() == ""
    assert not board.plans() & old


def test_a_rebuilt_engine_tells_another_machine_in_its_pointer(board: Board) -> None:
    board.start()
    board.be("10.16")
    board.start()
    pointers = [json.loads(path.read_text()) for path in board.cache.models.glob("*.active.json")]
    assert {pointer["active"]["machine"] for pointer in pointers} == {f"Orin, TensorRT {VERSIONS['10.16']}"}
