"""Colour and light: only what the mask shows counts, and each measure moves with what it is for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.records import FloatArray, MaskArray
from appliance.runtime.cpu.histogram import soft_histogram
from appliance.runtime.cpu.measures import CpuMeasures, half
from appliance.vision.colours import colour_table
from appliance.vocabulary import COLOURS
from tests.streets import BLUE, GREY, RED, Pixels, body_mask, cloth

LENGTHS = {"colour": 169, "light": 8, "texture": 21, "weave": 300, "palette": 52}
Colour = tuple[int, int, int]
COLOUR = st.tuples(*[st.integers(0, 255)] * 3)


def all_measures(cuts: Pixels, masks: MaskArray) -> dict[str, FloatArray]:
    wing = CpuMeasures()
    texture, weave = wing.pattern(cuts, masks)
    return {
        "colour": wing.colour(cuts, masks),
        "light": wing.light(cuts, masks),
        "texture": texture,
        "weave": weave,
        "palette": wing.palette(cuts, masks, colour_table(), len(COLOURS)),
    }


def measured(*cuts: Pixels) -> dict[str, FloatArray]:
    """Measures of some cuts worn by the same body."""
    return all_measures(np.stack(cuts), np.repeat(body_mask()[None], len(cuts), axis=0))


def distance(name: str, one: Pixels, other: Pixels) -> float:
    first, second = measured(one, other)[name]
    return float(np.linalg.norm(first - second))


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
    for name in LENGTHS:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def test_nobody_has_no_vectors() -> None:
    none = all_measures(np.zeros((0, 256, 128, 3), np.uint8), np.zeros((0, 256, 128), np.bool_))
    assert {name: rows.shape for name, rows in none.items()} == {
        name: (0, length) for name, length in LENGTHS.items()
    }


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.01, 1.0])
def test_any_mask_gives_finite_vectors(share: float) -> None:
    rng = np.random.default_rng(0)
    mask = rng.random((1, 256, 128)) < share
    found = all_measures(rng.integers(0, 256, (1, 256, 128, 3), dtype=np.uint8), mask)
    for name, rows in found.items():
        assert rows.shape == (1, LENGTHS[name])
        assert np.isfinite(rows).all(), name
        assert (rows >= 0).all(), name
        assert rows.dtype == np.float32


@given(COLOUR, COLOUR)
@settings(max_examples=25)
def test_histograms_of_a_dressed_person_have_unit_length(upper: Colour, lower: Colour) -> None:
    found = measured(cloth(upper, lower))
    for name in ("colour", "light", "palette"):
        assert np.linalg.norm(found[name]) == pytest.approx(1, abs=1e-4), name


def test_another_colour_moves_the_colour_more_than_noise_does() -> None:
    grey = cloth(GREY, BLUE)
    noise = np.random.default_rng(5).integers(-3, 4, grey.shape)
    noisy = (grey.astype(int) + noise).clip(0, 255).astype(np.uint8)
    assert distance("colour", grey, cloth(RED, BLUE)) > 0.4
    assert distance("colour", grey, noisy) < 0.1


@given(st.tuples(*[st.integers(60, 120)] * 3))
@settings(max_examples=25)
def test_light_that_doubles_moves_the_colour_less_than_a_dye_does(colour: Colour) -> None:
    red, green, blue = colour
    lit = (2 * red, 2 * green, 2 * blue)
    dyed = (red + 60, green, blue) if red <= min(green, blue) else (red, green, blue + 60)
    cut = cloth(colour, colour)
    assert distance("colour", cut, cloth(lit, lit)) < 0.5 * distance("colour", cut, cloth(dyed, dyed))


def test_a_tinge_of_black_is_less_of_a_colour_than_the_same_in_the_light() -> None:
    tinged = distance("colour", cloth((4, 4, 4), GREY), cloth((9, 4, 4), GREY))
    assert tinged < 0.6 * distance("colour", cloth((80, 80, 80), GREY), cloth((180, 80, 80), GREY))


def test_light_knows_black_from_white_and_up_from_down_but_no_hue() -> None:
    dark, pale = (20, 20, 20), (240, 240, 240)
    assert distance("light", cloth(dark, dark), cloth(pale, pale)) > 1.3
    assert distance("light", cloth(dark, pale), cloth(pale, dark)) > 1
    assert distance("light", cloth((140, 70, 70), GREY), cloth((70, 70, 140), GREY)) < 0.1
    assert distance("light", cloth((128, 128, 128), GREY), cloth((134, 134, 134), GREY)) < 0.2


def test_a_part_that_is_hardly_seen_says_nothing_of_its_light() -> None:
    upper = np.zeros((1, 256, 128), np.bool_)
    upper[0, :128] = True
    upper[0, 200, :20] = True
    (classes,) = CpuMeasures().light(cloth(RED, GREY)[None], upper)
    assert classes[:4].any()
    assert not classes[4:].any()


def test_a_palette_tells_which_colour_is_where() -> None:
    (shares,) = measured(cloth(RED, BLUE))["palette"].reshape(1, 4, len(COLOURS)) ** 2
    assert shares[:2].sum(axis=0).argmax() == COLOURS.index("red")
    assert shares[2:].sum(axis=0).argmax() == COLOURS.index("blue")
    assert shares[:2, COLOURS.index("red")].sum() == pytest.approx(shares[:2].sum(), abs=0.01)


def test_the_same_view_measures_the_same_alone_and_in_company() -> None:
    together = measured(cloth(RED, BLUE), cloth(GREY, GREY, "checks"))
    alone = measured(cloth(GREY, GREY, "checks"))
    for name in LENGTHS:
        np.testing.assert_array_equal(together[name][1], alone[name][0])


@given(st.lists(st.tuples(st.floats(-30, 40), st.floats(-30, 40)), max_size=30), st.integers(1, 14))
def test_a_soft_histogram_counts_every_point_once_wherever_it_lies(
    points: list[tuple[float, float]], bins: int
) -> None:
    first, second = np.array(points, np.float32).reshape(-1, 2).T
    counts = soft_histogram(first, second, bins)
    assert counts.shape == (bins, bins)
    assert counts.min() >= 0
    assert counts.sum() == pytest.approx(len(points), abs=1e-3)


def test_a_point_between_two_middles_counts_to_both() -> None:
    counts = soft_histogram(np.array([2.0], np.float32), np.array([1.5], np.float32), 4)
    np.testing.assert_allclose(counts[1:3, 1], [0.5, 0.5])


def test_half_the_size_blends_nothing() -> None:
    picture: NDArray[np.uint8] = np.arange(24, dtype=np.uint8).reshape(4, 6)
    np.testing.assert_array_equal(half(picture), [[0, 2, 4], [12, 14, 16]])


def test_pooling_is_the_mean_of_what_is_covered() -> None:
    features = np.arange(8, dtype=np.float32).reshape(1, 1, 4, 2)
    mask = np.zeros((1, 8, 4), np.bool_)
    mask[0, :2, :2] = True
    mask[0, 6:, 2:3] = True
    np.testing.assert_allclose(CpuMeasures().pool(features, mask), [[(0 * 4 + 7 * 2) / 6]])


def test_pooling_over_nothing_is_zero_and_over_nobody_is_empty() -> None:
    features = np.ones((1, 3, 4, 2), np.float32)
    np.testing.assert_array_equal(
        CpuMeasures().pool(features, np.zeros((1, 8, 4), np.bool_)), np.zeros((1, 3))
    )
    assert CpuMeasures().pool(features[:0], np.zeros((0, 8, 4), np.bool_)).shape == (0, 3)
