"""Small files of procfs and sysfs under a root: what both wings read of a machine; a figure nobody tells is absent."""

from __future__ import annotations

import os
import re
from pathlib import Path

MOST_BYTES = 1 << 16
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
COLDEST_C, HOTTEST_C = -55.0, 150.0
"Beyond what silicon survives a zone is broken or off: Tegra's say -256 degrees then."


def read_text(path: Path) -> str:
    """Text of a small file, at most 64 KiB, ASCII; empty when it is missing or the sensor behind it has no answer.

    Read without Python's buffers: a zone of a GPU that sleeps answers EAGAIN, which they turn into a TypeError.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return ""
    content = b""
    try:
        while len(content) < MOST_BYTES and (more := os.read(handle, MOST_BYTES - len(content))):
            content += more
    except OSError:
        return ""
    finally:
        os.close(handle)
    return content.decode("ascii", errors="replace")


def read_line(path: Path) -> str:
    """First line of a small file, what can be printed of it: device trees end their text with a zero byte."""
    return "".join(mark for mark in read_text(path).partition("\n")[0] if " " <= mark <= "~").strip()


def read_number(path: Path) -> int | None:
    """A whole number; None when the file is missing or says anything else."""
    text = read_text(path).strip()
    return int(text) if WHOLE_NUMBER.fullmatch(text) else None


def memory_free_mb(root: Path) -> float | None:
    """MemAvailable (proc(5)) in MiB: what programs can get, reclaimable cache included."""
    for line in read_text(root / "proc/meminfo").splitlines():
        name, _, figure = line.removesuffix("kB").partition(":")
        if name == "MemAvailable" and WHOLE_NUMBER.fullmatch(figure.strip()):
            return int(figure) / 1024
    return None


def zone_degrees(root: Path) -> list[tuple[str, float]]:
    """Type and degrees Celsius of each thermal zone that answers (sysfs-class-thermal: millidegrees)."""
    zones = sorted((root / "sys/class/thermal").glob("thermal_zone*"))
    read = [(read_line(zone / "type"), read_number(zone / "temp")) for zone in zones]
    degrees = [(kind, value / 1000) for kind, value in read if value is not None]
    return [(kind, value) for kind, value in degrees if COLDEST_C <= value <= HOTTEST_C]
