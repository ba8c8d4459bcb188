"""`booth engines`: one line a network, an exit code that means something, and a list of what runs and why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from appliance.__main__ import app
from appliance.app import networks_of
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.choose import Wing, cpu_wing
from appliance.verbs import engines as verbs
from engines.active import INT8, Network, activate, read_standing
from engines.cache import Cache
from engines.limits import APPEARANCE, BODY, DETECTOR
from engines.pace import Pace
from engines.pictures import Shown
from engines.plans import Machine
from engines.verify import Runner
from engines.workshop import Workshop
from tests.engines.builders import active_of, put_network
from tests.engines.test_verify import PEOPLE, body, detector, looks, masks, pictures

GOOD: dict[str, Runner] = {
    "picodet-s": detector(PEOPLE, [0.9, 0.8, 0.5]),
    "blazepose": body(),
    "mobilenet-v2": looks(),
}
SHOWN = Shown(dict.fromkeys((DETECTOR, BODY, APPEARANCE), pictures(16)), masks(16))
FAST, SLOW = Pace(20, 10, 20, 10), Pace(10, 20, 10, 20)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """Return a cache with the booth's networks, all of which answer as the fakes do."""
    cache = Cache(tmp_path / "booth")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for layout in ("packed", "planar"):
        for network in networks_of(Settings(), layout):
            put_network(cache, network, network.stem.encode())
    monkeypatch.setattr("appliance.verbs.engines.shown_once", lambda *_: lambda: SHOWN)
    for where in ("engines.workshop", "appliance.verbs.engines"):
        monkeypatch.setattr(f"{where}.reference_of", lambda cache, network: GOOD[network.name])
    return cache


def offer(monkeypatch: pytest.MonkeyPatch, candidates: dict[str, Runner], pace: Pace = FAST) -> None:
    """Let the CPU's workshop make candidates that answer like these; a missing one cannot be made."""

    def workshop(cache: Cache, scales: Any) -> Workshop:
        def make(network: Network, progress: Any) -> Path:
            if network.name not in candidates:
                raise BoothError("pip could not install it")
            path = cache.models / f"{network.stem}-int8-x.onnx"
            path.write_bytes(b"eight bits")
            return path

        return Workshop("packed", INT8, "here", make, lambda network, _: candidates[network.name], True)

    monkeypatch.setattr("appliance.verbs.engines.cpu_workshop", workshop)
    monkeypatch.setattr("appliance.verbs.engines.open_onnx", lambda network, _: candidates[network.name])
    monkeypatch.setattr("engines.workshop.measure_pace", lambda *_: pace)


def booth(*words: str) -> tuple[int, str]:
    run = CliRunner().invoke(app, ["engines", *words], catch_exceptions=False)
    return run.exit_code, run.stdout


def test_what_passes_and_is_faster_runs(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, GOOD)
    code, said = booth("build")
    assert code == 0
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "picodet-s 640x384 int8 runs",
        "blazepose 256x256 int8 runs",
        "mobilenet-v2 128x256 int8 runs",
    ]


def test_what_is_slower_does_not_run_and_is_no_failure(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, GOOD, SLOW)
    code, said = booth("build", "--json")
    assert code == 0
    assert [(row["runs"], row["ratio"]) for row in json.loads(said)] == [(False, 0.5)] * 3


@pytest.mark.parametrize("worse", [{"blazepose": body(columns=10)}, {}])
def test_what_fails_is_told_by_the_exit_code(
    cache: Cache, monkeypatch: pytest.MonkeyPatch, worse: dict[str, Runner]
) -> None:
    others = {name: runner for name, runner in GOOD.items() if name != "blazepose"}
    offer(monkeypatch, {**others, **worse})
    code, said = booth("build")
    assert code == 1
    assert "blazepose 256x256 int8 does not run: " in said
    assert read_standing(cache, Network("blazepose", (256, 256))).active is None


def test_the_list_says_what_runs_and_why_not(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.verbs.engines.onnx_machine", lambda: "here")
    offer(monkeypatch, {"picodet-s": GOOD["picodet-s"], "blazepose": body(columns=10)})
    booth("build")
    code, said = booth("list", "--json")
    rows = {(row["name"], row["size"], row["layout"], row["precision"]): row for row in json.loads(said)}
    assert code == 0
    assert rows["picodet-s", "640x384", "packed", "int8"]["runs"]
    assert not rows["picodet-s", "640x384", "packed", "fp32"]["runs"]
    refused = rows["blazepose", "256x256", "packed", "int8"]
    assert (refused["state"], refused["runs"]) == ("refused", False)
    assert "mask_iou 0.500" in refused["why"]
    assert rows["blazepose", "256x256", "packed", "fp32"]["runs"]
    assert "mobilenet-v2" in booth("list")[1]


def test_verify_compares_what_runs_again(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, GOOD)
    code, said = booth("verify")
    assert (code, said.count("there is nothing to compare with")) == (0, 3)
    booth("build")
    assert booth("verify")[0] == 0
    offer(monkeypatch, {**GOOD, "blazepose": body(columns=10)})
    code, said = booth("verify", "--json")
    assert code == 1
    assert [row["report"]["passed"] for row in json.loads(said)] == [True, False, True]


def test_verify_names_what_is_damaged(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, GOOD)
    booth("build")
    (cache.models / "blazepose-256x256-int8-x.onnx").write_bytes(b"eight bitz")
    code, said = booth("verify")
    assert code == 1
    assert "blazepose-256x256-int8-x.onnx is damaged" in said


def test_a_wing_of_plans_is_verified_on_planes(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network("blazepose", (256, 256), "planar")
    plan = cache.root / "body.plan"
    plan.write_bytes(b"plan")
    activate(cache, network, active_of(cache, network, plan, precision="fp16"))
    opened = []

    def open_plan(path: Path) -> Runner:
        opened.append(path)
        return body()

    wing = replace(cpu_wing(), open_plan=open_plan)
    verdict = verbs.compared(cache, wing, network, lambda: SHOWN)
    assert (verdict.runs, verdict.precision, opened) == (True, "fp16", [plan])
    assert not verbs.compared(
        cache, wing, replace(network, name="mobilenet-v2", size=(128, 256)), no_show
    ).runs


def no_show() -> Shown:
    raise AssertionError("nothing is to be shown")


def test_each_wing_gets_its_workshop(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine("10.3.0", "8.7", 8, "36.4.3", "Orin")
    monkeypatch.setattr("appliance.verbs.engines.read_machine", lambda: machine)
    plain: Wing = cpu_wing()
    plans = replace(plain, open_plan=lambda path: body())
    shops = [verbs.workshop_of(cache, Settings(), wing, no_show) for wing in (plain, plans)]
    assert [(shop.layout, shop.precision, shop.must_be_faster) for shop in shops] == [
        ("packed", "int8", True),
        ("planar", "fp16", False),
    ]


def test_without_a_sample_street_painted_people_are_shown(tmp_path: Path) -> None:
    frame = next(iter(verbs.frames_of(Cache(tmp_path), None)))
    assert frame.width > frame.height > 300


def test_a_network_that_is_converted_already_is_left_alone(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = booth("convert", "blazepose", "--layout", "planar")
    assert code == 0
    assert said == f"blazepose is ready, planar, in {cache.root}\n"


def test_an_unknown_network_is_named() -> None:
    with pytest.raises(BoothError, match="no network is called 'yolo'"):
        booth("fetch", "yolo")
