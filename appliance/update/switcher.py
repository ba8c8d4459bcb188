"""The switcher: root's part of an update, from the courier's bundle to the verdict; what is said of it all the way.

One call does as much as can be done now: it finishes a trial, or installs what was brought, or starts what is
installed if the hour is right. Called by systemd after each fetch and at each start of the machine.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from datetime import datetime

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.update.courier import bundles, read_note
from appliance.update.install import install, offered_again
from appliance.update.lock import courier_at_rest, locked
from appliance.update.machine import Machine
from appliance.update.manifest import check_tree
from appliance.update.orders import Orders
from appliance.update.places import PACKAGED, Places, version_of
from appliance.update.refusal import Refused
from appliance.update.release import Release, choose
from appliance.update.state import State, StateError, read_state, write_state
from appliance.update.switch import begin_trial, finish_roll_back, prune, roll_back
from appliance.update.trial import Trial, watch
from appliance.update.words import say, words_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Moment:
    """When, where and on what this call runs."""

    clock: Clock
    local: datetime
    "Local time, for the window."
    boot: str
    machine: Machine


def advance(orders: Orders, moment: Moment, trial: Trial, *, at_once: bool = False) -> State:
    """Do what can be done now and say it; returns where the update stands.

    `at_once`: whatever the hour. Raises Refused for what must not be done, and BoothError.
    """
    places = trial.places
    resume(places, trial)
    try:
        with locked(places):
            state = current_state(places)
            if state.phase == "unpacked" or (state.phase != "trying" and bundle_waits(places)):
                state = go_on(orders, moment, trial, state, at_once=at_once)
    except Refused as error:
        note = read_note(places).model_copy(
            update={"phase": "refused", "name": error.name, "reason": str(error)[:300]}
        )
        say(orders.folders.state, words_of(current_state(places), note, orders))
        raise
    if state.phase == "trying":
        state = watch(trial, state)
    say(orders.folders.state, words_of(state, read_note(places), orders))
    return state


def resume(places: Places, trial: Trial) -> None:
    """Finish what was begun before this call."""
    with locked(places):
        state = current_state(places)
        if state.phase == "rolling-back":
            finish_roll_back(places, state)
    if state.phase == "trying":
        watch(trial, state)


def current_state(places: Places) -> State:
    """The journal; an empty one where it cannot be read, which the next boot says."""
    try:
        return read_state(places)
    except StateError as error:
        log.warning("%s", error)
        return State()


def go_on(orders: Orders, moment: Moment, trial: Trial, state: State, *, at_once: bool) -> State:
    """Install and start what is offered, as far as the hour allows. Raises Refused."""
    with courier_at_rest(trial.places) as rests:
        if not rests:
            log.info("the courier is at work; the switcher is called again when it is done")
            return state
        ready = make_ready(orders, moment, trial.places, state)
    if ready.phase != "unpacked" or not (at_once or orders.in_window(moment.local)):
        return ready
    return start(orders, moment, trial, ready)


def make_ready(orders: Orders, moment: Moment, places: Places, state: State) -> State:
    """Install what is offered, let go of what is so no longer. Raises Refused."""
    release = wanted(orders, moment, places, state)
    if state.phase == "unpacked" and (release is None or state.version != release.version):
        state = forget(places, state)
    if release is None or state.phase == "unpacked":
        return state
    if not (bundles(places) / f"{release.sha256}.tar.gz").exists():
        return state
    installed = install(places, release, moment.machine, state)
    log.info("%s is installed", installed.version)
    return installed


def wanted(orders: Orders, moment: Moment, places: Places, state: State) -> Release | None:
    """The release to go to by root's own check; None where there is none. Raises Refused."""
    releases = offered_again(places, moment.clock)
    running = version_of(places, places.running())
    try:
        return choose(releases, moment.machine, orders.ring, running, state.failed)
    except Refused as error:
        if error.name in {"nothing-new", "failed-before"} or state.phase == "unpacked":
            return None
        raise


def start(orders: Orders, moment: Moment, trial: Trial, state: State) -> State:
    """Switch; what comes of it is to be watched. Raises Refused for a tree that was changed since it was unpacked."""
    places = trial.places
    try:
        check_tree(places.tree(state.version), state.manifest)
    except Refused:
        forget(places, state)
        raise
    trying = begin_trial(places, state, trial.before(), moment.boot)
    say(orders.folders.state, words_of(trying, read_note(places), orders))
    try:
        trial.manager.restart()
    except BoothError as error:
        done = roll_back(places, trying, f"{trying.version}: {error}")
        with contextlib.suppress(BoothError):
            trial.manager.restart()
        return done
    return trying


def forget(places: Places, state: State) -> State:
    """Let go of an installed version that shall not be started."""
    idle = write_state(places, State(failed=state.failed))
    prune(places, {PACKAGED})
    return idle


def bundle_waits(places: Places) -> bool:
    """Whether the courier has brought one."""
    return read_note(places).phase == "downloaded"
