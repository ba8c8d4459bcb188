"""The ledger: each id is a line at once, older lines stay, and a file that cannot be written is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.simulation.ledger import Ledger


def test_each_id_is_there_at_once_below_those_of_earlier_runs(tmp_path: Path) -> None:
    file = tmp_path / "ledger"
    for event_id in ("desk-0-1", "desk-0-2"):
        ledger = Ledger(file)
        ledger.note(event_id)
        assert file.read_text(encoding="ascii").endswith(f"{event_id}\n")
        ledger.close()
    assert file.read_text(encoding="ascii").split() == ["desk-0-1", "desk-0-2"]


def test_without_a_file_nothing_is_kept() -> None:
    ledger = Ledger(None)
    ledger.note("desk-0-1")
    ledger.close()


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"--ledger .*none/ledger: No such file or directory; name a file"):
        Ledger(tmp_path / "none" / "ledger")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, full(4)")
def test_a_full_disk_is_told() -> None:
    ledger = Ledger(Path("/dev/full"))
    with pytest.raises(BoothError, match="No space left on device; free space there"):
        ledger.note("desk-0-1")
