"""A fleet on one broker: a number of booths goes in, what they cost Mosquitto and this machine comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.uplink.broker import LocalBroker
from tests.uplink.consumer import Consumer

RATE = 6.0
"Exceptions of one booth in an hour."
RAMP = 100
"Booths that connect in a second."
TICKS_S = 1 / os.sysconf("SC_CLK_TCK")
UNBOUNDED = "max_connections -1\nmax_queued_messages 100000\nmax_inflight_messages 100"


@dataclass(frozen=True)
class FleetCost:
    """What one run told."""

    booths: int
    seconds: float
    "From the first booth's connection on, with the ramp."
    broker_cpu_s: float
    broker_mb: float
    "Resident at its most, less that of an empty broker."
    told: dict[str, Any]
    "By `booth simulate --json`."

    @property
    def broker_share(self) -> float:
        """Of one core, on average."""
        return self.broker_cpu_s / self.seconds

    @property
    def broker_kb_per_booth(self) -> float:
        """Memory."""
        return 1024 * self.broker_mb / self.booths


def run_fleet(folder: Path, booths: int, seconds: float) -> FleetCost:
    """`booths` booths for `seconds` with all their status, health and events, one backend listening to everything."""
    with LocalBroker(folder / f"fleet-{booths}", extra=UNBOUNDED) as broker, Consumer(broker.port):
        pid = broker.pid or 0
        empty_mb, begun_s = peak_mb(pid), cpu_s(pid)
        words = [sys.executable, "-m", "appliance", "simulate", "--booths", str(booths), "--rate", str(RATE)]
        words += ["--ramp", str(RAMP), "--seconds", str(seconds), "--broker", broker.url, "--json"]
        told = json.loads(subprocess.run(words, capture_output=True, check=False).stdout)
        return FleetCost(booths, told["seconds"], cpu_s(pid) - begun_s, peak_mb(pid) - empty_mb, told)


def cpu_s(pid: int) -> float:
    """User and system time of a process so far (proc(5), stat, fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICKS_S


def peak_mb(pid: int) -> float:
    """Most memory that a process had resident (proc(5), status, VmHWM)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
