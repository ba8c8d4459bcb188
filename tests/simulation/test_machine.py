"""What a simulation wants of its machine, told in one line where it cannot have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.simulation.machine import open_ledger, write_ledger


def test_a_ledger_on_a_full_disk_is_named() -> None:
    ledger = open_ledger(Path("/dev/full"))
    with ledger, pytest.raises(BoothError, match="/dev/full: No space left on device; name a --ledger"):
        write_ledger(ledger, "desk-0badcafe-1")


def test_a_ledger_has_each_name_at_once(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger") as ledger:
        write_ledger(ledger, "a")
        write_ledger(ledger, "b")
        assert (tmp_path / "ledger").read_text() == "a\nb\n"
