"""Comparing two runners: alike passes, a loss is told, nothing to compare is no pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engines.limits import APPEARANCE, BODY, DETECTOR, LIMITS, Limit, Report
from engines.verify import Runner, nearest, overlap_of, verify

SIDE = 64
PEOPLE = np.array([[2, 2, 14, 40], [20, 4, 32, 44], [40, 10, 52, 60]], np.float32)


def pictures(count: int) -> NDArray[np.uint8]:
    """Pictures that a fake network knows by the number in their first pixel."""
    shown = np.zeros((count, SIDE, SIDE, 3), np.uint8)
    shown[:, 0, 0, 0] = np.arange(count)
    return shown


def masks(count: int) -> NDArray[np.bool_]:
    return np.ones((count, SIDE, SIDE), np.bool_)


def detector(boxes: NDArray[np.float32], scores: list[float]) -> Runner:
    def run(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        return {"boxes": boxes[None], "scores": np.array([scores], np.float32)}

    return run


def body(shift_px: float = 0.0, presence: float = 0.9, columns: int = 20) -> Runner:
    def run(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        mask = np.zeros((1, 1, SIDE, SIDE), np.float32)
        mask[..., 10:50, 10 : 10 + columns] = 1
        points = np.full((1, 33, 4), 30.0, np.float32)
        points[..., 0] += shift_px
        points[..., 2:] = 0.9
        return {"mask": mask, "points": points, "presence": np.array([[presence]], np.float32)}

    return run


def looks(noise: float = 0.0) -> Runner:
    def run(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        number = int(inputs["image"][0, 0, 0, 0])
        own, other = np.random.default_rng(number), np.random.default_rng(1000 + number)
        features = own.random((1, 1280, 2, 2)) ** 2 + noise * other.random((1, 1280, 2, 2)) ** 8
        return {"layer18": features.astype(np.float32)}

    return run


def compare(role: str, reference: Runner, candidate: Runner, count: int = 3) -> Report:
    return verify(role, reference, candidate, pictures(count), masks(count))


@pytest.mark.parametrize(
    ("role", "runner"), [(DETECTOR, detector(PEOPLE, [0.9, 0.8, 0.5])), (BODY, body()), (APPEARANCE, looks())]
)
def test_a_network_passes_against_itself_and_nothing_never_passes(role: str, runner: Runner) -> None:
    report = compare(role, runner, runner)
    assert report.passed, report.line
    assert set(report.figures) == set(LIMITS[role])
    assert report.line.startswith("passed: ")
    none = compare(role, runner, runner, count=0)
    assert not none.passed
    assert "nothing to compare" in none.line


def test_a_lost_person_is_told_by_recall_and_an_invented_one_by_precision() -> None:
    three, two = detector(PEOPLE, [0.9, 0.8, 0.5]), detector(PEOPLE, [0.9, 0.8, 0.1])
    lost, invented = compare(DETECTOR, three, two), compare(DETECTOR, two, three)
    assert lost.figures["recall"] == pytest.approx(2 / 3)
    assert lost.figures["precision"] == 1
    assert invented.figures["precision"] == pytest.approx(2 / 3)
    assert "recall 0.667, at least 0.95 is needed" in lost.line
    assert not invented.passed


def test_a_person_just_below_the_threshold_is_no_loss() -> None:
    report = compare(DETECTOR, detector(PEOPLE, [0.9, 0.8, 0.41]), detector(PEOPLE, [0.9, 0.8, 0.36]))
    assert report.passed, report.line


@given(st.integers(1, 12))
def test_the_further_a_box_moves_the_lower_the_overlap(step: int) -> None:
    at, further = (
        compare(DETECTOR, detector(PEOPLE, [0.9] * 3), detector(PEOPLE + move, [0.9] * 3)).figures["mean_iou"]
        for move in (np.float32(step - 1) / 2, np.float32(step) / 2)
    )
    assert further < at or further == 0


def test_boxes_that_are_no_numbers_are_nobody() -> None:
    broken = detector(np.full_like(PEOPLE, np.nan), [0.9] * 3)
    report = compare(DETECTOR, detector(PEOPLE, [0.9] * 3), broken)
    assert report.figures["recall"] == 0
    assert not report.passed


def test_nobody_on_either_side_is_nothing_to_compare() -> None:
    empty = detector(PEOPLE, [0.0] * 3)
    assert compare(DETECTOR, empty, empty).faults == (
        "recall is not known",
        "precision is not known",
        "mean_iou is not known",
    )
    assert not compare(BODY, body(presence=0.1), body()).passed


def test_masks_and_points_are_measured() -> None:
    report = compare(BODY, body(), body(shift_px=4.0, columns=10))
    assert report.figures == {"mask_iou": 0.5, "point_px": pytest.approx(4), "presence": 1}
    assert len(report.faults) == 2
    assert compare(BODY, body(), body(presence=0.2)).figures["presence"] == 0


def test_points_that_are_no_numbers_fail() -> None:
    assert not compare(BODY, body(), body(shift_px=float("nan"))).passed


def test_looks_that_drift_lose_their_nearest() -> None:
    near, far = (compare(APPEARANCE, looks(), looks(noise), count=12) for noise in (0.01, 30.0))
    assert near.passed, near.line
    assert far.figures["cosine"] < near.figures["cosine"]
    assert far.figures["same_nearest"] < near.figures["same_nearest"]
    assert not far.passed


def test_one_look_alone_has_no_neighbours_and_does_not_pass() -> None:
    assert compare(APPEARANCE, looks(), looks(), count=1).faults == ("same_nearest is not known",)


@given(st.integers(0, 9), st.integers(0, 9))
def test_nearest_are_others_and_no_more_than_there_are(count: int, wanted: int) -> None:
    vectors = np.random.default_rng(count).random((count, 4)).astype(np.float32)
    rows = nearest(vectors, min(wanted, max(0, count - 1)))
    assert len(rows) == count
    assert all(row not in found and len(set(found)) == len(found) for row, found in enumerate(rows))


def test_empty_masks_overlap_wholly() -> None:
    none, some = np.zeros((4, 4), np.bool_), np.eye(4, dtype=np.bool_)
    assert (overlap_of(none, none), overlap_of(none, some), overlap_of(some, some)) == (1, 0, 1)


@given(st.floats(allow_nan=True))
def test_a_limit_holds_on_its_side_only_and_never_for_no_number(figure: float) -> None:
    least, most = Limit(0.5, False, ""), Limit(0.5, True, "")
    assert least.holds(figure) == (figure >= 0.5)
    assert most.holds(figure) == (figure <= 0.5)


def test_a_report_is_json() -> None:
    tree = json.loads(json.dumps(compare(BODY, body(), body(columns=10)).tree()))
    assert tree["passed"] is False
    assert tree["figures"]["mask_iou"] == 0.5
    assert tree["pictures"] == 3


def test_whoever_waits_hears_of_every_picture() -> None:
    heard: list[int] = []
    runner = body()
    verify(BODY, runner, runner, pictures(3), masks(3), lambda: heard.append(len(heard)))
    assert heard == [0, 1, 2]
