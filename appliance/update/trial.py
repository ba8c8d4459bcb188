"""The trial: a new version that runs in, kept or rolled back with the reason out. Time is monotonic and passed in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from appliance.health.vitals import read_vitals
from appliance.update.gate import Look, before_from_look, fault_of, lack_of
from appliance.update.lock import locked
from appliance.update.manager import PROCESSES, Manager, Process
from appliance.update.places import Places
from appliance.update.state import Before, State, read_state
from appliance.update.switch import keep, roll_back

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How long a trial may take."""

    look_s: float = 2
    begin_s: float = 180
    "Until a booth that is just starting is what the new version is measured by."
    settle_s: float = 60
    "It has to be well for so long without a gap."
    gate_s: float = 600
    "It has to have begun to be well by then, from its start or from the end of building."
    build_s: float = 5400
    "In all, while vision says that it builds engines."


@dataclass(frozen=True)
class Trial:
    """What a trial needs; see watch."""

    places: Places
    runtime: Path
    "Where the processes write their vitals."
    manager: Manager
    limits: Limits = Limits()
    now_s: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], object] = field(default=time.sleep)

    def look(self) -> Look:
        """The booth now."""
        now_s = self.now_s()
        units = {process: self.manager.look(process) for process in PROCESSES}
        return Look(units, {process: read_vitals(self.runtime, process, now_s) for process in PROCESSES})

    def before(self) -> Before:
        """How the booth does before the switch, once it has started: what is not up yet would never be missed."""
        until_s = self.now_s() + self.limits.begin_s
        while (look := self.look()).starting and self.now_s() < until_s:
            self.sleep(self.limits.look_s)
        return before_from_look(look)


def watch(trial: Trial, state: State) -> State:
    """Look until the version is kept or rolled back, at most build_s + gate_s; then the old one starts."""
    reason = reason_against(trial, state)
    with locked(trial.places):
        return decide(trial, state, reason)


def decide(trial: Trial, state: State, reason: str) -> State:
    """The verdict, unless somebody was quicker; under the lock."""
    if is_decided(trial.places, state):
        return read_state(trial.places)
    if not reason:
        log.info("%s is kept", state.version)
        return keep(trial.places, state)
    log.warning("%s is rolled back: %s", state.version, reason)
    done = roll_back(trial.places, state, f"{state.version}: {reason}")
    trial.manager.restart()
    return done


def reason_against(trial: Trial, state: State) -> str:
    """Why the version may not stay, '' when it may."""
    limits, before = trial.limits, state.before
    start_s = trial.now_s()
    deadline_s, well_s = start_s + limits.gate_s, None
    earlier = trial.look()
    while True:
        trial.sleep(limits.look_s)
        look, now_s = trial.look(), trial.now_s()
        if is_decided(trial.places, state):
            return ""
        if fault := fault_of(look, before):
            return worded(trial, look, *fault)
        lack = lack_of(look, earlier, before)
        earlier = look
        if look.building and now_s < start_s + limits.build_s:
            deadline_s = now_s + limits.gate_s
        if lack:
            well_s = None
            if now_s >= deadline_s:
                return lack
        elif well_s is None:
            well_s = now_s
        elif now_s - well_s >= limits.settle_s:
            return ""
        if now_s >= deadline_s + limits.settle_s:
            return lack or "was never well for long enough"


def is_decided(places: Places, state: State) -> bool:
    """Whether somebody at the booth has kept or rolled back the version in the meantime."""
    standing = read_state(places)
    return standing.phase != "trying" or standing.version != state.version


def worded(trial: Trial, look: Look, process: Process, how: str) -> str:
    """The fault with what the process itself said of it, where it did: that names the cure."""
    said = trial.manager.last_words(process).removeprefix("booth: ") or look.reason(process)
    return f"{process}: {said}" if said else f"{process}: {how}"
