"""Photos from disk: upright, in RGB, or refused in one line."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.errors import SourceError
from appliance.runtime.photos import MAX_PIXELS, is_photo, read_photo

RED = (0, 0, 220)
"Blue, green, red, as OpenCV has it."


def photo(path: Path, turned: int = 1) -> Path:
    """A photo 60 wide and 40 high, red in its upper left quarter; the EXIF tag says how it was held."""
    picture = np.full((40, 60, 3), 90, np.uint8)
    picture[:20, :30] = RED
    cv2.imwrite(str(path), picture)
    if turned != 1:
        content = path.read_bytes()
        tag = (
            b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01"
            + struct.pack(">HH", turned, 0)
            + b"\0" * 4
        )
        path.write_bytes(content[:2] + b"\xff\xe1" + struct.pack(">H", len(tag) + 2) + tag + content[2:])
    return path


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.bmp", "a.webp", "a.tiff"])
def test_a_photo_is_packed_rgb(tmp_path: Path, name: str) -> None:
    pixels = read_photo(photo(tmp_path / name))
    assert pixels.shape == (40, 60, 3)
    assert pixels.dtype == np.uint8
    np.testing.assert_allclose(pixels[5, 5], [220, 0, 0], atol=30)


@pytest.mark.parametrize(
    ("turned", "shape", "corner"),
    [(1, (40, 60), (5, 5)), (3, (40, 60), (35, 55)), (6, (60, 40), (5, 35)), (8, (60, 40), (55, 5))],
)
def test_a_photo_stands_upright_by_its_exif_tag(
    tmp_path: Path, turned: int, shape: tuple[int, int], corner: tuple[int, int]
) -> None:
    pixels = read_photo(photo(tmp_path / "held.jpg", turned))
    assert pixels.shape[:2] == shape
    np.testing.assert_allclose(pixels[corner], [220, 0, 0], atol=30)


def test_a_grey_photo_and_one_with_alpha_become_rgb(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((8, 9), 77, np.uint8))
    cv2.imwrite(str(tmp_path / "alpha.png"), np.full((8, 9, 4), 77, np.uint8))
    cv2.imwrite(str(tmp_path / "deep.png"), np.full((8, 9, 3), 40000, np.uint16))
    for name in ("grey.png", "alpha.png", "deep.png"):
        pixels = read_photo(tmp_path / name)
        assert pixels.shape == (8, 9, 3)
        assert pixels.dtype == np.uint8


@pytest.mark.parametrize(
    "content", [b"", b"no photo", b"\xff\xd8\xff\xe0" + b"\0" * 100, b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_photo_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.jpg"
    file.write_bytes(content)
    with pytest.raises(SourceError, match=r"broken.jpg: not a photo that can be read; save it again"):
        read_photo(file)


def test_a_header_that_promises_a_picture_too_large_is_refused(tmp_path: Path) -> None:
    content = bytearray(photo(tmp_path / "a.png").read_bytes())
    content[16:24] = struct.pack(">II", 200_000, MAX_PIXELS // 1000)
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(SourceError, match="not a photo"):
        read_photo(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["none.jpg", "", "x" * 300])
def test_a_photo_that_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="name a photo that can be read"):
        read_photo(tmp_path / name)


def test_names_tell_photos_from_videos() -> None:
    assert is_photo(Path("A.JPG"))
    assert is_photo(Path("folder.mp4/a.png"))
    assert not is_photo(Path("a.mp4"))
    assert not is_photo(Path("jpg"))
