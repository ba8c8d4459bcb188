"""Bytes that somebody wrote in; the same, and whatever is folded up in them as text or by a packer, out."""

from __future__ import annotations

import base64
import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Iterator

import numpy as np

DEEPEST = 4
"Foldings in one another."
SHORTEST = 24
"Characters of base64 or hex that are worth a look."
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{%d,}" % SHORTEST)
HEX = re.compile(rb"(?:[0-9a-fA-F]{2}[ :,]?(?:\\x)?){%d,}" % (SHORTEST // 2))
PACKED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|BZh[1-9]|\xfd7zXZ")
NUMBER = rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
FIGURES = re.compile(rb"%b(?:[\s,;:|/()\[\]]{1,4}%b){3,}" % (NUMBER, NUMBER))
"Four numbers in a row: a box, or a part of a vector."


def unfolded(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """`content` and, as far as they make sense, what its parts say when they are unfolded."""
    yield content
    if depth == DEEPEST:
        return
    for inside in (*from_base64(content), *from_hex(content), *from_packed(content), *from_decimals(content)):
        yield from unfolded(inside, depth + 1)


def from_base64(content: bytes) -> Iterator[bytes]:
    for found in BASE64.finditer(content):
        text = found[0].translate(bytes.maketrans(b"-_", b"+/"))
        for begin in range(4):
            part = text[begin:]
            try:
                yield base64.b64decode(part[: len(part) // 4 * 4])
            except binascii.Error:
                continue


def from_hex(content: bytes) -> Iterator[bytes]:
    for found in HEX.finditer(content):
        digits = re.sub(rb"[^0-9a-fA-F]", b"", found[0])
        for begin in range(2):
            part = digits[begin:]
            yield bytes.fromhex(part[: len(part) // 2 * 2].decode())


def from_packed(content: bytes) -> Iterator[bytes]:
    """What zlib, gzip, bzip2 and xz have packed; the head of it where the end is missing."""
    for found in PACKED.finditer(content):
        part = content[found.start() :]
        for unpack in (zlib.decompressobj(47), bz2.BZ2Decompressor(), lzma.LZMADecompressor()):
            try:
                made = unpack.decompress(part)
            except (zlib.error, OSError, lzma.LZMAError, ValueError):
                continue
            if made:
                yield made


def from_decimals(content: bytes) -> Iterator[bytes]:
    """Numbers that are bytes, as these."""
    for figures in figures_in(content):
        if all(0 <= figure <= 255 and figure == int(figure) for figure in figures):
            yield np.array(figures, np.uint8).tobytes()


def figures_in(content: bytes) -> list[list[float]]:
    """Rows of four numbers and more that stand in a text."""
    return [[float(word) for word in re.findall(NUMBER, found[0])] for found in FIGURES.finditer(content)]
