"""A bank on its way to the device: dealt out so that its first rows are a sample, and in range whatever its scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.runtime.jetson.bank import Deal, Span, padded_length, squares_of


@given(st.integers(1, 5000))
def test_every_row_has_one_place_and_padding_is_little(rows: int) -> None:
    deal = Deal.of(rows)
    numbers = deal.numbers(0, deal.places)
    assert sorted(numbers) == list(range(deal.places))
    assert rows <= deal.places <= rows + rows / 16


@given(st.integers(1, 5000), st.data())
def test_a_part_of_the_places_has_the_same_rows(rows: int, data: st.DataObject) -> None:
    deal = Deal.of(rows)
    first = data.draw(st.integers(0, deal.places))
    end = data.draw(st.integers(first, deal.places))
    np.testing.assert_array_equal(deal.numbers(first, end), deal.numbers(0, deal.places)[first:end])


def test_the_first_places_hold_rows_of_every_part_of_the_bank() -> None:
    numbers = Deal.of(50_000).numbers(0, 4096)
    assert np.histogram(numbers, 64, (0, 50_000))[0].min() >= 48


@pytest.mark.parametrize("scale", [1e-25, 1, 1e30])
def test_a_bank_of_any_scale_keeps_the_precision_of_halves(scale: float) -> None:
    bank = (scale * np.random.default_rng(0).normal(100, 1, (50, 33))).astype(np.float32)
    span = Span.of(bank)
    halves = span.halves(bank)
    assert halves.shape == (50, 64)
    assert not halves[:, 33:].any()
    back = halves[:, :33].astype(np.float64) / span.scale + span.offset
    spread = np.abs(bank - span.offset).max()
    assert np.abs(back - bank).max() <= spread * 2**-11


@given(st.integers(0, 100), st.integers(1, 40))
def test_whole_numbers_stay_what_they_are(seed: int, rows: int) -> None:
    bank = np.random.default_rng(seed).integers(-3, 4, (rows, 5)).astype(np.float32)
    span = Span.of(bank)
    back = span.halves(bank)[:, :5].astype(np.float32) / np.float32(span.scale) + span.offset
    np.testing.assert_array_equal(back, bank)


@pytest.mark.parametrize("far", [0, 1, 1e3, 1e12])
def test_a_query_of_any_distance_is_in_the_range_of_halves(far: float) -> None:
    bank = np.random.default_rng(0).normal(0, 1, (50, 7)).astype(np.float32)
    span, queries = Span.of(bank), far * np.ones((3, 7), np.float32)
    packed = span.queries(queries)
    figures, gains = packed[: 3 * 32].reshape(3, 32), packed[3 * 32 :]
    assert np.abs(figures).max() <= 4096
    np.testing.assert_allclose(
        figures[:, :7] * gains[:, None] / span.scale + span.offset, queries, rtol=1e-6, atol=1e-6
    )
    assert (np.frexp(gains)[0] == 0.5).all()  # powers of two


def test_a_single_row_is_near_the_offset() -> None:
    bank = np.full((1, 3), 7.3, np.float32)
    span = Span.of(bank)
    back = span.halves(bank)[:, :3].astype(np.float32) / np.float32(span.scale) + span.offset
    np.testing.assert_allclose(back, bank, rtol=2**-14)


@pytest.mark.parametrize(("length", "wanted"), [(0, 32), (1, 32), (32, 32), (33, 64), (256, 256)])
def test_rows_are_padded_to_what_the_kernel_takes(length: int, wanted: int) -> None:
    assert padded_length(length) == wanted


def test_squared_lengths_are_those_of_the_rounded_rows() -> None:
    halves = np.array([[0.1, 2, 0], [0, 0, 0]], np.float16)
    assert squares_of(halves).tolist() == [np.float32(0.1).astype(np.float16).astype(np.float32) ** 2 + 4, 0]
    assert squares_of(halves[:0]).shape == (0,)
