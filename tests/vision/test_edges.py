"""Lines of a picture: thin, where the light changes, and nowhere in noise."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from appliance.vision.edges import edges_of, mean_around, sobel, widened

PICTURES = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24))


@pytest.mark.parametrize("turned", [False, True])
def test_a_step_is_one_thin_line(turned: bool) -> None:
    picture = np.full((40, 60), 50.0, np.float32)
    picture[:, 30:] = 200
    lines = edges_of(picture.T if turned else picture)
    rows = lines.T if turned else lines
    assert rows.sum(axis=1).tolist() == [1] * 40
    assert set(np.flatnonzero(rows.any(axis=0)).tolist()) <= {29, 30}


def test_noise_and_a_dawn_are_no_lines() -> None:
    rng = np.random.default_rng(0)
    noise = (128 + rng.normal(0, 1, (108, 192))).astype(np.float32)
    assert not edges_of(noise).any()
    assert not edges_of(np.tile(np.linspace(0, 255, 192, dtype=np.float32), (108, 1))).any()


@given(PICTURES)
def test_slopes_are_opencv_s(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    across, down = sobel(picture.astype(np.float32))
    border = cv2.BORDER_REPLICATE
    np.testing.assert_array_equal(across, cv2.Sobel(picture, cv2.CV_32F, 1, 0, borderType=border))
    np.testing.assert_array_equal(down, cv2.Sobel(picture, cv2.CV_32F, 0, 1, borderType=border))


@given(PICTURES, st.integers(0, 4))
def test_a_mean_is_of_the_square_around(
    picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], reach: int
) -> None:
    values, side = picture.astype(np.float32), 2 * reach + 1
    wanted = cv2.blur(values, (side, side), borderType=cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(mean_around(values, reach), wanted, atol=0.01)


@given(PICTURES, st.integers(0, 3))
def test_a_mask_is_widened_by_squares(
    picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], reach: int
) -> None:
    mask = picture > 200
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    wanted = cv2.dilate(mask.astype(np.uint8), square, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    np.testing.assert_array_equal(widened(mask, reach), wanted > 0)
