"""The nouns that travel from camera to decision: frozen, checked once at birth, batches as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from appliance.outfit import UNSEEN, Outfit

DeviceArray: TypeAlias = Any
"""Pixels or tensors of one wing: a NumPy array on the CPU, device memory on the Jetson. Opaque above the seam."""

FloatArray: TypeAlias = NDArray[np.float32]
IntArray: TypeAlias = NDArray[np.int64]
MaskArray: TypeAlias = NDArray[np.bool_]


def check_shape(name: str, array: NDArray[Any], shape: tuple[int | None, ...]) -> None:
    """Raise ValueError unless `array` has `shape`; None stands for any length."""
    fits = array.ndim == len(shape) and all(
        want is None or want == got for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name} has shape {array.shape}, expected {shape}")


@dataclass(frozen=True)
class Frame:
    """One picture of one camera."""

    pixels: DeviceArray
    "Packed RGB, 8 bit; the camera owns the memory until the next frame is taken."
    width: int
    "Pixels."
    height: int
    "Pixels."
    captured_s: float
    "Seconds: stream time in replay, the monotonic clock when live."
    index: int
    "Frames from 0 since the source was opened."

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or self.index < 0:
            raise ValueError(f"frame {self.index} of {self.width}x{self.height} pixels cannot be")


@dataclass(frozen=True)
class Detections:
    """The people of one frame."""

    boxes: FloatArray
    "Shape (N, 4): left, top, right, bottom in pixels of the frame."
    scores: FloatArray
    "Shape (N,): 0..1, best first."

    def __post_init__(self) -> None:
        check_shape("boxes", self.boxes, (None, 4))
        check_shape("scores", self.scores, (len(self.boxes),))


@dataclass(frozen=True)
class Glimpse:
    """Where somebody was seen before the tracker stood by them; for records made offline."""

    track: int
    "Id that was given since."
    update: int
    "Which frame: updates of the tracker, from 0."
    box: tuple[float, float, float, float]
    "Left, top, right, bottom in pixels."
    score: float
    "0..1."


@dataclass(frozen=True)
class Tracks:
    """The passages in view: one row per person the tracker stands by in this frame."""

    ids: IntArray
    "Shape (N,): counted from 1 in this run of the tracker; never leaves the process."
    boxes: FloatArray
    "Shape (N, 4): left, top, right, bottom in pixels of the frame."
    scores: FloatArray
    "Shape (N,): 0..1, of the detection that fed the track last."
    ended: IntArray
    "Shape (M,): ids that ended with this frame and will not come back."
    before: tuple[Glimpse, ...] = ()
    "Earlier sights of the people admitted with this frame."

    def __post_init__(self) -> None:
        check_shape("ids", self.ids, (len(self.boxes),))
        check_shape("boxes", self.boxes, (None, 4))
        check_shape("scores", self.scores, (len(self.boxes),))
        check_shape("ended", self.ended, (None,))


@dataclass(frozen=True)
class Garments:
    """The clothing of some people of one frame; everything else is masked out of `cuts`."""

    cuts: DeviceArray
    "Shape (N, 256, 128, 3): packed RGB, 8 bit, zero wherever the mask is off."
    masks: DeviceArray
    "Shape (N, 256, 128), bool."
    core_cuts: DeviceArray
    "As cuts, but trunk, upper arms and thighs only: what does not show bare skin on some and cloth on others."
    core_masks: DeviceArray
    ids: IntArray
    "Shape (N,): whose; only views that passed the mask check are here."
    weights: FloatArray
    "Shape (N,): 0..1, how much each view is to be believed, by its sharpness."
    refused: dict[int, str] = field(default_factory=dict)
    "Whose mask was bad, and why: these people are abstained from."


@dataclass(frozen=True)
class Descriptors:
    """What the clothes of N views look like, one matrix per measure."""

    ids: IntArray
    "Shape (N,)."
    measures: dict[str, FloatArray]
    "Name of the measure -> shape (N, D)."

    def __post_init__(self) -> None:
        for name, rows in self.measures.items():
            check_shape(name, rows, (len(self.ids), None))


@dataclass(frozen=True)
class Passage:
    """One person's way past the booth, summed up once and then forgotten."""

    track: int
    "Id of the passage in this run; stays in the process."
    at_s: float
    "Seconds, on the clock of Frame.captured_s."
    box: tuple[float, float, float, float]
    "Left, top, right, bottom in pixels: where the last used view stood."
    zone: str
    "Name of the zone, 'street' where none is marked."
    measures: dict[str, FloatArray]
    "Measure -> vector (D,) that the views agree on; empty when abstained."
    abstained: str = ""
    "Why nothing could be seen of the clothes."
    final: bool = True
    "False: the person is in view still and may be seen better."
    views: int = 1
    "That were looked at and could be used."
    heading: str = "still"
    "One of outfit.HEADINGS."


@dataclass(frozen=True)
class Decision:
    """One passage judged once."""

    track: int
    "Id of the passage in this run; stays in the process."
    at_s: float
    "Seconds, on the clock of Frame.captured_s."
    box: tuple[float, float, float, float]
    "Left, top, right, bottom in pixels: where the judged view stood."
    rarity: float
    "0..1: the share of the street less unusual than this."
    distance: float
    "Fused tail distance, nats, >= 0; ranks outfits, has no upper bound."
    why: tuple[str, ...]
    "At most three words of the closed vocabulary."
    zone: str
    "Name of the zone, 'street' where none is marked."
    exception: bool
    "True when the rarity passes the threshold."
    abstained: str = ""
    "Why nothing could be said; rarity and distance are then 0."
    outfit: Outfit = UNSEEN
    "What staff look for."
    heading: str = "still"
    "One of outfit.HEADINGS."
    settled: bool = True
    "False: so near to the threshold that the next view may turn it; asked again, and nobody is told."
    asked: bool = False
    "The person asked for it, on the spot: a card whatever the rarity, and never an exception."
    judged: bool = True
    "False: there is no bank yet to ask; rarity and distance are 0 and say nothing, and there are no words."
