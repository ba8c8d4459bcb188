"""The search itself: whatever is planted in what a process writes is found, however folded; and nothing else is."""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.walls.canary import Canary, pieces_of
from tests.walls.planted import Planted
from tests.walls.unfolding import unfolded

RNG = np.random.default_rng(5)
PICTURE = RNG.integers(0, 256, (8, 64, 3), dtype=np.uint8)
VECTOR = RNG.random(169, np.float32)
BOX = np.array([102.125, 33.5, 180.75, 300.25], np.float32)
PLANTED = Planted(
    Canary(Path("none"), set(pieces_of(PICTURE))),
    {"colour": VECTOR[None]},
    BOX[None],
    np.array([4711.123456]),
    [],
)
ROW = PICTURE[3].tobytes()
FOLDINGS: dict[str, Callable[[bytes], bytes]] = {
    "raw": bytes,
    "base64": base64.b64encode,
    "base64, within a line": lambda data: b"b64 " + base64.urlsafe_b64encode(b"x" + data) + b"\n",
    "hex": lambda data: data.hex().encode(),
    "hex, spaced": lambda data: data.hex(" ").encode(),
    "escaped": lambda data: "".join(f"\\x{byte:02x}" for byte in data).encode(),
    "decimal": lambda data: str(list(data)).encode(),
    "zlib": zlib.compress,
    "zlib in hex": lambda data: zlib.compress(data).hex().encode(),
    "gzip in base64": lambda data: base64.b64encode(gzip.compress(data)),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zlib, cut off": lambda data: zlib.compress(data)[:-8],
    "after other bytes": lambda data: bytes(range(200)) + data,
}


@pytest.mark.parametrize("folding", FOLDINGS)
@pytest.mark.parametrize("data", [ROW, VECTOR.tobytes()], ids=["pixels", "vector"])
def test_pixels_and_vectors_are_found_however_they_are_folded(folding: str, data: bytes) -> None:
    assert PLANTED.found_in(FOLDINGS[folding](data)) in {"pixels", "vector"}


@pytest.mark.parametrize(
    "text",
    [
        VECTOR.astype(np.float16).tobytes(),
        VECTOR.astype(np.float64).tobytes(),
        (VECTOR * 255).round().astype(np.uint8).tobytes(),
        VECTOR[40:44].tobytes(),
        BOX.tobytes(),
        str(VECTOR.tolist()).encode(),
        json.dumps({"colour": VECTOR[:24].tolist()}).encode(),
        ",".join(f"{figure:.3f}" for figure in VECTOR[:24].tolist()).encode(),
        ("7 " + ";".join(f"{figure:.2f}" for figure in VECTOR[30:40].tolist())).encode(),
        f"box {[7, 8, *BOX.tolist()]}".encode(),
        f"spotted track 7, box {tuple(BOX.tolist())}".encode(),
        b"at 4711.123456",
        b"\xff\xd8\xff\xe0",
    ],
)
def test_a_vector_a_box_and_a_moment_are_found_as_figures_of_any_kind(text: bytes) -> None:
    assert PLANTED.found_in(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"a line of text, and not a short one at that",
        json.dumps(
            {"frames": 23, "written_s": 45868.148540262, "learned": 94, "engine": "5498ec19011e"}
        ).encode(),
        str([0, 0, 1, 0, 2, 3, 0, 0]).encode(),
        RNG.random(500, np.float32).tobytes(),
        RNG.bytes(4096),
        zlib.compress(b"nothing of anybody " * 50),
        base64.b64encode(RNG.bytes(300)),
    ],
)
def test_nothing_is_found_where_nothing_is(text: bytes) -> None:
    assert PLANTED.found_in(text) == ""


def test_foldings_within_foldings_end() -> None:
    data = b"x" * 30
    for _ in range(9):
        data = base64.b64encode(data)
    assert len(list(unfolded(data))) < 2000
