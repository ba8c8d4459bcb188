from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.records import Detections
from appliance.vision.trust import TrackerSettings
from tests.vision.walkers import HEIGHT_PX, WIDTH_PX, Box, detections, ended, follow, ids, person, tracker

SETTINGS = TrackerSettings()


def walk(count: int, start: float = 100.0, step: float = 5.0) -> list[list[Box]]:
    return [[person(start + step * index)] for index in range(count)]


def test_a_walker_is_one_passage_from_first_to_last() -> None:
    told = follow(walk(80))
    assert ids(told) == {1}
    assert all(len(tracks.ids) == 1 for tracks in told[4:])


def test_nobody_is_nothing() -> None:
    told = follow([[]] * 30)
    assert ids(told) == set()
    assert ended(told) == []


def test_the_box_told_lies_on_the_person() -> None:
    last = follow(walk(60))[-1]
    assert last.boxes[0] == pytest.approx(np.array(person(100 + 5 * 59)[:4]), abs=3)


def test_a_flash_is_no_passage() -> None:
    assert ids(follow([[person(300)], [person(301)], *[[]] * 20])) == set()


def test_weak_boxes_alone_begin_no_passage() -> None:
    weak = SETTINGS.admit_score - 0.02
    assert ids(follow([[person(300, score=weak)]] * 50)) == set()


def test_weak_boxes_continue_a_passage() -> None:
    frames = walk(40)
    for index in (20, 22, 25):
        frames[index] = [(*frames[index][0][:4], 0.4)]
    assert all(tracks.ids.tolist() == [1] for tracks in follow(frames)[4:])


def test_a_post_that_looks_like_a_person_now_and_then_does_not_stay() -> None:
    frames = [[person(300, score=0.7)]] * 6 + [[person(300, score=0.45)]] * 94
    told = follow(frames)
    assert sum(len(tracks.ids) for tracks in told) < 40


def test_somebody_hidden_for_two_seconds_keeps_the_id() -> None:
    frames = walk(70)
    frames[25:45] = [[]] * 20
    told = follow(frames)
    assert ids(told) == {1}
    assert ended(told) == []


def test_nobody_is_told_while_nobody_is_seen() -> None:
    frames = walk(40)
    frames[25:30] = [[]] * 5
    assert all(len(tracks.ids) == 0 for tracks in follow(frames)[25:30])


def test_two_who_pass_each_other_keep_their_ids() -> None:
    frames = [[person(100 + 6 * i, 200), person(500 - 6 * i, 206, 104)] for i in range(68)]
    for index in range(31, 36):  # one hides the other
        frames[index] = frames[index][1:]
    told = follow(frames)
    first, last = told[10], told[-1]
    assert ids(told) == {1, 2}
    right_at_first = first.ids[first.boxes[:, 0].argmax()]
    assert last.ids[last.boxes[:, 0].argmin()] == right_at_first


def test_who_leaves_at_the_border_has_ended_soon_and_comes_back_as_somebody_else() -> None:
    leaving = [[person(min(560 + 5.0 * i, 650))] for i in range(18)]
    coming = [[person(650 - 5.0 * i)] for i in range(20)]
    told = follow([*leaving, *[[]] * 12, *coming])
    assert ended(told) == [1]
    assert ids(told) == {1, 2}


def test_a_passage_not_seen_for_the_memory_ends_once() -> None:
    told = follow([*walk(20, 300, 0), *[[]] * 60])
    assert ended(told) == [1]
    at = next(index for index, tracks in enumerate(told) if len(tracks.ended))
    assert at * 0.1 == pytest.approx(1.9 + SETTINGS.memory_s, abs=0.2)


def test_finish_ends_every_passage_and_leaves_nobody() -> None:
    follows = tracker()
    follow([[person(100), person(300)]] * 10, on=follows)
    assert sorted(follows.finish().ended.tolist()) == [1, 2]
    assert follows.finish().ended.tolist() == []


@pytest.mark.parametrize("gap_s", [30.0, -30.0, 1e6])
def test_a_long_gap_or_a_clock_set_back_ends_all(gap_s: float) -> None:
    follows = tracker()
    follow([[person(300)]] * 10, on=follows)
    later = follows.update(detections(person(300)), 0.9 + gap_s)
    assert later.ended.tolist() == [1]
    after = [follows.update(detections(person(300)), 0.9 + gap_s + 0.1 * i) for i in range(1, 8)]
    assert ids(after) == {2}


def test_a_clock_that_stumbles_costs_nothing() -> None:
    follows = tracker()
    times_s = [0.0, 0.1, 0.2, 0.3, 0.4, 0.35, 0.35, 0.5, 0.6]
    told = [follows.update(detections(person(300)), now_s) for now_s in times_s]
    assert ids(told) == {1}
    assert ended(told) == []


def test_a_frame_without_a_time_is_refused() -> None:
    with pytest.raises(ValueError, match="nan"):
        tracker().update(detections(), float("nan"))


