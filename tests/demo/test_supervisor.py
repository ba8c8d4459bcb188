"""The supervisor: brings back what dies, gives up on what cannot live, leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.demo.supervisor import LONGEST_PAUSE_S, MOST_RESTARTS, WINDOW_S, Kept, Restarts, end_all
from appliance.errors import BoothError


class FakeLife:
    """A process that dies when told to, and only then."""

    def __init__(self, words: str = "") -> None:
        self.ended: int | None = None
        self.asked = False
        self.wiped = False
        self.words = words

    def code(self) -> int | None:
        return self.ended

    def ask(self) -> None:
        self.asked = True

    def wipe(self) -> None:
        self.wiped = True
        self.ended = -9 if self.ended is None else self.ended

    def lines(self) -> list[str]:
        return self.words.splitlines()


def kept(lives: Iterator[FakeLife], ends: bool = False) -> Kept:
    return Kept("vision", lambda: next(lives), Restarts(), ends)


def test_a_process_that_dies_comes_back_after_a_pause() -> None:
    lives = [FakeLife("out of memory"), FakeLife()]
    one = kept(iter(lives))
    assert one.tend(0)
    lives[0].ended = -11
    assert one.tend(1)
    assert (one.state, one.fault) == ("pausing", "out of memory")
    assert lives[0].wiped
    one.tend(1.4)
    assert one.state == "pausing"
    one.tend(1.5)
    assert (one.state, one.life) == ("running", lives[1])


def test_a_crash_loop_is_given_up_within_the_window() -> None:
    one = kept(FakeLife("broken") for _ in range(100))
    now_s, starts = 0.0, 0
    while one.state != "failed" and now_s < WINDOW_S:
        one.tend(now_s)
        if one.state == "running" and isinstance(one.life, FakeLife) and one.life.ended is None:
            starts += 1
            one.life.ended = 1
        now_s += 0.25
    assert (one.state, one.fault, starts) == ("failed", "broken", MOST_RESTARTS + 1)


def test_what_dies_rarely_is_always_brought_back() -> None:
    restarts = Restarts()
    assert all(restarts.pause_s(hour * 3600.0) == 0.5 for hour in range(50))


@given(st.lists(st.floats(0, 30), max_size=60))
def test_pauses_are_bounded_and_a_window_holds_few_restarts(gaps_s: list[float]) -> None:
    restarts, now_s, granted = Restarts(), 0.0, []
    for gap_s in gaps_s:
        now_s += gap_s
        pause_s = restarts.pause_s(now_s)
        if pause_s is not None:
            assert 0 < pause_s <= LONGEST_PAUSE_S
            granted.append(now_s)
    for start_s in granted:
        assert sum(start_s <= time_s < start_s + WINDOW_S for time_s in granted) <= MOST_RESTARTS


def test_a_mistake_that_a_person_must_mend_is_not_tried_again() -> None:
    life = FakeLife("booth: clip.avi: no such file")
    one = kept(iter([life]))
    one.tend(0)
    life.ended = 1
    one.tend(1, worked=False)
    assert (one.state, one.fault) == ("failed", "clip.avi: no such file")


def test_a_mistake_after_work_was_done_is_tried_again() -> None:
    life = FakeLife("booth: camera lost")
    one = kept(iter([life]))
    one.tend(0)
    life.ended = 1
    one.tend(1, worked=True)
    assert (one.state, one.fault) == ("pausing", "camera lost")


@pytest.mark.parametrize(("ends", "state"), [(True, "ended"), (False, "pausing")])
def test_exit_code_0_is_an_end_only_where_it_was_expected(ends: bool, state: str) -> None:
    life = FakeLife()
    one = kept(iter([life]), ends)
    one.tend(0)
    life.ended = 0
    one.tend(1)
    assert one.state == state


def test_what_was_never_started_has_to_be_mended_first() -> None:
    def start() -> FakeLife:
        raise BoothError("mosquitto: not found")

    one = Kept("broker", start, Restarts())
    one.tend(0)
    assert (one.state, one.fault) == ("failed", "mosquitto: not found")


def test_what_cannot_be_started_a_second_time_is_tried_again() -> None:
    def start() -> Iterator[FakeLife]:
        yield life
        raise BoothError("mosquitto: is the port taken?")

    life, lives = FakeLife(), start()
    one = Kept("broker", lambda: next(lives), Restarts())
    one.tend(0)
    life.ended = -9
    one.tend(1)
    one.tend(2)
    assert (one.state, one.fault) == ("pausing", "mosquitto: is the port taken?")


def test_a_crash_leaves_its_story_and_a_told_mistake_does_not() -> None:
    for words, story in (("Traceback\n  line 1\nRuntimeError: a bug", 3), ("log\nbooth: no camera", 0)):
        life = FakeLife(words)
        one = kept(iter([life]))
        one.tend(0)
        life.ended = 1
        one.tend(1)
        assert len(one.story) == story


def test_all_are_asked_before_any_is_killed() -> None:
    lives = [FakeLife(), FakeLife()]
    both = [kept(iter([life])) for life in lives]
    for one in both:
        one.tend(0)
    end_all(both, grace_s=0)
    assert all(life.asked and life.wiped for life in lives)


def test_a_process_that_never_lived_can_be_ended() -> None:
    end_all([kept(iter(()))], grace_s=0)
