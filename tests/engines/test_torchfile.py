"""PyTorch's weights without PyTorch: the same arrays come back, other Python code is refused."""

from __future__ import annotations

import pickle
import struct
import sys
from collections import OrderedDict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.torchfile import MAGIC, VERSION, read_torch_weights


class Storage:
    """Numbers that tensors share, as a stand-in for torch's storages."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = numbers


class Tensor:
    """A stand-in that is pickled as torch's tensors are."""

    def __init__(
        self, storage: Storage, first: int, shape: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        hooks: OrderedDict[str, Any] = OrderedDict()
        self.parts = (storage, first, shape, strides, False, hooks)

    def __reduce__(self) -> Any:
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.parts


class TensorPickler(pickle.Pickler):
    """Writes storages as torch does: a kind, a key, a place and a count."""

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, Storage):
            return None
        kind = "FloatStorage" if obj.numbers.dtype == np.float32 else "LongStorage"
        return ("storage", getattr(sys.modules["torch"], kind), str(id(obj)), "cpu", len(obj.numbers), None)


@pytest.fixture(autouse=True)
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put names where pickle looks them up; nothing of torch is there."""
    whole, utils = ModuleType("torch"), ModuleType("torch._utils")
    for kind in ("FloatStorage", "LongStorage"):
        setattr(whole, kind, type(kind, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2(*parts: Any) -> None:
        raise AssertionError("read without torch")

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", whole)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def write(path: Path, tensors: dict[str, Tensor], version: int = VERSION) -> Path:
    storages = {str(id(tensor.parts[0])): tensor.parts[0].numbers for tensor in tensors.values()}
    with path.open("wb") as file:
        for part in (MAGIC, version, {"little_endian": True}):
            pickle.dump(part, file, protocol=2)
        TensorPickler(file, protocol=2).dump(OrderedDict(tensors))
        pickle.dump(list(storages), file, protocol=2)
        for numbers in storages.values():
            file.write(struct.pack("<q", len(numbers)) + numbers.tobytes())
    return path


def plain(values: Any) -> Tensor:
    strides = tuple(step // values.itemsize for step in values.strides)
    return Tensor(Storage(values.ravel()), 0, values.shape, strides)


@given(st.lists(st.lists(st.integers(1, 4), max_size=4), max_size=4))
def test_arrays_of_any_shape_come_back(tmp_path: Path, shapes: list[list[int]]) -> None:
    arrays = {
        f"layer{place}.weight": np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + place
        for place, shape in enumerate(shapes)
    }
    path = write(tmp_path / "net.pt", {name: plain(array) for name, array in arrays.items()})
    found = read_torch_weights(path)
    assert list(found) == list(arrays)
    assert all(np.array_equal(found[name], array) for name, array in arrays.items())


def test_tensors_may_share_a_storage_and_be_turned(tmp_path: Path) -> None:
    shared = Storage(np.arange(12, dtype=np.float32))
    tensors = {"turned": Tensor(shared, 0, (3, 4), (1, 3)), "end": Tensor(shared, 10, (2,), (1,))}
    found = read_torch_weights(write(tmp_path / "net.pt", tensors))
    assert np.array_equal(found["turned"], np.arange(12).reshape(4, 3).T)
    assert found["end"].tolist() == [10, 11]


def test_counters_are_whole_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "net.pt", {"seen": plain(np.array([2**40]))})
    assert read_torch_weights(path)["seen"].tolist() == [2**40]


def test_a_file_that_calls_other_code_is_refused(tmp_path: Path) -> None:
    marker = tmp_path / "called"
    (tmp_path / "net.pt").write_bytes(pickle.dumps(Caller(marker), protocol=2))
    with pytest.raises(ValueError, match=r"net\.pt is no file of torch weights \(it names .*\)"):
        read_torch_weights(tmp_path / "net.pt")
    assert not marker.exists()


class Caller:
    """Is pickled as a call that leaves a mark."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return Path.touch, (self.marker,)


def test_another_version_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "net.pt", {"a": plain(np.zeros(1, np.float32))}, version=VERSION + 1)
    with pytest.raises(ValueError, match=r"not of the layout of PyTorch before 1\.6"):
        read_torch_weights(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a newer file is a zip", b"\x80\x02K\x01."])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "net.pt").write_bytes(content)
    with pytest.raises(ValueError, match=r"net\.pt is no file of torch weights"):
        read_torch_weights(tmp_path / "net.pt")


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "net.pt", {"a": plain(np.zeros(9, np.float32))})
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ValueError, match=r"net\.pt is no file of torch weights"):
        read_torch_weights(path)
