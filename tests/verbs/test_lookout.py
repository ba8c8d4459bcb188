"""The loop of vision: it looks until told to stop, opens a lost camera anew, and ends when its device has failed."""

from __future__ import annotations

import itertools
import json
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from appliance.answers import LOOKING, TOLD
from appliance.app import Eyes
from appliance.config import Capture, Rule, Settings
from appliance.display.cards import CardReader
from appliance.display.views import ViewReader
from appliance.errors import BoothError, SourceError
from appliance.health.armed import UPLINK as UPLINK_ACT
from appliance.health.armed import arm
from appliance.health.ask import ASK_S, Ask, write_ask
from appliance.health.clock import Clock
from appliance.health.field import end_session, renew_session
from appliance.health.moment import moment_at
from appliance.health.pause import OPERATOR, pause, resume
from appliance.health.pause import UPLINK as PAUSE_FILE
from appliance.logbook.chain import links_of
from appliance.records import Frame
from appliance.remote_file import Kept, Version, write_kept
from appliance.runtime.cpu.image import CpuImageOps
from appliance.site import Site
from appliance.site_file import FILE as SITE_FILE
from appliance.site_file import write_site
from appliance.uplink.event import event_from_payload
from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_bounds import Bounds
from appliance.verbs.field_glass import FieldGlass
from appliance.verbs.figures import Figures
from appliance.verbs.lookout import LONGEST_PAUSE_S, Lookout
from appliance.vision.pipeline import Step
from tests.fakes import Deliver, End, Fail, FakeCamera, FakeClock, FakePipeline, FakeStop, Freeze, decision
from tests.streets import passage, random_measures

EYES = cast(Eyes, SimpleNamespace(engine="abcdef012345", image=CpuImageOps()))
MAT = {"name": "mat", "polygon": [[0, 0], [1, 0], [1, 1]]}
CAMERA, FILE = "v4l2:/dev/video0", "street.mp4"
VITALS = {
    "state": str,
    "outbox": str,
    "last_event": str,
    "learning": str,
    "trends": str,
    "inference": str,
    "reason": str,
    "camera": str,
    "camera_path": str,
    "calibrated": str,
    "frames": int,
    "late": int,
    "people": int,
    "passages": int,
    "abstained": int,
    "exceptions": int,
    "learned": int,
    "needed": int,
    "frames_per_second": float,
    "written_s": float,
}
"Everything vision tells of itself while it looks: states, counts, and no word of anybody."
SENSED = {"temperature_c", "memory_free_mb"}
"What the fake sensors give."

Acts = Sequence[Deliver | Freeze | Fail | End]


class Diary(FakeClock):
    """A clock at whose hours somebody does something to the booth."""

    def __init__(self) -> None:
        super().__init__()
        self._plans: list[tuple[float, Callable[[], object]]] = []

    def at(self, now_s: float, action: Callable[[], object]) -> None:
        """Plan `action` for the first time that anybody asks for the time from `now_s` on."""
        self._plans.append((now_s, action))
        self._plans.sort(key=lambda plan: plan[0])

    def monotonic(self) -> float:
        while self._plans and self._plans[0][0] <= self.now_s:
            self._plans.pop(0)[1]()
        return self.now_s


