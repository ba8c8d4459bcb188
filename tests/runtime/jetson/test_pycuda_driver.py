"""The driver on pycuda: every failure is one line with a cure, and a copy's source may be reused at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.errors import BoothError
from appliance.runtime.jetson import pycuda_driver
from appliance.runtime.jetson.pycuda_driver import MOST_STAGED, NON_BLOCKING, PycudaDriver
from tests.runtime.jetson.fakes.cuda_driver import CudaDriver, Error, OutOfMemory

FIGURES = np.arange(6, dtype=np.float32)


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> CudaDriver:
    """What is imported as pycuda.driver."""
    module = CudaDriver()
    monkeypatch.setattr(pycuda_driver, "load_pycuda", lambda: module)
    monkeypatch.setattr(pycuda_driver, "LibCuda", lambda: None)
    return module


@pytest.fixture
def fatbin(tmp_path: Path) -> Path:
    file = tmp_path / "kernels.fatbin"
    file.write_bytes(b"kernels")
    return file


@pytest.fixture
def on_pycuda(cuda: CudaDriver, fatbin: Path) -> Iterator[PycudaDriver]:
    driver = PycudaDriver(fatbin)
    yield driver
    driver.close()


def read(driver: PycudaDriver, address: int) -> list[float]:
    figures = np.empty_like(FIGURES)
    driver.copy_out(figures, address)
    return [float(figure) for figure in figures]


def test_the_source_of_a_copy_may_be_reused_at_once(on_pycuda: PycudaDriver) -> None:
    source, address = FIGURES.copy(), on_pycuda.allocate(FIGURES.nbytes)
    on_pycuda.copy_in(address, source)
    source[:] = -1
    assert read(on_pycuda, address) == list(FIGURES)


def test_the_source_of_a_copy_may_be_read_only_and_die(on_pycuda: PycudaDriver) -> None:
    addresses = [on_pycuda.allocate(FIGURES.nbytes) for _ in range(50)]
    for number, address in enumerate(addresses):
        source = FIGURES + np.float32(number)
        source.flags.writeable = False
        on_pycuda.copy_in(address, source)
        del source
    assert read(on_pycuda, addresses[7]) == list(FIGURES + 7)


def test_sources_that_are_held_do_not_grow_without_bound(cuda: CudaDriver, on_pycuda: PycudaDriver) -> None:
    part = np.zeros(MOST_STAGED // 4, np.uint8)
    address, most = on_pycuda.allocate(part.nbytes), 0
    for _ in range(20):
        on_pycuda.copy_in(address, part)
        most = max(most, len(cuda.due))
    assert 1 < most <= 4


def test_the_stream_is_not_tied_to_the_default_stream(cuda: CudaDriver, on_pycuda: PycudaDriver) -> None:
    assert cuda.stream_flags == NON_BLOCKING


USES: dict[str, Callable[[PycudaDriver], object]] = {
    "cuMemAlloc": lambda driver: driver.allocate(4096),
    "cuMemHostAlloc": lambda driver: driver.pinned(4096),
    "cuMemcpyHtoDAsync": lambda driver: driver.copy_in(0, FIGURES),
    "cuMemcpyDtoHAsync": lambda driver: driver.copy_out(FIGURES.copy(), 0),
    "cuMemcpyDtoDAsync": lambda driver: driver.copy_within(0, 0, 4),
    "cuLaunchKernel": lambda driver: driver.launch("kernel", (1, 1, 1), (32, 1, 1), b""),
    "cuModuleGetFunction": lambda driver: driver.launch("other", (1, 1, 1), (32, 1, 1), b""),
    "cuStreamSynchronize": lambda driver: driver.wait(),
    "cuEventCreate": lambda driver: driver.mark(),
    "cuEventRecord": lambda driver: driver.mark(),
    "cuEventSynchronize": lambda driver: driver.elapsed_ms(driver.mark(), driver.mark()),
}


@pytest.mark.parametrize("call", USES)
def test_every_failure_is_one_line_with_a_cure(cuda: CudaDriver, on_pycuda: PycudaDriver, call: str) -> None:
    cuda.failing[call] = Error(f"{call} failed: an illegal memory access was encountered")
    with pytest.raises(BoothError, match=r"restart the booth|run: make kernels") as raised:
        USES[call](on_pycuda)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("call", ["cuMemAlloc", "cuMemHostAlloc", "cuLaunchKernel"])
def test_memory_that_is_used_up_has_its_own_cure(
    cuda: CudaDriver, on_pycuda: PycudaDriver, call: str
) -> None:
    cuda.failing[call] = OutOfMemory("out of memory")
    with pytest.raises(BoothError, match=r"memory left on the device; set a smaller bank or detector"):
        USES[call](on_pycuda)


@pytest.mark.parametrize(
    "error",
    [
        Error("cuModuleLoadDataEx failed: no kernel image - ptxas info:\n no\n image"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    ],
)
def test_kernels_that_do_not_load_are_one_line_and_leave_no_context(
    cuda: CudaDriver, fatbin: Path, error: Exception
) -> None:
    cuda.failing["cuModuleLoadDataEx"] = error
    with pytest.raises(BoothError, match=r"Fake cannot load the kernels .*make kernels") as raised:
        PycudaDriver(fatbin)
    assert len(str(raised.value).splitlines()) == 1
    assert cuda.contexts == 0


def test_without_a_device_the_groups_are_named(cuda: CudaDriver, fatbin: Path) -> None:
    cuda.failing["cuInit"] = Error("cuInit failed: no CUDA-capable device is detected")
    with pytest.raises(BoothError, match=r"no CUDA device .*groups render and video"):
        PycudaDriver(fatbin)
    assert cuda.contexts == 0


def test_it_may_be_closed_twice(cuda: CudaDriver, fatbin: Path) -> None:
    driver = PycudaDriver(fatbin)
    assert (driver.name, driver.capability, cuda.contexts) == ("Fake", "8.7", 1)
    driver.close()
    driver.close()
    assert cuda.contexts == 0


def test_without_pycuda_the_package_is_named(fatbin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked: dict[str, Any] = {"pycuda": None, "pycuda.driver": None}
    for name, module in blocked.items():
        monkeypatch.setitem(sys.modules, name, module)
    with pytest.raises(BoothError, match=r"pycuda cannot be loaded .*make setup"):
        PycudaDriver(fatbin)
