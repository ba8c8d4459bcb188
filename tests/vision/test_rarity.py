"""How sure a rarity is: what the threshold gives on new people, and intervals that hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.vision.beta import beta_share
from appliance.vision.novelty import Figures, tail_share
from appliance.vision.rarity import (
    EDGE,
    MOST_TIMES,
    SURE,
    conformal_share,
    enough,
    least_passages,
    readiness,
    share_interval,
)
from tests.streets import tail_of

STREETS = ("gamma", "exponential", "lognormal", "normal")
ROUNDS = 150


def draw(kind: str, count: int, rng: np.random.Generator) -> Figures:
    """Distances as streets of different kinds have them."""
    drawn: dict[str, Figures] = {
        "gamma": rng.gamma(4, 1, count),
        "exponential": rng.exponential(1, count),
        "lognormal": np.exp(rng.normal(0, 0.5, count)),
        "normal": np.abs(rng.normal(0, 1, count)),
    }
    return drawn[kind]


@pytest.mark.parametrize("kind", STREETS)
@pytest.mark.parametrize("passages", [66, 300])
def test_the_wanted_share_of_new_people_is_given(kind: str, passages: int) -> None:
    rng = np.random.default_rng(5)
    given_shares = []
    for _ in range(ROUNDS):
        tail = tail_of(draw(kind, passages, rng))
        shares = conformal_share(tail_share(draw(kind, 300, rng), tail), passages)
        given_shares.append([(shares <= wanted).mean() for wanted in (0.05, 0.2)])
    few, many = np.mean(given_shares, axis=0)
    assert few == pytest.approx(0.05, abs=0.008)
    assert many == pytest.approx(0.2, abs=0.012)


@pytest.mark.parametrize("kind", STREETS)
@pytest.mark.parametrize("passages", [40, 120])
def test_nine_in_ten_intervals_hold_the_true_share(kind: str, passages: int) -> None:
    rng = np.random.default_rng(6)
    levels = np.array([0.5, 0.8, 0.95, 0.98, 0.995])
    places = np.quantile(draw(kind, 200_000, rng), levels)
    shares = [tail_share(places, tail_of(draw(kind, passages, rng))) for _ in range(ROUNDS)]
    low, high = share_interval(np.stack(shares), passages, 0.9)
    held = (low <= 1 - levels) & (1 - levels <= high)
    # Two standard errors of 150 rounds are .05.
    assert (held.mean(axis=0) >= 0.9 - 0.02 - 0.05).all()


@pytest.mark.parametrize("wanted", [0.05, 0.2])
def test_from_the_least_number_on_the_threshold_keeps_its_promise(wanted: float) -> None:
    rng, passages = np.random.default_rng(8), least_passages(wanted)
    rank = int(wanted * (passages + 1))
    places = np.sort(rng.random((4000, passages)), axis=1)[:, -rank]
    assert (1 - places <= MOST_TIMES * wanted).mean() >= SURE - 0.02


@pytest.mark.parametrize(("wanted", "least"), [(0.01, 351), (0.05, 66), (0.2, 12), (0.25, 9)])
def test_a_smaller_share_needs_more_passages(wanted: float, least: int) -> None:
    assert least_passages(wanted) == least
    assert readiness(wanted, least) == "ok"
    assert readiness(wanted, least - 1) == f"too early to tell: {least - 1} of {least} passages"


@given(st.floats(0.005, 0.5), st.integers(0, 3000))
def test_enough_stays_enough(wanted: float, passages: int) -> None:
    assert enough(wanted, passages) == (passages >= least_passages(wanted))


@given(st.lists(st.floats(1e-9, 1), min_size=2, max_size=20), st.integers(1, 10_000))
def test_conformal_shares_keep_the_order_and_stay_above_zero(shares: list[float], passages: int) -> None:
    found = conformal_share(np.sort(shares), passages)
    assert (np.diff(found) >= 0).all()
    assert ((found > 0) & (found <= 1)).all()
    assert (found >= np.sort(shares) - 1e-12).all()


def test_a_conformal_share_counts_the_newcomer_too() -> None:
    np.testing.assert_allclose(conformal_share([1, 0.5, EDGE], 19), [1, 0.525, 0.145])


@settings(max_examples=25)
@given(st.lists(st.floats(0, 1), max_size=10), st.integers(1, 3000))
def test_an_interval_holds_the_share_it_is_of(shares: list[float], passages: int) -> None:
    low, high = share_interval(shares, passages)
    assert (low <= np.array(shares) + 1e-9).all()
    assert (high >= np.array(shares) - 1e-9).all()
    assert low.shape == high.shape == (len(shares),)


def test_more_passages_make_an_interval_narrower() -> None:
    widths = [np.subtract(*share_interval([0.05], n)[::-1])[0] for n in (20, 66, 300, 3000)]
    assert (np.diff(widths) < 0).all()


def test_counting_is_never_narrower_than_an_exponential_tail() -> None:
    """The claim of share_interval: relative variances of a share u times below the edge, both times n / 10."""
    u = np.geomspace(1, 1e6, 1000)
    assert (np.log(u) ** 2 <= u).all()


def test_nobody_has_no_rarity() -> None:
    assert conformal_share(np.zeros(0), 10).shape == (0,)
    assert all(side.shape == (0,) for side in share_interval(np.zeros(0), 10))
    assert beta_share(np.zeros(0), 1, 1).shape == (0,)
