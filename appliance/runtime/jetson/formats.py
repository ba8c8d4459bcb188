"""What the bytes of a surface mean: numbers and caps of NVIDIA and GStreamer in, a layout and a YUV matrix out."""

from __future__ import annotations

import re
from pathlib import Path

from appliance.runtime.jetson.picture import (
    ABGR,
    ARGB,
    BGRA,
    BT601,
    BT601_FULL,
    BT709,
    BT709_FULL,
    NV12,
    RGBA,
    Colours,
    Layout,
)

HEADER = Path("/usr/src/jetson_multimedia_api/include/nvbufsurface.h")
"Of nvidia-l4t-jetson-multimedia-api, where it is installed."
NUMBERS = {
    6: "NV12",
    7: "NV12_ER",
    19: "RGBA",
    20: "BGRA",
    23: "RGBx",
    24: "BGRx",
    33: "NV12_709",
    34: "NV12_709_ER",
}
"NvBufSurfaceColorFormat by the order of its enum; the header of this device, if there is one, has the last word."
FORMATS: dict[str, tuple[Layout, Colours]] = {
    "NV12": (NV12, BT601),
    "NV12_ER": (NV12, BT601_FULL),
    "NV12_709": (NV12, BT709),
    "NV12_709_ER": (NV12, BT709_FULL),
    "RGBA": (RGBA, BT709),
    "RGBx": (RGBA, BT709),
    "BGRA": (BGRA, BT709),
    "BGRx": (BGRA, BT709),
}
"What a kernel can read. The matrix of packed colours is not used."
EGL_LAYOUTS = {1: NV12, 38: NV12, 87: NV12, 6: BGRA, 7: ABGR, 14: RGBA, 15: ARGB}
"CUeglColorFormat: its four-letter names tell the order in a word, the layout that of the bytes (cudaEGL.h)."
NAMED = {"bt601": BT601, "bt709": BT709}
MATRICES = {(1, 3): BT709_FULL, (2, 3): BT709, (1, 4): BT601_FULL, (2, 4): BT601}
"GstVideoColorRange and GstVideoColorMatrix of `range:matrix:transfer:primaries` (gst-video, video-color.h)."
SD_HEIGHT = 576
"Above it GStreamer takes pictures that tell nothing for BT.709 (gst-video, video-info.c)."


def format_names(header: Path = HEADER) -> dict[int, str]:
    """Colour formats that a kernel can read by the numbers that this machine gives them."""
    try:
        text = header.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return NUMBERS
    read = {number: name for number, name in enumerate(enumerated(text)) if name in FORMATS}
    return read or NUMBERS


def enumerated(text: str) -> list[str]:
    """Names of NvBufSurfaceColorFormat in their order, without NVBUF_COLOR_FORMAT_; [] where the text has none."""
    bare = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
    body = re.search(r"\{([^{}]*NVBUF_COLOR_FORMAT_INVALID[^{}]*)\}", bare)
    return re.findall(r"\bNVBUF_COLOR_FORMAT_(\w+)", body[1]) if body else []


def colours_of(colorimetry: str | None) -> Colours | None:
    """The matrix that caps tell (`bt709`, or `2:3:5:1`); None when they tell none that is known."""
    if not colorimetry:
        return None
    parts = colorimetry.split(":")
    if len(parts) == 4 and all(part.isdecimal() for part in parts):
        return MATRICES.get((int(parts[0]), int(parts[1])))
    return NAMED.get(colorimetry)


def usual_colours(height: int) -> Colours:
    """The matrix of a picture that tells none."""
    return BT709 if height > SD_HEIGHT else BT601
