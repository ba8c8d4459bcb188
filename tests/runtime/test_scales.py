"""Blurs of the measures: they keep what they spread, and each reaches as far as OpenCV's of the same sigma."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from appliance.runtime.scales import (
    CHROMA_BINS,
    FINE_SIGMAS,
    HALVED_SIGMA,
    NEIGHBOURHOOD,
    blur_matrix,
    gaussian,
    reach_of,
)


def test_a_blur_keeps_what_it_spreads_and_leaves_most_in_its_bin() -> None:
    blur = blur_matrix(CHROMA_BINS, 0.8, 3)
    np.testing.assert_allclose(blur.sum(axis=1), 1, rtol=1e-5)
    assert (blur.argmax(axis=1) == np.arange(CHROMA_BINS)).all()
    np.testing.assert_allclose(blur, blur[::-1, ::-1], atol=1e-7)


@pytest.mark.parametrize("sigma", [*FINE_SIGMAS, HALVED_SIGMA, NEIGHBOURHOOD])
def test_a_blur_of_pixels_has_the_weights_of_opencv(sigma: float) -> None:
    reach = reach_of(sigma)
    wanted = cv2.getGaussianKernel(2 * reach + 1, sigma, cv2.CV_64F)
    np.testing.assert_allclose(gaussian(sigma, reach), wanted[:, 0], rtol=1e-9)
