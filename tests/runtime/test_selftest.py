"""The CPU wing's self-test: it needs no GPU, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.runtime.checks import NotChecked
from appliance.runtime.cpu.selftest import checks, find_compiler, name_gpu
from tests.runtime.jetson.boards import grow


def test_the_parts_come_in_order() -> None:
    assert [part for part, _ in checks()] == ["gpu", "nvcc", "gstreamer"]


def test_an_nvidia_gpu_is_named(tmp_path: Path) -> None:
    card = "Model: \t\t NVIDIA GeForce RTX 3060\nIRQ:   \t\t 0\n"
    grow(tmp_path, {"proc/driver/nvidia/gpus/0000:01:00.0/information": card})
    assert name_gpu(tmp_path) == "NVIDIA GeForce RTX 3060; the cpu wing leaves it alone"


def test_a_computer_without_gpu_or_compiler_lacks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotChecked, match="no NVIDIA GPU"):
        name_gpu(tmp_path)
    with pytest.raises(NotChecked, match="not installed"):
        find_compiler()
    (tmp_path / "nvcc").touch(mode=0o755)
    assert find_compiler().startswith(f"{tmp_path}/nvcc")
