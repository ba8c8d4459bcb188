"""A camera that stays away: each step once, in its order, and none of them because of a pause."""

from __future__ import annotations

import pytest

from appliance.errors import BoothError
from tests.fakes import Deliver, Fail, Freeze
from tests.verbs.booth import GONE, Acts, Booth, paused_from


def test_a_csi_camera_that_stays_away_starts_the_process_anew_once_then_asks_for_people(booth: Booth) -> None:
    (booth.folder / "run").mkdir()
    with pytest.raises(BoothError, match="csi:0: not back after 5 openings; vision starts anew"):
        booth.look(*GONE, source="csi:0")
    assert len(booth.opened_s) == 5
    assert booth.states() == ["blind", "starting"]
    booth.told.clear()
    booth.look(*GONE, source="csi:0", stop_s=1000)
    reasons = [vitals["reason"] for vitals in booth.told if vitals["state"] == "blind"]
    steps = [
        reason.split(":")[0] for row, reason in enumerate(reasons) if reason != reasons[row - 1] or row == 0
    ]
    assert steps == ["csi", "restart nvargus-daemon", "reboot required"]
    assert all("Argus timed out" in reason for reason in reasons)


def test_a_csi_camera_that_came_back_has_all_steps_before_it_again(booth: Booth) -> None:
    (booth.folder / "run").mkdir()
    with pytest.raises(BoothError, match="starts anew"):
        booth.look(*GONE, source="csi:0")
    with pytest.raises(BoothError, match="starts anew"):
        booth.look(*GONE[:7], [Deliver(5), Fail()], *GONE, source="csi:0", stop_s=3000)
    assert booth.states()[-3:] == ["running", "blind", "starting"]


def test_without_a_place_for_the_mark_no_process_starts_anew_for_ever(booth: Booth) -> None:
    booth.look(*GONE, source="csi:0", stop_s=300)
    assert booth.states() == ["blind", "stopped"]


def test_pauses_are_no_losses_of_the_camera(booth: Booth) -> None:
    for second in range(1000, 1100, 2):
        paused_from(booth, second, second + 1)
    life: Acts = [Freeze(1.5), Deliver(2), Freeze(1000)]
    booth.look(*[life] * 100, source="csi:0", stop_s=150, stall_s=500)
    assert booth.states()[-1] == "stopped"
    assert "blind" not in booth.states()


def test_a_camera_that_delivered_before_a_pause_has_all_steps_before_it_again(booth: Booth) -> None:
    (booth.folder / "run").mkdir()
    paused_from(booth, 1040.0, 1050.0)
    life: Acts = [Deliver(10_000)]
    booth.look(*GONE[:4], life, *GONE[:4], [Deliver(10_000)], source="csi:0", stop_s=150)
    assert booth.states()[-3:] == ["blind", "running", "stopped"]
    assert len(booth.opened_s) == 10
