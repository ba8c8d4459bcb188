"""The checks that hold for every machine: each fault names the part and the cure."""

from __future__ import annotations

import re
from collections import namedtuple
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.checks import NotChecked
from appliance.runtime.choose import choose_wing, fitting_wing
from appliance.verbs import checks as parts
from appliance.verbs.checks import (
    Machine,
    check_bank,
    check_camera,
    check_folder,
    check_keys,
    check_memory,
    checks,
)
from appliance.verbs.doctor import ADVICE, FAILED, SKIPPED, find
from tests.fakes import Deliver, FakeCamera, FakeClock

WING = replace(choose_wing("cpu"))
Usage = namedtuple("Usage", "total used free")


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
    for part in ("memory", "camera", "bank"):
        assert found[part].state == SKIPPED
        assert "see wing" in found[part].detail


def test_a_jetsons_settings_on_a_pc_fail_with_a_cure_each() -> None:
    found = [find(part, check) for part, check in checks(settings(wing="jetson"), configured=False)]
    assert "jetpack" in {finding.part for finding in found if finding.state == FAILED}
    for finding in found:
        assert "\n" not in finding.detail
        if finding.state in (FAILED, ADVICE):
            assert re.search(r"[;:] ?\w+|apt-get install", finding.detail), finding


def test_a_machine_chooses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = []
    monkeypatch.setattr(parts, "choose_wing", lambda name: chosen.append(name) or WING)
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


def test_a_folder_is_made_and_must_have_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "MB free" in check_folder(tmp_path / "new", 0)
    (tmp_path / "file").touch()
    with pytest.raises(BoothError, match=r"file/under: .*; make it, or set XDG_CACHE_HOME"):
        check_folder(tmp_path / "file" / "under", 0, "XDG_CACHE_HOME")
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(0, 0, 1_999_000_000))
    with pytest.raises(BoothError, match="1999 MB free, 2000 are needed; delete"):
        check_folder(tmp_path, 2000)
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(BoothError, match="cannot be written; chown"):
        check_folder(tmp_path, 0)


def test_keys_are_needed_for_an_encrypted_broker_only(tmp_path: Path) -> None:
    with pytest.raises(NotChecked):
        check_keys(settings())
    key = tmp_path / "key.pem"
    uplink = {"broker": "mqtts://broker:8883", "ca_file": key, "cert_file": key, "key_file": None}
    with pytest.raises(BoothError, match=r"uplink\.ca_file: .*key\.pem cannot be read; provision"):
        check_keys(settings(uplink=uplink))
    key.touch()
    with pytest.raises(BoothError, match=r"uplink\.key_file: not set cannot be read"):
        check_keys(settings(uplink=uplink))


def test_without_a_bank_nobody_is_judged() -> None:
    with pytest.raises(BoothError, match=r"novelty\.bank is not set.*booth learn"):
        check_bank(settings(), WING)
