"""The way of one frame: the stages in their order, and every passage with its decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, cast

import numpy as np
import pytest

from appliance.answers import EMPTY, TOLD
from appliance.config import Capture, Garment, Rule, Zone
from appliance.records import Detections, FloatArray, Frame, Garments, Tracks
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.vision.novelty import Judge
from appliance.vision.passages import Passages
from appliance.vision.pipeline import NO_BANK, Pipeline
from appliance.vision.spot import Spot
from appliance.vision.tracker import Tracker
from appliance.vision.trust import TrackerSettings
from tests.fakes import decision
from tests.streets import RED, boxes, cloth, descriptor, frame, garments, random_bank, tail, tracks

WALKER = (200.0, 60.0, 300.0, 400.0)
PLAIN = np.ones(3, np.float32)
"Gains of a street in white light."


class Rooms:
    """Stand-ins for the rooms of a pipeline that write down who was called with what."""

    def __init__(self, seen: list[Tracks]) -> None:
        self.calls: list[str] = []
        self._seen = iter(seen)

    def detect(self, seen: Frame, _: Any) -> Detections:
        self.calls.append("detector")
        return Detections(boxes(WALKER), np.ones(1, np.float32))

    def update(self, detections: Detections, now_s: float) -> Tracks:
        self.calls.append("tracker")
        return next(self._seen)

    def finish(self) -> Tracks:
        self.calls.append("finish")
        return next(self._seen)

    def everybody(self) -> FloatArray:
        return boxes((0, 0, 9, 9))

    def gains(self, seen: Frame, people: FloatArray) -> FloatArray:
        self.calls.append(f"light without {len(people)}")
        return PLAIN

    def cut(self, seen: Frame, ids: Any, rows: FloatArray, gains: FloatArray) -> Garments:
        assert gains is PLAIN
        self.calls.append(f"garments of {ids.tolist()}")
        return replace(garments([cloth(RED, RED)] * len(ids)), ids=ids)

    def decide(self, passages: list[Any]) -> list[Any]:
        self.calls.append(f"decision on {[one.track for one in passages]}")
        return [decision(one.track, settled=one.final) for one in passages]

    def answer(self, passages: list[Any]) -> list[Any]:
        self.calls.append(f"answer to {[one.track for one in passages]}")
        return [decision(one.track, asked=True) for one in passages]

    def readiness(self, now_s: float) -> str:
        return f"asked at {now_s}"

    def progress(self, now_s: float) -> tuple[int, int]:
        return 43, 66


def pipeline(rooms: Rooms, decider: bool = True, capture: Capture | None = None) -> Pipeline:
    any_room = cast(Any, rooms)
    passages = Passages(Garment(views=1), capture or Capture())
    stages = (any_room, any_room, passages, any_room, any_room, descriptor())
    spot = Spot(Garment(views=1), capture or Capture())
    return Pipeline(*stages, any_room if decider else None, spot)


def test_a_frame_goes_from_pixels_to_decisions_in_order() -> None:
    rooms = Rooms([tracks({7: WALKER})])
    step = pipeline(rooms).step(frame(at_s=1.0))
    assert rooms.calls == ["detector", "tracker", "light without 1", "garments of [7]", "decision on [7]"]
    assert [one.track for one in step.passages] == [7]
    assert [one.track for one in step.decisions] == [7]
    assert (step.calibrated, step.people) == ("asked at 1.0", 1)
    assert step.tracks.ids.tolist() == [7]
    assert step.progress == (43, 66)


def test_whoever_may_be_there_hides_the_street_and_who_opted_out_is_not_shown() -> None:
    """Weak boxes and foretold ones as well: a technician's drawing is of what nobody can be in front of."""
    bench = Zone(name="bench", kind="opt-out", polygon=((0, 0), (1, 0), (1, 1), (0, 1)))
    shown, hidden = (
        pipeline(Rooms([tracks({7: WALKER})])),
        pipeline(Rooms([tracks({7: WALKER})]), capture=Capture(zones=(bench,))),
    )
    for whole, people in ((shown, [WALKER]), (hidden, [])):
        step = whole.step(frame(at_s=1.0))
        np.testing.assert_array_equal(step.shown, boxes(*people))
        np.testing.assert_array_equal(step.covered, boxes(WALKER, (0, 0, 9, 9)))


WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
SPOT = Zone(name="spot", kind="spot", polygon=WHOLE)
CORNER = Zone(name="mat", polygon=((0.9, 0), (1, 0), (1, 0.1)))
SHOP = Zone(name="shop", kind="door", polygon=WHOLE)
BENCH = Zone(name="bench", kind="opt-out", polygon=WHOLE)


