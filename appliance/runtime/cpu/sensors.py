"""The machine's own figures on any Linux computer: procfs and sysfs in, names and numbers out."""

from __future__ import annotations

from pathlib import Path

from appliance.runtime.readings import memory_free_mb, read_line, read_text, zone_degrees


class CpuSensors:
    """Sensors of the CPU wing; `root` lets tests point at a fake tree."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def read(self) -> dict[str, float]:
        """`memory_free_mb` (MemAvailable, proc(5)) and `temperature_c` (hottest thermal zone), where known."""
        hottest = max((degrees for _, degrees in zone_degrees(self._root)), default=None)
        figures = {"memory_free_mb": memory_free_mb(self._root), "temperature_c": hottest}
        return {name: value for name, value in figures.items() if value is not None}

    def describe(self) -> dict[str, str]:
        """`machine` (the processor) and `system` (the kernel), where known."""
        kernel = read_line(self._root / "proc/sys/kernel/osrelease")
        words = {"machine": self._processor(), "system": kernel and f"Linux {kernel}"}
        return {name: text for name, text in words.items() if text}

    def _processor(self) -> str:
        for line in read_text(self._root / "proc/cpuinfo").splitlines():
            name, _, text = line.partition(":")
            if name.strip() in ("model name", "Model"):
                return text.strip()
        return ""
