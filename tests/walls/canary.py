"""A street whose every picture carries noise that is easily known again, and the search for it in bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.config import Camera
from appliance.runtime.cpu.camera import CpuCamera
from tests.videos import LOSSLESS, write_video

FRAMES = 36
PIECE = 24
"Bytes: eight pixels. Noise so long is in no other file by chance."
HEADERS = {
    "JPEG": b"\xff\xd8\xff",
    "PNG": b"\x89PNG\r\n",
    "WebP": b"WEBPVP8",
    "TIFF": b"II*\0",
    "AVI": b"AVI LIST",
    "Matroska": b"\x1a\x45\xdf\xa3",
    "MP4": b"ftypisom",
    "NumPy": b"\x93NUMPY",
    "BMP": b"BM6",
}
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Canary:
    """A street whose every picture carries noise that is easily known again."""

    video: Path
    pieces: set[bytes]
    "Runs of pixels of the pictures, as RGB, BGR and single channels."


def make_canary(folder: Path, street_video: Path, frame_rate: int = 10) -> Canary:
    """Write the video into `folder`."""
    camera = CpuCamera(Camera(source=str(street_video)), live=False)
    pictures, rng = [], np.random.default_rng(0)
    for _ in range(FRAMES):
        frame = camera.take(10)
        assert frame is not None
        picture = frame.pixels.copy()
        # Noise on everybody's way, so that it is in crops and cuts too, and in every row of the picture.
        picture[:, ::16] = rng.integers(0, 256, picture[:, ::16].shape, dtype=np.uint8)
        picture[-32:, :64] = rng.integers(0, 256, (32, 64, 3), dtype=np.uint8)
        pictures.append(picture)
    camera.close()
    video = write_video(folder / "canary.mkv", pictures, LOSSLESS, frame_rate)
    return Canary(video, {piece for picture in pictures for piece in pieces_of(picture)})


def pieces_of(picture: Pixels) -> list[bytes]:
    """Eight pixels in a row, at each row's begin and in its middle, in the usual orders."""
    orders = [picture, picture[..., ::-1], *(picture[..., [channel]] for channel in range(3))]
    rows = [order.reshape(len(order), -1) for order in orders]
    whole = [
        row[begin : begin + PIECE].tobytes() for one in rows for row in one for begin in (0, len(row) // 2)
    ]
    return [piece for piece in whole if len(set(piece)) > PIECE // 2]


def found_in(canary: Canary, content: bytes) -> str:
    """Name of the first trace of a picture in `content`; empty when there is none."""
    for name, header in HEADERS.items():
        if header in content:
            return name
    windows = {content[i : i + PIECE] for i in range(max(0, len(content) - PIECE + 1))}
    return "pixels" if windows & canary.pieces else ""
