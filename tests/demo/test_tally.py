"""The demo's figures: sums that survive restarts, and honest losses."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from appliance.demo.tally import Figures, Rising, Tally, number
from appliance.health.vitals import write_vitals


@given(st.lists(st.lists(st.integers(0, 50), max_size=10), max_size=6))
def test_a_counter_adds_up_over_all_lives_of_its_process(lives: list[list[int]]) -> None:
    rising, expected = Rising(), 0
    for steps in lives:
        rising.see(0)
        value = 0
        for step in steps:
            value += step
            rising.see(value)
        expected += sum(steps)
    assert rising.total == expected


def test_without_vitals_everything_is_silent_and_zero(tmp_path: Path) -> None:
    figures = Tally(tmp_path).read(0, delivered=0)
    assert (figures.vision, figures.uplink, figures.frames, figures.lost) == ("silent", "silent", 0, 0)


def test_counts_stay_when_vision_is_gone(tmp_path: Path) -> None:
    tally = Tally(tmp_path)
    write_vitals(tmp_path, "vision", {"state": "running", "frames": 40, "exceptions": 2}, now_s=0)
    assert tally.read(1, 0).frames == 40
    gone = tally.read(100, 0)
    assert (gone.vision, gone.frames, gone.exceptions) == ("silent", 40, 2)
    write_vitals(tmp_path, "vision", {"state": "running", "frames": 5, "exceptions": 1}, now_s=100)
    again = tally.read(101, 0)
    assert (again.frames, again.exceptions) == (45, 3)


def test_what_waits_in_the_outbox_is_not_lost() -> None:
    assert Figures(exceptions=5, delivered=3, outbox_rows=2).lost == 0
    assert Figures(exceptions=5, delivered=3, outbox_rows=0).lost == 2
    assert Figures(exceptions=1, delivered=3).lost == 0


def test_the_reason_is_the_first_part_that_is_not_well(tmp_path: Path) -> None:
    vitals = {"state": "blind", "reason": "", "camera": "no frame for 5 s", "calibrated": "no bank"}
    write_vitals(tmp_path, "vision", vitals, now_s=0)
    assert Tally(tmp_path).read(0, 0).reason == "no frame for 5 s"


values = st.none() | st.booleans() | st.text() | st.integers(0) | st.lists(st.integers())


@given(st.dictionaries(st.sampled_from(["frames", "people", "outbox_rows", "frames_per_second"]), values))
def test_a_figure_that_is_no_number_is_left_out(vitals: dict[str, object]) -> None:
    for key in vitals:
        assert isinstance(number(vitals, key, 0), int | float)
    assert number(None, "frames", 7) == 7
