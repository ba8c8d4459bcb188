"""File formats shared with engines/ and calibration/: the bank of what a street wears, and content hashes."""

from __future__ import annotations

from appliance.artifacts.bank import Bank, Growth, Measure, bank_of, tensors_of
from appliance.artifacts.cells import LEVELS, MIN_SUPPORTERS, Cells, Tail
from appliance.artifacts.file import (
    RELEARN,
    SCHEMA,
    BankError,
    content_hash,
    id_of,
    load_bank,
    save_bank,
    write_atomically,
)

__all__ = [
    "LEVELS",
    "MIN_SUPPORTERS",
    "RELEARN",
    "SCHEMA",
    "Bank",
    "BankError",
    "Cells",
    "Growth",
    "Measure",
    "Tail",
    "bank_of",
    "content_hash",
    "id_of",
    "load_bank",
    "save_bank",
    "tensors_of",
    "write_atomically",
]
