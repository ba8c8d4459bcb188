"""Colour and pattern: only what the mask shows counts, and each measure moves with what it is for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.records import FloatArray, MaskArray
from appliance.runtime.cpu.measures import CpuMeasures, smooth, soft_histograms
from tests.streets import BLUE, GREY, RED, body_mask, cloth, describe

MEASURES = ("colour", "stripes", "texture")


def all_measures(cuts: NDArray[np.uint8], masks: MaskArray) -> dict[str, FloatArray]:
    wing = CpuMeasures()
    return {name: getattr(wing, name)(cuts, masks) for name in MEASURES}


def random_mask(rng: np.random.Generator) -> MaskArray:
    """Blobs, so that there are an inside, an edge and holes."""
    coarse = rng.random((32, 16)) < rng.uniform(0.1, 0.9)
    mask: MaskArray = np.kron(coarse, np.ones((8, 8))).astype(np.bool_)
    return mask


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_not_a_bit_of_what_the_mask_hides_reaches_a_measure(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = np.stack([body_mask(), random_mask(rng)])
    worn = rng.integers(0, 256, (2, 256, 128, 3), dtype=np.uint8)
    behind = rng.integers(0, 256, worn.shape, dtype=np.uint8)
    first = all_measures(np.where(mask[..., None], worn, 0).astype(np.uint8), mask)
    second = all_measures(np.where(mask[..., None], worn, behind).astype(np.uint8), mask)
    for name in MEASURES:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def test_nobody_has_no_vectors() -> None:
    none = all_measures(np.zeros((0, 256, 128, 3), np.uint8), np.zeros((0, 256, 128), np.bool_))
    assert {name: rows.shape for name, rows in none.items()} == {
        "colour": (0, 128),
        "stripes": (0, 1536),
        "texture": (0, 72),
    }


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.01, 1.0])
def test_any_mask_gives_finite_vectors(share: float) -> None:
    rng = np.random.default_rng(0)
    mask = rng.random((1, 256, 128)) < share
    found = all_measures(rng.integers(0, 256, (1, 256, 128, 3), dtype=np.uint8), mask)
    for name, rows in found.items():
        assert np.isfinite(rows).all(), name
        assert (rows >= 0).all(), name
        assert rows.dtype == np.float32


@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=25)
def test_histograms_of_a_dressed_person_have_unit_length(
    upper: tuple[int, int, int], lower: tuple[int, int, int]
) -> None:
    found = describe(cloth(upper, lower))
    assert np.linalg.norm(found["colour"]) == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(found["stripes"]) == pytest.approx(1, abs=1e-3)


def distance(name: str, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    first, second = describe(one, other)[name]
    return float(np.linalg.norm(first - second))


def test_another_colour_moves_colour_and_stripes_more_than_noise_does() -> None:
    grey = cloth(GREY, BLUE)
    noisy = (
        (grey.astype(int) + np.random.default_rng(5).integers(-3, 4, grey.shape))
        .clip(0, 255)
        .astype(np.uint8)
    )
    for name in ("colour", "stripes"):
        assert distance(name, grey, cloth(RED, BLUE)) > 0.4
        assert distance(name, grey, noisy) < 0.1


def test_stripes_know_up_from_down_and_colour_does_not() -> None:
    one, other = cloth(RED, BLUE), cloth(BLUE, RED)
    assert distance("stripes", one, other) > 1
    assert distance("stripes", one, other) > 3 * distance("colour", one, other)


def test_plain_stripes_and_checks_differ_in_texture() -> None:
    plain, stripes, checks = (cloth(GREY, GREY, pattern) for pattern in ("plain", "stripes", "checks"))
    assert distance("texture", plain, stripes) > 3
    assert distance("texture", plain, checks) > 3
    assert distance("texture", stripes, checks) > 1
    assert distance("texture", plain, cloth((118, 122, 121), GREY)) < 0.3


def test_the_same_view_measures_the_same_alone_and_in_company() -> None:
    together = describe(cloth(RED, BLUE), cloth(GREY, GREY, "checks"))
    alone = describe(cloth(GREY, GREY, "checks"))
    for name in MEASURES:
        np.testing.assert_array_equal(together[name][1], alone[name][0])


@given(
    st.lists(st.tuples(st.floats(0, 8), st.floats(0, 4), st.floats(0, 4)), min_size=32, max_size=32),
    st.lists(st.booleans(), min_size=32, max_size=32),
    st.booleans(),
)
def test_a_soft_histogram_counts_every_point_of_the_mask_once(
    points: list[tuple[float, float, float]], inside: list[bool], circular: bool
) -> None:
    mask = np.array(inside).reshape(8, 4)
    counts = soft_histograms(
        np.array(points, np.float32).reshape(8, 4, 3), mask, (8, 4, 4), circular=circular
    )
    assert counts.shape == (4, 128)
    assert (counts >= 0).all()
    np.testing.assert_allclose(counts.sum(axis=1), mask.reshape(4, -1).sum(axis=1), atol=1e-3)


def test_hues_meet_across_the_end_of_the_circle() -> None:
    at_the_seam = np.full((4, 1, 3), 0.5, np.float32)
    at_the_seam[..., 0] = 0
    counts = soft_histograms(at_the_seam, np.ones((4, 1), np.bool_), (8, 4, 4), circular=True)
    np.testing.assert_allclose(counts[0].reshape(8, 4, 4)[[0, 7], 0, 0], [0.5, 0.5])


def test_smoothing_keeps_the_sum_of_what_lies_inside() -> None:
    counts = np.zeros((4, 6, 8, 8), np.float32)
    counts[1, 3, 4, 4] = 5
    counts[2, 0, 0, 7] = 2
    blurred = smooth(counts.reshape(4, -1)).reshape(4, 6, 8, 8)
    np.testing.assert_allclose(blurred.sum(axis=(1, 2, 3)), [0, 5, 2, 0], atol=1e-5)
    assert blurred[1].argmax() == counts[1].argmax()
    assert 0 < blurred[1, 3, 4, 5] < blurred[1, 3, 4, 4]
