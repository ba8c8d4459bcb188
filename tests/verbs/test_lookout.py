"""The loop of vision: it looks until told to stop, opens a lost camera anew, and ends when its device has failed."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from appliance.errors import BoothError, SourceError
from appliance.records import Frame
from appliance.uplink.event import event_from_payload
from appliance.verbs.lookout import LONGEST_PAUSE_S
from appliance.vision.pipeline import Step
from tests.fakes import Deliver, End, Fail, FakePipeline, Freeze
from tests.verbs.booth import FILE, Booth, paused_from


def test_the_end_of_a_file_ends_the_process(booth: Booth) -> None:
    booth.look([Deliver(25), End()], source=FILE)
    assert booth.states() == ["running", "ended"]
    assert booth.told[-1]["frames"] == len(booth.pipeline.seen) == 25
    assert booth.told[-1]["frames_per_second"] == 10
    assert [camera.closed for camera in booth.cameras] == [1]


def test_a_recording_that_breaks_ends_the_process_and_says_why(booth: Booth) -> None:
    booth.look([Deliver(7), Fail("clip: frame 7: broken")], [Deliver(7)], source=FILE)
    assert booth.states() == ["running", "blind", "ended"]
    assert len(booth.cameras) == 1
    assert booth.told[-1]["frames"] == 7


def test_a_stop_ends_a_running_camera(booth: Booth) -> None:
    booth.look([Deliver(10_000)], stop_s=20)
    assert booth.states() == ["running", "stopped"]
    assert len(booth.pipeline.seen) == pytest.approx(200, abs=2)
    assert booth.cameras[0].closed == 1


@pytest.mark.parametrize("stop_s", [1.0, 7.3])
def test_a_stop_is_obeyed_during_silence(booth: Booth, stop_s: float) -> None:
    booth.look([Freeze(1000)], stop_s=stop_s, first_frame_s=100)
    assert booth.clock.now_s <= 1000 + stop_s + 0.5
    assert booth.states()[-1] == "stopped"


def test_a_stop_is_obeyed_while_waiting_for_a_lost_camera(booth: Booth) -> None:
    booth.look(*[SourceError("cam: gone")] * 100, stop_s=100)
    assert booth.clock.now_s <= 1100 + 0.5
    assert booth.states()[-1] == "stopped"


def test_after_a_loss_the_camera_is_opened_anew(booth: Booth) -> None:
    booth.look([Deliver(5), Fail()], [Deliver(5), Fail()], [Deliver(1000)], stop_s=60)
    assert booth.states() == ["running", "blind", "running", "blind", "running", "stopped"]
    assert len(booth.cameras) == 3
    assert all(camera.closed for camera in booth.cameras)
    assert booth.told[-1]["frames"] == len(booth.pipeline.seen)


def test_a_blind_booth_says_why(booth: Booth) -> None:
    booth.look([Deliver(5), Fail("cam: the cable is out")], stop_s=20)
    blind = next(vitals for vitals in booth.told if vitals["state"] == "blind")
    assert blind["reason"] == blind["camera"] == "cam: the cable is out"
    assert blind["people"] == 0


def test_a_camera_that_freezes_is_lost_after_the_set_time(booth: Booth) -> None:
    booth.look([Deliver(5), Freeze(1000)], [Deliver(10_000)], stop_s=60, stall_s=3)
    blind = next(vitals for vitals in booth.told if vitals["state"] == "blind")
    assert "no frame for 3 s; check cable and power" in blind["reason"]
    assert 3 < blind["written_s"] - booth.pipeline.seen[4].captured_s < 4
    assert booth.states() == ["running", "blind", "running", "stopped"]


def test_a_short_freeze_is_no_loss(booth: Booth) -> None:
    booth.look([Deliver(5), Freeze(2), Deliver(5), End()], source=FILE, stall_s=3)
    assert booth.states() == ["running", "ended"]
    assert len(booth.cameras) == 1


def test_the_first_frame_may_take_longer(booth: Booth) -> None:
    booth.look([Freeze(9), Deliver(5), End()], source=FILE, stall_s=3, first_frame_s=10)
    assert booth.states()[-2:] == ["running", "ended"]


def test_a_camera_that_is_not_there_is_tried_again_with_longer_pauses(booth: Booth) -> None:
    booth.look(*[SourceError("/dev/video0: no such camera")] * 12, [Deliver(10_000)], stop_s=600)
    pauses_s = [later - earlier for earlier, later in itertools.pairwise(booth.opened_s)]
    assert len(pauses_s) == 12
    assert all(0.5 <= pause_s <= LONGEST_PAUSE_S + 1 for pause_s in pauses_s)
    assert "running" in booth.states()


@pytest.mark.parametrize(
    "acts", [SourceError("street.mp4: no such file"), [Fail("street.mp4: broken")], [Freeze(1000)]]
)
def test_a_file_that_cannot_be_read_ends_with_the_error(booth: Booth, acts: Any) -> None:
    with pytest.raises(SourceError, match=r"street.mp4"):
        booth.look(acts, source=FILE)
    assert len(booth.opened_s) == 1


FAULT = "Orin: the device failed (an illegal memory access was encountered); restart the booth"


class FaultyPipeline(FakePipeline):
    """Its device fails at a frame, and from then on."""

    def __init__(self, fails_at: int, every: int = 1_000_000) -> None:
        super().__init__(every, at_the_end=1)
        self.fails_at = fails_at

    def step(self, seen: Frame) -> Step:
        if len(self.seen) + 1 >= self.fails_at:
            raise BoothError(FAULT)
        return super().step(seen)

    def finish(self, now_s: float) -> Step:
        if len(self.seen) + 1 >= self.fails_at:
            pytest.fail("the device was asked again")
        return super().finish(now_s)


def test_a_device_that_fails_ends_the_process_and_says_why(booth: Booth) -> None:
    booth.pipeline = FaultyPipeline(fails_at=8, every=3)
    with pytest.raises(BoothError) as raised:
        booth.look([Deliver(100)])
    assert str(raised.value) == FAULT
    assert booth.states() == ["running", "failed"]
    last = booth.told[-1]
    assert (last["reason"], last["inference"], last["camera"], last["people"]) == (FAULT, FAULT, "stopped", 0)
    assert [camera.closed for camera in booth.cameras] == [1]
    assert len(booth.events()) == 2


def test_of_a_fault_nothing_is_left_after_the_next_start(booth: Booth) -> None:
    booth.pipeline = FaultyPipeline(fails_at=3)
    with pytest.raises(BoothError):
        booth.look([Deliver(100)])
    booth.told.clear()
    booth.pipeline = FakePipeline()
    booth.look([Deliver(20), End()], source=FILE)
    assert booth.states() == ["running", "ended"]
    assert FAULT not in json.dumps(booth.told)


def test_no_event_is_lost_or_told_twice_when_vision_fails_again_and_again(booth: Booth) -> None:
    for _ in range(5):
        booth.pipeline = FaultyPipeline(fails_at=10, every=3)
        with pytest.raises(BoothError, match="the device failed"):
            booth.look([Deliver(100)])
    ids = [event_from_payload(payload).id for payload in booth.events()]
    assert len(set(ids)) == len(ids) == 5 * 3
    assert [int(one.rsplit("-", 1)[1]) for one in ids] == [1, 2, 3] * 5
    assert len({one.rsplit("-", 1)[0] for one in ids}) == 5


def test_a_file_that_is_none_is_a_fault_of_the_camera(booth: Booth) -> None:
    with pytest.raises(SourceError):
        booth.look(SourceError("street.mp4: no such file"), source=FILE)
    last = booth.told[-1]
    assert (last["state"], last["camera"]) == ("failed", "street.mp4: no such file")
    assert "inference" not in last


def fed_at(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Times at which the watchdog is fed from now on."""
    fed: list[float] = []
    monkeypatch.setattr("appliance.health.notify.alive", lambda: bool(fed.__iadd__([booth.clock.now_s])))
    return fed


def test_the_watchdog_is_fed_by_each_frame_that_is_done_and_by_nothing_else(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed = fed_at(booth, monkeypatch)
    booth.look([Deliver(30), Freeze(20), Deliver(30)], stop_s=40, stall_s=30)
    assert len(fed) == len(booth.pipeline.seen)
    assert max(late - early for early, late in itertools.pairwise(fed)) >= 20


def test_a_lost_camera_does_not_feed_the_watchdog(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    fed = fed_at(booth, monkeypatch)
    booth.look([Deliver(5), Fail()], *[SourceError("not there")] * 100, stop_s=300)
    assert len(fed) == 5


def test_a_pause_feeds_the_watchdog(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    fed = fed_at(booth, monkeypatch)
    paused_from(booth, 1005.0, 1060.0)
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=80)
    assert max(late - early for early, late in itertools.pairwise(fed)) < 2
