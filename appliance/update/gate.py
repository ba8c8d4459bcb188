"""The health gate: how the booth did before and does now in; kept, not yet, or why it is no good out.

As good as before, not better: a camera that was unplugged last week must not keep an update out, and an update must
not be blamed for a broker that was away already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from appliance.update.manager import PROCESSES, Process, Unit
from appliance.update.state import Before

MOST_RESTARTS = 3
"By themselves, within one trial."
BUILDING = "building"
"How vision begins to say that TensorRT makes plans for the new version, which takes up to an hour."
STILL = ("paused", "ended")
"A booth whose camera somebody closed, or whose recording is over, shows no frames and is well."
Vitals = Mapping[str, Any]


@dataclass(frozen=True)
class Look:
    """One look at the booth."""

    units: Mapping[Process, Unit]
    vitals: Mapping[Process, Vitals | None]
    "None: none that are fresh."

    def state(self, process: Process) -> str:
        """What the process says of itself; '' where it says nothing."""
        return str((self.vitals.get(process) or {}).get("state", ""))

    def reason(self, process: Process) -> str:
        """Why it is so, in its own words."""
        return str((self.vitals.get(process) or {}).get("reason", "") or "")

    @property
    def frames(self) -> int:
        """That vision has seen."""
        count = (self.vitals.get("vision") or {}).get("frames")
        return count if isinstance(count, int) else 0

    @property
    def starting(self) -> bool:
        """Whether one of them is on its way up, by systemd or in its own words."""
        return any(
            unit.active == "activating" or self.state(process) == "starting"
            for process, unit in self.units.items()
        )

    @property
    def building(self) -> bool:
        """Whether vision is still making its engines, and says so."""
        return self.state("vision") == "starting" and self.reason("vision").startswith(BUILDING)


def before_from_look(look: Look) -> Before:
    """What has to be so again afterwards."""
    return Before(
        active=tuple(process for process in PROCESSES if look.units[process].is_up),
        frames=look.state("vision") == "running",
        connected=look.state("uplink") == "online",
    )


def fault_of(look: Look, before: Before) -> tuple[Process, str] | None:
    """A process that systemd has given up, or that starts again and again, and how; None while there is none."""
    for process in before.active:
        unit = look.units[process]
        if unit.active == "failed":
            return process, f"failed ({unit.result})" if unit.result else "failed"
        if unit.restarts > MOST_RESTARTS:
            return process, f"restarted {unit.restarts} times ({unit.result or 'unknown'})"
    return None


def lack_of(look: Look, earlier: Look, before: Before) -> str:
    """What is not yet as good as before, '' when nothing is; `earlier` is the look before this one."""
    for process in before.active:
        if not look.units[process].is_up:
            said = look.reason(process)
            return f"{process}: not ready" + (f": {said}" if said else "")
        if look.vitals.get(process) is None:
            return f"{process}: says nothing of itself"
        if look.units[process].restarts != earlier.units[process].restarts:
            return f"{process}: restarted"
    if before.frames and not _sees(look, earlier):
        return f"vision: no frames: {look.reason('vision') or look.state('vision') or 'silent'}"
    if before.connected and look.state("uplink") != "online":
        return f"uplink: not connected: {look.reason('uplink') or look.state('uplink') or 'silent'}"
    return ""


def _sees(look: Look, earlier: Look) -> bool:
    state = look.state("vision")
    return state in STILL or (state == "running" and look.frames > earlier.frames)
