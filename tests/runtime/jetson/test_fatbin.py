"""The kernels compiled by NVIDIA's compiler for every machine they are for, and found by their own text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.runtime.jetson import fatbin
from tests.runtime.jetson.shim.build import kernel_names


def nvcc_or_skip() -> Path:
    nvcc = fatbin.find_nvcc()
    if nvcc is None:
        pytest.skip("nvcc is not installed")
    return nvcc


def test_every_kernel_compiles_for_orin_and_thor(tmp_path: Path) -> None:
    nvcc = nvcc_or_skip()
    known = fatbin.known_machines(nvcc)
    machines = [one for one in fatbin.MACHINES if one in known]
    assert machines, "this nvcc knows neither Orin nor Thor"
    target = tmp_path / "booth.fatbin"
    fatbin.compile_kernels(target, nvcc, machines)
    content = target.read_bytes()
    for name in kernel_names():
        assert name.encode() in content


def test_a_kernel_that_does_not_compile_is_one_line(tmp_path: Path) -> None:
    nvcc = nvcc_or_skip()
    (tmp_path / "bad.cu").write_text('extern "C" __global__ void bad() { nonsense; }\n', encoding="utf-8")
    with pytest.raises(BoothError, match="nonsense") as caught:
        fatbin.compile_kernels(tmp_path / "bad.fatbin", nvcc, ["87"], tmp_path)
    assert "\n" not in str(caught.value)


def test_a_changed_source_asks_for_another_fatbin(tmp_path: Path) -> None:
    shutil.copytree(fatbin.KERNELS, tmp_path, dirs_exist_ok=True)
    before = fatbin.fatbin_path(tmp_path)
    (tmp_path / "device.cuh").write_text("// another\n", encoding="utf-8")
    assert fatbin.fatbin_path(tmp_path) != before


def test_a_compiler_that_is_named_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NVCC", str(tmp_path / "absent"))
    assert fatbin.find_nvcc() is None
    (tmp_path / "absent").touch()
    assert fatbin.find_nvcc() == tmp_path / "absent"
