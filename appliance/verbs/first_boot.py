"""`booth first-boot`: a stick in; what became of it in one line, and exit code 1 when it was refused, out."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from appliance.errors import BoothError, UseError
from appliance.health.clock import read_clock
from appliance.health.notices import QUIET, told
from appliance.provision.device import mounted
from appliance.provision.first_boot import FirstBoot, refusal, resume
from appliance.provision.machine import Folder, Machine, RunningMachine
from appliance.provision.outcome import Outcome, tell_booth
from appliance.provision.places import Places, alone
from appliance.provision.stick import Stick

WAITING = "waiting: this booth has no identity yet; plug in the stick that `booth provision` made for it"


def read_stick(device: Path | None, folder: Path | None, root: Path, *, resume: bool) -> int:
    """Exit code. Raises UseError, and BoothError for what cannot be told on a stick."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="provision: %(message)s")
    if [device, folder, resume or None].count(None) != 2:
        raise UseError("first-boot: name one of --device, --folder, --resume")
    places = Places(root)
    machine: Machine = RunningMachine() if root == Path("/") else Folder()
    with alone(places):
        outcome = finish(places, machine) if resume else take(device, folder, places, machine)
    print(outcome.line, flush=True)
    return int(outcome.kind == "refused")


def take(device: Path | None, folder: Path | None, places: Places, machine: Machine) -> Outcome:
    """What became of a stick."""
    if folder is not None:
        return FirstBoot(places, Stick(folder), machine, read_clock()).run()
    try:
        with mounted(device or Path(), machine) as (place, unlock):
            return FirstBoot(places, Stick(place), machine, read_clock()).run(unlock)
    except BoothError as error:
        outcome = refusal(str(error))
        tell_booth(places, outcome)
        return outcome


def finish(places: Places, machine: Machine) -> Outcome:
    """What was interrupted, whole; a booth that was never given an identity says so. Raises BoothError."""
    outcome = resume(places, machine)
    if outcome is not None:
        return outcome
    if places.settings.exists():
        return Outcome("applied", "nothing was interrupted")
    waiting = Outcome("request", WAITING)
    if told(places.state, "provision") == QUIET["provision"]:
        tell_booth(places, waiting)
    return waiting
