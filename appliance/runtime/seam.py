"""The one seam: what a machine must offer. Frames and tensors are opaque above it; both wings answer it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.pose import BodyCounts
from appliance.records import DeviceArray, FloatArray, Frame, IntArray


class Camera(Protocol):
    """A source of frames. Owner: the vision loop; one thread takes frames."""

    path: str
    "The way of its pixels: 'cpu', 'nvmm' (they never see the host's memory) or 'software: why'."
    late: int
    "Frames that a newer one replaced before they were taken; 0 in replay."
    shortfall: str
    "One line on what a file left out, once it has ended; empty when it was whole."

    def take(self, timeout_s: float) -> Frame | None:
        """Take the newest frame (live) or the next one (replay); None after `timeout_s` without any.

        The frame's pixels are valid until the next call. Raises EndOfSource when a file is over and
        SourceError when the source failed.
        """

    def length_s(self) -> float:
        """Seconds that a file says it lasts; 0 when unknown or endless. Known once a frame has been taken."""

    def close(self) -> None:
        """Let go of the device; may be called twice."""


class EndOfSource(Exception):
    """A file has played to its end."""


class ImageOps(Protocol):
    """Geometry on pixels. Pictures for networks are packed bytes or planes, as the wing's networks want them."""

    def upload(self, rgb: NDArray[np.uint8]) -> DeviceArray:
        """Host pixels (H, W, 3), packed RGB, as the pixels of a Frame."""

    def letterbox(self, frame: Frame, width: int, height: int) -> tuple[DeviceArray, float]:
        """Fit the frame into the top left of a grey picture (height, width): input of the detector.

        Returns the tensor, valid until the next call, and the scale: frame pixels per tensor pixel.
        """

    def crop(self, frame: Frame, boxes: FloatArray, width: int, height: int) -> DeviceArray:
        """Stretch boxes (N, 4) to N pictures (height, width): input of the body network; outside the frame is grey."""

    def glance(self, frame: Frame, width: int, height: int) -> NDArray[np.uint8]:
        """The frame's light in a small picture (height, width) of the host, 0..255.

        For a technician who aims the camera, and for nothing else: it takes pixels off a device, counted apart.
        """

    def highlights(self, frame: Frame, boxes: FloatArray) -> FloatArray:
        """The 99th percentile of R, G, B outside the boxes (N, 4), shape (3,), 0..255: what white is in this light.

        White-patch assumption (Land and McCann 1971): the brightest of a street reflects the light as it is.
        """

    def relief(self, cuts: DeviceArray, masks: DeviceArray) -> DeviceArray:
        """Cuts (N, H, W, 3) without colour, each of the same mean and spread of log light, softened, grey behind.

        N pictures (H, W), all channels alike: input of the appearance network.
        """

    def sharpness(self, crops: DeviceArray, rows: IntArray) -> FloatArray:
        """Detail of some crops, `rows` (K,) of N, shape (K,), >= 0: low when blurred."""

    def cut(
        self,
        frame: Frame,
        boxes: FloatArray,
        masks: DeviceArray,
        rows: IntArray,
        gains: FloatArray,
        width: int,
        height: int,
    ) -> tuple[DeviceArray, DeviceArray]:
        """Stretch the tight box of some masks to (height, width), from the frame's own pixels, zeroing what is hidden.

        `rows` (K,) of the masks (N, H, W) lie over boxes (K, 4); gains (3,) multiply R, G, B, saturating. Returns
        cuts (K, height, width, 3), packed RGB, 8 bit, and masks (K, height, width). No mask of `rows` may be empty.
        """


class Measures(Protocol):
    """Colour and pattern of garments; definition in runtime/cpu/measures.py, mirrored by the other wing.

    All take cuts (N, H, W, 3) and masks (N, H, W).
    """

    def colour(self, cuts: DeviceArray, masks: DeviceArray) -> FloatArray:
        """Histograms of the colour plane, shape (N, 169), unit length."""

    def light(self, cuts: DeviceArray, masks: DeviceArray) -> FloatArray:
        """Classes of light of the upper and lower half, shape (N, 8)."""

    def pattern(self, cuts: DeviceArray, masks: DeviceArray) -> tuple[FloatArray, FloatArray]:
        """Pattern figures, shape (N, 21), and shares of the cloth by its slopes across and down, shape (N, 300)."""

    def palette(
        self, cuts: DeviceArray, masks: DeviceArray, names: NDArray[np.uint8], count: int
    ) -> FloatArray:
        """Named colours of four horizontal parts, shape (N, 4 * count), by a table (32768,) of 5-bit R, G, B."""

    def pool(self, features: DeviceArray, masks: DeviceArray) -> FloatArray:
        """Mean of a network's features (N, C, h, w) over masks (N, H, W), each cell by its covered share, (N, C).

        h divides H and w divides W. Zeros for an empty mask.
        """


class BoxOps(Protocol):
    """Boxes of the people in a frame, out of a network's answer for every cell."""

    def strongest(
        self,
        boxes: DeviceArray,
        scores: DeviceArray,
        scale: float,
        size: tuple[int, int],
        floor: float,
        overlap: float,
    ) -> tuple[FloatArray, FloatArray]:
        """The network's boxes (1, N, 4) in tensor pixels and scores (1, N) to those of the people of a frame.

        `scale` is frame pixels per tensor pixel, `size` the frame's width and height. Boxes weaker than `floor`, not
        finite, or less than a pixel wide or high inside the frame go; greedy non-maximum suppression takes those that
        overlap a stronger one by more than `overlap` (intersection over union). Returns boxes (K, 4) in frame pixels
        and scores (K,), best first, ties by row.
        """


class BodyOps(Protocol):
    """Masks of bodies; definition in runtime/cpu/bodies.py, mirrored by the other wing."""

    def dress(
        self, silhouettes: DeviceArray | None, rows: IntArray, points: FloatArray, boxes: FloatArray
    ) -> tuple[DeviceArray, DeviceArray, BodyCounts]:
        """Masks of the clothes (K, H, W) and of their core (K, H, W), one byte each, and what is counted of each body.

        `rows` (K,) of the silhouettes (N, 1, H, W), 0..1 or nonsense, with points (K, 33, 2), finite, and boxes (K, 4),
        both in pixels of the silhouette: what is beyond a box belongs to others. No rows need no silhouettes: None.
        It judges nobody; where the face is not above the shoulders all is head, and the masks are empty.
        """


class Model(Protocol):
    """A network: named arrays in, named arrays out. It knows nothing of boxes or masks."""

    def infer(
        self, inputs: Mapping[str, DeviceArray], figures: Collection[str] = ()
    ) -> dict[str, DeviceArray]:
        """Run once. Outputs named in `figures` are NumPy arrays, float32, that belong to the caller.

        The others are the wing's own, valid until the next call. Raises ValueError for a wrong name, dtype or shape.
        """


class Neighbours(Protocol):
    """Nearest rows of a bank."""

    def search(self, queries: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
        """Euclidean distances and row numbers of the k nearest rows, nearest first, ties by row number.

        queries (N, D) -> distances (N, min(k, M)), rows (N, min(k, M)).
        """


class Sensors(Protocol):
    """The machine's own figures."""

    def read(self) -> dict[str, float]:
        """Figures by name with unit, such as `memory_free_mb`; a figure the machine lacks is absent. Never raises."""

    def describe(self) -> dict[str, str]:
        """What this is in words: `machine`, `system`, and where there are some `power_mode`; unknown is absent."""
