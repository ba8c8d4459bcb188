"""The real driver on a pycuda without a device: whatever CUDA says is one line with the cure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from appliance.errors import BoothError
from appliance.runtime.jetson import pycuda_driver
from appliance.runtime.jetson.pycuda_driver import PycudaDriver
from tests.runtime.jetson.fakes.pycuda import FakePycuda

HOST = np.zeros(4, np.uint8)
CALLS: dict[str, Callable[[PycudaDriver], Any]] = {
    "allocate": lambda driver: driver.allocate(4096),
    "pinned": lambda driver: driver.pinned(4096),
    "copy_in": lambda driver: driver.copy_in(0x1000, HOST),
    "copy_out": lambda driver: driver.copy_out(HOST, 0x1000),
    "copy_within": lambda driver: driver.copy_within(0x1000, 0x2000, 4),
    "launch": lambda driver: driver.launch("kernel", (1, 1, 1), (1, 1, 1), b""),
    "wait": lambda driver: driver.wait(),
    "mark": lambda driver: driver.mark(),
    "elapsed_ms": lambda driver: driver.elapsed_ms(*driver.marks),  # type: ignore[attr-defined]
}


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Something in the place of the kernels."""
    file = tmp_path / "kernels.fatbin"
    file.write_bytes(b"kernels")
    return file


@pytest.fixture
def open_on(image: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[FakePycuda], PycudaDriver]]:
    opened = []

    def open_driver(cuda: FakePycuda) -> PycudaDriver:
        monkeypatch.setattr(pycuda_driver, "load_pycuda", lambda: cuda)
        opened.append(PycudaDriver(image))
        return opened[-1]

    freed: list[int] = []
    library = SimpleNamespace(free_graph=freed.append)
    monkeypatch.setattr(pycuda_driver, "LibCuda", lambda: library)
    yield open_driver
    for driver in opened:
        driver.close()
        driver.free_graph(1)
    assert not freed, "a graph of a context that is gone"


@pytest.mark.parametrize("call", CALLS)
def test_after_a_fault_every_call_names_the_device_and_the_cure(
    open_on: Callable[[FakePycuda], PycudaDriver], call: str
) -> None:
    cuda = FakePycuda()
    driver = open_on(cuda)
    driver.marks = (driver.mark(), driver.mark())  # type: ignore[attr-defined]
    driver.launch("kernel", (1, 1, 1), (1, 1, 1), b"")
    cuda.poison()
    with pytest.raises(BoothError) as raised:
        CALLS[call](driver)
    assert str(raised.value).startswith("Orin: the device failed (")
    assert str(raised.value).endswith("an illegal memory access was encountered); restart the booth")


def test_after_a_fault_the_end_is_quiet(open_on: Callable[[FakePycuda], PycudaDriver]) -> None:
    cuda = FakePycuda()
    driver = open_on(cuda)
    cuda.poison()
    driver.close()
    driver.close()
    assert cuda.log.count("pop") == 1


def test_memory_that_is_used_up_is_no_fault_of_the_device(
    open_on: Callable[[FakePycuda], PycudaDriver],
) -> None:
    with pytest.raises(BoothError, match="Orin: no 4295 MB of memory left on the device; set a smaller bank"):
        open_on(FakePycuda()).allocate(1 << 32)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("init", "no CUDA device can be used .*groups render and video.*else set wing: cpu"),
        ("Device", "no CUDA device can be used .*else set wing: cpu"),
        ("push", "no CUDA device can be used .*else set wing: cpu"),
        ("module_from_buffer", "kernels.fatbin: Orin cannot load the kernels .*: make kernels"),
    ],
)
def test_a_device_that_cannot_be_opened_is_named_with_the_cure(
    open_on: Callable[[FakePycuda], PycudaDriver], broken: str, words: str
) -> None:
    with pytest.raises(BoothError, match=words) as raised:
        open_on(FakePycuda(broken))
    assert len(str(raised.value).splitlines()) == 1


def test_without_kernels_the_command_that_makes_them_is_named(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"the kernels are not built; .*make kernels"):
        PycudaDriver(tmp_path / "none")
