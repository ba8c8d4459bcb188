"""Banks that this booth can judge by: a file in, a bank of this descriptor's measures out."""

from __future__ import annotations

from pathlib import Path

from appliance.artifacts import RELEARN, Bank, BankError, load_bank
from appliance.vision.descriptor import MEASURES, VERSION


def read_bank(path: Path, descriptor: str = VERSION) -> Bank:
    """Read a bank of this booth's descriptor. Raises BankError naming the file and the cure."""
    bank = load_bank(path, descriptor)
    lengths = {name: measure.prototypes.shape[1] for name, measure in bank.measures.items()}
    if lengths != MEASURES:
        raise BankError(f"{path}: measures {lengths}, this booth's {descriptor} has {MEASURES}; {RELEARN}")
    return bank
