"""Score me: whoever asks on the spot gets one card or one plain reason, and nothing of them is kept."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.answers import (
    ANSWERS,
    COVERED,
    CUT_OFF,
    EMPTY,
    HIDDEN,
    IN_DOUBT,
    LATE,
    LEFT_ALONE,
    LOOKING,
    SMALL,
    TOLD,
)
from appliance.config import Capture, Garment, Zone
from appliance.records import Detections, Passage
from appliance.vision.asker import STRANGER
from appliance.vision.record import PATIENCE_S
from appliance.vision.spot import AWAY_S, DOUBT_S, GRACE_S, Spot
from tests.streets import boxes, frame, tracks
from tests.vision.test_passages import looked_at

SETTINGS = Garment(views=3, view_gap_s=0.8)
SPOT = Zone(name="stand-here", kind="spot", polygon=((0.5, 0.2), (1, 0.2), (1, 1), (0.5, 1)))
CAPTURE = Capture(zones=(SPOT,))
OPT_OUT = Zone(name="leave-me", kind="opt-out", polygon=((0, 0.2), (0.4, 0.2), (0.4, 1), (0, 1)))
HERE, THERE = (400.0, 100.0, 460.0, 300.0), (50.0, 100.0, 110.0, 300.0)
TALL = (520.0, 100.0, 600.0, 330.0)
BESIDE = (420.0, 90.0, 480.0, 310.0)
CHILD, AT_EDGE = (420.0, 250.0, 436.0, 290.0), (400.0, 200.0, 500.0, 480.0)
TICK_S = 0.2
END_S = 0.4
"An answer takes so long to the board and back: display ends an ask that is answered (Asking.tend)."
Box = tuple[float, float, float, float]


class Booth:
    """A spot with a clock; shows people for a while and notes whom it looked at and what it answered.

    An ask that is answered ends, as the board has it.
    """

    def __init__(self, capture: Capture = CAPTURE, tick_s: float = TICK_S) -> None:
        self.spot = Spot(SETTINGS, capture)
        self.now_s = 0.0
        self.number: int | None = 1
        self.looks: list[int] = []
        self.told: list[Passage] = []
        self.answer = ""
        self.tick_s = tick_s
        self._over_s = np.inf

    def ask(self, number: int | None) -> None:
        """Another ask, or none."""
        if number != self.number:
            self.number, self._over_s = number, np.inf

    def show(
        self,
        seen: Mapping[int, Box],
        seconds: float = TICK_S,
        *,
        weak: tuple[Box, ...] = (),
        refuse: str = "",
        weight: float = 0.5,
        objecting: tuple[int, ...] = (),
        ended: tuple[int, ...] = (),
    ) -> str:
        """The answer after so many seconds."""
        for _ in range(round(seconds / self.tick_s)):
            lasting = self.number if self.now_s < self._over_s else None
            self.spot.ask(lasting)
            now, found = (
                tracks(dict(seen), ended),
                Detections(boxes(*weak), np.full(len(weak), 0.4, np.float32)),
            )
            views = self.spot.choose(now, found, frame(at_s=self.now_s), set(objecting))
            self.looks += views.ids.tolist()
            self.spot.fold(views, *looked_at(views, 1.0, weight, refuse), self.now_s)
            self.told += self.spot.due(now, self.now_s)
            self.answer = self.spot.ask(lasting)
            if self.answer == TOLD:
                self._over_s = min(self._over_s, self.now_s + END_S)
            self.now_s += self.tick_s
        return self.answer


def test_whoever_stands_on_the_spot_is_told_once_by_three_views() -> None:
    booth = Booth()
    assert booth.show({1: HERE}, 1.0) == LOOKING
    assert booth.show({1: HERE}, 20.0) == TOLD
    (told,) = booth.told
    assert (told.track, told.zone, told.views, told.abstained) == (1, "stand-here", 3, "")
    assert booth.looks == [1, 1, 1]
    assert 1.6 <= told.at_s <= 2.0


def test_nobody_is_looked_at_while_nobody_asks() -> None:
    booth = Booth()
    booth.number = None
    booth.show({1: HERE}, 10.0)
    assert (booth.looks, booth.told, booth.answer) == ([], [], "")


def test_who_asks_again_is_met_anew() -> None:
    booth = Booth()
    booth.show({1: HERE}, 5.0)
    booth.ask(2)
    assert booth.show({1: HERE}) == LOOKING
    booth.show({1: HERE}, 5.0)
    assert [told.track for told in booth.told] == [1, 1]


def test_who_stands_elsewhere_is_not_looked_at() -> None:
    booth = Booth()
    assert booth.show({1: THERE}, 10.0) == EMPTY
    assert booth.looks == []


def test_who_only_crosses_the_spot_has_not_asked_and_nothing_of_him_is_kept() -> None:
    booth = Booth()
    booth.show({1: HERE}, 1.0)
    booth.show({1: THERE}, AWAY_S + 2 * TICK_S)
    assert booth.spot._askers == {}
    assert booth.show({1: THERE}, 10.0) == EMPTY
    assert booth.told == []


def test_whoever_came_by_an_opt_out_zone_is_left_alone_and_hears_why() -> None:
    booth = Booth()
    assert booth.show({1: HERE}, 10.0, objecting=(1,)) == LEFT_ALONE
    assert (booth.looks, booth.told) == ([], [])


def test_who_objects_while_looked_at_is_forgotten_at_once() -> None:
    booth = Booth()
    booth.show({1: HERE}, 1.0)
    booth.show({1: THERE}, objecting=(1,))
    assert booth.spot._askers == {}


@pytest.mark.parametrize(
    ("box", "reason"), [(CHILD, SMALL), (AT_EDGE, CUT_OFF)], ids=["a child's height", "cut off at the feet"]
)
def test_no_size_and_no_edge_of_the_picture_turns_anybody_away(box: Box, reason: str) -> None:
    booth = Booth()
    assert booth.show({1: box}, GRACE_S - TICK_S) == reason
    assert booth.looks == []
    booth.show({1: box}, 10.0)
    assert (booth.answer, [told.track for told in booth.told]) == (TOLD, [1])


def test_who_is_seen_with_a_carer_behind_is_told_although_both_overlap() -> None:
    booth = Booth()
    assert booth.show({1: HERE, 2: BESIDE}, 1.0) == COVERED
    booth.show({1: HERE, 2: BESIDE}, 15.0)
    assert {told.track for told in booth.told} == {1, 2}


@pytest.mark.parametrize("tick_s", [0.1, 0.2, 0.5], ids=["10 a second", "5 a second", "2 a second"])
@pytest.mark.parametrize("box", [CHILD, AT_EDGE], ids=["a child", "cut off"])
def test_whoever_shows_badly_beside_a_clear_person_is_told_with_the_same_press(
    box: Box, tick_s: float
) -> None:
    booth = Booth(tick_s=tick_s)
    assert booth.show({1: TALL, 2: box}, GRACE_S - tick_s) in (LOOKING, SMALL, CUT_OFF)
    assert [told.track for told in booth.told] == [1]
    assert booth.show({1: TALL, 2: box}, 10.0) == TOLD
    assert [told.track for told in booth.told] == [1, 2]


def test_who_leaves_while_a_card_is_out_is_waited_for_no_longer() -> None:
    booth = Booth()
    booth.show({1: TALL, 2: CHILD}, GRACE_S - TICK_S)
    assert booth.show({1: TALL}, AWAY_S + 2 * TICK_S) == TOLD


def test_who_cannot_be_masked_beside_somebody_who_has_a_card_hears_why() -> None:
    booth = Booth()
    booth.show({1: TALL, 2: CHILD}, GRACE_S - TICK_S)
    assert booth.show({1: TALL, 2: CHILD}, 20.0, refuse="no body was recognised") == SMALL
    assert [told.track for told in booth.told] == [1]


def test_who_comes_after_the_first_card_is_not_looked_at() -> None:
    booth = Booth()
    booth.show({1: TALL, 2: CHILD}, GRACE_S - TICK_S)
    booth.show({1: TALL, 2: CHILD, 3: HERE}, 10.0)
    assert {told.track for told in booth.told} == {1, 2}
    assert 3 not in booth.looks


def test_a_clear_view_comes_before_a_hindered_one() -> None:
    booth = Booth()
    for _ in range(20):
        booth.show({1: CHILD}, 1.0)
        booth.show({1: HERE}, 1.0)
    assert booth.answer == TOLD


def test_of_two_the_clearer_and_taller_is_looked_at_first() -> None:
    booth = Booth()
    booth.show({1: CHILD, 2: (500.0, 150.0, 560.0, 300.0), 3: (340.0, 80.0, 395.0, 300.0)}, GRACE_S + 0.5)
    assert booth.looks[:2] == [3, 2]
    assert booth.looks.index(1) > booth.looks.index(2)


@pytest.mark.parametrize(("box", "reason"), [(HERE, HIDDEN), (CHILD, SMALL), (AT_EDGE, CUT_OFF)])
def test_who_cannot_be_masked_hears_one_plain_reason(box: Box, reason: str) -> None:
    booth = Booth()
    assert booth.show({1: box}, 25.0, refuse="no body was recognised") == reason
    assert booth.told == []
    assert len(booth.looks) > 10


def test_views_out_of_focus_are_tried_again() -> None:
    booth = Booth()
    assert booth.show({1: HERE}, 5.0, weight=0.0) == HIDDEN
    booth.show({1: HERE}, 5.0)
    assert [told.abstained for told in booth.told] == [""]


def test_one_view_is_enough_where_there_is_no_better() -> None:
    booth = Booth()
    booth.show({1: HERE})
    booth.show({1: HERE}, PATIENCE_S, refuse="only part of the person is visible")
    assert [told.views for told in booth.told] == [1]


def test_somebody_whom_the_tracker_does_not_know_is_told_too_but_once() -> None:
    booth = Booth()
    assert booth.show({}, GRACE_S - TICK_S, weak=(HERE,)) == SMALL
    booth.show({}, 5.0, weak=(HERE,))
    booth.show({7: HERE}, 5.0)
    assert [told.track for told in booth.told] == [STRANGER]


def test_no_stranger_is_looked_at_while_anybody_objects_and_a_while_after() -> None:
    booth = Booth()
    booth.show({1: THERE}, objecting=(1,))
    assert booth.show({}, DOUBT_S - 2 * TICK_S, weak=(HERE,)) == IN_DOUBT
    assert (booth.looks, booth.spot._askers) == ([], {})
    booth.show({}, 10.0, weak=(HERE,))
    assert (booth.answer, [told.track for told in booth.told]) == (TOLD, [STRANGER])


def test_a_stranger_who_is_being_looked_at_is_forgotten_when_anybody_objects() -> None:
    booth = Booth()
    booth.show({}, GRACE_S + TICK_S, weak=(HERE,))
    assert booth.looks == [STRANGER]
    booth.show({1: THERE}, weak=(HERE,), objecting=(1,))
    assert (booth.answer, booth.spot._askers) == (IN_DOUBT, {})


@pytest.mark.parametrize("asked", [None, 1], ids=["before the ask", "during it"])
def test_a_stranger_who_was_in_an_opt_out_zone_a_moment_ago_is_left_alone(asked: int | None) -> None:
    booth = Booth(Capture(zones=(SPOT, OPT_OUT)))
    booth.number = asked
    booth.show({}, weak=(THERE,))
    booth.number = 1
    assert booth.show({}, DOUBT_S - 2 * TICK_S, weak=(HERE,)) == IN_DOUBT
    assert booth.looks == []


def test_where_an_opt_out_zone_lies_on_the_spot_it_wins_over_an_ask() -> None:
    booth = Booth(Capture(zones=(SPOT, OPT_OUT.model_copy(update={"polygon": SPOT.polygon}))))
    assert booth.show({}, 3 * DOUBT_S, weak=(HERE,)) == IN_DOUBT
    assert (booth.looks, booth.told) == ([], [])


def test_a_tracked_person_may_ask_although_somebody_else_objects() -> None:
    booth = Booth()
    assert booth.show({1: HERE, 2: THERE}, 10.0, objecting=(2,)) == TOLD


def test_a_weak_box_is_nobody_beside_a_person_on_the_spot() -> None:
    booth = Booth()
    booth.show({1: HERE}, 20.0, weak=(HERE, (520.0, 100.0, 560.0, 300.0)))
    assert {told.track for told in booth.told} == {1}


def test_whoever_leaves_the_picture_is_forgotten() -> None:
    booth = Booth()
    booth.show({1: HERE}, 1.0)
    booth.show({}, ended=(1,))
    assert booth.spot._askers == {}


def test_at_the_end_of_an_ask_nothing_of_anybody_is_left_and_the_reason_stays() -> None:
    booth = Booth()
    booth.show({1: HERE}, 1.0)
    booth.number = None
    assert booth.show({1: HERE}, 1.0) == LATE
    assert booth.spot._askers == {}


def test_a_spot_that_is_moved_keeps_nothing_of_the_old_one() -> None:
    booth = Booth()
    booth.show({1: HERE}, 1.0)
    booth.spot.look_within(Capture())
    assert booth.spot._askers == {}
    booth.show({1: HERE}, 5.0)
    assert booth.told == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, 1, 1, 1, 2]),
            st.dictionaries(st.integers(1, 3), st.sampled_from([HERE, THERE, CHILD, AT_EDGE, BESIDE])),
            st.sampled_from(["", "", "bad"]),
            st.sets(st.integers(1, 3), max_size=1),
        ),
        max_size=25,
    )
)
def test_whatever_happens_only_who_stood_there_and_never_objected_is_told_once_an_ask(
    steps: list[tuple[int | None, dict[int, Box], str, set[int]]],
) -> None:
    booth = Booth()
    objecting: set[int] = set()
    for number, seen, refuse, objectors in steps:
        objecting |= objectors
        before = len(booth.told)
        booth.ask(number)
        booth.show(seen, 1.0, refuse=refuse, objecting=tuple(objecting))
        told = booth.told[before:]
        assert number is not None or not told
        assert {one.track for one in told} <= {t for t, box in seen.items() if box is not THERE} - objecting
        assert len({one.track for one in told}) == len(told)
        assert booth.answer in {"", *ANSWERS}
        assert number is not None or not booth.spot._askers
