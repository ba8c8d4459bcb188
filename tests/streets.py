"""A made-up street for tests: banks, passages and cloth with known looks, the same for the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.artifacts import LEVELS, MIN_SUPPORTERS, Bank, Measure, Tail
from appliance.records import FloatArray, Frame, Garments, MaskArray, Passage, Tracks
from appliance.runtime.cpu.image import CpuImageOps
from appliance.runtime.cpu.measures import CpuMeasures
from appliance.vision.beta import Figures
from appliance.vision.descriptor import MEASURES, Descriptor
from calibration.sketch import Sketch
from tests.bodies import FakeAppearance

Pixels = NDArray[np.uint8]
RED, BLUE, GREY = (200, 20, 20), (30, 60, 150), (120, 120, 120)


def tail(excess: float = 0.5, count: float = 3.0) -> Tail:
    return Tail(np.linspace(1.0, 2.0, len(LEVELS), dtype=np.float64), excess, count)


def tail_of(distances: Figures) -> Tail:
    """The tail of a street whose passages (N,), N >= 10, were so far from it."""
    sketch = Sketch()
    sketch.add(distances)
    return sketch.tail()


def measure(rng: np.random.Generator, prototypes: int, length: int) -> Measure:
    return Measure(
        rng.normal(size=(prototypes, length)).astype(np.float32),
        rng.integers(MIN_SUPPORTERS, 50, prototypes),
        rng.normal(size=length).astype(np.float32),
        rng.uniform(0.1, 2, length).astype(np.float32),
        tail(),
    )


def random_bank(seed: int = 0, prototypes: int = 3, lengths: dict[str, int] | None = None) -> Bank:
    """A bank of noise; its measures are those of the descriptor unless `lengths` says otherwise."""
    rng = np.random.default_rng(seed)
    measures = {name: measure(rng, prototypes, length) for name, length in (lengths or MEASURES).items()}
    return Bank("descriptor/1", 100, measures, tail(count=10.0))


def random_measures(rng: np.random.Generator) -> dict[str, FloatArray]:
    """Vectors (D,) of somebody by all measures of the descriptor."""
    return {name: rng.random(length, np.float32) for name, length in MEASURES.items()}


def frame(pixels: Pixels | None = None, at_s: float = 0.0, index: int = 0) -> Frame:
    pixels = np.zeros((480, 640, 3), np.uint8) if pixels is None else pixels
    return Frame(pixels, pixels.shape[1], pixels.shape[0], at_s, index)


def boxes(*rows: tuple[float, float, float, float]) -> FloatArray:
    return np.array(rows, np.float32).reshape(-1, 4)


def tracks(seen: dict[int, tuple[float, float, float, float]], ended: tuple[int, ...] = ()) -> Tracks:
    ids = np.array(list(seen), np.int64)
    return Tracks(ids, boxes(*seen.values()), np.ones(len(seen), np.float32), np.array(ended, np.int64))


def body_mask(width: int = 128, height: int = 256) -> MaskArray:
    """A trunk and two legs, headless, touching no edge but the top."""
    mask = np.zeros((height, width), np.bool_)
    mask[: height * 6 // 10, width // 5 : width * 4 // 5] = True
    mask[height // 2 :, width * 3 // 10 : width * 9 // 20] = True
    mask[height // 2 :, width * 11 // 20 : width * 7 // 10] = True
    return mask


def cloth(upper: tuple[int, int, int], lower: tuple[int, int, int], pattern: str = "plain") -> Pixels:
    """A cut (256, 128, 3), unmasked: `upper` above the hips, `lower` below; stripes and checks change the light."""
    cut = np.zeros((256, 128, 3), np.float64)
    cut[:128], cut[128:] = upper, lower
    rows, columns = np.mgrid[:256, :128] // 6 % 2
    dark = {"plain": rows * 0, "stripes": rows, "checks": rows ^ columns}[pattern]
    noise = np.random.default_rng(0).normal(0, 2, cut.shape)
    return np.asarray((cut * (1 - 0.6 * dark[..., None]) + noise).clip(0, 255), np.uint8)


def garments(cuts: list[Pixels], mask: MaskArray | None = None) -> Garments:
    """One view per cut, ids from 1, with the street masked out; the core has no lower legs."""
    mask = body_mask() if mask is None else mask
    core = mask & (np.arange(len(mask)) < len(mask) * 8 // 10)[:, None]
    count = len(cuts)
    stacked = np.stack(cuts) if cuts else np.zeros((0, 256, 128, 3), np.uint8)
    clothes, cores = (np.repeat(shown[None], count, axis=0) for shown in (mask, core))
    cut, core_cut = (np.where(shown[..., None], stacked, 0).astype(np.uint8) for shown in (clothes, cores))
    ids = np.arange(1, count + 1, dtype=np.int64)
    return Garments(cut, clothes, core_cut, cores, ids, np.ones(count, np.float32))


def descriptor() -> Descriptor:
    """Real measures; a stand-in for the appearance network."""
    return Descriptor(CpuMeasures(), CpuImageOps(), FakeAppearance())


def describe(*cuts: Pixels) -> dict[str, FloatArray]:
    """Measures of some cuts worn by the same body, measure -> (N, D)."""
    return descriptor().describe(garments(list(cuts))).measures


def passage(track: int, measures: dict[str, FloatArray] | None, **changes: Any) -> Passage:
    """A passage with those vectors (D,); None: abstained from."""
    values: dict[str, Any] = {"at_s": 1.0, "box": (10.0, 20.0, 60.0, 220.0), "zone": "street"}
    values["abstained"] = "" if measures else "never in clear view"
    return Passage(**{**values, "track": track, "measures": measures or {}, **changes})
