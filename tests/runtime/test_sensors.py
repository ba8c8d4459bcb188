"""The machine's figures from a made-up tree of procfs and sysfs."""

from __future__ import annotations

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