class Warming:
    """Sensors of a machine that gets a degree warmer with each reading, whose memory answers every second time."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.read_s: list[float] = []

    def read(self) -> dict[str, float]:
        self.read_s.append(self._clock.now_s)
        memory = {"memory_free_mb": 512.0} if len(self.read_s) % 2 else {}
        return {"temperature_c": 40.0 + len(self.read_s), **memory}

    def describe(self) -> dict[str, str]:
        return {}


class Booth:
    """A lookout whose cameras play their acts, one camera after the other, on a clock that nobody waits for."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.clock = Diary()
        self.cameras: list[FakeCamera] = []
        self.opened_s: list[float] = []
        self.told: list[dict[str, Any]] = []
        self.capture: dict[str, Any] = {}
        self.started: list[Settings] = []
        "By which pipelines were made."
        self.pipeline: FakePipeline = FakePipeline()
        self.sensors: Warming | None = None
        self._patch = monkeypatch

    def look(
        self, *lives: Acts | SourceError, source: str = CAMERA, stop_s: float = 600, **camera: float
    ) -> None:
        folders = {"state": self.folder / "state", "runtime": self.folder / "run"}
        settings = Settings.model_validate(
            {"camera": {"source": source, **camera}, "folders": folders, "capture": self.capture}
        )
        left = iter(lives)

        def open_camera(*_: Any, live: bool) -> FakeCamera:
            assert live
            self.opened_s.append(self.clock.now_s)
            acts = next(left, ())
            if isinstance(acts, SourceError):
                raise acts
            self.cameras.append(FakeCamera(self.clock, acts))
            return self.cameras[-1]

        time = SimpleNamespace(monotonic=self.clock.monotonic)
        self._patch.setattr("appliance.verbs.lookout.open_camera", open_camera)
        self._patch.setattr("appliance.verbs.lookout.make_pipeline", self._make_pipeline)
        self._patch.setattr("appliance.verbs.lookout.time", time)
        self._patch.setattr("appliance.verbs.post.WAIT_S", 10.0)
        self._patch.setattr("appliance.verbs.figures.time", time)
        self._patch.setattr("appliance.verbs.figures.write_vitals", self._write)
        stop = FakeStop(self.clock, self.clock.now_s + stop_s)
        figures = Figures(folders["runtime"])
        if self.sensors is not None:
            figures.watch(self.sensors)
        Lookout(settings, EYES, None, figures).run(stop)

    def _make_pipeline(self, settings: Settings, *_: object) -> FakePipeline:
        self.started.append(settings)
        return self.pipeline

    def _write(self, _runtime: Path, process: str, vitals: dict[str, Any], now_s: float) -> None:
        assert process == "vision"
        self.told.append({**vitals, "written_s": now_s})

    def states(self) -> list[str]:
        """The states told, each once where it did not change."""
        states = [vitals.get("state", "") for vitals in self.told]
        return [state for row, state in enumerate(states) if row == 0 or states[row - 1] != state]

    def events(self) -> list[bytes]:
        outbox = Outbox(self.folder / "state/outbox.sqlite")
        rows = outbox.batch(1000)
        outbox.close()
        return [row.payload for row in rows]


@pytest.fixture
def booth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Booth:
    return Booth(tmp_path, monkeypatch)


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


