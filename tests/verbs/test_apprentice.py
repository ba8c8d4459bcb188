"""Learning while looking: the bank grows from who passes, is kept on disk, and a disk that refuses stops nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.artifacts import MIN_SUPPORTERS, load_bank, save_bank
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.records import FloatArray, Passage
from appliance.runtime.choose import Wing
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.runtime.seam import Neighbours
from appliance.uplink.event import event_from_payload
from appliance.uplink.outbox import Outbox
from appliance.verbs.apprentice import (
    KEPT,
    RENEW_EVERY_S,
    Apprentice,
    day_of,
    load_known,
    make_apprentice,
)
from appliance.verbs.figures import Figures
from appliance.verbs.lookout import Lookout
from appliance.vision.descriptor import MEASURES, VERSION
from appliance.vision.novelty import Judge, is_coded
from appliance.vision.pipeline import Step
from calibration.street import HOLD_S, Street
from tests.fakes import Deliver, End, FakeCamera, FakeClock, FakePipeline, FakeStop, exception
from tests.streets import passage, random_bank, random_measures

WING = cast(Wing, SimpleNamespace(neighbours=CpuNeighbours, name="cpu"))
NOW = Clock(1_795_000_000.0, synced=True)
WRONG = Clock(86_400.0, synced=False)


def somebody(rng: np.random.Generator, track: int = 0) -> Passage:
    return passage(track, random_measures(rng))


def settings_in(folder: Path, **novelty: Any) -> Settings:
    return Settings.model_validate(
        {"folders": {"state": folder, "runtime": folder / "run"}, "novelty": novelty}
    )


def watch(apprentice: Apprentice, people: int, start_s: float = 0.0, every_s: float = 1.0) -> list[str]:
    """So many people pass, one every `every_s`; returns the ids of the banks that came of it."""
    rng, banks = np.random.default_rng(int(start_s)), []
    for i in range(people):
        now_s = start_s + i * every_s
        apprentice.see([somebody(rng, i), passage(99, None)], now_s)
        bank = apprentice.tend(now_s, lambda: NOW)
        banks += [bank.id] if bank else []
    return banks


def test_a_street_becomes_a_bank_that_is_kept_and_gone_on_with(tmp_path: Path) -> None:
    apprentice = make_apprentice(settings_in(tmp_path), None, 0.0, NOW)
    assert apprentice is not None
    banks = watch(apprentice, 40)
    apprentice.close(40.0, NOW)
    kept = load_bank(tmp_path / KEPT, VERSION)
    assert kept.passages == 40
    assert len(banks) == len(set(banks)) >= 1
    assert kept.days == (day_of(NOW), day_of(NOW))
    judge = load_known(settings_in(tmp_path), WING)
    assert judge is not None
    assert judge.bank.id == kept.id
    second = make_apprentice(settings_in(tmp_path), judge, 0.0, NOW)
    assert second is not None
    assert second.state == "ok"
    watch(second, 10, start_s=100.0)
    second.close(200.0, NOW)
    assert load_bank(tmp_path / KEPT, VERSION).passages == 50


def test_too_few_people_are_a_state_and_leave_no_file(tmp_path: Path) -> None:
    apprentice = Apprentice(Street(), tmp_path / KEPT, 0.0)
    watch(apprentice, 9)
    assert apprentice.state == "learning: fewer than ten people so far"
    apprentice.close(10.0, NOW)
    assert list(tmp_path.iterdir()) == []


def test_ten_people_of_a_quiet_street_make_a_bank_and_nobody_is_held_for_long(tmp_path: Path) -> None:
    street = Street()
    apprentice = Apprentice(street, tmp_path / KEPT, 0.0)
    watch(apprentice, 12, every_s=HOLD_S / 2)
    assert apprentice.state == "ok"
    assert load_bank(tmp_path / KEPT, VERSION).passages >= 10


def test_a_bank_is_renewed_after_minutes_only_when_ten_people_passed(tmp_path: Path) -> None:
    apprentice = Apprentice(Street(), tmp_path / KEPT, 0.0)
    watch(apprentice, 40)
    assert apprentice.tend(40 + RENEW_EVERY_S, lambda: NOW) is not None or apprentice.state == "ok"
    before = (tmp_path / KEPT).read_bytes()
    assert apprentice.tend(50 + 2 * RENEW_EVERY_S, lambda: NOW) is None
    assert (tmp_path / KEPT).read_bytes() == before
    rng = np.random.default_rng(9)
    apprentice.see([somebody(rng) for _ in range(MIN_SUPPORTERS - 1)], 60 + 2 * RENEW_EVERY_S)
    assert apprentice.tend(60 + 3 * RENEW_EVERY_S, lambda: NOW) is None
    assert apprentice.close(61 + 3 * RENEW_EVERY_S, NOW) is None
    assert (tmp_path / KEPT).read_bytes() == before
    apprentice.see([somebody(rng)], 62 + 3 * RENEW_EVERY_S)
    assert apprentice.tend(60 + 4 * RENEW_EVERY_S, lambda: NOW) is not None


def test_a_disk_that_refuses_is_a_state_told_once_and_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "folder"
    place.write_bytes(b"no folder")
    apprentice = Apprentice(Street(), place / KEPT, 0.0)
    banks = watch(apprentice, 60)
    assert len(banks) >= 2
    assert apprentice.state.startswith("not kept: ")
    assert caplog.text.count("the bank is not kept") == 1
    place.unlink()
    watch(apprentice, 15, start_s=100.0)
    apprentice.close(200.0, NOW)
    assert apprentice.state == "ok"
    assert load_bank(place / KEPT, VERSION).passages == 75


def test_a_booth_that_learns_no_more_still_judges_by_what_it_learned(tmp_path: Path) -> None:
    watch(Apprentice(Street(), tmp_path / KEPT, 0.0), 60)
    judge = load_known(settings_in(tmp_path, learning=False), WING)
    assert judge is not None
    assert judge.bank.passages >= 20


def test_learning_that_is_off_learns_nothing(tmp_path: Path) -> None:
    assert make_apprentice(settings_in(tmp_path, learning=False), None, 0.0, NOW) is None


def test_a_finished_bank_judges_and_learns_no_more(tmp_path: Path) -> None:
    save_bank(random_bank(), tmp_path / "given.bank")
    settings = settings_in(tmp_path, bank=str(tmp_path / "given.bank"))
    judge = load_known(settings, WING)
    assert judge is not None
    assert make_apprentice(settings, judge, 0.0, NOW) is None


def test_an_own_bank_of_another_version_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / KEPT).write_bytes(b"of an older booth")
    assert load_known(settings_in(tmp_path), WING) is None


def test_a_wrong_clock_gives_no_date(tmp_path: Path) -> None:
    assert (day_of(WRONG), day_of(NOW)) == ("", "2026-11-18")
    apprentice = Apprentice(Street(), tmp_path / KEPT, 0.0, ("2026-11-01", "2026-11-02"))
    rng = np.random.default_rng(0)
    for i in range(30):
        apprentice.see([somebody(rng, i)], float(i))
    apprentice.close(30.0, WRONG)
    assert load_bank(tmp_path / KEPT, VERSION).days == ("2026-11-01", "2026-11-02")


class PassingPipeline(FakePipeline):
    """Somebody passes with every frame, each an exception; notes by which banks it is told to judge."""

    def __init__(self) -> None:
        super().__init__()
        self.rng = np.random.default_rng(0)
        self.banks: list[str] = []

    def _step(self, seen: Any, count: int, now_s: float) -> Step:
        step = super()._step(seen, count, now_s)
        step.passages.append(somebody(self.rng, len(self.seen)))
        step.decisions.append(exception(len(self.seen), now_s))
        return step

    def judge_by(self, judge: Judge, rule: object) -> None:
        self.banks.append(judge.bank.id)


@pytest.fixture
def look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], tuple[PassingPipeline, dict[str, Any]]]:
    def run(frames: int) -> tuple[PassingPipeline, dict[str, Any]]:
        clock, pipeline, told = FakeClock(), PassingPipeline(), {}
        time = SimpleNamespace(monotonic=clock.monotonic)
        camera = FakeCamera(clock, [Deliver(frames), End()])
        monkeypatch.setattr("appliance.verbs.lookout.open_camera", lambda *_, live: camera)
        monkeypatch.setattr("appliance.verbs.crew.make_pipeline", lambda *_: pipeline)
        monkeypatch.setattr("appliance.verbs.lookout.time", time)
        monkeypatch.setattr("appliance.verbs.crew.time", time)
        monkeypatch.setattr("appliance.verbs.figures.time", time)
        monkeypatch.setattr(
            "appliance.verbs.figures.write_vitals", lambda _r, _p, vitals, _t: told.update(vitals)
        )
        eyes = cast(Eyes, SimpleNamespace(engine="abcdef012345", wing=WING))
        settings = settings_in(tmp_path).model_copy(
            update={"camera": Settings().camera.model_copy(update={"source": "street.mp4"})}
        )
        Lookout(settings, eyes, None, Figures(tmp_path / "run")).run(FakeStop(clock, clock.now_s + 600))
        return pipeline, told

    return run


def test_a_booth_without_a_bank_judges_as_soon_as_it_has_learned(
    look: Callable[[int], tuple[PassingPipeline, dict[str, Any]]], tmp_path: Path
) -> None:
    pipeline, told = look(60)
    assert pipeline.banks
    assert told["learning"] == "ok"
    assert told["bank"] in pipeline.banks
    # One more than frames: the end concludes somebody too.
    assert load_bank(tmp_path / KEPT, VERSION).passages == 61


def test_an_event_names_the_bank_in_force(
    look: Callable[[int], tuple[PassingPipeline, dict[str, Any]]], tmp_path: Path
) -> None:
    pipeline, _ = look(60)
    outbox = Outbox(tmp_path / "outbox.sqlite")
    banks = [event_from_payload(row.payload).bank for row in outbox.batch(100)]
    outbox.close()
    assert list(dict.fromkeys(banks)) == ["none", *pipeline.banks]


def test_a_bank_that_the_device_has_no_room_for_is_a_state_and_the_last_one_goes_on(
    look: Callable[[int], tuple[PassingPipeline, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = [sum(not is_coded(name) for name in MEASURES)]

    def neighbours(bank: FloatArray) -> Neighbours:
        room[0] -= 1
        if room[0] < 0:
            raise BoothError("a bank of 9 x 9 takes 9 MB on the device, 1 MB are free; end other programs")
        return CpuNeighbours(bank)

    monkeypatch.setattr(WING, "neighbours", neighbours)
    pipeline, told = look(200)
    assert len(pipeline.seen) == 200
    assert len(pipeline.banks) == 1
    assert told["bank"] == pipeline.banks[0]
    assert told["learning"].startswith("not judged by: a bank of 9 x 9 takes 9 MB")
    assert caplog.text.count("the new bank is not judged by") == 1
    assert load_bank(tmp_path / KEPT, VERSION).passages > 201 - MIN_SUPPORTERS


def test_a_booth_that_has_seen_few_says_so(
    look: Callable[[int], tuple[PassingPipeline, dict[str, Any]]],
) -> None:
    pipeline, told = look(5)
    assert not pipeline.banks
    assert told["calibrated"] == told["learning"] == "learning: fewer than ten people so far"
