"""How networks take their pictures: sizes, layouts, and the normalisation of planes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Size = tuple[int, int]
"Width and height of a network's input, pixels."
Layout = Literal["packed", "planar"]
"""How a network takes its picture.

packed: 8-bit RGB (batch, height, width, 3), the normalisation inside; what the CPU wing reads. planar: float32
(batch, 3, height, width), normalised by whoever writes it; what a kernel hands to TensorRT.
"""
PACKED: Layout = "packed"
PLANAR: Layout = "planar"
Colour = tuple[float, float, float]
"Of R, G, B."


@dataclass(frozen=True)
class Planar:
    """The variant of a network that takes normalised planes: (value - mean) * scale of values 0..255."""

    mean: Colour
    scale: Colour
    known: Mapping[Size, str]
    "Input sizes that are made -> sha256 of the ONNX file."


def size_text(size: Size) -> str:
    """Return '640x384' for (640, 384)."""
    return f"{size[0]}x{size[1]}"


def size_of(text: str) -> Size:
    """Return (640, 384) for '640x384'; raises ValueError for anything else."""
    width, cross, height = text.partition("x")
    if not cross:
        raise ValueError(f"{text!r} is no size; write it like 640x384")
    return int(width), int(height)
