"""`booth bank show`: the thresholds a bank bears, and plain words where it is too young."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.artifacts import Bank, save_bank
from calibration.thresholds import USUAL, Threshold, threshold_of
from tests.calibration.test_portrait import street
from tests.command import booth

YOUNG = 40
"Passages that bear a wanted 10 % but not 5 %."


def shown(bank: Bank, folder: Path) -> dict[str, Any]:
    save_bank(bank, folder / "street.bank")
    told: dict[str, Any] = json.loads(booth("bank", "show", folder / "street.bank", "--json").out)
    return told


def young(passages: int) -> Bank:
    return replace(street(), passages=passages, cells=None)


def test_each_usual_wish_has_its_line(tmp_path: Path) -> None:
    lines = shown(street(), tmp_path)["thresholds"]
    assert [line["wanted"] for line in lines] == list(USUAL)
    for line in lines:
        # The file keeps 32-bit numbers.
        assert line["distance"] == pytest.approx(threshold_of(street(), line["wanted"]).distance, rel=1e-4)
        assert line["low"] < line["wanted"] < line["high"]
    assert [line["distance"] for line in lines] == sorted((line["distance"] for line in lines), reverse=True)


def test_a_bank_too_young_says_what_it_waits_for(tmp_path: Path) -> None:
    states = [line["readiness"] for line in shown(young(YOUNG), tmp_path)["thresholds"]]
    assert states[2:] == [f"too early to tell: {YOUNG} of 66 passages", "ok", "ok"]


def test_a_distance_that_nobody_reaches_is_null(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Threshold(0.05, math.inf, 0.01, 0.2, "ok")
    monkeypatch.setattr("appliance.verbs.bank.threshold_of", lambda *_: endless)
    assert [line["distance"] for line in shown(street(), tmp_path)["thresholds"]] == [None] * len(USUAL)
    assert "none" in booth("bank", "show", tmp_path / "street.bank").out


def test_people_read_which_wishes_the_bank_bears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    save_bank(young(YOUNG), tmp_path / "street.bank")
    told = booth("bank", "show", tmp_path / "street.bank").out
    assert "wanted share" in told
    assert f"too early to tell: {YOUNG} of 66" in told
    assert "ready" in told
