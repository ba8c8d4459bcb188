"""The machine's own figures on any Linux computer: procfs and sysfs in, names and numbers out."""

from __future__ import annotations

from pathlib import Path


class CpuSensors:
    """Sensors of the CPU wing; `root` lets tests point at a fake tree."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def read(self) -> dict[str, float]:
        """`memory_free_mb` (MemAvailable, proc(5)) and `temperature_c` (hottest thermal zone), where known."""
        figures = {"memory_free_mb": self._memory_free_mb(), "temperature_c": self._temperature_c()}
        return {name: value for name, value in figures.items() if value is not None}

    def _memory_free_mb(self) -> float | None:
        for line in read_lines(self._root / "proc/meminfo"):
            name, _, figure = line.removesuffix("kB").partition(":")
            if name == "MemAvailable" and figure.strip().isdigit():
                return int(figure) / 1024
        return None

    def _temperature_c(self) -> float | None:
        zones = sorted((self._root / "sys/class/thermal").glob("thermal_zone*/temp"))
        degrees = [
            int(text) / 1000 for zone in zones for text in read_lines(zone) if text.lstrip("-").isdigit()
        ]
        return max(degrees, default=None)


def read_lines(path: Path) -> list[str]:
    """Lines of a small file; none when it is missing or the sensor behind it answers with an error."""
    try:
        return path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
