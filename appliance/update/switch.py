"""The steps of a switch: a state in, `current` pointing elsewhere and the state that says so out.

Every function here can be cut off anywhere and is finished by `settle` at the next start. The order in each is the
same: first the intention into the journal, then the link, then the result.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from appliance.disk import sync_folder
from appliance.errors import BoothError, cure_of
from appliance.update.machine import Machine
from appliance.update.places import PACKAGED, Places, build_of, version_of
from appliance.update.refusal import printable
from appliance.update.state import MOST_REASON, Before, State, StateError, read_state, write_state
from appliance.update.version import is_newer

MOST_BOOTS = 2
"A version on trial may see so many boots: a power cut is nobody's fault, a machine that reboots again is."


def begin_trial(places: Places, state: State, before: Before, boot: str) -> State:
    """Let the unpacked version run from now on, on trial."""
    trying = state.model_copy(
        update={
            "phase": "trying", "previous": places.running(), "attempts": 1,
            "boot": boot, "reason": "", "before": before,
        }
    )  # fmt: skip
    write_state(places, trying)
    point(places, trying.version)
    return trying


def keep(places: Places, state: State) -> State:
    """The trial is over, and well."""
    kept = write_state(places, state.model_copy(update={"phase": "kept", "reason": ""}))
    prune(places, {kept.version, kept.previous})
    return kept


def roll_back(places: Places, state: State, reason: str) -> State:
    """Let the previous program run again, and remember `reason` and that this version is not for us."""
    words = printable(" ".join(reason.split()))[:MOST_REASON]
    failed = state.with_failed(state.version) if state.version else state.failed
    change = {"phase": "rolling-back", "reason": words, "failed": failed}
    return finish_roll_back(places, write_state(places, state.model_copy(update=change)))


def finish_roll_back(places: Places, state: State) -> State:
    """What a cut-off roll-back still has to do."""
    before = state.previous if places.tree(state.previous).is_dir() else PACKAGED
    point(places, before)
    done = write_state(places, state.model_copy(update={"phase": "rolled-back", "previous": before}))
    prune(places, {done.previous})
    return done


def settle(places: Places, machine: Machine, boot: str) -> State:
    """Before the booth starts: finish what was cut off, count boots on trial, and leave a whole program to run.

    Raises BoothError only where the disk cannot be written.
    """
    try:
        state = read_state(places)
    except StateError as error:
        point(places, PACKAGED)
        return write_state(places, State(reason=str(error)[:MOST_REASON]))
    if state.phase == "rolling-back":
        state = finish_roll_back(places, state)
    elif state.phase == "trying":
        state = _settle_trial(places, state, boot)
    elif state.phase == "unpacked" and not places.tree(state.version).is_dir():
        state = write_state(places, State(failed=state.failed))
    return _leave_whole(places, state, machine)


def _settle_trial(places: Places, state: State, boot: str) -> State:
    if boot != state.boot:
        state = write_state(
            places, state.model_copy(update={"attempts": min(1000, state.attempts + 1), "boot": boot})
        )
    if state.attempts > MOST_BOOTS:
        return roll_back(
            places, state, f"{state.version}: the machine started {state.attempts} times during the trial"
        )
    if places.running() != state.version:
        point(places, state.version)
    return state


def _leave_whole(places: Places, state: State, machine: Machine) -> State:
    """The packaged program where the current one is not whole, not for this Python, or older than the package."""
    running = places.running()
    if running == PACKAGED:
        if places.current.is_symlink():
            point(places, PACKAGED)
        return state
    why = unfit(places, running, machine)
    if not why:
        return state
    if state.phase == "trying":
        return roll_back(places, state.model_copy(update={"previous": PACKAGED}), f"{running}: {why}")
    point(places, PACKAGED)
    return write_state(places, State(reason=f"{running}: {why}"[:MOST_REASON], failed=state.failed))


def unfit(places: Places, version: str, machine: Machine) -> str:
    """Why `version` may not run here; '' where it may."""
    build = build_of(places.tree(version))
    if build.get("version") != version:
        return "its files are not whole"
    if (build["python"], build["arch"]) != (machine.python, machine.arch):
        return f"it is for Python {build['python']} on {build['arch']}, this is {machine.python} on {machine.arch}"
    packaged = version_of(places, PACKAGED)
    return f"the package brought {packaged}" if packaged and not is_newer(version, packaged) else ""


def point(places: Places, version: str) -> None:
    """Let `current` mean `version` at once, and for good when this returns. Raises BoothError."""
    link, draft = places.current, places.home / ".current.part"
    try:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        if version:
            draft.symlink_to(Path("versions") / version)
            draft.replace(link)
        else:
            link.unlink(missing_ok=True)
        sync_folder(places.home)
    except OSError as error:
        raise BoothError(f"{link}: {os.strerror(error.errno or 0)}; {cure_of(error)}") from None


def prune(places: Places, wanted: Collection[str]) -> None:
    """Remove all other trees and drafts; what cannot be removed stays until the next time."""
    spared = {*wanted, places.running()}
    with contextlib.suppress(OSError):
        for tree in places.versions.iterdir():
            if tree.name not in spared:
                shutil.rmtree(tree, ignore_errors=True)
