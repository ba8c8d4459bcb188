"""The one seam: what a machine must offer. Frames and tensors are opaque above it; both wings answer it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.records import DeviceArray, FloatArray, Frame, IntArray, MaskArray


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
    """Geometry on pixels."""

    def upload(self, rgb: NDArray[np.uint8]) -> DeviceArray:
        """Host pixels (H, W, 3), packed RGB, as the pixels of a Frame."""

    def letterbox(self, frame: Frame, width: int, height: int) -> tuple[DeviceArray, float]:
        """Fit the frame into the top left of a grey tensor, shape (1, height, width, 3), packed RGB, 8 bit.

        Returns the tensor, valid until the next call, and the scale: frame pixels per tensor pixel.
        """

    def crop(self, frame: Frame, boxes: FloatArray, width: int, height: int) -> DeviceArray:
        """Stretch boxes (N, 4) to packed RGB, shape (N, height, width, 3), 8 bit; outside the frame is grey."""

    def highlights(self, frame: Frame, boxes: FloatArray) -> FloatArray:
        """The 99th percentile of R, G, B outside the boxes (N, 4), shape (3,), 0..255: what white is in this light.

        White-patch assumption (Land and McCann 1971): the brightest of a street reflects the light as it is.
        """

    def relief(self, cuts: DeviceArray, masks: DeviceArray) -> DeviceArray:
        """Cuts (N, H, W, 3) without colour, each of the same mean and spread of log light, softened, grey behind.

        Shape (N, H, W, 3), 8 bit, all channels alike: input of the appearance network.
        """

    def sharpness(self, crops: DeviceArray) -> FloatArray:
        """Detail of each crop, shape (N,), >= 0: low when blurred."""

    def cut(
        self, frame: Frame, boxes: FloatArray, masks: MaskArray, gains: FloatArray, width: int, height: int
    ) -> tuple[DeviceArray, DeviceArray]:
        """Stretch the tight box of each mask to (height, width), from the frame's own pixels, zeroing what is hidden.

        masks (N, H, W) lie over boxes (N, 4); gains (3,) multiply R, G, B, saturating. Returns cuts
        (N, height, width, 3) and masks (N, height, width).
        Every mask must have a pixel on.
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


class Model(Protocol):
    """A network: named arrays in, named arrays out. It knows nothing of boxes or masks."""

    def infer(self, inputs: Mapping[str, DeviceArray]) -> dict[str, NDArray[np.float32]]:
        """Run once. Raises ValueError for a wrong name, dtype or shape. Outputs belong to the caller."""


class Neighbours(Protocol):
    """Nearest rows of a bank."""

    def search(self, queries: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
        """Euclidean distances and row numbers of the k nearest rows, nearest first, ties by row number.

        queries (N, D) -> distances (N, min(k, M)), rows (N, min(k, M)).
        """


class Sensors(Protocol):
    """The machine's own figures."""

    def read(self) -> dict[str, float]:
        """Figures by name with unit, such as `memory_free_mb`; a figure the machine lacks is absent."""
