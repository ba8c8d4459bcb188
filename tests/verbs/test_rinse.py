"""Memory that was given back remembers nobody: small blocks are overwritten in turns, larger ones at once."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import numpy as np
import pytest

from appliance.verbs.rinse import EVERY_S, LARGEST, PARTS, Rinse
from appliance.vision.descriptor import MEASURES
from tests.walls.tracing import ROOT

SMALL = sorted({length for length in (*MEASURES.values(), 1, 127, 255) if length * 4 <= LARGEST})
FREED = """
import ctypes, sys
import numpy as np
from appliance.health.hardening import wipe_freed_memory
if sys.argv[1] == "wipe":
    assert wipe_freed_memory()
kept = [np.arange(10_000, 20_000, dtype=np.float32) for _ in range(4)]
addresses = [row.ctypes.data + 8_000 for row in kept]
marks = [bytes(row[2000:2008].data) for row in kept]
held = [np.zeros(10_000, np.float32) for _ in range(2)]
del kept
print(sum(ctypes.string_at(address, 32) == mark for address, mark in zip(addresses, marks)))
"""


@pytest.mark.parametrize("figures", SMALL)
def test_a_freed_vector_is_overwritten_within_seconds(figures: int) -> None:
    rows = [np.arange(figures, dtype=np.float32) + 0.625 for _ in range(6)]
    marks = [(row.ctypes.data + 4 * (figures - 1), bytes(row[-1:].data)) for row in rows]
    del rows
    rinse = Rinse()
    for turn in range(PARTS):
        rinse.tend(turn * EVERY_S)
    assert not [address for address, mark in marks if ctypes.string_at(address, 4) == mark]


@pytest.mark.parametrize(("wish", "left"), [("wipe", "0"), ("leave", None)])
def test_a_larger_block_is_wiped_when_it_is_freed(wish: str, left: str | None) -> None:
    """Where the C library can: without the wish some of it is left, or nothing would be put to the test."""
    done = subprocess.run(
        [sys.executable, "-c", FREED, wish], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout.strip() == left) if left else int(done.stdout) > 0
