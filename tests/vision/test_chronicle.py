from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.vision.chronicle import Chronicle, ChronicleSettings, smooth, track_boxes
from tests.vision.walkers import Box, follow, person


def told(frames: list[list[Box]], settings: ChronicleSettings | None = None) -> NDArray[np.float64]:
    chronicle = Chronicle(settings)
    for index, tracks in enumerate(follow(frames)):
        chronicle.add(tracks, index * 0.1)
    return chronicle.rows()


def walk(count: int) -> list[list[Box]]:
    return [[person(100 + 5 * index)] for index in range(count)]


def test_nobody_gives_no_rows() -> None:
    assert Chronicle().rows().shape == (0, 7)
    assert told([[]] * 5).shape == (0, 7)


def test_a_passage_is_written_from_its_very_first_frame() -> None:
    assert told(walk(30))[:, 0].tolist() == list(range(30))


def test_a_short_gap_is_drawn_through() -> None:
    frames = walk(50)
    frames[20:30] = [[]] * 10
    rows = told(frames)
    assert rows[:, 0].tolist() == list(range(50))
    assert (rows[25, 2] + rows[25, 4]) / 2 == pytest.approx(225, abs=3)


def test_a_long_gap_stays_open() -> None:
    frames = walk(60)
    frames[20:45] = [[]] * 25
    rows = told(frames)
    assert not set(rows[:, 0].tolist()) & set(range(20, 45))
    assert set(rows[:, 1].tolist()) == {1}


def test_sizes_that_breathe_are_calmed_and_places_stay() -> None:
    frames = [[person(100 + 5 * i, 200 - 8 * (i % 2), 100 + 16 * (i % 2))] for i in range(60)]
    rows = told(frames)
    heights = rows[10:50, 5] - rows[10:50, 3]
    assert heights.std() < 1
    assert (rows[10:50, 2] + rows[10:50, 4]) / 2 == pytest.approx(100 + 5 * np.arange(10, 50), abs=3)


def test_rows_come_by_frame_and_id() -> None:
    rows = told([[person(100 + 4 * i), person(500 - 4 * i, 100)] for i in range(30)])
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    assert order.tolist() == list(range(len(rows)))


def test_smoothing_leaves_a_straight_line_where_it_is() -> None:
    times_s = np.array([0.0, 0.1, 0.2, 0.35, 0.4, 0.9, 1.0])
    line = np.column_stack([3 * times_s + 1, -2 * times_s])
    assert smooth(times_s, line, 0.3) == pytest.approx(line, abs=1e-6)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_smoothing_leaves_short_walks_alone(count: int) -> None:
    values = np.ones((count, 2)) * np.pi
    assert np.array_equal(smooth(np.linspace(0.0, 0.1, count, dtype=np.float64), values, 0.3), values)


def test_plain_boxes_can_be_tracked() -> None:
    frames = [np.array([person(100 + 5 * i)]) for i in range(30)]
    rows = track_boxes(frames, 10.0, (640, 480))
    assert [row[0] for row in rows] == list(range(1, 31))
    assert {row[1] for row in rows} == {1}
    assert rows[10][2:6] == pytest.approx((130, 200, 40, 100), abs=3)


def test_plain_boxes_may_be_none_at_all() -> None:
    assert track_boxes([], 10.0) == []
    assert track_boxes([np.zeros((0, 5)), np.zeros(0)], 10.0) == []
