"""The memory of a running process in; whether rows of a picture or of vectors lie in it, and where, out.

Everything is looked for as eight bytes at an address that eight divides: of pixels, whose rows may begin anywhere,
eight needles are made of each place, each a byte further, and of vectors two, each a figure further.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray

Pixels = NDArray[np.uint8]
WORD = 8
PROVEN = 24
"Bytes that have to be the same before it counts as found."
LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw.. \S+ \S+ \S+ *(.*)")
"Of /proc/PID/maps: memory that can be written; the rest is code."
CHUNK = 1 << 20


@dataclass(frozen=True)
class Find:
    """One place in a memory."""

    address: int
    region: str
    "What lies there by the kernel: a file, [heap], or nothing."
    name: str
    "Of the needle."


class Needles:
    """What is looked for: names and the bytes round each place."""

    def __init__(self) -> None:
        self._around: dict[int, list[tuple[str, bytes, int]]] = {}

    def add(self, name: str, content: bytes, place: int, step: int) -> None:
        """Look for `content` by its bytes from `place` on, at each of the ways that it may lie in memory."""
        for begin in range(place, place + WORD, step):
            word = content[begin : begin + WORD]
            if len(set(word)) > WORD // 2:
                self._around.setdefault(int.from_bytes(word, "little"), []).append((name, content, begin))

    def found_in(self, memory: bytes, address: int, region: str) -> Iterator[Find]:
        """Places in a part of memory that begins at `address`."""
        known = np.array(sorted(self._around), np.uint64)
        words = np.frombuffer(memory, np.uint64, len(memory) // WORD)
        table = np.zeros(1 << 16, np.bool_)
        table[(known & np.uint64(0xFFFF)).astype(np.int64)] = True
        maybe = np.flatnonzero(table[words.view(np.uint16)[::4]])
        for place in maybe[np.isin(words[maybe], known)].tolist():
            for name, content, begin in self._around[int(words[place])]:
                if proven(memory, place * WORD, content, begin):
                    yield Find(address + place * WORD, region, name)


def proven(memory: bytes, place: int, content: bytes, begin: int) -> bool:
    """Whether so much of `content` lies round the place that it is no chance."""
    before = min(begin, place, PROVEN - WORD)
    part = content[begin - before : begin - before + PROVEN]
    return len(part) == PROVEN and memory[place - before : place - before + PROVEN] == part


def pixel_needles(pictures: list[Pixels]) -> Needles:
    """Two rows of each picture's corner of noise, as RGB, BGR and in planes."""
    needles = Needles()
    for number, picture in enumerate(pictures):
        corner = picture[-32:, :64]
        for row in (3, 20):
            orders = {"rgb": corner[row], "bgr": corner[row, :, ::-1]}
            orders |= {f"plane {channel}": corner[row, :, channel] for channel in range(3)}
            for order, pixels in orders.items():
                needles.add(f"frame {number} as {order}", np.ascontiguousarray(pixels).tobytes(), 24, 1)
    return needles


def cut_needles(rows: NDArray[np.uint8]) -> Needles:
    """One row (128, 3) of each cut, at three places of it."""
    needles = Needles()
    for number, row in enumerate(rows):
        for place in (120, 192, 240):
            needles.add(f"cut {number}", row.tobytes(), place, 1)
    return needles


def vector_needles(vectors: dict[str, FloatArray]) -> Needles:
    """Each vector by two figures in its middle that are nobody else's."""
    needles = Needles()
    for name, rows in vectors.items():
        for number, row in enumerate(rows):
            telling = [
                i for i in range(4, len(row) - 8) if len(set(np.round(row[i - 4 : i + 8], 3).tolist())) > 8
            ]
            if telling:
                needles.add(f"{name} {number}", row.tobytes(), 4 * telling[len(telling) // 2], 4)
    return needles


@dataclass(frozen=True)
class Dump:
    """All of a process's memory that could be read at one moment."""

    parts: list[tuple[int, str, bytes]]
    "Address, region and bytes."

    def search(self, needles: Needles) -> list[Find]:
        """All places."""
        return [
            find for address, region, part in self.parts for find in needles.found_in(part, address, region)
        ]


def dump(pid: int) -> Dump:
    """The memory of a process, which stands still meanwhile. Raises OSError where the kernel lets us read none."""
    parts = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        os.kill(pid, signal.SIGSTOP)
        try:
            maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
            for begin, end, region in regions_in(maps):
                for address in range(begin, end, CHUNK):
                    part = part_of(memory, address, min(CHUNK, end - address))
                    # Most of it was never touched.
                    if part.strip(b"\0"):
                        parts.append((address, region, part))
        finally:
            os.kill(pid, signal.SIGCONT)
    return Dump(parts)


def regions_in(maps: list[str]) -> Iterator[tuple[int, int, str]]:
    for line in maps:
        parts = LINE.match(line)
        if parts:
            yield int(parts[1], 16), int(parts[2], 16), parts[3]


def part_of(memory: Any, address: int, length: int) -> bytes:
    """Bytes of a memory; none of what is gone meanwhile or of a device."""
    memory.seek(address)
    try:
        part: bytes = memory.read(length)
    except OSError:
        return b""
    return part[: len(part) // WORD * WORD]
