"""The machine's figures from a made-up tree of procfs and sysfs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.runtime.cpu.sensors import CpuSensors


def tree(root: Path, meminfo: str, *degrees: str) -> CpuSensors:
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text(meminfo)
    for number, text in enumerate(degrees):
        zone = root / f"sys/class/thermal/thermal_zone{number}"
        zone.mkdir(parents=True)
        (zone / "temp").write_text(text)
    return CpuSensors(root)


def test_the_hottest_zone_and_the_free_memory_are_told(tmp_path: Path) -> None:
    sensors = tree(tmp_path, "MemTotal: 9 kB\nMemAvailable:  2048000 kB\n", "41000\n", "67500\n", "-5000\n")
    assert sensors.read() == {"memory_free_mb": 2000.0, "temperature_c": 67.5}


@pytest.mark.parametrize("text", ["", "no reading\n", "\xb2"])
def test_a_sensor_that_says_nonsense_is_absent(tmp_path: Path, text: str) -> None:
    assert tree(tmp_path, "MemAvailable: 1024 kB", text).read() == {"memory_free_mb": 1.0}


@pytest.mark.parametrize("meminfo", ["", "MemTotal: 9 kB\n", "MemAvailable:\n", "MemAvailable: much kB\n"])
def test_memory_that_is_not_told_is_absent(tmp_path: Path, meminfo: str) -> None:
    assert tree(tmp_path, meminfo, "1000").read() == {"temperature_c": 1.0}


def test_a_machine_without_either_has_no_figures(tmp_path: Path) -> None:
    assert CpuSensors(tmp_path).read() == {}


def test_this_machine_has_some_free_memory() -> None:
    assert CpuSensors().read()["memory_free_mb"] > 0


def test_a_processor_and_its_kernel_have_names(tmp_path: Path) -> None:
    sensors = tree(tmp_path, "")
    (tmp_path / "proc/cpuinfo").write_text("processor\t: 0\nmodel name\t: A Processor @ 2 GHz\n")
    (tmp_path / "proc/sys/kernel").mkdir(parents=True)
    (tmp_path / "proc/sys/kernel/osrelease").write_text("6.1.0-18-amd64\n")
    assert sensors.describe() == {"machine": "A Processor @ 2 GHz", "system": "Linux 6.1.0-18-amd64"}


def test_a_machine_that_does_not_tell_has_no_name(tmp_path: Path) -> None:
    assert CpuSensors(tmp_path).describe() == {}


def test_this_machine_has_a_kernel() -> None:
    assert CpuSensors().describe()["system"].startswith("Linux ")


def test_a_zone_that_answers_try_again_is_absent(tmp_path: Path) -> None:
    sensors = tree(tmp_path, "", "41000", "0")
    zone = tmp_path / "sys/class/thermal/thermal_zone1/temp"
    zone.unlink()
    os.mkfifo(zone)
    held = os.open(zone, os.O_RDWR)
    try:
        assert sensors.read() == {"temperature_c": 41.0}
    finally:
        os.close(held)
