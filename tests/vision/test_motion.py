from __future__ import annotations

import numpy as np
import pytest

from appliance.vision.motion import Motion, MotionSettings

BOX = np.array([[100.0, 50.0, 140.0, 150.0]])
SURE = np.ones(1)


def walked(steps: int, step_px: float, step_s: float) -> Motion:
    motion = Motion(MotionSettings())
    motion.add(BOX)
    for index in range(1, steps):
        motion.foretell(step_s)
        motion.correct(np.array([0]), BOX + index * np.array([step_px, 0, step_px, 0]), SURE)
    return motion


def test_a_walk_is_foretold() -> None:
    motion = walked(20, 5.0, 0.1)
    motion.foretell(0.5)
    assert motion.boxes()[0, 0] == pytest.approx(100 + 19 * 5 + 25, abs=4)


def test_the_same_walk_at_half_the_frame_rate_is_foretold_alike() -> None:
    fine, coarse = walked(21, 5.0, 0.1), walked(11, 10.0, 0.2)
    fine.foretell(0.4)
    coarse.foretell(0.4)
    assert fine.boxes() == pytest.approx(coarse.boxes(), abs=3)


def test_half_a_body_hidden_is_not_a_new_size() -> None:
    motion = walked(20, 0.0, 0.1)
    motion.foretell(0.1)
    motion.correct(np.array([0]), np.array([[100.0, 50.0, 140.0, 100.0]]), SURE)
    assert motion.measures[0, 3] > 85


def test_rows_are_kept_and_added_in_order() -> None:
    motion = Motion(MotionSettings())
    motion.add(np.concatenate([BOX, BOX + 10, BOX + 20]))
    motion.keep(np.array([True, False, True]))
    motion.add(BOX + 30)
    assert motion.boxes()[:, 0].tolist() == [100, 120, 130]


def test_nobody_moves_nowhere() -> None:
    motion = Motion(MotionSettings())
    motion.foretell(1.0)
    motion.correct(np.zeros(0, np.intp), np.zeros((0, 4)), np.zeros(0))
    motion.add(np.zeros((0, 4)))
    assert motion.boxes().shape == (0, 4)


def test_no_time_changes_nothing() -> None:
    motion = walked(5, 5.0, 0.1)
    before = motion.boxes()
    motion.foretell(0.0)
    assert np.array_equal(motion.boxes(), before)
