"""A Jetson's figures and names from made-up trees: whole boards, boards without something, boards full of nonsense."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.runtime.jetson.sensors import JetsonSensors
from tests.runtime.jetson import boards


def test_an_orin_nano_super_tells_all(tmp_path: Path) -> None:
    sensors = JetsonSensors(boards.orin_nano(tmp_path))
    assert sensors.read() == {
        "memory_free_mb": 4000.0,
        "temperature_c": 52.031,
        "gpu_temperature_c": 49.5,
        "cpu_temperature_c": 51.187,
        "tj_temperature_c": 52.031,
        "power_w": 10.16,
        "throttled": 1.0,
        "overcurrent_events": 52.0,
        "gpu_clock_mhz": 918.0,
        "gpu_load_percent": 73.4,
    }
    assert sensors.describe() == {
        "machine": "NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super",
        "system": "L4T 36.4.3",
        "power_mode": "25W",
    }


def test_a_thor_tells_what_it_has(tmp_path: Path) -> None:
    sensors = JetsonSensors(boards.thor(tmp_path))
    assert sensors.read() == {
        "temperature_c": 59.5,
        "cpu_temperature_c": 58.0,
        "power_w": pytest.approx(28.2),
        "throttled": 0.0,
        "gpu_clock_mhz": 1575.0,
    }
    assert sensors.describe() == {"machine": "NVIDIA Jetson AGX Thor Developer Kit", "system": "L4T 38.2.2"}


def test_a_rail_within_another_counts_once(tmp_path: Path) -> None:
    assert JetsonSensors(boards.agx_orin(tmp_path)).read() == {"power_w": pytest.approx(3.8 + 1.9 + 4.0)}


def test_a_chip_that_knows_the_power_itself_is_believed(tmp_path: Path) -> None:
    files = {
        "name": "ina238\n",
        "in1_input": "12000\n",
        "curr1_input": "2500\n",
        "power1_input": "29500000\n",
    }
    boards.grow(
        boards.thor(tmp_path), {f"{boards.HWMON}/hwmon9/{name}": text for name, text in files.items()}
    )
    assert JetsonSensors(tmp_path).read()["power_w"] == 29.5


def test_the_names_of_older_releases_are_known(tmp_path: Path) -> None:
    boards.grow(
        tmp_path, boards.zones(("CPU-therm", "41000"), ("GPU-therm", "40000"), ("thermal-fan-est", "39000"))
    )
    figures = {"temperature_c": 41.0, "cpu_temperature_c": 41.0, "gpu_temperature_c": 40.0}
    assert JetsonSensors(tmp_path).read() == figures


def test_a_machine_that_is_no_jetson_has_no_figures(tmp_path: Path) -> None:
    sensors = JetsonSensors(tmp_path)
    assert (sensors.read(), sensors.describe()) == ({}, {})


@contextmanager
def no_answer(path: Path) -> Iterator[None]:
    """Make a file answer EAGAIN, as the zone of a GPU without power does: a pipe that somebody holds open."""
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    handle = os.open(path, os.O_RDWR)
    try:
        yield
    finally:
        os.close(handle)


def test_a_zone_that_answers_try_again_is_absent(tmp_path: Path) -> None:
    boards.orin_nano(tmp_path)
    with no_answer(tmp_path / boards.THERMAL / "thermal_zone1/temp"):
        figures = JetsonSensors(tmp_path).read()
    assert "gpu_temperature_c" not in figures
    assert figures["temperature_c"] == 52.031


def test_a_file_that_is_a_folder_is_absent(tmp_path: Path) -> None:
    boards.orin_nano(tmp_path)
    (tmp_path / "proc/meminfo").unlink()
    (tmp_path / "proc/meminfo").mkdir()
    assert "memory_free_mb" not in JetsonSensors(tmp_path).read()


@pytest.mark.parametrize("reading", ["-256000", "999999", "", "49 C", "0x20", "1_000"])
def test_a_zone_that_reads_nonsense_is_absent(tmp_path: Path, reading: str) -> None:
    boards.grow(tmp_path, boards.zones(("gpu-thermal", reading), ("cpu-thermal", "40000")))
    assert JetsonSensors(tmp_path).read() == {"temperature_c": 40.0, "cpu_temperature_c": 40.0}


@pytest.mark.parametrize(
    ("status", "mode"),
    [
        ("pmode:0002", "MAXN_SUPER"),
        ("pmode:0000 fmode:quiet\n", "15W"),
        (None, "25W"),
        ("", "25W"),
        ("pmode:0007", None),
    ],
)
def test_the_power_mode_is_told_by_name(tmp_path: Path, status: str | None, mode: str | None) -> None:
    boards.grow(tmp_path, {"etc/nvpmodel.conf": boards.CONF})
    if status is not None:
        boards.grow(tmp_path, {"var/lib/nvpmodel/status": status})
    assert JetsonSensors(tmp_path).describe().get("power_mode") == mode


def test_the_fan_at_work_slows_nothing_down(tmp_path: Path) -> None:
    boards.grow(tmp_path, boards.coolers(("pwm-fan", 4), ("cpu-throttle-alert", 0)))
    assert JetsonSensors(tmp_path).read() == {"throttled": 0.0}


@pytest.mark.parametrize(
    "kind", ["cpu-throttle-alert", "hot-surface-alert", "cpufreq-cpu0", "devfreq-17000000.gpu"]
)
def test_what_slows_the_machine_down_is_counted(tmp_path: Path, kind: str) -> None:
    boards.grow(tmp_path, boards.coolers((kind, 2), ("gpu-throttle-alert", 1), ("soc0-throttle-alert", 0)))
    assert JetsonSensors(tmp_path).read() == {"throttled": 2.0}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return boards.orin_nano(tmp_path_factory.mktemp("board"))


NONSENSE = st.binary(max_size=40) | st.from_regex(rb"-?[0-9]{1,30}\n?|< [A-Z =0-9]* >", fullmatch=True)


@given(st.data())
def test_no_content_makes_it_raise_or_tell_what_is_no_figure(board: Path, data: st.DataObject) -> None:
    files = st.sampled_from(sorted(path for path in board.rglob("*") if path.is_file()))
    contents = data.draw(st.dictionaries(files, NONSENSE, min_size=1, max_size=6))
    before = {path: path.read_bytes() for path in contents}
    for path, content in contents.items():
        path.write_bytes(content)
    figures, words = JetsonSensors(board).read(), JetsonSensors(board).describe()
    for path, content in before.items():
        path.write_bytes(content)
    assert all(isfinite(value) for value in figures.values())
    assert all(-55 <= value <= 150 for name, value in figures.items() if name.endswith("_c"))
    assert all(value >= 0 for name, value in figures.items() if not name.endswith("_c"))
    assert all(text and text.isprintable() and text.isascii() for text in words.values())