def test_a_full_runtime_folder_does_not_stop_the_camera(
    booth: Booth, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def write(_runtime: Path, process: str, vitals: dict[str, Any], now_s: float) -> None:
        if len(booth.told) >= 3:
            raise BoothError("vision.json: No space left on device")
        booth.told.append(vitals)

    booth._write = write  # type: ignore[method-assign]
    booth.look([Deliver(100)], stop_s=20)
    assert len(booth.pipeline.seen) == 100
    assert caplog.text.count("No space left") == 1


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


def test_the_way_of_the_pixels_is_told(booth: Booth) -> None:
    booth.look([Deliver(1), End()], source=FILE)
    assert booth.told[-1]["camera_path"] == "cpu"


GONE = [SourceError("csi:0: Argus timed out")] * 150


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


def test_vitals_go_on_during_silence(booth: Booth) -> None:
    booth.look([Deliver(1), Freeze(9), Deliver(1), End()], source=FILE, stall_s=30)
    written_s = [vitals["written_s"] for vitals in booth.told]
    assert max(later - earlier for earlier, later in itertools.pairwise(written_s)) <= 1.5


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


def test_late_frames_are_told(booth: Booth) -> None:
    booth.look([Deliver(5, dropped=7), End()], source=FILE)
    assert booth.told[-1]["late"] == 7


@pytest.fixture
def board(tmp_path: Path) -> Iterator[CardReader]:
    reader = CardReader(tmp_path / "run")
    yield reader
    reader.close()


def test_an_exception_is_an_event_on_disk_and_a_card(booth: Booth, board: CardReader) -> None:
    booth.pipeline = FakePipeline(every=10)
    booth.look([Deliver(35), End()], source=FILE)
    events = [event_from_payload(payload) for payload in booth.events()]
    assert [event.why for event in events] == [("red", "upper")] * 3
    assert [event.id.rsplit("-", 1)[1] for event in events] == ["1", "2", "3"]
    assert booth.told[-1]["exceptions"] == 3
    assert booth.told[-1]["last_event"] == events[-1].id
    assert len(list(board.read())) == 3


class Asked(FakePipeline):
    """Somebody stands on the spot from the first frame on, and is told at the third of each ask."""

    def __init__(self, *, judged: bool = True) -> None:
        super().__init__()
        self.judged = judged
        self.number: int | None = None
        self.looks = 0

    def ask(self, number: int | None) -> str:
        if number != self.number:
            self.number, self.looks = number, 0
        return TOLD if self.looks > 3 else LOOKING

    def step(self, seen: Frame) -> Step:
        self.looks += self.number is not None
        told = [decision(4, at_s=seen.captured_s, zone="spot", asked=True, judged=self.judged)]
        return replace(super().step(seen), asked=told if self.looks == 4 else [])


@pytest.mark.parametrize("judged", [True, False])
def test_who_asks_gets_a_card_and_neither_an_event_nor_a_count(
    booth: Booth, board: CardReader, judged: bool
) -> None:
    booth.pipeline = Asked(judged=judged)
    asks: list[Ask] = []
    for at_s in (1001.0, 1005.0):
        booth.clock.at(at_s, lambda: asks.append(write_ask(booth.folder / "run", booth.clock.now_s)))
    booth.look([Deliver(600)], stop_s=50)
    cards = list(board.read())
    assert [(card.rarity, card.zone, card.asked) for card in cards] == [
        (0.97 if judged else None, "spot", True)
    ] * 2
    assert booth.events() == []
    last = booth.told[-1]
    assert (last["passages"], last["exceptions"]) == (0, 0)
    assert (last["ask"], last["answer"]) == (asks[-1].number, LOOKING)
    assert TOLD in [vitals["answer"] for vitals in booth.told if vitals.get("ask") == asks[0].number]


def test_vision_hears_within_a_moment_of_an_ask_and_of_its_end(booth: Booth) -> None:
    booth.pipeline = pipeline = Asked()
    heard: list[int | None] = []
    write = lambda: heard.append(write_ask(booth.folder / "run", booth.clock.now_s).number)  # noqa: E731
    booth.clock.at(1001.0, write)
    booth.clock.at(1001.5, lambda: heard.append(pipeline.number))
    booth.clock.at(1000.5 + ASK_S, lambda: heard.append(pipeline.number))
    booth.clock.at(1001.5 + ASK_S, lambda: heard.append(pipeline.number))
    booth.look([Deliver(600)], stop_s=50)
    assert heard == [heard[0], heard[0], heard[0], None]


class RefusesTwice(Outbox):
    """On a disk that is read-only while the second and the third message are added."""

    def __init__(self, file: Path, bounds: Bounds) -> None:
        super().__init__(file, bounds)
        self._adds = 0

    def add(self, kind: str, payload: bytes, clock: Clock | None = None) -> bool:
        self._adds += 1
        assert self._opened is not None
        self._opened.base.execute(f"PRAGMA query_only = {self._adds in (2, 3)}")
        return super().add(kind, payload, clock)


def test_an_event_that_the_disk_refuses_is_a_gap_that_is_seen_and_counted(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The camera goes on, the card is shown, the state says why, and the numbers tell a backend what it lacks."""
    monkeypatch.setattr("appliance.verbs.lookout.Outbox", RefusesTwice)
    booth.pipeline = FakePipeline(every=10)
    booth.look([Deliver(60)], stop_s=8)
    events = [event_from_payload(payload).id for payload in booth.events()]
    assert [int(event.rpartition("-")[2]) for event in events] == [1, 4, 5, 6]
    assert len({event.rpartition("-")[0] for event in events}) == 1
    assert Outbox(booth.folder / "state/outbox.sqlite").dropped() == 2
    said = [vitals.get("outbox", "") for vitals in booth.told]
    assert any("readonly" in words for words in said)
    newest = dict.fromkeys(str(vitals["last_event"]) for vitals in booth.told if "last_event" in vitals)
    assert list(newest) == events, "what was not kept is not told as the newest"
    assert said[-1] == "ok"
    assert len(booth.pipeline.seen) == 60


@pytest.mark.parametrize("acts", [[Deliver(3), End()], [Deliver(3), Freeze(1000)]])
def test_who_was_in_view_at_the_end_is_still_told(booth: Booth, acts: Acts) -> None:
    booth.pipeline = FakePipeline(at_the_end=2)
    booth.look(acts, source=FILE, stop_s=2)
    assert len(booth.events()) == 2
    assert booth.told[-1]["passages"] == 2


def test_who_was_in_view_when_the_camera_was_lost_is_told_once_while_it_is_still_away(booth: Booth) -> None:
    booth.pipeline = FakePipeline(at_the_end=2)
    booth.look([Deliver(3), Fail()], *[SourceError("cam: gone")] * 100, stop_s=100)
    assert len(booth.events()) == 2
    told = next(vitals for vitals in booth.told if vitals["passages"] == 2)
    assert 4 < told["written_s"] - booth.pipeline.seen[-1].captured_s < 40
    assert booth.told[-1]["passages"] == 2


def test_a_board_that_does_not_listen_costs_no_event(booth: Booth) -> None:
    booth.pipeline = FakePipeline(every=5)
    booth.look([Deliver(20), End()], source=FILE)
    assert len(booth.events()) == 4


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


LIVES: list[Callable[[], tuple[Acts, ...]]] = [
    lambda: ([Deliver(30), Fail("x" * 400)], [Deliver(5)]),
    lambda: ([Freeze(30)],),
    lambda: ([Deliver(40)],),
]


@pytest.mark.parametrize("lives", LIVES)
def test_vitals_hold_states_and_counts_only(booth: Booth, lives: Callable[[], tuple[Acts, ...]]) -> None:
    booth.pipeline = FakePipeline(every=4, at_the_end=1)
    booth.look(*lives(), stop_s=30)
    assert booth.told
    for vitals in booth.told:
        assert set(vitals) <= set(VITALS)
        assert all(isinstance(value, VITALS[key]) for key, value in vitals.items()), vitals
        assert len(json.dumps(vitals)) < 2000


def test_the_machine_is_read_every_ten_seconds_and_told_each_second(booth: Booth) -> None:
    booth.sensors = Warming(booth.clock)
    booth.look([Deliver(350), End()], source=FILE)
    gaps = [later - earlier for earlier, later in itertools.pairwise(booth.sensors.read_s)]
    assert len(gaps) == 3
    assert all(10 <= gap < 11.2 for gap in gaps)
    told = [vitals["temperature_c"] for vitals in booth.told if "temperature_c" in vitals]
    assert sorted(set(told)) == [41, 42, 43, 44]
    assert len(told) > 30


def test_a_figure_that_the_machine_gives_no_more_is_told_no_more(booth: Booth) -> None:
    booth.sensors = Warming(booth.clock)
    booth.look([Deliver(350), End()], source=FILE)
    for vitals in booth.told:
        assert set(vitals) <= set(VITALS) | SENSED
        if "temperature_c" in vitals:
            assert ("memory_free_mb" in vitals) == (vitals["temperature_c"] % 2 == 1)


def paused_from(booth: Booth, from_s: float, until_s: float) -> None:
    booth.clock.at(from_s, lambda: pause(booth.state, OPERATOR, "2026-11-22T17:01:00Z"))
    booth.clock.at(until_s, lambda: resume(booth.state, OPERATOR))


def test_a_pause_closes_the_camera_at_once_and_forgets_who_is_in_view(booth: Booth) -> None:
    booth.pipeline = FakePipeline(at_the_end=1)
    paused_from(booth, 1005.0, 1060.0)
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=80)
    assert booth.states() == ["running", "paused", "starting", "running", "stopped"]
    looked_s = [seen.captured_s for seen in booth.pipeline.seen]
    assert not [at_s for at_s in looked_s if 1005.2 < at_s < 1060]
    assert [camera.closed for camera in booth.cameras] == [1, 1]
    assert 1060 <= booth.opened_s[1] < 1060.3
    assert booth.pipeline.forgotten >= 1
    assert len(booth.events()) == booth.told[-1]["passages"] == 1, "only who was in view at the end"
    paused = [vitals for vitals in booth.told if vitals.get("state") == "paused"]
    assert 1005 < paused[0]["written_s"] < 1005.3
    assert {(vitals["reason"], vitals["camera"], vitals["people"]) for vitals in paused} == {
        ("paused by operator", "paused", 0)
    }
    assert len(paused) > 50, "a paused booth is not a silent one"


def test_a_booth_that_nobody_arms_closes_its_camera_until_somebody_does(booth: Booth) -> None:
    booth.capture = {"rearm_h": 0.01}
    booth.clock.at(1050.0, lambda: arm(booth.state / UPLINK_ACT, moment_at(1050.0)))
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=70)
    assert booth.states() == ["running", "paused", "starting", "running", "stopped"]
    paused = next(vitals for vitals in booth.told if vitals.get("state") == "paused")
    assert 1036 <= paused["written_s"] < 1038
    assert paused["reason"].startswith("dead-man: nobody armed the booth for 0.01 h")
    assert 1050 <= booth.opened_s[1] < 1052
    kept = [link.entry.now for link in links_of(booth.state) if link.entry and link.entry.kind == "pause"]
    assert kept == ["none", "dead-man", "none"]


def test_the_logbook_has_who_closed_the_camera_and_when_it_opened(booth: Booth) -> None:
    paused_from(booth, 1005.0, 1020.0)
    for from_s, owner in ((1010.0, "schedule"), (1012.0, "Jane at the till")):
        booth.clock.at(from_s, partial(pause, booth.state, owner, "2026-11-22T17:01:00Z"))
    booth.clock.at(1025.0, lambda: [resume(booth.state, owner) for owner in ("schedule", "Jane at the till")])
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=80)
    entries = [link.entry for link in links_of(booth.state) if link.entry]
    assert [(entry.by, entry.now) for entry in entries if entry.kind == "pause"] == [
        ("vision", now)
        for now in (
            "none",
            "operator",
            "operator,schedule",
            "operator,other,schedule",
            "other,schedule",
            "none",
        )
    ]


def test_even_the_shortest_pause_forgets_who_is_in_view(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    words: list[str] = []
    monkeypatch.setattr("appliance.verbs.shutter.paused_by", lambda *_: words.pop() if words else "")
    booth.clock.at(1005.0, lambda: words.append("paused by passer-by"))
    booth.look([Deliver(1000)], [Deliver(1000)], stop_s=20)
    assert len(booth.cameras) == 2
    assert booth.pipeline.forgotten == 1


@pytest.mark.parametrize("lives", [([Freeze(1000)], [Freeze(1000)]), [SourceError("cam: gone")] * 100])
def test_a_pause_is_heeded_while_no_frame_comes(booth: Booth, lives: Any) -> None:
    paused_from(booth, 1063.0, 1090.0)
    booth.look(*lives, stop_s=100, first_frame_s=500)
    paused = [vitals for vitals in booth.told if vitals.get("state") == "paused"]
    assert 1063 < paused[0]["written_s"] < 1063.3
    assert not [at_s for at_s in booth.opened_s if 1063.2 < at_s < 1090]
    assert all(camera.closed for camera in booth.cameras)


class Slow(FakePipeline):
    """Its frames take a second each, with a look at the pause every quarter."""

    heed: Callable[[], None]

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self.done = 0

    def step(self, seen: Frame) -> Step:
        for _ in range(4):
            self.clock.now_s += 0.25
            self.clock.monotonic()
            self.heed()
        self.done += 1
        return super().step(seen)


def test_a_pause_waits_for_no_slow_frame(booth: Booth) -> None:
    booth.pipeline = slow = Slow(booth.clock)
    booth.clock.at(1005.3, lambda: pause(booth.state, OPERATOR, "2026-11-22T17:01:00Z"))
    booth.look([Deliver(10_000)], stop_s=10)
    (first, *_) = [vitals for vitals in booth.told if vitals.get("state") == "paused"]
    assert first["written_s"] - 1005.3 <= 0.25
    assert slow.done == len(slow.seen) == 4
    assert [camera.closed for camera in booth.cameras] == [1]


def test_a_booth_that_starts_paused_opens_no_camera_until_it_is_resumed(booth: Booth) -> None:
    pause(booth.state, OPERATOR, "2026-11-22T17:01:00Z")
    booth.look([Deliver(10)], stop_s=20)
    assert (booth.opened_s, booth.states()) == ([], ["paused", "stopped"])
    booth.clock.at(booth.clock.now_s + 5, lambda: resume(booth.state, OPERATOR))
    booth.look([Deliver(10), End()], source=FILE)
    assert len(booth.pipeline.seen) == 10


def test_the_pause_of_somebody_there_outlives_the_resume_of_the_operator(booth: Booth) -> None:
    pause(booth.state, "passer-by", "2026-11-22T17:01:00Z")
    paused_from(booth, 1005.0, 1010.0)
    booth.look([Deliver(10)], stop_s=60)
    assert (booth.opened_s, booth.told[-2]["reason"]) == ([], "paused by passer-by")


def test_a_damaged_pause_file_closes_the_camera_and_says_why(booth: Booth) -> None:
    (booth.state / PAUSE_FILE).parent.mkdir(parents=True)
    booth.clock.at(1005.0, lambda: (booth.state / PAUSE_FILE).write_text("{"))
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=60)
    assert booth.states() == ["running", "paused", "stopped"]
    assert "pause.json: no pause/1; paused until somebody there has looked at it" in booth.told[-2]["reason"]


def test_pauses_are_no_losses_of_the_camera(booth: Booth) -> None:
    for second in range(1000, 1100, 2):
        paused_from(booth, second, second + 1)
    life: Acts = [Freeze(1.5), Deliver(2), Freeze(1000)]
    booth.look(*[life] * 100, source="csi:0", stop_s=150, stall_s=500)
    assert booth.states()[-1] == "stopped"
    assert "blind" not in booth.states()


class Forgetful(FakePipeline):
    """Keeps no frame, as the real one."""

    def step(self, seen: Frame) -> Step:
        step = super().step(seen)
        self.seen[-1] = replace(seen)
        return step


def test_no_frame_stays_in_memory_during_a_pause(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    booth.pipeline = Forgetful()
    taken: list[weakref.ref[Frame]] = []
    take = FakeCamera.take

    def noted(self: FakeCamera, timeout_s: float) -> Frame | None:
        frame = take(self, timeout_s)
        taken.extend([weakref.ref(frame)] if frame is not None else [])
        return frame

    monkeypatch.setattr(FakeCamera, "take", noted)
    left: list[int] = []
    booth.clock.at(1005.0, lambda: pause(booth.state, OPERATOR, "2026-11-22T17:01:00Z"))
    booth.clock.at(1006.0, lambda: left.append(sum(frame() is not None for frame in taken)))
    booth.look([Deliver(10_000)], stop_s=10)
    assert len(taken) > len(booth.pipeline.seen) > 40
    assert left == [0]


def test_a_camera_that_delivered_before_a_pause_has_all_steps_before_it_again(booth: Booth) -> None:
    (booth.folder / "run").mkdir()
    paused_from(booth, 1040.0, 1050.0)
    life: Acts = [Deliver(10_000)]
    booth.look(*GONE[:4], life, *GONE[:4], [Deliver(10_000)], source="csi:0", stop_s=150)
    assert booth.states()[-3:] == ["blind", "running", "stopped"]
    assert len(booth.opened_s) == 10


class Passing(FakePipeline):
    """Somebody passes each second."""

    def step(self, seen: Frame) -> Step:
        step = super().step(seen)
        if len(self.seen) % 10 == 0:
            measures = random_measures(np.random.default_rng(len(self.seen)))
            step.passages.append(passage(len(self.seen), measures))
        return step


def test_who_passed_a_moment_before_a_pause_is_not_learned(booth: Booth) -> None:
    booth.pipeline = Passing()
    paused_from(booth, 1008.05, 1010.0)
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=13.5)
    learned = [vitals["learned"] for vitals in booth.told if "learned" in vitals]
    assert 8 in learned
    assert learned[-1] == 3


def keep(booth: Booth, number: int, **wish: Any) -> Callable[[], None]:
    return lambda: write_kept(booth.state, Kept(Version(number, wish), tried=number))


def test_what_is_set_from_afar_is_taken_over_while_the_booth_looks(booth: Booth) -> None:
    booth.clock.at(1005.0, keep(booth, 1, decision={"wanted_share": 0.2}))
    booth.clock.at(1010.0, keep(booth, 2, decision={"wanted_share": 0.2}, capture={"zones": [MAT]}))
    booth.clock.at(1015.0, keep(booth, 3, display={"language": "es"}))
    booth.look([Deliver(10_000)], stop_s=30)
    mat = Capture.model_validate({"zones": [MAT]})
    assert booth.pipeline.wishes == [Rule(wanted_share=0.2), mat, Rule(), Capture()]
    assert booth.states() == ["running", "stopped"]
    assert booth.pipeline.forgotten == 0


def test_the_logbook_has_what_a_booth_began_with_and_what_changed(booth: Booth) -> None:
    booth.clock.at(1005.0, keep(booth, 1, capture={"mode": "opt-in-zone", "zones": [MAT]}))
    for _ in range(2):
        booth.look([Deliver(10_000)], stop_s=8)
    entries = [link.entry for link in links_of(booth.state) if link.entry]
    told = [(entry.kind, entry.now) for entry in entries]
    assert [kind for kind, _ in told] == ["model", "bank", "config", "law", "mode", "pause", "config", "mode"]
    assert ("model", "abcdef012345") in told
    assert ("law", "us-ny") in told
    assert [now for kind, now in told if kind == "mode"] == ["open-street", "opt-in-zone"]
    assert b"video0" not in b"".join(entry.line for entry in entries)


def test_learning_is_switched_off_and_on_from_afar(booth: Booth) -> None:
    booth.clock.at(1005.0, keep(booth, 1, novelty={"learning": False}))
    booth.clock.at(1010.0, keep(booth, 2))
    booth.look([Deliver(10_000)], stop_s=20)
    learning = [vitals["learning"] for vitals in booth.told if "learning" in vitals]
    changes = [state for row, state in enumerate(learning) if row == 0 or learning[row - 1] != state]
    assert changes == [
        "learning: fewer than ten people so far",
        "off",
        "learning: fewer than ten people so far",
    ]


def test_a_booth_starts_with_what_was_set_from_afar(booth: Booth) -> None:
    keep(booth, 7, decision={"wanted_per_hour": 6}, capture={"zones": [MAT]})()
    booth.look([Deliver(1), End()], source=FILE)
    assert booth.pipeline.wishes == []
    (settings,) = booth.started
    assert settings.decision.wanted_per_hour == 6
    assert [zone.name for zone in settings.capture.zones] == ["mat"]


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


def draw(booth: Booth, *zones: dict[str, Any]) -> Callable[[], None]:
    return lambda: write_site(booth.state, Site.model_validate({"zones": zones}))


def test_what_is_drawn_at_the_place_is_taken_over_while_the_booth_looks(booth: Booth) -> None:
    booth.clock.at(1005.0, draw(booth, MAT))
    booth.clock.at(1010.0, lambda: (booth.state / SITE_FILE).write_text("{"))
    booth.clock.at(1015.0, draw(booth))
    booth.look([Deliver(10_000)], stop_s=30)
    assert booth.pipeline.wishes == [Capture.model_validate({"zones": [MAT]}), Capture()]
    assert booth.states() == ["running", "stopped"]


def test_a_booth_that_starts_with_zones_it_cannot_read_looks_at_nobody_until_they_are_drawn_anew(
    booth: Booth,
) -> None:
    (booth.state / SITE_FILE).parent.mkdir(parents=True)
    (booth.state / SITE_FILE).write_text("{")
    booth.clock.at(1020.0, draw(booth, MAT))
    booth.look([Deliver(10_000)], stop_s=30)
    assert booth.states() == ["paused", "starting", "running", "stopped"]
    paused = next(vitals for vitals in booth.told if vitals.get("state") == "paused")
    assert "site.json: no site/1; open the field page" in paused["reason"]
    assert booth.opened_s[0] >= 1020.0
    assert booth.started[0].capture == Capture.model_validate({"zones": [MAT]})


def test_a_technician_sees_what_the_booth_sees_for_as_long_as_he_is_there(booth: Booth) -> None:
    runtime, seen_s = booth.folder / "run", []
    page = ViewReader(runtime)

    def look() -> None:
        if page.read(booth.clock.now_s) is not None:
            seen_s.append(booth.clock.now_s)

    for tick in range(10, 400):
        booth.clock.at(1000 + tick / 10, look)
        if tick % 50 == 0 and 100 <= tick <= 200:
            booth.clock.at(1000 + tick / 10, lambda: renew_session(runtime, booth.clock.now_s))
        if tick == 240:
            booth.clock.at(1000 + tick / 10, lambda: end_session(runtime))
    booth.look([Deliver(10_000)], stop_s=42)
    page.close()
    assert 1010 < min(seen_s) < 1012
    assert 1023 < max(seen_s) < 1026
    assert 40 <= len(seen_s) <= 4 * 15


@pytest.mark.parametrize("life", [[Deliver(150), Freeze(30)], [Deliver(150), Fail()]])
def test_when_a_technician_leaves_the_street_is_forgotten_though_no_frame_comes(
    booth: Booth, life: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = watch_glass(booth, monkeypatch)
    booth.clock.at(1000.5, lambda: renew_session(booth.folder / "run", booth.clock.now_s))
    booth.look(life, stop_s=29, stall_s=60)
    assert known(1014.0)
    assert not known(1025.0)


def test_a_pause_forgets_the_street_at_once(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    known = watch_glass(booth, monkeypatch)
    booth.clock.at(1000.5, lambda: renew_session(booth.folder / "run", booth.clock.now_s))
    paused_from(booth, 1010.0, 1060.0)
    booth.look([Deliver(10_000)], stop_s=29)
    assert known(1009.0)
    assert not known(1011.0)


def watch_glass(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], bool]:
    """Tells, afterwards, whether the field glass knew the street in the half second before a time."""
    glasses: list[FieldGlass] = []
    knew: dict[float, bool] = {}

    def make(runtime: Path, eyes: Eyes) -> FieldGlass:
        glasses.append(FieldGlass(runtime, eyes))
        return glasses[-1]

    monkeypatch.setattr("appliance.verbs.lookout.FieldGlass", make)
    for tick in range(2, 58):
        booth.clock.at(1000 + tick / 2, lambda: knew.update({booth.clock.now_s: glasses[0]._aim is not None}))
    return lambda at_s: knew[max(time_s for time_s in knew if time_s <= at_s)]
