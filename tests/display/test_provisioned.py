"""The board and the booth's identity: news for an hour, what waits for somebody for as long as it takes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.display.provisioned import FRESH_S, provision_line
from appliance.health.notices import file_of, tell

TOLD_S = 1_800_000_000.0


def told_at(state: Path, line: str) -> None:
    tell(state, "provision", line)
    os.utime(file_of(state, "provision"), (TOLD_S, TOLD_S))


def test_a_booth_of_which_nobody_has_told_anything_says_nothing(tmp_path: Path) -> None:
    assert provision_line(tmp_path, TOLD_S) == ""


@pytest.mark.parametrize(
    "line", ["applied: new-york/desk at noon", "refused: stick: expired; make a new one"]
)
def test_news_are_shown_for_an_hour(tmp_path: Path, line: str) -> None:
    told_at(tmp_path, line)
    assert provision_line(tmp_path, TOLD_S + FRESH_S - 1) == line
    assert provision_line(tmp_path, TOLD_S + FRESH_S) == ""


@pytest.mark.parametrize(
    "line", ["waiting: no identity yet", "request of new-york/desk on the stick, key 1-2"]
)
def test_what_waits_for_somebody_stays(tmp_path: Path, line: str) -> None:
    told_at(tmp_path, line)
    assert provision_line(tmp_path, TOLD_S + 1000 * FRESH_S) == line
