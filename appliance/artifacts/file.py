"""A bank as a file: written at once or not at all, read only when whole, of this schema and this descriptor."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from appliance.artifacts.bank import Bank, bank_of, tensors_of
from appliance.disk import write_durably
from appliance.errors import OWNER, BoothError

SCHEMA = "bank/2"
RELEARN = "learn it again: booth learn SOURCE... --bank FILE"
"Cure of a bank file that cannot be used."


class BankError(BoothError):
    """A bank file that is missing, damaged or of another version."""


def save_bank(bank: Bank, path: Path) -> str:
    """Write `bank` at once or not at all; returns its id. Raises BoothError for a place that refuses."""
    tensors, facts = tensors_of(bank), facts_of(bank)
    digest = content_hash(tensors, facts)
    write_atomically(path, in_order(save(tensors, {**facts, "sha256": digest})))
    return digest[:12]


def in_order(content: bytes) -> bytes:
    """A safetensors file with its metadata sorted: the library shuffles them, and one bank shall be one file."""
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + content[8 + length :]


def id_of(bank: Bank) -> str:
    """The id that `bank` has once it is saved."""
    return content_hash(tensors_of(bank), facts_of(bank))[:12]


def facts_of(bank: Bank) -> dict[str, str]:
    """What a file says of its bank beside the numbers."""
    return {
        "schema": SCHEMA,
        "descriptor": bank.descriptor,
        "passages": str(bank.passages),
        "measures": ",".join(bank.measures),
        "neighbours": str(bank.neighbours),
        "first_day": bank.days[0],
        "last_day": bank.days[1],
    }


def load_bank(path: Path, descriptor: str) -> Bank:
    """Read a bank made with `descriptor`. Raises BankError naming the file and the cure."""
    if not path.is_file():
        raise BankError(f"{path}: no such bank; {RELEARN}")
    if not os.access(path, os.R_OK):  # to the library it would not be there
        raise BankError(f"{path}: cannot be read; {OWNER}")
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError, struct.error, ValueError) as error:
        raise BankError(f"{path}: not a bank ({str(error).splitlines()[0]}); {RELEARN}") from None
    if metadata.get("schema") != SCHEMA:
        raise BankError(f"{path}: schema {metadata.get('schema')!r} instead of {SCHEMA!r}; {RELEARN}")
    if metadata.get("descriptor") != descriptor:
        raise BankError(
            f"{path}: made with {metadata.get('descriptor')!r}, this booth has {descriptor!r}; {RELEARN}"
        )
    digest = content_hash(tensors, {key: text for key, text in metadata.items() if key != "sha256"})
    if metadata.get("sha256") != digest:
        raise BankError(f"{path}: the content does not fit its checksum; {RELEARN}")
    try:
        return bank_of(tensors, metadata, digest[:12])
    except (KeyError, ValueError) as error:
        raise BankError(f"{path}: {error}; {RELEARN}") from None


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
    write_durably(path, content, "name a folder with space that can be written")
