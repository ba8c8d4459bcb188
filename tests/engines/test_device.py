"""The GPU as the CUDA driver tells it: a driver of a few lines of C, and none at all."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.errors import BoothError
from engines.attempts import free_workspace_mb
from engines.build import read_machine
from engines.device import read_l4t
from engines.plans import Machine
from tests.engines.plan_orders import FakeTensorRT

DRIVER = """
#include <string.h>
int cuInit(unsigned flags) { return INIT; }
int cuDeviceGet(int* device, int number) { *device = 5; return number; }
int cuDeviceGetName(char* name, int size, int device) { strncpy(name, "Orin", size); return device != 5; }
int cuDeviceGetAttribute(int* value, int number, int device) {
  *value = number == 75 ? 8 : number == 76 ? 7 : number == 16 ? 16 : -1;
  return device != 5;
}
"""


def use_driver(monkeypatch: pytest.MonkeyPatch, folder: Path, status: int = 0) -> None:
    """Let children find this driver, whose cuInit answers `status`."""
    compiler = shutil.which("gcc") or shutil.which("g++")
    if compiler is None:
        pytest.skip("no C compiler is installed: a driver cannot be made")
    (folder / "driver.c").write_text(DRIVER)
    command = [compiler, "-shared", "-fPIC", f"-DINIT={status}", "-x", "c", "driver.c", "-o", "libcuda.so.1"]
    subprocess.run(command, cwd=folder, check=True)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(folder))


def test_the_machine_is_told_by_a_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    FakeTensorRT(monkeypatch, tmp_path / "log").be("10.16")
    use_driver(monkeypatch, tmp_path)
    assert read_machine() == Machine("10.16.2.10", "8.7", 16, read_l4t(), "Orin")


def test_a_driver_that_fails_is_named_with_the_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    FakeTensorRT(monkeypatch, tmp_path / "log")
    use_driver(monkeypatch, tmp_path, 801)
    with pytest.raises(BoothError, match="cuInit with error 801; join the groups video and render"):
        read_machine()


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64\n", "36.4.3"),
        ("# R39 (release), REVISION: 2.0, GCID: 1, BOARD: generic\n", "39.2.0"),
        ("something else\n", ""),
        ("", ""),
    ],
)
def test_the_release_of_the_system_is_read(tmp_path: Path, text: str, release: str) -> None:
    (tmp_path / "release").write_text(text)
    assert read_l4t(tmp_path / "release") == release
    assert not read_l4t(tmp_path / "none")


@pytest.mark.parametrize(
    ("free_kb", "size_mb"), [(4 << 20, 2048), (1 << 20, 512), (64 << 10, 64), (99 << 20, 2048)]
)
def test_the_workspace_is_half_of_what_is_free_within_bounds(
    tmp_path: Path, free_kb: int, size_mb: int
) -> None:
    (tmp_path / "meminfo").write_text(
        f"MemTotal: 1 kB\nMemFree: 2 kB\nMemAvailable: {free_kb} kB\nBuffers: 3 kB\n"
    )
    assert free_workspace_mb(tmp_path / "meminfo") == size_mb