def test_who_was_judged_already_is_looked_at_anew_when_they_ask_and_is_a_passage_no_more() -> None:
    rooms = Rooms([tracks({7: WALKER})] * 4 + [tracks({}, ended=(7,))])
    whole = pipeline(rooms, capture=Capture(zones=(SPOT,)))
    first = whole.step(frame(at_s=1.0))
    assert whole.ask(5) == EMPTY
    second = whole.step(frame(at_s=2.0))
    assert whole.ask(5) == TOLD
    later = [whole.step(frame(at_s=at_s)) for at_s in (3.0, 4.0, 5.0)]
    assert [one.track for one in first.passages] == [7]
    assert ([one.track for one in second.asked], second.passages, second.decisions) == ([7], [], [])
    assert not any(step.asked or step.passages or step.decisions for step in later)


def test_who_asks_before_they_were_judged_counts_nowhere() -> None:
    rooms = Rooms([tracks({7: WALKER})] * 3 + [tracks({}, ended=(7,))])
    whole = pipeline(rooms, capture=Capture(zones=(SPOT,)))
    whole._passages._garments = Garment(views=3)
    whole.ask(5)
    steps = [whole.step(frame(at_s=float(at_s))) for at_s in range(4)]
    assert [[one.track for one in step.asked] for step in steps] == [[7], [], [], []]
    assert [step.passages for step in steps] == [[], [], [], []]


def test_who_stood_on_the_spot_before_the_press_is_no_passage_while_they_wait_for_their_card() -> None:
    rooms = Rooms([tracks({7: WALKER})] * 7 + [tracks({}, ended=(7,))])
    whole = pipeline(rooms, capture=Capture(zones=(SPOT,)))
    whole._passages._garments = whole._spot._garments = Garment(views=3)
    steps = [whole.step(frame(at_s=float(at_s))) for at_s in range(2)]
    whole.ask(5)
    steps += [whole.step(frame(at_s=float(at_s))) for at_s in range(2, 8)]
    assert [one.track for step in steps for one in step.asked] == [7]
    assert [step.passages for step in steps] == [[]] * 8


@pytest.mark.parametrize(
    ("zones", "mode", "asked"),
    [
        ((SPOT, CORNER), "opt-in-zone", [7]),
        ((SPOT, SHOP), "open-street", [7]),
        ((SPOT, BENCH), "open-street", []),
        ((SPOT, BENCH, CORNER), "opt-in-zone", []),
        ((CORNER,), "opt-in-zone", []),
    ],
    ids=["outside the mat", "out of the door", "opted out", "opted out of opt-in", "no spot"],
)
def test_the_spot_takes_in_who_is_left_alone_for_where_they_stand_but_never_who_opted_out(
    zones: tuple[Zone, ...], mode: Literal["open-street", "opt-in-zone"], asked: list[int]
) -> None:
    rooms = Rooms([tracks({7: WALKER})] * 2)
    whole = pipeline(rooms, capture=Capture(mode=mode, zones=zones))
    assert whole.step(frame(at_s=0.5)).passages == []
    whole.ask(1)
    step = whole.step(frame(at_s=1.0))
    assert [one.track for one in step.asked] == asked
    assert step.passages == []
    assert ("garments of [7]" in rooms.calls) == bool(asked)


def test_without_a_bank_who_asks_has_an_outfit_and_no_rarity() -> None:
    whole = pipeline(Rooms([tracks({7: WALKER})]), decider=False, capture=Capture(zones=(SPOT,)))
    whole.ask(1)
    (answer,) = whole.step(frame(at_s=1.0)).asked
    assert (answer.judged, answer.outfit.upper, answer.zone) == (False, "red", "spot")


def test_a_spot_that_is_drawn_or_lifted_meanwhile_holds_from_the_next_frame_on() -> None:
    whole = pipeline(Rooms([tracks({7: WALKER})] * 3))
    whole.ask(1)
    steps = [whole.step(frame(at_s=1.0))]
    whole.look_within(Capture(zones=(SPOT,)))
    steps.append(whole.step(frame(at_s=2.0)))
    whole.look_within(Capture())
    whole.ask(2)
    steps.append(whole.step(frame(at_s=3.0)))
    assert [len(step.asked) for step in steps] == [0, 1, 0]


def test_a_view_is_cut_once_for_the_passage_and_for_who_asks() -> None:
    rooms = Rooms([tracks({7: WALKER})])
    whole = pipeline(rooms, capture=Capture(zones=(SPOT,)))
    whole.ask(1)
    whole.step(frame(at_s=1.0))
    assert "garments of [7]" in rooms.calls


