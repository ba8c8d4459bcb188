"""The report of a bank on disk: a page and figures beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.artifacts import save_bank
from appliance.errors import BoothError
from appliance.verbs.learned import write_learned
from tests.calibration.test_portrait import street


def test_a_page_and_its_figures_are_written_side_by_side(tmp_path: Path) -> None:
    save_bank(street(), tmp_path / "street.bank")
    write_learned(tmp_path / "street.bank", tmp_path / "learned.html", 12, {"too dark": 12})
    assert "What the street wears" in (tmp_path / "learned.html").read_text()
    assert json.loads((tmp_path / "learned.json").read_text())["reasons"] == {"too dark": 12}


def test_a_page_does_not_take_the_place_of_its_figures(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match="html"):
        write_learned(tmp_path / "street.bank", tmp_path / "learned.json", 0, {})


def test_a_bank_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match="no such bank"):
        write_learned(tmp_path / "none.bank", tmp_path / "learned.html", 0, {})
