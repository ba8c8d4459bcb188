"""Measures on the device: as the CPU wing defines them, of the mask only, and to the bit the same in every run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.records import FloatArray, MaskArray
from appliance.runtime.cpu.measures import CpuMeasures
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.measures import MOST_NAMES, POOL_CELLS, JetsonMeasures
from appliance.runtime.scales import LEAST_PX
from appliance.vision.colours import colour_table
from appliance.vocabulary import COLOURS
from tests.runtime.jetson.garments import Pixels, dress, dressed, hidden, on_device, shape, street
from tests.runtime.jetson.shim.driver import ShimDriver

LENGTHS = {"colour": 169, "light": 8, "texture": 21, "weave": 300, "palette": 52}
NAMES = colour_table()


def measured(gpu: Gpu, cuts: Pixels, masks: MaskArray) -> dict[str, FloatArray]:
    wing, given = JetsonMeasures(gpu), on_device(gpu, cuts, masks)
    texture, weave = wing.pattern(*given)
    return {
        "colour": wing.colour(*given),
        "light": wing.light(*given),
        "texture": texture,
        "weave": weave,
        "palette": wing.palette(*given, NAMES, len(COLOURS)),
    }


@settings(max_examples=40)
@given(dressed())
def test_colour_light_and_palette_are_those_of_the_cpu(gpu: Gpu, garments: tuple[Pixels, MaskArray]) -> None:
    given, wing, cpu = on_device(gpu, *garments), JetsonMeasures(gpu), CpuMeasures()
    np.testing.assert_allclose(wing.colour(*given), cpu.colour(*garments), atol=1e-4)
    # A class that has next to nothing: the root makes a thousandth of a rounding in a millionth.
    np.testing.assert_allclose(wing.light(*given) ** 2, cpu.light(*garments) ** 2, atol=1e-5)
    found = wing.palette(*given, NAMES, len(COLOURS))
    np.testing.assert_allclose(found, cpu.palette(*garments, NAMES, len(COLOURS)), atol=1e-6)


def test_cuts_of_the_real_size_measure_as_on_the_cpu(gpu: Gpu) -> None:
    cuts, masks = dress((128, 256), [("smooth", "body"), ("noise", "blobs"), ("stripes", "full")], seed=0)
    found = measured(gpu, cuts, masks)
    wing = CpuMeasures()
    texture, weave = wing.pattern(cuts, masks)
    np.testing.assert_allclose(found["texture"], texture, atol=1e-4)
    np.testing.assert_allclose(found["weave"], weave, atol=1e-5)
    np.testing.assert_allclose(found["colour"], wing.colour(cuts, masks), atol=1e-5)
    np.testing.assert_allclose(found["light"], wing.light(cuts, masks), atol=1e-5)


def test_two_runs_agree_to_the_bit(gpu: Gpu) -> None:
    cuts, masks = street((32, 64))
    first = measured(gpu, cuts, masks)
    # In another company and place, so that other blocks of threads, which the shim runs in another order, see them.
    order = np.roll(np.arange(len(cuts)), 1)
    second = measured(gpu, cuts[order], masks[order])
    for name in LENGTHS:
        np.testing.assert_array_equal(second[name], first[name][order], err_msg=name)


def test_not_a_bit_of_what_the_mask_hides_reaches_a_measure(gpu: Gpu) -> None:
    cuts, masks = street((40, 24))
    behind = np.random.default_rng(2).integers(0, 256, cuts.shape, dtype=np.uint8)
    first, second = measured(gpu, cuts, masks), measured(gpu, hidden(cuts, masks, behind), masks)
    for name in LENGTHS:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def test_nobody_has_no_vectors(gpu: Gpu) -> None:
    none = measured(gpu, np.zeros((0, 64, 32, 3), np.uint8), np.zeros((0, 64, 32), np.bool_))
    assert {name: rows.shape for name, rows in none.items()} == {
        name: (0, length) for name, length in LENGTHS.items()
    }


@pytest.mark.parametrize("seen", [LEAST_PX - 1, LEAST_PX])
def test_a_part_that_is_hardly_seen_says_nothing_of_its_light(gpu: Gpu, seen: int) -> None:
    mask = np.zeros((1, 64, 32), np.bool_)
    mask[0, ::2, ::2] = np.arange(512).reshape(32, 16) < seen
    (classes,) = JetsonMeasures(gpu).light(*on_device(gpu, np.full((1, 64, 32, 3), 99, np.uint8), mask))
    assert classes[:4].any() == (seen >= LEAST_PX)
    assert not classes[4:].any()


@pytest.mark.parametrize("shape_of", [(1, 60, 32), (1, 64, 36)])
def test_a_size_that_cannot_be_halved_is_refused(gpu: Gpu, shape_of: tuple[int, int, int]) -> None:
    given = on_device(gpu, np.zeros((*shape_of, 3), np.uint8), np.zeros(shape_of, np.bool_))
    wing = JetsonMeasures(gpu)
    for measure in (wing.colour, wing.light, wing.pattern):
        with pytest.raises(ValueError, match="cannot be measured"):
            measure(*given)


def test_cuts_without_their_masks_are_refused(gpu: Gpu) -> None:
    cuts, masks = on_device(gpu, np.zeros((2, 64, 32, 3), np.uint8), np.zeros((1, 64, 32), np.bool_))
    with pytest.raises(ValueError, match="cannot be measured"):
        JetsonMeasures(gpu).colour(cuts, masks)


def test_the_names_of_colours_are_sent_once(gpu: Gpu) -> None:
    cuts, masks = on_device(gpu, np.full((1, 8, 8, 3), 200, np.uint8), np.ones((1, 8, 8), np.bool_))
    wing = JetsonMeasures(gpu)
    wing.palette(cuts, masks, NAMES, len(COLOURS))
    before = gpu.copies.figures_in
    wing.palette(cuts, masks, NAMES, len(COLOURS))
    assert gpu.copies.figures_in == before
    others = np.ones_like(NAMES)
    (shares,) = wing.palette(cuts, masks, others, 2)
    np.testing.assert_allclose(shares.reshape(4, 2), [[0, 0.5]] * 4)
    assert gpu.copies.figures_in == before + others.nbytes


def test_names_beyond_the_palette_are_refused(gpu: Gpu) -> None:
    given = on_device(gpu, np.zeros((1, 8, 8, 3), np.uint8), np.ones((1, 8, 8), np.bool_))
    for names, count in ((NAMES, len(COLOURS) - 1), (NAMES, MOST_NAMES + 1)):
        with pytest.raises(ValueError, match="a palette of"):
            JetsonMeasures(gpu).palette(*given, names, count)


@settings(max_examples=25)
@given(st.integers(1, 300), st.sampled_from([(1, 1), (4, 2), (8, 8)]), st.integers(0, 10_000))
def test_pooling_is_that_of_the_cpu(gpu: Gpu, channels: int, cells: tuple[int, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    masks = np.stack([shape(kind, 16, 24, rng) for kind in ("blobs", "lines", "empty")])
    features = rng.normal(size=(3, channels, *cells)).astype(np.float32)
    found = JetsonMeasures(gpu).pool(gpu.put(features), gpu.put(masks.astype(np.uint8)))
    np.testing.assert_allclose(found, CpuMeasures().pool(features, masks), rtol=1e-4, atol=1e-5)
    assert not found[2].any()


def test_pooling_over_nobody_is_empty(gpu: Gpu) -> None:
    features, masks = gpu.put(np.zeros((0, 7, 8, 4), np.float32)), gpu.put(np.zeros((0, 64, 32), np.uint8))
    assert JetsonMeasures(gpu).pool(features, masks).shape == (0, 7)


@pytest.mark.parametrize("cells", [(5, 4), (8, 3), (2 * POOL_CELLS, 1)])
def test_features_that_do_not_lie_over_the_mask_are_refused(gpu: Gpu, cells: tuple[int, int]) -> None:
    features = gpu.put(np.zeros((1, 2, *cells), np.float32))
    masks = gpu.put(np.zeros((1, 2 * POOL_CELLS, 8), np.uint8))
    with pytest.raises(ValueError, match="do not lie over"):
        JetsonMeasures(gpu).pool(features, masks)


def test_a_crowd_takes_as_many_launches_as_one_and_nothing_but_figures_comes_out(
    gpu: Gpu, driver: ShimDriver
) -> None:
    cuts, masks = street((8, 8))
    launches = []
    for count in (1, len(cuts)):
        before, out = len(driver.launched), gpu.copies.figures_out
        measured(gpu, cuts[:count], masks[:count])
        launches.append(driver.launched[before:])
        assert gpu.copies.figures_out - out == 4 * count * sum(LENGTHS.values())
    assert launches[0] == launches[1]
    assert len(launches[0]) == 10
