"""The checks that hold for every machine: each fault names the part and the cure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from appliance.artifacts import save_bank
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.checks import Advice, NotChecked
from appliance.runtime.choose import Wing, choose_wing, fitting_wing
from appliance.verbs import checks as parts
from appliance.verbs.apprentice import KEPT
from appliance.verbs.checks import (
    Machine,
    check_bank,
    check_camera,
    check_memory,
    check_networks,
    checks,
)
from appliance.verbs.doctor import FAILED, SKIPPED, find
from engines.active import Standing
from tests.cures import assert_it_helps
from tests.fakes import Deliver, FakeCamera, FakeClock
from tests.streets import random_bank

WING = choose_wing("cpu")


def settings(**keys: Any) -> Settings:
    return Settings.model_validate(keys)


def test_the_mark_of_a_jetson_chooses_its_wing_unless_another_is_wanted(tmp_path: Path) -> None:
    assert fitting_wing("auto", tmp_path) == "jetson"
    assert fitting_wing("auto", tmp_path / "absent") == "cpu"
    assert fitting_wing("cpu", tmp_path) == "cpu"
    assert fitting_wing("jetson", tmp_path / "absent") == "jetson"


def test_who_needs_a_wing_is_not_checked_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> None:
        raise BoothError("no GPU; set wing: cpu")

    monkeypatch.setattr(parts, "choose_wing", refuse)
    folders = {"state": tmp_path, "runtime": tmp_path}
    found = {part: find(part, check) for part, check in checks(settings(folders=folders), configured=True)}
    assert found["wing"].state == FAILED
    for part in ("networks", "memory", "camera", "bank"):
        assert found[part].state == SKIPPED
        assert "see wing" in found[part].detail


def test_a_jetsons_settings_on_a_pc_fail_with_a_cure_each() -> None:
    found = [find(part, check) for part, check in checks(settings(wing="jetson"), configured=False)]
    assert "jetpack" in {finding.part for finding in found if finding.state == FAILED}
    for finding in found:
        assert_it_helps(finding)


def test_a_machine_chooses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = []

    def choose(name: str) -> Wing:
        chosen.append(name)
        return WING

    monkeypatch.setattr(parts, "choose_wing", choose)
    machine = Machine(settings())
    assert machine.check() == "cpu"
    assert machine.wing is machine.wing
    assert chosen == ["auto"]


@pytest.mark.parametrize(
    ("source", "cure"),
    [
        ("csi:0", "reseat the ribbon cable"),
        ("rtsp://user:secret@cam/1", "check that its address opens"),
        ("v4l2:/dev/video0", "check cable and power"),
    ],
)
def test_a_silent_camera_gets_the_cure_of_its_kind(source: str, cure: str) -> None:
    camera = FakeCamera(FakeClock(), [])
    wing = replace(WING, camera=lambda _settings, live: camera)
    with pytest.raises(BoothError, match=rf"no frame in 10 s; .*{cure}") as caught:
        check_camera(settings(camera={"source": source}), wing)
    assert "secret" not in str(caught.value)
    assert camera.closed == 1


def test_a_camera_tells_the_way_of_its_frames() -> None:
    camera = FakeCamera(FakeClock(), [Deliver(1)], path="nvmm")
    wing = replace(WING, camera=lambda _settings, live: camera)
    assert check_camera(settings(camera={"source": "csi:0"}), wing) == "csi:0: 64x48, nvmm"


@pytest.mark.parametrize(("free_mb", "passes"), [(499.0, False), (500.0, True)])
def test_vision_needs_its_memory(free_mb: float, passes: bool) -> None:
    wing = replace(WING, sensors=lambda: SimpleNamespace(read=lambda: {"memory_free_mb": free_mb}))
    if passes:
        assert check_memory(wing) == "500 MB free"
    else:
        with pytest.raises(BoothError, match="499 MB free, vision needs 500; end other programs"):
            check_memory(wing)
    with pytest.raises(NotChecked):
        check_memory(replace(WING, sensors=lambda: SimpleNamespace(read=dict)))


def test_networks_are_told_by_their_files_and_why_no_faster_ones_run(monkeypatch: pytest.MonkeyPatch) -> None:
    standings = {"picodet-s": Standing(None, {"int8": "slower here"})}
    monkeypatch.setattr(
        parts, "network_files", lambda *_: [Path("/a/p.onnx"), Path("b.onnx"), Path("m.onnx")]
    )
    monkeypatch.setattr(parts, "read_standing", lambda _, network: standings.get(network.name, Standing()))
    assert check_networks(settings(), WING) == "p.onnx (int8 does not run: slower here), b.onnx, m.onnx"


def test_the_bank_is_the_one_that_vision_judges_by(tmp_path: Path) -> None:
    folders = {"state": tmp_path, "vision": tmp_path / "vision"}
    with pytest.raises(Advice, match=r"^learning: no bank yet"):
        check_bank(settings(folders=folders), WING)
    (tmp_path / "vision").mkdir()
    save_bank(random_bank(), tmp_path / "vision" / KEPT)
    assert "learned from 100 people" in check_bank(settings(folders=folders), WING)


def test_without_a_bank_and_without_learning_nobody_is_judged(tmp_path: Path) -> None:
    kept = settings(folders={"state": tmp_path}, novelty={"learning": False})
    with pytest.raises(BoothError, match=r"novelty\.bank is not set and learning is off.*booth learn"):
        check_bank(kept, WING)
