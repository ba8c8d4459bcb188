"""A passage is looked at a few times, told once and forgotten; who opted out was never there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from appliance.config import Capture, Garment, Zone
from appliance.records import Descriptors, Garments, Glimpse, Passage
from appliance.vision.passages import MOST_TRIES, Passages
from appliance.vision.record import PATIENCE_S, Views
from tests.streets import frame, tracks

SETTINGS = Garment(views=2, view_gap_s=0.5, per_frame=2)
GONE = Zone(name="bench", kind="opt-out", polygon=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
OUT, IN, SMALL = (50.0, 100.0, 110.0, 300.0), (400.0, 100.0, 460.0, 300.0), (500.0, 10.0, 520.0, 40.0)
TALLER = (200.0, 50.0, 300.0, 400.0)
Box = tuple[float, float, float, float]


def looked_at(
    views: Views, value: float = 1.0, weight: float = 0.5, refuse: str = ""
) -> tuple[Garments, Descriptors]:
    """What the cutter and the descriptor would bring of `views`: one measure of one figure."""
    ids = views.ids[:0] if refuse else views.ids
    none = np.zeros((len(ids), 1, 1, 3), np.uint8), np.zeros((len(ids), 1, 1), np.bool_)
    refused = dict.fromkeys(views.ids.tolist(), refuse) if refuse else {}
    rows = np.full((len(ids), 1), value, np.float32)
    return Garments(*none, *none, ids, np.full(len(ids), weight, np.float32), refused), Descriptors(
        ids, {"m": rows}
    )


class Street:
    """Passages with a clock: shows people, folds what was chosen, and says who was told."""

    def __init__(self, capture: Capture | None = None, garments: Garment = SETTINGS) -> None:
        self.passages = Passages(garments, capture or Capture())
        self.chosen: list[int] = []
        self.due: list[Passage] = []

    def show(
        self,
        now_s: float,
        seen: dict[int, Box],
        ended: tuple[int, ...] = (),
        refuse: str = "",
        value: float = 1.0,
        weight: float = 0.5,
    ) -> list[Passage]:
        now = tracks(seen, ended)
        views = self.passages.choose(now, frame(at_s=now_s))
        self.chosen = views.ids.tolist()
        self.passages.fold(views, *looked_at(views, value, weight, refuse), now_s)
        self.due = self.passages.due(now, now_s)
        told = [one for one in self.due if one.final]
        self.passages.close(one.track for one in told)
        return told


def test_a_passage_is_told_once_it_has_shown_enough() -> None:
    street = Street()
    assert street.show(0.0, {1: IN}, value=1.0, weight=0.25) == []
    (told,) = street.show(0.5, {1: IN}, value=4.0, weight=0.75)
    assert (told.track, told.at_s, told.zone, told.abstained, told.box) == (1, 0.5, "street", "", IN)
    np.testing.assert_allclose(told.measures["m"], [0.25 * 1 + 0.75 * 4])
    assert street.show(1.0, {1: IN}) == []
    assert street.show(9.0, {}, ended=(1,)) == []


def test_views_closer_than_the_gap_are_not_taken() -> None:
    street = Street()
    street.show(0.0, {1: IN})
    street.show(0.4, {1: IN})
    assert street.chosen == []
    street.show(0.5, {1: IN})
    assert street.chosen == [1]


def test_nobody_waits_longer_than_the_patience_for_a_better_view() -> None:
    street = Street()
    assert street.show(0.0, {1: IN}) == []
    assert street.show(PATIENCE_S - 0.1, {1: SMALL}) == []
    assert [one.track for one in street.show(PATIENCE_S, {1: SMALL})] == [1]


def test_who_leaves_after_one_view_is_told_with_it() -> None:
    street = Street()
    street.show(0.0, {1: IN})
    (told,) = street.show(1.0, {}, ended=(1,))
    assert not told.abstained
    np.testing.assert_allclose(told.measures["m"], [1.0])


def test_who_never_shows_well_is_abstained_from_with_the_reason() -> None:
    street = Street()
    street.show(0.0, {1: SMALL})
    (told,) = street.show(1.0, {}, ended=(1,))
    assert (told.abstained, told.measures) == ("never in clear view", {})


def test_a_bad_mask_is_the_reason_of_an_abstention() -> None:
    street = Street()
    street.show(0.0, {1: IN}, refuse="matte is not finite")
    (told,) = street.show(1.0, {}, ended=(1,))
    assert told.abstained == "matte is not finite"


def test_a_passage_is_left_alone_after_a_few_bad_masks() -> None:
    street = Street()
    looks = 0
    for step in range(20):
        street.show(float(step), {1: IN}, refuse="bad")
        looks += len(street.chosen)
    assert looks == MOST_TRIES


def test_a_good_view_after_a_bad_one_counts() -> None:
    street = Street()
    street.show(0.0, {1: IN}, refuse="bad")
    street.show(1.0, {1: IN})
    (told,) = street.show(2.0, {}, ended=(1,))
    assert not told.abstained


def test_views_without_any_weight_are_an_abstention() -> None:
    street = Street()
    street.show(0.0, {1: IN}, weight=0.0)
    (told,) = street.show(1.0, {}, ended=(1,))
    assert told.abstained
    assert told.measures == {}


def test_a_crowd_is_looked_at_a_few_per_frame_the_tallest_first() -> None:
    street = Street(garments=Garment(per_frame=1))
    street.show(0.0, {1: IN, 2: TALLER})
    assert street.chosen == [2]
    street.show(0.1, {1: IN, 2: TALLER})
    assert street.chosen == [1]


def test_who_opted_out_is_neither_looked_at_nor_told() -> None:
    street = Street(Capture(zones=(GONE,)))
    for step in range(10):
        assert street.show(float(step), {1: OUT}) == []
        assert street.chosen == []
    assert street.show(10.0, {}, ended=(1,)) == []


def test_in_opt_in_mode_only_who_steps_into_the_zone_is_looked_at() -> None:
    door = Zone(name="door", polygon=((0.5, 0), (1, 0), (1, 1), (0.5, 1)))
    street = Street(Capture(mode="opt-in-zone", zones=(door,)))
    street.show(0.0, {1: OUT, 2: IN})
    assert street.chosen == [2]
    assert [one.zone for one in street.show(1.0, {}, ended=(1, 2))] == ["door"]


def test_who_walks_into_an_opt_out_zone_is_not_looked_at_there() -> None:
    street = Street(Capture(zones=(GONE,)))
    street.show(0.0, {1: IN})
    street.show(1.0, {1: OUT})
    assert street.chosen == []


def test_who_showed_views_and_then_opts_out_is_forgotten_at_once() -> None:
    street = Street(Capture(zones=(GONE,)))
    street.show(0.0, {1: IN})
    assert street.chosen == [1]
    street.show(1.0, {1: OUT})
    assert street.passages._records[1].views == []
    for step in range(2, 9):
        assert street.show(float(step), {1: IN}) == []
        assert (street.chosen, street.due) == ([], [])
    assert street.show(9.0, {}, ended=(1,)) == []


def test_who_comes_out_of_an_opt_out_zone_before_the_tracker_is_sure_is_left_alone() -> None:
    passages = Passages(SETTINGS, Capture(zones=(GONE,)))
    other = (520.0, 100.0, 580.0, 300.0)
    before = (Glimpse(1, 0, OUT, 0.9), Glimpse(2, 0, other, 0.9))
    seen = replace(tracks({1: IN, 2: other}), before=before)
    assert passages.choose(seen, frame(at_s=0.3)).ids.tolist() == [2]
    assert passages.people == 1


SHOP = Zone(name="shop", kind="door", polygon=GONE.polygon)


def test_who_comes_out_of_a_door_is_left_alone_for_the_whole_passage() -> None:
    street = Street(Capture(zones=(SHOP,)))
    for step, seen in enumerate([{1: OUT}, {1: OUT}, {1: IN}, {1: IN}]):
        assert street.show(float(step), seen) == []
        assert (street.chosen, street.passages.people) == ([], 0)
    assert street.show(9.0, {}, ended=(1,)) == []
    assert street.passages._records == {}


def test_who_goes_in_at_a_door_was_met_before_and_is_told() -> None:
    street = Street(Capture(zones=(SHOP,)))
    told = street.show(0.0, {1: IN})
    for step in range(1, 4):
        told += street.show(float(step), {1: OUT})
    told += street.show(9.0, {}, ended=(1,))
    assert [one.abstained for one in told] == [""]


def test_who_came_out_of_a_door_before_the_tracker_was_sure_is_left_alone() -> None:
    passages = Passages(SETTINGS, Capture(zones=(SHOP,)))
    seen = replace(tracks({1: IN}), before=(Glimpse(1, 0, OUT, 0.9),))
    assert passages.choose(seen, frame(at_s=0.3)).ids.tolist() == []
    assert passages.opted_out(seen).tolist() == [True]
    assert passages.people == 0


def test_who_opted_out_is_not_counted_in_view_even_after_leaving_the_zone() -> None:
    street = Street(Capture(zones=(GONE,)))
    counts = []
    for step, seen in enumerate([{1: IN, 2: IN}, {1: OUT, 2: IN}, {1: IN, 2: IN}, {1: IN}, {}]):
        street.show(float(step), seen)
        counts.append(street.passages.people)
    assert counts == [2, 1, 1, 0, 0]


def test_in_opt_in_mode_nobody_outside_the_zone_is_counted_in_view() -> None:
    door = Zone(name="door", polygon=((0.5, 0), (1, 0), (1, 1), (0.5, 1)))
    street = Street(Capture(mode="opt-in-zone", zones=(door,)))
    street.show(0.0, {1: OUT, 2: IN})
    assert street.passages.people == 1


def test_who_leaves_the_opt_in_zone_is_told_by_what_was_seen_inside_and_not_looked_at_again() -> None:
    door = Zone(name="door", polygon=((0.5, 0), (1, 0), (1, 1), (0.5, 1)))
    street = Street(Capture(mode="opt-in-zone", zones=(door,)))
    street.show(0.0, {1: IN}, value=3.0)
    for step in range(1, 4):
        street.show(float(step), {1: OUT})
        assert street.chosen == []
    (told,) = street.show(4.0, {1: OUT})
    assert (told.zone, told.measures["m"].tolist()) == ("door", [3.0])


@pytest.mark.parametrize(("most", "least"), [(1, 1), (2, 2), (8, 2)])
def test_two_views_are_asked_for_unless_one_is_all_that_is_taken(most: int, least: int) -> None:
    assert Passages(Garment(views=most), Capture()).least_views == least


def test_a_passage_counts_the_views_that_could_be_used() -> None:
    street = Street(garments=Garment(views=3, view_gap_s=0.5))
    for step, refuse in enumerate(("", "bad", "")):
        street.show(0.5 * step, {1: IN}, refuse=refuse)
    (told,) = street.show(2.0, {}, ended=(1,))
    assert told.views == 2


def test_each_new_view_is_asked_about_once_and_the_last_time_is_final() -> None:
    street = Street(garments=Garment(views=3, view_gap_s=0.5))
    asked = []
    for step in range(5):
        street.show(0.25 * step, {1: IN})
        asked.append([one.final for one in street.due])
    assert asked == [[False], [], [False], [], [True]]


def test_a_closed_passage_is_neither_looked_at_nor_due_again() -> None:
    street = Street(garments=Garment(views=3, view_gap_s=0.5))
    street.show(0.0, {1: IN})
    street.passages.close([1, 99])
    assert street.passages._records[1].views == []
    street.show(1.0, {1: IN})
    assert (street.chosen, street.due) == ([], [])
    assert street.show(2.0, {}, ended=(1,)) == []


def test_of_three_views_the_odd_one_does_not_count() -> None:
    street = Street(garments=Garment(views=3, view_gap_s=0.5))
    for step, value in enumerate((1.0, 50.0, 2.0)):
        told = street.show(0.5 * step, {1: IN}, value=value)
    assert told[0].measures["m"].tolist() == [1.5]


def test_an_empty_street_tells_nothing() -> None:
    street = Street()
    assert street.show(0.0, {}) == []
    assert street.show(1.0, {}, ended=(7,)) == []


@pytest.mark.parametrize("views", [1, 3, 8])
def test_no_passage_is_looked_at_more_often_than_set(views: int) -> None:
    street = Street(garments=Garment(views=views, view_gap_s=0.1))
    looks = 0
    for step in range(30):
        street.show(step * 0.2, {1: IN})
        looks += len(street.chosen)
    assert looks == views


DOOR = Zone(name="door", polygon=((0.5, 0), (1, 0), (1, 1), (0.5, 1)))
CAPTURES = {
    "street": Capture(),
    "bench": Capture(zones=(GONE,)),
    "door": Capture(mode="opt-in-zone", zones=(DOOR,)),
}


def test_who_is_outside_when_the_booth_looks_at_fewer_is_forgotten_at_once() -> None:
    street = Street()
    street.show(0.0, {1: OUT, 2: IN})
    street.passages.look_within(CAPTURES["door"])
    assert street.passages._records == {}
    street.show(0.5, {1: OUT, 2: IN})
    assert street.chosen == [2]
    assert [one.track for one in street.show(1.0, {}, ended=(1, 2))] == [2]


def test_who_was_told_is_not_told_again_when_the_zones_change() -> None:
    street = Street()
    street.show(0.0, {1: IN})
    assert len(street.show(0.5, {1: IN})) == 1
    street.passages.look_within(CAPTURES["door"])
    assert [told for step in range(2, 9) for told in street.show(float(step), {1: IN})] == []
    assert street.show(9.0, {}, ended=(1,)) == []


def test_who_opted_out_stays_left_alone_when_the_zone_is_lifted() -> None:
    street = Street(CAPTURES["bench"])
    street.show(0.0, {1: OUT})
    street.passages.look_within(Capture())
    for step in range(1, 9):
        assert street.show(float(step), {1: IN}) == []
        assert street.chosen == []


def test_forgetting_everybody_leaves_nothing() -> None:
    street = Street(CAPTURES["bench"])
    street.show(0.0, {1: OUT, 2: IN})
    street.passages.forget()
    assert (street.passages._records, street.passages.people) == ({}, 0)
    assert street.show(1.0, {}, ended=(1, 2)) == []


STEPS = st.tuples(
    st.sampled_from([*CAPTURES, ""]), st.dictionaries(st.integers(1, 3), st.sampled_from([IN, OUT]))
)


@given(st.lists(STEPS, max_size=12))
def test_nobody_is_told_who_was_not_where_the_booth_may_look_since_the_zones_changed(
    steps: list[tuple[str, dict[int, Box]]],
) -> None:
    street, capture = Street(), "street"
    allowed: set[int] = set()
    left_alone: set[int] = set()
    done: set[int] = set()
    for tick, (change, seen) in enumerate(steps):
        if change:
            capture, allowed = change, set()
            street.passages.look_within(CAPTURES[change])
        allowed |= {track for track, box in seen.items() if box is IN or capture == "street"}
        left_alone |= {track for track, box in seen.items() if box is OUT and capture == "bench"}
        told = {one.track for one in street.show(0.5 * tick, seen)}
        assert set(street.chosen) <= allowed - left_alone
        assert told <= allowed - left_alone - done
        done |= told


class Life(RuleBasedStateMachine):
    """People come, show themselves somewhere, and leave, in any order."""

    @initialize()
    def open(self) -> None:
        self.street = Street(Capture(zones=(GONE,)))
        self.now_s, self.last = 0.0, 0
        self.present: set[int] = set()
        self.scored: set[int] = set()
        self.opted_out: set[int] = set()
        self.told: list[int] = []
        self.looks: dict[int, int] = {}

    def play(self, seen: dict[int, Box], ended: tuple[int, ...], refuse: str) -> None:
        self.now_s += 0.4
        self.scored |= {track for track, box in seen.items() if box is not OUT}
        self.opted_out |= {track for track, box in seen.items() if box is OUT}
        told = {one.track for one in self.street.show(self.now_s, seen, ended, refuse)}
        assert not told & self.opted_out
        self.told += sorted(told)
        for track in self.street.chosen:
            self.looks[track] = self.looks.get(track, 0) + 1
            assert seen[track] is IN

    @rule()
    def come(self) -> None:
        self.last += 1
        self.present.add(self.last)

    @rule(data=st.data(), refuse=st.sampled_from(["", "", "bad"]))
    def walk(self, data: st.DataObject, refuse: str) -> None:
        seen = {track: data.draw(st.sampled_from([IN, OUT, SMALL])) for track in sorted(self.present)}
        self.play(seen, (), refuse)

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        gone = data.draw(st.sets(st.sampled_from(sorted(self.present)))) if self.present else set()
        self.present -= gone
        self.play({}, tuple(sorted(gone)), "")
        assert set(self.told) >= gone & self.scored - self.opted_out

    @invariant()
    def each_is_told_at_most_once_and_only_if_ever_scored(self) -> None:
        assert len(self.told) == len(set(self.told))
        assert set(self.told) <= self.scored
        assert set(self.looks) <= self.scored
        assert all(looks <= SETTINGS.views + MOST_TRIES for looks in self.looks.values())

    @invariant()
    def nothing_is_remembered_of_who_left_was_told_or_opted_out(self) -> None:
        records = self.street.passages._records
        assert set(records) <= self.present
        assert all(not records[track].views for track in set(self.told) | self.opted_out if track in records)


Life.TestCase.settings = settings(max_examples=40, stateful_step_count=20)
TestLife = Life.TestCase