def test_when_the_cameras_close_nothing_is_left_of_who_asked() -> None:
    whole = pipeline(Rooms([tracks({7: WALKER}), tracks({})]), capture=Capture(zones=(SPOT,)))
    whole._spot._garments = Garment(views=3)
    whole.ask(1)
    whole.step(frame(at_s=1.0))
    assert whole._spot._askers[7].record.views
    whole.forget()
    assert whole._spot._askers == {}


def test_an_empty_street_goes_through_all_stages_and_brings_nothing() -> None:
    rooms = Rooms([tracks({})])
    step = pipeline(rooms).step(frame())
    assert rooms.calls == ["detector", "tracker", "light without 1", "garments of []", "decision on []"]
    assert (step.passages, step.decisions) == ([], [])


def test_the_end_concludes_who_is_still_in_view() -> None:
    rooms = Rooms([tracks({1: (200.0, 60.0, 210.0, 90.0)}), tracks({}, ended=(1,))])
    whole = pipeline(rooms)
    assert whole.step(frame(at_s=0.0)).passages == []
    (told,) = whole.finish(3.0).passages
    assert (told.track, told.abstained, told.at_s) == (1, "never in clear view", 3.0)


@pytest.mark.parametrize("kind", ["scored", "opt-out"])
def test_who_may_not_be_looked_at_never_reaches_mask_descriptor_or_decision(
    kind: Literal["scored", "opt-out"],
) -> None:
    """Outside the opt-in zone, or inside an opt-out zone: followed, but neither embedded, judged nor counted."""
    far = Zone(name="far", kind=kind, polygon=((0, 0), (1, 0), (1, 1), (0, 1)))
    if kind == "scored":
        far = far.model_copy(update={"polygon": ((0.9, 0), (1, 0), (1, 0.1))})
    capture = Capture(mode="opt-in-zone" if kind == "scored" else "open-street", zones=(far,))
    rooms = Walk(lambda at_s: at_s < 3)
    whole = pipeline(rooms, capture=capture)
    steps = [whole.step(frame(at_s=0.1 * tick, index=tick)) for tick in range(100)]
    assert {track for step in steps for track in step.tracks.ids.tolist()} == {1}
    assert {call for call in rooms.calls if call.startswith(("garments", "decision"))} == {
        "garments of []",
        "decision on []",
    }
    assert all((step.people, step.passages) == (0, []) for step in steps)


def test_whoever_was_in_view_when_the_camera_was_lost_is_concluded_and_forgotten_within_seconds() -> None:
    walk = Walk(lambda _: True)
    passages = Passages(Garment(views=3), Capture())
    room = cast(Any, walk)
    whole = Pipeline(room, room, passages, room, room, descriptor(), None)
    assert whole.idle(0.0) is None
    for tick in range(10):
        whole.step(frame(at_s=0.1 * tick, index=tick))
    assert passages._records[1].views
    assert whole.idle(4.0) is None
    step = whole.idle(5.0)
    assert step is not None
    assert [one.track for one in step.passages] == [1]
    assert (step.people, passages._records) == (0, {})
    assert whole.idle(60.0) is None
    later = [whole.step(frame(at_s=60 + 0.1 * tick)) for tick in range(30)]
    assert {one.track for step in later for one in step.passages} == {2}


def test_without_a_bank_passages_are_counted_and_nobody_is_judged() -> None:
    step = pipeline(Rooms([tracks({7: WALKER})]), decider=False).step(frame(at_s=1.0))
    assert len(step.passages) == 1
    assert step.decisions == []


def test_a_bank_learned_meanwhile_is_judged_by_from_the_next_frame_on() -> None:
    whole = pipeline(Rooms([tracks({7: WALKER}), tracks({8: WALKER}), tracks({9: WALKER})]), decider=False)
    first = whole.step(frame(at_s=1.0))
    young, old = (
        Judge(replace(random_bank(), passages=people, fused=tail(count=people / 10)), 1, CpuNeighbours)
        for people in (20, 500)
    )
    whole.judge_by(young, Rule(wanted_share=0.1))
    second = whole.step(frame(at_s=2.0))
    whole.judge_by(old, Rule(wanted_share=0.5))
    third = whole.step(frame(at_s=3.0))
    assert [len(step.decisions) for step in (first, second, third)] == [0, 1, 1]
    assert [step.calibrated for step in (first, second, third)] == [
        NO_BANK,
        "too early to tell: 20 of 30 passages",
        "ok",
    ]


