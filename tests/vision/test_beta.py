"""The Beta distribution against its closed forms, its own symmetry and published limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.vision.beta import beta_quantile, beta_share

SHAPES = st.floats(0.1, 5000)
SHARES = st.floats(0.001, 0.999)


@given(SHARES, st.floats(0.1, 500))
def test_one_shape_of_one_is_a_power(x: float, shape: float) -> None:
    assert beta_share(x, shape, 1) == pytest.approx(x**shape, abs=1e-10)
    assert beta_share(x, 1, shape) == pytest.approx(1 - (1 - x) ** shape, abs=1e-10)


@given(SHARES, st.integers(0, 40), st.integers(0, 40))
def test_whole_shapes_are_the_binomial(x: float, hits: int, misses: int) -> None:
    count = hits + misses + 1
    expected = sum(math.comb(count, k) * x**k * (1 - x) ** (count - k) for k in range(hits + 1, count + 1))
    assert beta_share(x, hits + 1, misses + 1) == pytest.approx(expected, abs=1e-9)


@given(SHARES, SHAPES, SHAPES)
def test_swapping_the_shapes_mirrors_the_share(x: float, a: float, b: float) -> None:
    assert beta_share(x, a, b) == pytest.approx(1 - beta_share(1 - x, b, a), abs=1e-9)


@settings(max_examples=30)
@given(st.floats(0.01, 0.99), st.floats(0.5, 2000), st.floats(0.5, 2000))
def test_a_quantile_gives_its_level_back(level: float, a: float, b: float) -> None:
    assert beta_share(beta_quantile(level, a, b), a, b) == pytest.approx(level, abs=1e-6)


def test_no_hit_in_n_has_the_limit_of_the_rule_of_three() -> None:
    for count in (10, 60, 300):
        high = float(beta_quantile(0.95, 1, count))
        assert high == pytest.approx(1 - 0.05 ** (1 / count), abs=1e-9)
        assert high < 3 / count


def test_the_limits_of_four_hits_in_twenty_are_those_of_the_tables() -> None:
    low, high = beta_quantile([0.025, 0.975], [4, 5], [17, 16])
    assert (round(float(low), 4), round(float(high), 4)) == (0.0573, 0.4366)


def test_a_shape_of_zero_is_one_of_the_ends() -> None:
    assert beta_quantile([0.1, 0.9], [0, 0], [5, 5]).tolist() == [0, 0]
    assert beta_quantile([0.1, 0.9], [5, 5], [0, 0]).tolist() == [1, 1]


def test_arrays_of_any_shape_go_through() -> None:
    assert beta_share(np.zeros((0, 3)), 1, 1).shape == (0, 3)
    assert beta_quantile(np.full((2, 3), 0.5), 2, 2).shape == (2, 3)
    np.testing.assert_allclose(beta_quantile(np.full((2, 3), 0.5), 2, 2), 0.5)
