"""Cuts and masks for tests, of every kind that a street may send: smooth, noisy, striped, plain; whole, holed, thin."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import cv2
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.records import MaskArray
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.tensor import Tensor

Pixels = NDArray[np.uint8]
SIZES = ((32, 64), (24, 40), (40, 16), (8, 8))
"Width and height: a whole tile, parts of tiles, no more than the least."
CLOTHS = ("smooth", "noise", "stripes", "plain", "black")
SHAPES = ("full", "empty", "pixel", "lines", "blobs", "body")


Garb = tuple[str, str]
"Cloth and shape of one view."


def dress(size: tuple[int, int], garbs: Sequence[Garb], seed: int) -> tuple[Pixels, MaskArray]:
    """Cuts (N, H, W, 3), zero where hidden, and masks (N, H, W), for width and height."""
    rng = np.random.default_rng(seed)
    masks = np.stack([shape(kind, *size, rng) for _, kind in garbs])
    return hidden(np.stack([cloth(kind, *size, rng) for kind, _ in garbs]), masks), masks


def dressed() -> st.SearchStrategy[tuple[Pixels, MaskArray]]:
    """One to three views of any kind."""
    garb = st.tuples(st.sampled_from(CLOTHS), st.sampled_from(SHAPES))
    garbs = st.lists(garb, min_size=1, max_size=3)
    return st.builds(dress, st.sampled_from(SIZES), garbs, st.integers(0, 10_000))


def street(size: tuple[int, int], seed: int = 0) -> tuple[Pixels, MaskArray]:
    """Every cloth in every shape."""
    return dress(size, list(product(CLOTHS, SHAPES)), seed)


def cloth(kind: str, width: int, height: int, rng: np.random.Generator) -> Pixels:
    """A cut (H, W, 3) without a mask.

    Stripes have a little noise, as every camera's: of perfect ones the diagonal slopes are the root of a rounding,
    which no two machines share.
    """
    noise = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    if kind == "smooth":
        return np.asarray(cv2.GaussianBlur(noise, (15, 15), 4), np.uint8)
    if kind == "noise":
        return noise
    shade = noise[:1, :1] // (8 if kind == "black" else 1)
    if kind == "stripes":
        rows = np.arange(height)[:, None, None] // int(rng.integers(1, 9)) % 2
        return np.asarray(np.where(rows > 0, 0.4, 0.9) * shade + noise // 32, np.uint8)
    return np.repeat(np.repeat(shade, height, axis=0), width, axis=1)


def shape(kind: str, width: int, height: int, rng: np.random.Generator) -> MaskArray:
    """A mask (H, W)."""
    mask: MaskArray = np.full((height, width), kind == "full")
    if kind == "pixel":
        mask[rng.integers(height), rng.integers(width)] = True
    if kind == "lines":
        mask[:: int(rng.integers(2, 6))] = True
    if kind == "blobs":
        mask |= np.kron(rng.random((height // 8, width // 8)) < 0.7, np.ones((8, 8))) > 0
    if kind == "body":
        mask[height // 8 : -height // 8, width // 5 : -width // 5] = True
    return mask


def hidden(cuts: Pixels, masks: MaskArray, behind: Pixels | None = None) -> Pixels:
    """Cuts with zeros, or what is `behind`, where the masks are off."""
    return np.where(masks[..., None], cuts, 0 if behind is None else behind).astype(np.uint8)


def on_device(gpu: Gpu, cuts: Pixels, masks: MaskArray) -> tuple[Tensor, Tensor]:
    """Both as the image operations of the Jetson wing leave them."""
    return gpu.put_pixels(cuts), gpu.put_pixels(masks.astype(np.uint8))
