"""What this machine can do to a world: a folder and a fault's needs go in, a World that has them comes out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from appliance.uplink.broker import find_mosquitto
from tests.chaos.clocks import FakeClock, find_library
from tests.chaos.disk import SmallDisk, why_no_disk
from tests.chaos.mosquitto import NARROW, UNBOUND, Mosquitto
from tests.chaos.namespaces import Cable, why_no_namespaces
from tests.chaos.world import World


def why_not(needs: Iterable[str]) -> str:
    """Reason to skip what needs these; '' where all is there."""
    reasons = {
        "broker": "" if find_mosquitto() else "mosquitto is not installed",
        "cable": why_no_namespaces(),
        "disk": why_no_disk(),
        "clock": "" if find_library() else "libfaketime is not installed",
        **dict.fromkeys(("relay", "narrow"), ""),
    }
    return next((reasons[need] for need in ("broker", *sorted(needs)) if reasons[need]), "")


def world_with(needs: frozenset[str], folder: Path, seed: int) -> World:
    """A world of its own; see why_not() first."""
    folder.mkdir(parents=True, exist_ok=True)
    library = find_library() if "clock" in needs else None
    cable = Cable() if "cable" in needs else None
    return World(
        folder,
        seed,
        Mosquitto(folder, cable, NARROW if "narrow" in needs else UNBOUND),
        cable,
        relayed="relay" in needs,
        clock=FakeClock(folder, library) if library else None,
        disk=SmallDisk(folder / "disk") if "disk" in needs else None,
    )
