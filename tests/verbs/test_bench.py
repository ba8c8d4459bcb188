"""`booth bench`: its keys are a contract, and on a Jetson the paper stands beside what was measured."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from appliance.app import Eyes
from appliance.budget.load import Load
from appliance.config import Settings
from appliance.records import Frame
from appliance.runtime.choose import cpu_wing
from appliance.runtime.cpu.sensors import CpuSensors
from appliance.runtime.jetson.sensors import JetsonSensors
from appliance.verbs import bench as verb
from appliance.verbs.bench import Bench, bench, machine, rows_of, stages_table
from appliance.verbs.budget import paper_ms
from appliance.vision.novelty import Judge
from appliance.vision.pipeline import Step
from appliance.vision.stopwatch import Stopwatch
from tests.fakes import Deliver, End, FakeCamera, FakeClock, FakePipeline
from tests.runtime.jetson import boards
from tests.streets import random_bank

KEYS = {"frames_per_second", "detector_share", "stages_ms", "peak_rss_mb", "knn", "wing", "machine"}
"As the design names them."
STAGES = {"camera": 1.0, "letterbox": 0.5, "detector": 4.0, "tracker": 0.7, "novelty": 0.3}


def result(wing: str) -> Bench:
    return Bench(
        100.0, 0.6, STAGES, 300.0, {"ms": 2.0, "product_ms": 1.0, "of_product": 0.5}, wing, "A Board"
    )


def printed(table: Any) -> str:
    console = Console(width=120)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def test_the_keys_are_those_of_the_design() -> None:
    assert {field.name for field in fields(Bench)} == KEYS


def told_by(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wing: str, **how: bool
) -> str:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(verb, "measure", lambda _settings: (result(wing), Load()))
    bench(Settings(), **how)
    return capsys.readouterr().out


@pytest.mark.parametrize("wing", ["cpu", "jetson"])
def test_programs_get_these_keys_on_every_wing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wing: str
) -> None:
    assert set(json.loads(told_by(monkeypatch, capsys, wing, as_json=True))) == KEYS


def test_the_paper_stands_beside_what_a_jetson_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "paper ms" in told_by(monkeypatch, capsys, "jetson", as_json=False)
    assert "paper ms" not in told_by(monkeypatch, capsys, "cpu", as_json=False)


def test_each_measured_stage_has_its_paper_or_a_dash() -> None:
    paper = paper_ms(Load(), Settings().garments)
    lines = printed(stages_table(result("jetson"), "street", paper)).splitlines()
    cells = [[cell.strip() for cell in line.split("│")] for line in lines if "│" in line]
    beside = {row[1]: row[4] for row in cells}
    assert set(beside) == set(STAGES)
    assert beside["tracker"] == "-"
    assert beside["detector"] == f"{paper['detector']:.2f}"


def test_a_board_is_told_with_its_power_mode(tmp_path: Path) -> None:
    told = machine(JetsonSensors(boards.orin_nano(tmp_path)))
    assert told.startswith("NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super, 25W, ")
    assert " cores, " in machine(CpuSensors(tmp_path / "nothing"))


def test_the_rows_of_a_bank_are_those_of_its_longest_table() -> None:
    bank = random_bank()
    judge = Judge(bank, 1, cpu_wing().neighbours)
    assert rows_of(judge) == max(len(one.prototypes) for one in bank.measures.values()) > 0
    assert rows_of(None) == 0


class Timed(FakePipeline):
    """A pipeline whose every stage takes a millisecond."""

    def __init__(self) -> None:
        super().__init__()
        self.stopwatch = Stopwatch()

    def step(self, seen: Frame) -> Step:
        for stage in ("letterbox", "detector"):
            self.stopwatch.seconds[stage] += 0.001
        return super().step(seen)


def test_what_was_asked_of_the_machine_is_told_with_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = FakeCamera(FakeClock(0.0), [Deliver(30), End()])
    monkeypatch.setattr("appliance.verbs.playback.open_camera", lambda *_, live: camera)
    monkeypatch.setattr("appliance.verbs.playback.make_pipeline", lambda *_: Timed())
    monkeypatch.setattr(verb, "load_eyes", lambda _: cast(Eyes, SimpleNamespace(wing=cpu_wing())))
    monkeypatch.setattr(verb, "measure_neighbours", lambda _: {})
    found, load = verb.measure(Settings.model_validate({"detector": {"width": 320, "height": 192}}))
    assert (load.size, load.detector, load.bank_rows) == ((64, 48), (320, 192), 0)
    assert load.people == 1
    assert (found.stages_ms["letterbox"], found.stages_ms["detector"]) == (1.0, 1.0)
