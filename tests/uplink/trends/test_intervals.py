"""Widths of intervals: exact for one noise and for two, and they cover what they say, noise and chance together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.uplink.trends.indices import noise
from appliance.uplink.trends.intervals import (
    half_width,
    normal_width,
    share_width,
    sum_width,
    tail,
)
from tests.uplink.trends.builders import at_least

scales = st.floats(0.05, 500)
DAYS = 20_000


@given(scales, st.floats(0.5, 0.9999))
def test_the_half_width_is_the_least_that_holds_the_noise_of_a_count(scale: float, confidence: float) -> None:
    width = half_width(scale, confidence)
    assert 2 * at_least(scale, width + 1) <= 1 - confidence + 1e-9
    assert width == 0 or 2 * at_least(scale, width) > 1 - confidence - 1e-9


def test_the_widths_at_epsilon_one_are_fifteen_passages_and_nineteen_in_a_cell() -> None:
    assert (half_width(5.0), half_width(6.25)) == (15, 19)


@given(scales)
def test_the_noise_is_somewhere(scale: float) -> None:
    a = math.exp(-1 / scale)
    assert at_least(scale, 0) + at_least(scale, 1) == pytest.approx(1)
    assert at_least(scale, 3) - at_least(scale, 4) == pytest.approx(
        (1 - a) / (1 + a) * a**3, rel=1e-6, abs=1e-12
    )


@given(scales, scales)
def test_the_sum_of_two_noises_has_the_tail_that_was_solved_for(one: float, two: float) -> None:
    width = sum_width(one, two)
    assert tail(one, two, width) == pytest.approx(0.05, abs=1e-6)
    assert max(one, two) * math.log(20) <= width + 1e-6


def test_the_tail_of_a_sum_is_that_of_draws() -> None:
    rng = np.random.default_rng(7)
    for one, two in ((6.25, 2.0), (6.25, 6.25), (1.0, 0.0)):
        drawn = np.abs(rng.laplace(0, one, 400_000) + (rng.laplace(0, two, 400_000) if two else 0))
        for t in (1.0, 5.0, 15.0):
            assert (drawn > t).mean() == pytest.approx(tail(one, two, t), abs=0.003)


def test_a_normal_figure_is_within_1_96() -> None:
    assert normal_width() == pytest.approx(1.96, abs=0.001)


@pytest.mark.parametrize("passages", [400, 3000])
@pytest.mark.parametrize("share", [0.13, 0.4, 0.9])
def test_the_interval_of_a_share_covers_the_streets_share(passages: int, share: float) -> None:
    rng = np.random.default_rng(11)
    counts = rng.binomial(passages, share, DAYS) + noise(rng, 6.25, 1, (DAYS,))
    known = passages + noise(rng, 5.0, 1, (DAYS,))
    covered = 0
    for count, total in zip(counts[:4000], known[:4000], strict=True):
        seen = count / total
        covered += abs(seen - share) <= share_width(seen, total, (6.25, 5.0))
    assert 0.94 <= covered / 4000 <= 0.985
