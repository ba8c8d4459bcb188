"""The board's pause: a press, a countdown, and an end by itself."""

from __future__ import annotations

from pathlib import Path

from appliance.config import Folders
from appliance.display.pausing import Pausing
from appliance.health.moment import Moment
from appliance.health.pause import DISPLAY, paused_by, read_pauses


class Clock:
    def __init__(self) -> None:
        self.at_s = 100.0

    def __call__(self) -> Moment:
        return Moment("a", self.at_s, 1_795_000_000.0 + self.at_s, synced=True)


def test_a_press_counts_down_and_is_taken_away_when_it_is_over(tmp_path: Path) -> None:
    clock, folders = Clock(), Folders(state=tmp_path / "state", runtime=tmp_path / "run")
    pausing = Pausing(folders, clock)
    assert pausing.left_s() == 0
    assert pausing.press() == ""
    assert pausing.left_s() == 900
    assert paused_by(folders.state, folders.runtime, clock()) == "paused by passer-by"
    clock.at_s += 899
    pausing.tend()
    assert (pausing.left_s(), Pausing(folders, clock).left_s()) == (1, 1)
    clock.at_s += 1
    pausing.tend()
    assert (pausing.left_s(), read_pauses(folders.state / DISPLAY)) == (0, {})


def test_a_press_that_nothing_takes_is_a_line_for_the_page(tmp_path: Path) -> None:
    (tmp_path / "no").touch()
    pausing = Pausing(Folders(state=tmp_path / "no", runtime=tmp_path / "no"))
    assert "pause.json" in pausing.press()
    assert pausing.left_s() == 0
