"""File formats shared with engines/ and calibration/: the bank of what a street wears, and content hashes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from appliance.errors import BoothError
from appliance.records import FloatArray, IntArray, check_shape

SCHEMA = "bank/1"
MIN_SUPPORTERS = 10
"Distinct passages behind every stored prototype: fewer would describe persons (privacy wall)."
LEVELS = np.linspace(0, 0.9, 10)
"Quantile levels of a tail: nothing finer than a tenth of the street is stored."


class BankError(BoothError):
    """A bank file that is missing, damaged or of another version."""


@dataclass(frozen=True)
class Tail:
    """How a distance is spread over the street's own passages."""

    deciles: NDArray[np.float64]
    "Shape (10,), ascending: quantiles at LEVELS."
    excess: float
    "Mean of what exceeds the last decile, > 0."
    count: float
    "Passages beyond the last decile, >= 1."

    def __post_init__(self) -> None:
        check_shape("deciles", self.deciles, (len(LEVELS),))
        numbers = np.array([*self.deciles, self.excess, self.count])
        if (
            not np.isfinite(numbers).all()
            or (np.diff(self.deciles) < 0).any()
            or self.excess <= 0
            or self.count < 1
        ):
            raise ValueError("a tail needs finite ascending deciles, a positive excess and a count")


@dataclass(frozen=True)
class Measure:
    """What the street wears by one measure of the descriptor."""

    prototypes: FloatArray
    "Shape (P, D), standardised: the mean of each prototype's supporters."
    supporters: IntArray
    "Shape (P,), each at least MIN_SUPPORTERS."
    centre: FloatArray
    "Shape (D,): subtracted from a raw vector."
    spread: FloatArray
    "Shape (D,), > 0: divides what is left."
    tail: Tail

    def __post_init__(self) -> None:
        check_shape("prototypes", self.prototypes, (None, None))
        count, length = self.prototypes.shape
        check_shape("supporters", self.supporters, (count,))
        check_shape("centre", self.centre, (length,))
        check_shape("spread", self.spread, (length,))
        if count == 0 or (self.supporters < MIN_SUPPORTERS).any():
            raise ValueError(f"every prototype needs {MIN_SUPPORTERS} supporters")
        if not all(np.isfinite(array).all() for array in (self.prototypes, self.centre, self.spread)):
            raise ValueError("a prototype is not finite")
        if (self.spread <= 0).any():
            raise ValueError("a spread is not positive")


@dataclass(frozen=True)
class Bank:
    """What this street wears: prototypes with their weights, never single people."""

    descriptor: str
    "Version of the descriptor that the prototypes were measured with."
    passages: int
    "People it was learned from."
    measures: dict[str, Measure]
    fused: Tail
    "Spread of the fused distance over the street's own passages."
    id: str = field(default="")
    "First 12 hex digits of the content's sha256; given by save and load."


def save_bank(bank: Bank, path: Path) -> str:
    """Write `bank` at once or not at all; returns its id."""
    tensors = tensors_of(bank)
    facts = {
        "schema": SCHEMA,
        "descriptor": bank.descriptor,
        "passages": str(bank.passages),
        "measures": ",".join(bank.measures),
    }
    digest = content_hash(tensors, facts)
    write_atomically(path, save(tensors, {**facts, "sha256": digest}))
    return digest[:12]


def load_bank(path: Path, descriptor: str) -> Bank:
    """Read a bank made with `descriptor`. Raises BankError naming the file and the cure."""
    cure = "learn it again: booth learn SOURCE... --bank FILE"
    if not path.is_file():
        raise BankError(f"{path}: no such bank; {cure}")
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, struct.error, ValueError) as error:
        raise BankError(f"{path}: not a bank ({str(error).splitlines()[0]}); {cure}") from None
    if metadata.get("schema") != SCHEMA:
        raise BankError(f"{path}: schema {metadata.get('schema')!r} instead of {SCHEMA!r}; {cure}")
    if metadata.get("descriptor") != descriptor:
        raise BankError(
            f"{path}: made with {metadata.get('descriptor')!r}, this booth has {descriptor!r}; {cure}"
        )
    digest = content_hash(tensors, {key: text for key, text in metadata.items() if key != "sha256"})
    if metadata.get("sha256") != digest:
        raise BankError(f"{path}: the content does not fit its checksum; {cure}")
    try:
        return bank_of(tensors, metadata, digest[:12])
    except (KeyError, ValueError) as error:
        raise BankError(f"{path}: {error}; {cure}") from None


def tensors_of(bank: Bank) -> dict[str, NDArray[Any]]:
    """All numbers of a bank by name, as safetensors keeps them."""
    tensors: dict[str, NDArray[Any]] = {"fused.tail": pack_tail(bank.fused)}
    for name, measure in bank.measures.items():
        tensors |= {
            f"{name}.prototypes": measure.prototypes,
            f"{name}.supporters": measure.supporters,
            f"{name}.centre": measure.centre,
            f"{name}.spread": measure.spread,
            f"{name}.tail": pack_tail(measure.tail),
        }
    return tensors


def bank_of(tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str], bank_id: str) -> Bank:
    """The reverse of tensors_of. Raises KeyError or ValueError for what does not fit."""
    measures = {
        name: Measure(
            tensors[f"{name}.prototypes"],
            tensors[f"{name}.supporters"],
            tensors[f"{name}.centre"],
            tensors[f"{name}.spread"],
            unpack_tail(tensors[f"{name}.tail"]),
        )
        for name in metadata["measures"].split(",")
    }
    passages = int(metadata["passages"])
    return Bank(metadata["descriptor"], passages, measures, unpack_tail(tensors["fused.tail"]), bank_id)


def pack_tail(tail: Tail) -> NDArray[np.float64]:
    """A tail as twelve numbers: deciles, excess, count."""
    return np.array([*tail.deciles, tail.excess, tail.count])


def unpack_tail(numbers: NDArray[np.float64]) -> Tail:
    """The reverse of pack_tail."""
    check_shape("tail", numbers, (len(LEVELS) + 2,))
    return Tail(numbers[:-2], float(numbers[-2]), float(numbers[-1]))


def content_hash(tensors: Mapping[str, NDArray[Any]], facts: Mapping[str, str]) -> str:
    """Sha256 over the facts, then names, shapes, dtypes and bytes, each in the order of names."""
    digest = hashlib.sha256()
    for key in sorted(facts):
        digest.update(f"{key}={facts[key]}\n".encode())
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        digest.update(f"{name} {array.shape} {array.dtype.str}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a power cut leaves the old or the new one. Raises BoothError naming the file."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        reason = os.strerror(error.errno or 0)
        raise BoothError(f"{path}: {reason}; name a folder with space that can be written") from None
