"""NVIDIA's software on this board: its files and modules in, whether the booth can run on these versions out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appliance.errors import BoothError
from appliance.runtime.checks import Advice
from appliance.runtime.jetson.board import Board
from appliance.runtime.jetson.plan import load_tensorrt

FLASH = "flash JetPack 6.2 (L4T 36.4.3 or newer) or 7.2 (L4T 39.2)"
OLDEST_TENSORRT, FIRST_UNKNOWN_TENSORRT = (8, 6), (12, 0)
WITHOUT_ORIN = (10, 13)
"TensorRT of JetPack 7.0 and 7.1, which has no code for compute capability 8.7 (NVIDIA-ISAAC-ROS/isaac-ros-cli, 22)."


@dataclass(frozen=True)
class JetPack:
    """Releases from one on, up to the next of the table."""

    since: tuple[int, int]
    "Of Jetson Linux (L4T)."
    name: str
    python: tuple[int, int]
    "The system's, for which NVIDIA's modules are made."
    known: bool
    "Whether the booth is made for it."


TOO_OLD = JetPack((0, 0), "older than 6.1", (3, 8), known=False)
TABLE = (
    TOO_OLD,
    JetPack((36, 4), "6.1 to 6.2", (3, 10), known=True),
    JetPack((36, 6), "newer than 6.2", (3, 10), known=False),
    JetPack((38, 0), "7.0 or 7.1", (3, 12), known=False),
    JetPack((39, 2), "7.2", (3, 12), known=True),
    JetPack((39, 3), "newer than 7.2", (3, 12), known=False),
)


def check_jetpack(board: Board) -> str:
    """A board and a release that the booth is made for, and the Python that came with it."""
    release = board.release
    if release is None:
        raise BoothError(f"/etc/nv_tegra_release: names no release of Jetson Linux; {FLASH}")
    pack = [one for one in TABLE if one.since <= release][-1]
    told = f"{board.model or 'unknown board'}, {board.sensors.describe()['system']}, JetPack {pack.name}"
    if pack is TOO_OLD:
        raise BoothError(f"{told}: {FLASH}")
    if board.python != pack.python:
        ours, theirs = (f"Python {major}.{minor}" for major, minor in (board.python, pack.python))
        raise BoothError(
            f"{told}: {ours} cannot load its modules, made for {theirs}; remove .venv, make setup"
        )
    if not pack.known:
        raise Advice(f"{told}: nobody has tried the booth on it; if anything fails, {FLASH}")
    return told


def check_tensorrt(board: Board, load: Callable[[], Any] = load_tensorrt) -> str:
    """A version that the booth can talk to and that has code for this board."""
    version = str(load().__version__)
    numbers = re.match(r"(\d+)\.(\d+)", version)
    release = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    own = "install JetPack's own: apt-get install python3-libnvinfer, then make setup"
    if not OLDEST_TENSORRT <= release < FIRST_UNKNOWN_TENSORRT:
        raise BoothError(f"TensorRT {version}: the booth talks to 8.6 to 11; {own}")
    if release == WITHOUT_ORIN and "Orin" in board.model:
        trap = 'has no code for Orin ("Target GPU SM 87 is not supported")'
        raise BoothError(f"TensorRT {version} {trap}; take that of JetPack 6.2 (10.3) or 7.2 (10.16)")
    return version
