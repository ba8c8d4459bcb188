"""The health gate: as good as before is kept, anything worse is rolled back by itself, with the reason."""

from __future__ import annotations

import pytest

from appliance.health.notices import told
from appliance.update.refusal import Refused
from appliance.update.state import read_state
from tests.update.world import DAY, NEW, OLD, Behaviour, Booth, Publisher

BAD = {
    "crashes at start": (Behaviour(crashes="vision"), "vision: failed (exit-code)"),
    "lacks a module": (
        Behaviour(crashes="vision", words="ModuleNotFoundError: No module named 'x'"),
        "vision: ModuleNotFoundError: No module named 'x'",
    ),
    "cannot serve the board": (
        Behaviour(crashes="display", words="booth: port taken"),
        "display: port taken",
    ),
    "hangs": (Behaviour(hangs="vision"), "vision: not ready"),
    "sees nothing": (Behaviour(frames=False), "vision: no frames: no frame for 5 s"),
    "never connects": (Behaviour(connected=False), "uplink: not connected: certificate refused"),
    "starts again and again": (Behaviour(flaps=True), "vision: restarted 4 times (watchdog)"),
    "builds engines for ever": (Behaviour(builds_s=1e9), "vision: not ready: building engines, 40 %"),
}


@pytest.mark.parametrize("how", BAD)
def test_a_version_that_is_worse_is_rolled_back_with_the_reason(booth: Booth, how: str) -> None:
    booth.systemd.behaviour[NEW], reason = BAD[how]
    state = booth.update()
    assert (state.phase, booth.runs, booth.systemd.runs) == ("rolled-back", OLD, "")
    assert booth.systemd.restarts == 2
    assert told(booth.orders.folders.state, "update") == f"rolled back {NEW}: {reason}"
    assert not booth.places.tree(NEW).exists()


def test_a_version_that_failed_is_not_tried_again_until_there_is_a_newer(
    booth: Booth, publisher: Publisher
) -> None:
    booth.systemd.behaviour[NEW] = Behaviour(crashes="vision")
    booth.update()
    with pytest.raises(Refused) as refused:
        booth.fetch()
    assert refused.value.name == "failed-before"
    assert booth.switch().phase == "rolled-back"
    assert booth.systemd.restarts == 2
    publisher.publish("0.2.1")
    assert booth.update().phase == "kept"
    assert booth.runs == "0.2.1"


def test_engines_that_take_an_hour_are_waited_for(booth: Booth) -> None:
    booth.systemd.behaviour[NEW] = Behaviour(builds_s=3600)
    assert booth.update().phase == "kept"


def test_a_camera_that_was_dead_before_need_not_live_afterwards(booth: Booth) -> None:
    booth.systemd.behaviour = {"": Behaviour(frames=False), NEW: Behaviour(frames=False)}
    booth.systemd.live()
    assert booth.update().phase == "kept"


def test_a_broker_that_was_away_before_need_not_be_there_afterwards(booth: Booth) -> None:
    booth.systemd.behaviour = {"": Behaviour(connected=False), NEW: Behaviour(connected=False)}
    booth.systemd.live()
    assert booth.update().phase == "kept"


def test_a_booth_that_did_nothing_before_gets_the_new_version_all_the_same(booth: Booth) -> None:
    booth.systemd.behaviour = {"": Behaviour(crashes="vision", connected=False), NEW: Behaviour()}
    booth.systemd.restart()
    booth.systemd.sleep(60)
    assert booth.update().phase == "kept"


def test_after_a_power_cut_the_trial_goes_on(booth: Booth) -> None:
    begun(booth)
    booth.start("boot-2")
    assert booth.runs == NEW
    assert booth.switch().phase == "kept"


def test_a_machine_that_reboots_three_times_is_back_before_the_booth_starts(booth: Booth) -> None:
    begun(booth)
    booth.start("boot-2")
    assert booth.runs == NEW
    state = booth.start("boot-3")
    assert (state.phase, booth.runs) == ("rolled-back", OLD)
    assert "started 3 times" in state.reason
    assert NEW in state.failed


def test_the_boot_check_twice_in_one_boot_counts_once(booth: Booth) -> None:
    begun(booth)
    for _ in range(5):
        booth.start("boot-2")
    assert read_state(booth.places).attempts == 2


def begun(booth: Booth) -> None:
    """NEW is on trial, and the power went at once."""

    class Cut(BaseException):
        pass

    def cut(_: float) -> None:
        raise Cut

    booth.fetch()
    booth.switch(DAY)
    booth.systemd.sleep = cut  # type: ignore[method-assign, assignment]
    with pytest.raises(Cut):
        booth.switch()
    assert read_state(booth.places).phase == "trying"
