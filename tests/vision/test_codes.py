"""Code lengths: the street's own outfit is the shortest to tell on average, what it hardly wears takes long."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.records import FloatArray
from appliance.vision.codes import LEAST_SHARE, code_lengths, words_of

BINS = 12


def shares_of(seed: int, count: int) -> FloatArray:
    return np.random.default_rng(seed).dirichlet(np.full(BINS, 0.5), count).astype(np.float32)


def gained(street: FloatArray, other: FloatArray) -> NDArray[np.float64]:
    """How much longer the street's outfits are in the words of another street."""
    return np.asarray(
        code_lengths(street[None], words_of(other)) - code_lengths(street[None], words_of(street))
    )


@given(st.integers(0, 10_000))
def test_nobody_tells_a_street_shorter_than_its_own_words(seed: int) -> None:
    street, other = shares_of(seed, 2)
    assert gained(street, other)[0] > -1e-3


@given(st.integers(0, 10_000), st.integers(0, BINS - 1))
def test_lengths_lie_between_none_and_the_longest_word(seed: int, bin_: int) -> None:
    words = words_of(shares_of(seed, 20).mean(axis=0))
    assert (words >= 0).all()
    lengths = code_lengths(shares_of(seed + 1, 30), words)
    assert (lengths >= words.min() - 1e-6).all()
    assert (lengths <= words.max() + 1e-6).all()
    np.testing.assert_allclose(code_lengths(np.eye(BINS, dtype=np.float32)[bin_][None], words), words[bin_])


def test_more_of_what_is_rare_takes_longer() -> None:
    words = words_of(np.array([0.9, 0.09, 0.01]))
    little, much = np.array([[0.9, 0.05, 0.05], [0.5, 0.05, 0.45]], np.float32)
    assert code_lengths(much[None], words) > code_lengths(little[None], words)


def test_what_nobody_has_worn_can_be_told() -> None:
    words = words_of(np.array([1.0, 0.0]))
    np.testing.assert_allclose(words, [0, -np.log(LEAST_SHARE)], atol=1e-9)


def test_nobody_has_no_length() -> None:
    assert code_lengths(np.zeros((0, BINS), np.float32), words_of(np.full(BINS, 1 / BINS))).shape == (0,)
