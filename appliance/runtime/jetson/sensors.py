"""The machine's own figures on a Jetson: procfs, sysfs and NVIDIA's files in, names with units and words out.

Paths are those of JetPack 6.2 (Orin) and 7 (Thor), as NVIDIA's drivers and their users name them; what no board of ours
has confirmed yet is marked [K].
"""

from __future__ import annotations

import re
from pathlib import Path

from appliance.runtime.jetson.rails import power_w
from appliance.runtime.readings import memory_free_mb, read_line, read_number, read_text, zone_degrees

PARTS = ("gpu", "cpu", "tj")
"Zones told one by one; tj is the hottest junction of the chip."
ZONE = re.compile(r"([a-z0-9]+)-therm(al)?", re.IGNORECASE)
"JetPack 6 and 7 write gpu-thermal, JetPack 5 GPU-therm."
SLOWED = re.compile(r"(.*-alert|(cpufreq|devfreq)-.*)")
"""Cooling devices that mean slower work, not the fan: gpu-throttle-alert, cpufreq-cpu0, devfreq-17000000.gpu.

The last two count the clock steps that the heat has taken away [K: on Thor seen together with the alert].
"""
GPU = re.compile(r"(.*\.(gpu|ga10b)|gpu-gpc-\d+)")
"Folders of devfreq: 17000000.gpu and 17000000.ga10b on Orin, gpu-gpc-0 on Thor."
MODE = re.compile(r"^\s*<\s*POWER_MODEL\s+ID=(\d{1,4})\s+NAME=([!-~]+?)\s*>", re.MULTILINE)
DEFAULT_MODE = re.compile(r"^\s*<\s*PM_CONFIG\s+DEFAULT=(\d{1,4})\s*>", re.MULTILINE)
RELEASE = re.compile(r"# R(\d+) \(release\), REVISION: ([0-9.]+)")


class JetsonSensors:
    """Sensors of the Jetson wing; `root` lets tests point at a fake tree."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def read(self) -> dict[str, float]:
        """Those of these figures that the board gives; about ten milliseconds, most of them for the power chip [K].

        `memory_free_mb` (MemAvailable: the GPU shares it); `temperature_c` (hottest zone), `gpu_temperature_c`,
        `cpu_temperature_c`, `tj_temperature_c` (a GPU that sleeps has none); `power_w` (see rails.py); `throttled`
        (cooling devices that slow the machine down now); `overcurrent_events` (since boot; under-voltage included);
        `gpu_load_percent` and `gpu_clock_mhz`.
        """
        figures = {
            "memory_free_mb": memory_free_mb(self._root),
            **self._temperatures(),
            "power_w": power_w(self._root),
            "throttled": self._throttled(),
            "overcurrent_events": self._overcurrent_events(),
            **self._gpu(),
        }
        return {name: float(value) for name, value in figures.items() if value is not None}

    def describe(self) -> dict[str, str]:
        """`machine` (model of the board), `system` (release of Jetson Linux) and `power_mode` by name, where known."""
        release = RELEASE.match(read_line(self._root / "etc/nv_tegra_release"))
        words = {
            "machine": read_line(self._root / "proc/device-tree/model"),
            "system": f"L4T {release[1]}.{release[2]}" if release else "",
            "power_mode": self._power_mode(),
        }
        return {name: text for name, text in words.items() if text}

    def _temperatures(self) -> dict[str, float]:
        zones = zone_degrees(self._root)
        named = [(match[1].lower(), degrees) for kind, degrees in zones if (match := ZONE.fullmatch(kind))]
        figures = {f"{part}_temperature_c": degrees for part, degrees in named if part in PARTS}
        hottest = {"temperature_c": max(degrees for _, degrees in zones)} if zones else {}
        return hottest | figures

    def _throttled(self) -> int | None:
        devices = (self._root / "sys/class/thermal").glob("cooling_device*")
        slowed = [folder for folder in devices if SLOWED.fullmatch(read_line(folder / "type"))]
        states = [state for folder in slowed if (state := read_number(folder / "cur_state")) is not None]
        return sum(state > 0 for state in states) if states else None

    def _overcurrent_events(self) -> int | None:
        """Sum of oc1 (under-voltage), oc2 (average) and oc3 (peak current), from NVIDIA's driver tegra23x-oc-event."""
        counters = (self._root / "sys/class/hwmon").glob("hwmon*/oc*_event_cnt")
        counts = [count for path in counters if (count := read_number(path)) is not None and count >= 0]
        return sum(counts) if counts else None

    def _gpu(self) -> dict[str, float]:
        """Clock (devfreq: Hz) and load (nvgpu: per mille; Thor has no such file [K])."""
        figures = {}
        for folder in sorted((self._root / "sys/class/devfreq").glob("*")):
            if GPU.fullmatch(folder.name):
                clock_hz, load = read_number(folder / "cur_freq"), read_number(folder / "device/load")
                if clock_hz is not None and clock_hz >= 0:
                    figures["gpu_clock_mhz"] = clock_hz / 1e6
                if load is not None and 0 <= load <= 1000:
                    figures["gpu_load_percent"] = load / 10
        return figures

    def _power_mode(self) -> str:
        """Name of the mode that nvpmodel has set, of the default one where none was set; ids differ by board."""
        table = read_text(self._root / "etc/nvpmodel.conf")
        names = {int(number): name for number, name in MODE.findall(table)}
        chosen = re.match(r"pmode:(\d{1,4})\b", read_text(self._root / "var/lib/nvpmodel/status"))
        chosen = chosen or DEFAULT_MODE.search(table)
        return names.get(int(chosen[1]), "") if chosen else ""