@pytest.mark.parametrize("rate", [4, 7, 15, 30, 60])
def test_the_frame_rate_does_not_matter(rate: int) -> None:
    frames = [[person(80 + 60 * i / rate), person(560 - 50 * i / rate, 300)] for i in range(7 * rate)]
    told = follow(frames, 1 / rate)
    assert ids(told) == {1, 2}
    first_s = next(index for index, tracks in enumerate(told) if len(tracks.ids)) / rate
    assert first_s <= SETTINGS.admit_after_s + 1 / rate


def test_dropped_frames_do_not_matter() -> None:
    kept = [i for i in range(120) if i % 7 not in (2, 3)]
    follows = tracker()
    told = [follows.update(detections(person(60 + 4 * i)), i / 20) for i in kept]
    assert ids(told) == {1}


def test_boxes_without_sense_are_passed_over() -> None:
    nan, inf = float("nan"), float("inf")
    odd: list[Box] = [
        (nan, 0, 10, 10, 0.9),
        (0, 0, inf, 10, 0.9),
        (10, 10, 10, 50, 0.9),
        (20, 50, 10, 10, 0.9),
        (0, 0, 10, 10, nan),
    ]
    told = follow([[*odd, person(300)]] * 10)
    assert ids(told) == {1}
    assert all(np.isfinite(tracks.boxes).all() for tracks in told)


def test_the_earlier_sights_of_the_admitted_are_handed_over_once() -> None:
    told = follow(walk(20))
    handed = [(index, glimpse) for index, tracks in enumerate(told) for glimpse in tracks.before]
    assert [glimpse.update for _, glimpse in handed] == [0, 1, 2]
    assert {index for index, _ in handed} == {3}
    assert {glimpse.track for _, glimpse in handed} == {1}


def test_two_boxes_around_one_person_are_one_passage() -> None:
    frames = [[person(100 + 5 * i), person(102 + 5 * i, 203, 98, 0.8)] for i in range(40)]
    assert ids(follow(frames)) == {1}


def test_two_trackers_share_nothing() -> None:
    first, second = tracker(), tracker()
    assert ids(follow(walk(20), on=first)) == ids(follow(walk(20), on=second)) == {1}


boxes = st.tuples(
    st.floats(-50, WIDTH_PX),
    st.floats(-50, HEIGHT_PX),
    st.floats(-20, 200),
    st.floats(-20, 300),
    st.floats(0, 1),
).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3], b[4]))
streets = st.lists(st.tuples(st.lists(boxes, max_size=6), st.floats(0.001, 2)), max_size=25)


@given(streets)
def test_any_street_gives_sound_tracks(street: list[tuple[list[Box], float]]) -> None:
    runs = []
    for _ in range(2):
        follows, now_s, told = tracker(), 0.0, []
        for people, step_s in street:
            now_s += step_s
            told.append(follows.update(detections(*people), now_s))
        runs.append([*told, follows.finish()])
    gone: set[int] = set()
    for one, other in zip(*runs, strict=True):
        assert one.ids.tolist() == other.ids.tolist()
        assert np.array_equal(one.boxes, other.boxes)
        assert len(set(one.ids.tolist())) == len(one.ids)
        assert np.isfinite(one.boxes).all()
        assert (one.boxes[:, 2:] > one.boxes[:, :2]).all()
        assert not gone & set(one.ids.tolist())
        gone |= set(one.ended.tolist())
    assert gone == ids(runs[0])


def test_no_boxes_keep_their_shapes() -> None:
    none = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))
    tracks = tracker().update(none, 0.0)
    assert tracks.boxes.shape == (0, 4)
    assert tracks.before == ()


def test_settings_can_ask_for_more_patience() -> None:
    strict = replace(SETTINGS, admit_after_s=2.0)
    told = follow(walk(40), on=tracker(strict))
    assert next(index for index, tracks in enumerate(told) if len(tracks.ids)) == 20


def test_a_knock_against_the_camera_ends_nobody() -> None:
    frames = []
    for index in range(40):
        knock = 45.0 if index >= 20 else 0.0
        frames.append(
            [person(x + knock + 2 * index, 180 + 10 * n) for n, x in enumerate((80, 200, 320, 440))]
        )
    told = follow(frames)
    assert ids(told) == {1, 2, 3, 4}
    assert [told[21].ids.tolist(), ended(told)] == [[1, 2, 3, 4], []]


def test_everybody_is_foretold_candidates_and_lost_ones_too() -> None:
    """Wherever somebody may be hides the street from a technician's drawing."""
    on = tracker()
    assert on.everybody().shape == (0, 4)
    on.update(detections(person(100)), 0.0)
    (candidate,) = on.everybody()
    np.testing.assert_allclose(candidate, person(100)[:4], atol=1)
    walk = [[person(100 + 10 * tick)] for tick in range(12)]
    follow(walk, on=on)
    told = on.update(detections(), 1.2)
    assert len(told.ids) == 0
    (lost,) = on.everybody()
    assert lost[0] > person(205)[0]
    on.finish()
    assert len(on.everybody()) == 0
