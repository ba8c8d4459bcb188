"""The vision process at its start: what is missing is a state, one line and exit code 1."""

from __future__ import annotations

import json
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from appliance.__main__ import main
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.vitals import read_vitals
from appliance.runtime.choose import choose_wing
from appliance.runtime.jetson import pycuda_driver
from appliance.verbs.vision import run_vision
from tests.runtime.jetson.fakes.pycuda import FakePycuda


@pytest.fixture
def jetson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePycuda:
    """A machine that is a Jetson by its mark, with kernels, whose device does not open."""
    mark, cuda = tmp_path / "nv_tegra_release", FakePycuda(broken="init")
    mark.touch()
    monkeypatch.setattr("appliance.verbs.vision.choose_wing", partial(choose_wing, jetson_mark=mark))
    monkeypatch.setattr(pycuda_driver, "fatbin_path", lambda: mark)
    monkeypatch.setattr(pycuda_driver, "load_pycuda", lambda: cuda)
    return cuda


def settings_of(folder: Path, wing: str) -> Settings:
    return Settings.model_validate({"wing": wing, "folders": {"state": folder, "runtime": folder / "run"}})


@pytest.mark.parametrize("wing", ["auto", "jetson"])
def test_a_jetson_whose_device_does_not_open_says_so_and_does_not_look_with_its_cpu(
    jetson: FakePycuda, tmp_path: Path, wing: str
) -> None:
    with pytest.raises(BoothError, match=r"no CUDA device can be used .*set wing: cpu") as raised:
        run_vision(settings_of(tmp_path, wing), threading.Event())
    assert jetson.log == ["init"]
    told = read_vitals(tmp_path / "run", "vision")
    assert told is not None
    assert told["state"] == "failed"
    assert told["reason"] == told["inference"] == str(raised.value)


def test_without_kernels_the_state_names_the_command_that_makes_them(
    jetson: FakePycuda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pycuda_driver, "fatbin_path", lambda: tmp_path / "none")
    with pytest.raises(BoothError):
        run_vision(settings_of(tmp_path, "auto"), threading.Event())
    told = read_vitals(tmp_path / "run", "vision")
    assert told is not None
    assert "make kernels" in told["inference"]
    assert not jetson.log


@pytest.mark.usefixtures("jetson")
def test_the_process_ends_with_one_line_and_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "booth.yaml"
    settings = settings_of(tmp_path, "auto").model_dump(mode="json", include={"wing", "folders"})
    file.write_text(json.dumps({**settings, "camera": {"source": "test:"}}))
    monkeypatch.setattr(sys, "argv", ["booth", "run", "vision", "--config", str(file)])
    monkeypatch.setattr("appliance.verbs.run.signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("booth: no CUDA device can be used (init failed: ")


def test_a_start_after_a_failed_one_knows_nothing_of_it(
    jetson: FakePycuda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, stop = settings_of(tmp_path, "auto"), threading.Event()
    with pytest.raises(BoothError):
        run_vision(settings, stop)
    stop.set()
    run_vision(settings.model_copy(update={"wing": "cpu"}), stop)
    told = json.dumps(read_vitals(tmp_path / "run", "vision"))
    assert '"stopped"' in told
    assert "CUDA" not in told
