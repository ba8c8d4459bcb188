"""`booth units`: writes, checks, and says what only people can mend; doctor tells what is missing and stale."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.machine.nodes import Machine
from appliance.machine.units import file_of
from appliance.runtime.checks import NotChecked
from appliance.verbs.units import check_nodes, check_units, fit_units
from tests.machine.builders import R36, machine, orin

CSI = Settings.model_validate({"camera": {"source": "csi:0"}})


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "booth.yaml"
    file.write_text("camera: {source: 'csi:0'}\n")
    return file


def test_units_are_fitted_and_then_not_stale(config: Path, tmp_path: Path) -> None:
    root = orin(tmp_path / "root")
    assert fit_units(config, root, check=True) == 1
    assert not file_of("vision", root).exists()
    assert fit_units(config, root, check=False) == 0
    assert fit_units(config, root, check=True) == 0
    assert "DeviceAllow=/dev/nvmap rw" in file_of("vision", root).read_text()


def test_a_machine_that_has_changed_makes_the_units_stale(config: Path, tmp_path: Path) -> None:
    root = orin(tmp_path / "root")
    fit_units(config, root, check=False)
    (root / "dev/capture-vi-channel2").touch()
    assert fit_units(config, root, check=True) == 1


def test_without_settings_there_is_nothing_to_fit_yet(tmp_path: Path) -> None:
    assert fit_units(tmp_path / "booth.yaml", tmp_path / "root", check=False) == 0
    assert not (tmp_path / "root").exists()


def test_a_cameras_password_in_the_shared_settings_is_told_and_not_quoted(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("camera: {source: 'rtsp://admin:geheim@10.0.0.5/main'}\n")
    fit_units(config, tmp_path / "root", check=False)
    told = capsys.readouterr().err
    assert "the uplink can read this password" in told
    assert "geheim" not in told + file_of("vision", tmp_path / "root").read_text()


def test_doctor_names_the_nodes_that_a_jetson_lacks(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match="/dev/nvmap, /dev/dri/renderD"):
        check_nodes(CSI, Machine(machine(tmp_path / "bare", R36)))
    assert check_nodes(CSI, Machine(orin(tmp_path / "whole"))).startswith("R36: ")
    with pytest.raises(NotChecked):
        check_nodes(CSI, Machine(machine(tmp_path / "desk", None)))


def test_doctor_tells_of_stale_units_where_they_are_installed(config: Path, tmp_path: Path) -> None:
    root = orin(tmp_path / "root")
    with pytest.raises(NotChecked):
        check_units(CSI, root)
    unit = root / "lib/systemd/system/booth-vision.service"
    unit.parent.mkdir(parents=True)
    unit.touch()
    with pytest.raises(BoothError, match="stale; sudo booth units"):
        check_units(CSI, root)
    fit_units(config, root, check=False)
    assert check_units(CSI, root) == "as this machine wants them"


@pytest.mark.skipif(os.geteuid() == 0, reason="root sees every folder")
def test_whoever_is_not_root_is_told_so(config: Path, tmp_path: Path) -> None:
    root = orin(tmp_path / "root")
    unit = root / "lib/systemd/system/booth-vision.service"
    unit.parent.mkdir(parents=True)
    unit.touch()
    keys = root / "etc/booth/keys"
    keys.mkdir(parents=True)
    keys.chmod(0)
    try:
        with pytest.raises(NotChecked, match="sudo booth doctor"):
            check_units(CSI, root)
        with pytest.raises(BoothError, match="run it with sudo"):
            fit_units(config, root, check=True)
    finally:
        keys.chmod(0o700)
