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
from appliance.runtime.jetson.pycuda_driver import MOST_STAGED, NON_BLOCKING, PycudaDriver
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


def test_kernels_whose_fault_is_told_in_no_known_letters_are_named_too(
    open_on: Callable[[FakePycuda], PycudaDriver],
) -> None:
    def load(_image: bytes) -> None:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    cuda = FakePycuda()
    cuda.module_from_buffer = load  # type: ignore[attr-defined]
    with pytest.raises(BoothError, match=r"Orin cannot load the kernels .*: make kernels"):
        open_on(cuda)


def test_the_source_of_a_copy_may_be_reused_at_once(open_on: Callable[[FakePycuda], PycudaDriver]) -> None:
    cuda, source = FakePycuda(), np.arange(4, dtype=np.float32)
    driver = open_on(cuda)
    driver.copy_in(0x1000, source)
    source[:] = -1
    (read,) = cuda.read
    held = read()
    assert held is not None
    assert list(held) == [0, 1, 2, 3], "the device reads what was there at the call"
    del held
    driver.wait()
    assert read() is None, "nobody holds what has been read"


def test_sources_that_are_held_do_not_grow_without_bound(
    open_on: Callable[[FakePycuda], PycudaDriver],
) -> None:
    cuda, part = FakePycuda(), np.zeros(MOST_STAGED // 4, np.uint8)
    driver, held = open_on(cuda), []
    for _ in range(20):
        driver.copy_in(0x1000, part)
        held.append(sum(read() is not None for read in cuda.read))
    assert max(held) == 4


def test_the_stream_is_not_tied_to_the_default_stream(open_on: Callable[[FakePycuda], PycudaDriver]) -> None:
    cuda = FakePycuda()
    open_on(cuda)
    assert cuda.stream_flags == NON_BLOCKING


def test_without_kernels_the_command_that_makes_them_is_named(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"the kernels are not built; .*make kernels"):
        PycudaDriver(tmp_path / "none")