def test_another_wish_holds_from_the_next_frame_on() -> None:
    whole = pipeline(Rooms([tracks({number: WALKER}) for number in range(3)]), decider=False)
    whole.wish(Rule(wanted_share=0.3))
    known = replace(random_bank(), passages=20, fused=tail(count=2.0))
    whole.judge_by(Judge(known, 1, CpuNeighbours), Rule(wanted_share=0.1))
    first = whole.step(frame(at_s=1.0))
    whole.wish(Rule(wanted_share=0.2))
    second = whole.step(frame(at_s=2.0))
    assert [step.calibrated for step in (first, second)] == ["too early to tell: 20 of 30 passages", "ok"]


def test_who_is_in_view_when_the_cameras_close_is_forgotten_and_never_told() -> None:
    walk = Walk(lambda _: True)
    passages = Passages(Garment(views=3), Capture())
    room = cast(Any, walk)
    whole = Pipeline(room, room, passages, room, room, descriptor(), None)
    for tick in range(10):
        whole.step(frame(at_s=0.1 * tick, index=tick))
    assert passages._records[1].views
    whole.forget()
    assert passages._records == {}
    assert (whole.idle(60.0), whole.finish(60.0).passages) == (None, [])
    later = [whole.step(frame(at_s=60 + 0.1 * tick)) for tick in range(80)]
    assert {one.track for step in later for one in step.passages} == {2}


def test_who_stands_where_the_booth_may_look_no_more_is_followed_but_never_told() -> None:
    mat = Zone(name="mat", polygon=((0.9, 0), (1, 0), (1, 0.1)))
    rooms = Walk(lambda at_s: at_s < 3)
    whole = pipeline(rooms, decider=False)
    whole._passages._garments = Garment(views=3)
    for tick in range(8):
        assert whole.step(frame(at_s=0.1 * tick, index=tick)).passages == []
    whole.look_within(Capture(mode="opt-in-zone", zones=(mat,)))
    steps = [whole.step(frame(at_s=0.1 * tick, index=tick)) for tick in range(8, 100)]
    assert {track for step in steps for track in step.tracks.ids.tolist()} == {1}
    assert all((step.people, step.passages) == (0, []) for step in steps)


@pytest.mark.parametrize(("turns", "reached"), [(1, "detector"), (2, "garments of [7]")])
def test_a_pause_ends_the_frame_that_is_being_worked_on(turns: int, reached: str) -> None:
    rooms = Rooms([tracks({7: WALKER}), tracks({})])
    whole = pipeline(rooms)
    left = iter([None] * (turns - 1))

    def heed() -> None:
        next(left)

    whole.heed = heed
    with pytest.raises(StopIteration):
        whole.step(frame(at_s=1.0))
    assert rooms.calls[-1] == reached
    whole.forget()
    assert whole.idle(60.0) is None


def test_the_stopwatch_knows_every_stage() -> None:
    whole = pipeline(Rooms([tracks({7: WALKER})]))
    whole.step(frame())
    assert {"tracker", "garments", "descriptor", "novelty"} <= set(whole.stopwatch.seconds)
    assert all(seconds >= 0 for seconds in whole.stopwatch.seconds.values())


class Walk(Rooms):
    """One person, seen by the real tracker in a room that shows them only now and then."""

    def __init__(self, seen_at: Callable[[float], bool]) -> None:
        super().__init__([])
        self._tracker = Tracker(TrackerSettings(), 640, 480)
        self._seen_at = seen_at

    def detect(self, seen: Frame, _: Any) -> Detections:
        shown = boxes(WALKER) if self._seen_at(seen.captured_s) else boxes()
        return Detections(shown, np.full(len(shown), 0.9, np.float32))

    def update(self, detections: Detections, now_s: float) -> Tracks:
        return self._tracker.update(detections, now_s)

    def finish(self) -> Tracks:
        return self._tracker.finish()


@pytest.mark.parametrize("away_s", [0.0, 1.0, 3.5])
@pytest.mark.parametrize("decider", [True, False])
def test_who_steps_behind_somebody_and_comes_back_is_told_once(away_s: float, decider: bool) -> None:
    whole = pipeline(Walk(lambda at_s: not 3 < at_s <= 3 + away_s), decider=decider)
    steps = [whole.step(frame(at_s=0.1 * tick, index=tick)) for tick in range(120)]
    assert [one.track for step in steps for one in step.passages] == [1]
    assert {track for step in steps for track in step.tracks.ids.tolist()} == {1}
