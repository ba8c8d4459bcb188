"""A PyTorch file of weights goes in, arrays under their names come out; PyTorch itself is not needed.

The layout is the one torch.save wrote before version 1.6: five pickles (a magic number, the version, sizes of C
types, the weights' names with their places in storages, the storages' order), then each storage: a count, numbers.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


@dataclass(frozen=True)
class Place:
    """Where one array lies."""

    storage: str
    first: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    "In numbers, not bytes."


class WeightsUnpickler(pickle.Unpickler):
    """Reads places instead of tensors; a file that names any other Python code is refused."""

    def __init__(self, file: IO[bytes], kinds: dict[str, str]) -> None:
        super().__init__(file)
        self.kinds = kinds
        "Storage -> dtype, filled while reading."

    def find_class(self, module: str, name: str) -> Any:
        """Return a stand-in for one of the four names that a file of weights needs."""
        known = {"collections.OrderedDict": OrderedDict, "torch._utils._rebuild_tensor_v2": _place}
        known |= {f"torch.{kind}": dtype for kind, dtype in DTYPES.items()}
        if f"{module}.{name}" not in known:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return known[f"{module}.{name}"]

    def persistent_load(self, pid: Any) -> str:
        """Note the kind of a storage and return its key."""
        _, dtype, key, *_ = pid
        self.kinds[key] = dtype
        return str(key)


def _place(storage: str, first: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any) -> Place:
    return Place(storage, first, shape, strides)


def read_torch_weights(path: Path) -> dict[str, Any]:
    """Return name -> array; raises ValueError when the file is of another layout or names other Python code."""
    try:
        with path.open("rb") as file:
            return _weights(file)
    except (pickle.UnpicklingError, EOFError, AttributeError, IndexError, ValueError) as error:
        raise ValueError(f"{path.name} is no file of torch weights ({error})") from error


def _weights(file: IO[bytes]) -> dict[str, Any]:
    kinds: dict[str, str] = {}
    magic, version, _, places, order = (WeightsUnpickler(file, kinds).load() for _ in range(5))
    if (magic, version) != (MAGIC, VERSION):
        raise ValueError("it is not of the layout of PyTorch before 1.6")
    storages = {key: _storage(file, kinds[key]) for key in order}
    return {name: _array(storages[place.storage], place) for name, place in places.items()}


def _storage(file: IO[bytes], dtype: str) -> Any:
    (count,) = np.frombuffer(file.read(8), "<i8")
    return np.frombuffer(file.read(int(count) * np.dtype(dtype).itemsize), dtype, int(count))


def _array(storage: Any, place: Place) -> Any:
    steps = [step * storage.itemsize for step in place.strides]
    return np.lib.stride_tricks.as_strided(storage[place.first :], place.shape, steps).copy()
