"""Power cuts in an update: a stretch of it and a step in; how the booth ends, once it has started again, out."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from appliance.update.manifest import FILE, check_tree, hash_of
from appliance.update.refusal import Refused
from appliance.update.state import State, read_state, write_state
from tests.update.power import Power
from tests.update.world import DAY, NEW, OLD, Behaviour, Booth

Loss = Literal["all kept", "unsynced lost"]
LOSSES: tuple[Loss, ...] = ("all kept", "unsynced lost")


@dataclass(frozen=True)
class Stretch:
    """A part of an update."""

    title: str
    prepare: Callable[[Booth], object]
    work: Callable[[Booth], object]
    ends: tuple[str, ...]
    "Versions that may run in the end."
    behaviour: Behaviour = Behaviour()
    "Of NEW."


def installed(booth: Booth) -> None:
    booth.fetch()
    booth.switch(DAY)


def on_trial_twice(booth: Booth) -> None:
    """NEW has seen the boots it may see; the next is one too many."""
    installed(booth)
    state = read_state(booth.places)
    trying = state.model_copy(update={"phase": "trying", "attempts": 2, "boot": "boot-0"})
    write_state(booth.places, trying)
    booth.places.current.symlink_to(Path("versions") / NEW)


STRETCHES = (
    Stretch("courier: metadata and bundle", lambda booth: None, lambda booth: booth.fetch(), (NEW,)),
    Stretch("install: verify, unpack, compile", lambda booth: booth.fetch(), lambda booth: booth.switch(DAY), (NEW,)),
    Stretch("switch, trial, keep", installed, lambda booth: booth.switch(), (NEW,)),
    Stretch(
        "switch, trial, roll back", installed, lambda booth: booth.switch(), (OLD,), Behaviour(crashes="vision")
    ),
    Stretch("boot check that rolls back", on_trial_twice, lambda booth: booth.start("boot-1"), (OLD,)),
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """How a booth ended."""

    step: str
    "After which the power went."
    at_boot: str
    "What ran at once."
    end: str
    "What runs for good."
    phase: str
    fault: str
    "What is wrong; '' when nothing is."


def count_steps(stretch: Stretch, booth: Booth) -> list[str]:
    """The durable steps of a stretch, in order."""
    return run_until(stretch, booth, None).steps


def run_until(stretch: Stretch, booth: Booth, cut_after: int | None) -> Power:
    """Do the work of a prepared booth, up to the cut."""
    booth.systemd.behaviour[NEW] = stretch.behaviour
    power = Power(booth.home, booth.home.parent / "grave", cut_after)
    shutil.rmtree(power.grave, ignore_errors=True)
    with power.on():
        stretch.work(booth)
    return power


def cut(
    stretch: Stretch, booth: Booth, cut_after: int, loss: Loss, cut_again_after: int | None = None
) -> Outcome:
    """Cut the power, start the machine, and let the timer do its work; `cut_again_after`: also during that start."""
    power = run_until(stretch, booth, cut_after)
    if loss == "unsynced lost":
        power.lose()
    shutil.rmtree(power.memory)
    power.memory.mkdir()
    step = power.steps[-1] if power.steps else "nothing yet"
    if cut_again_after is not None:
        again = Power(booth.home, booth.home.parent / "grave", cut_again_after)
        with again.on():
            booth.start("boot-2")
        again.lose()
    booth.start("boot-3")
    booth.systemd.behaviour[NEW] = stretch.behaviour
    at_boot, fault = booth.runs, fault_of(booth)
    state = finish(booth)
    fault = fault or fault_of(booth) or unsettled(booth, state, stretch)
    return Outcome(step, at_boot, booth.runs, state.phase, fault)


def finish(booth: Booth) -> State:
    """The timer's next hours."""
    for _ in range(3):
        with contextlib.suppress(Refused):
            booth.fetch()
        with contextlib.suppress(Refused):
            booth.switch()
    return read_state(booth.places)


def unsettled(booth: Booth, state: State, stretch: Stretch) -> str:
    """Why this is no end; '' when it is one."""
    if booth.runs not in stretch.ends and not (booth.runs == OLD and NEW in state.failed):
        return f"{booth.runs} runs, phase {state.phase}: {state.reason}"
    restarts = booth.systemd.restarts
    with contextlib.suppress(Refused):
        booth.switch()
    return "goes round" if booth.systemd.restarts != restarts else ""


def fault_of(booth: Booth) -> str:
    """What is not whole of the program that would start; '' when all is."""
    link = booth.places.current
    if link.is_symlink() and not Path(os.path.realpath(link), "launch.py").is_file():
        return f"current leads to {os.readlink(link)}, which is not whole"  # noqa: PTH115
    if booth.runs == OLD:
        return ""
    tree = booth.places.tree(NEW)
    try:
        check_tree(tree, hash_of(tree / FILE))
    except (Refused, OSError) as error:
        return str(error)
    return ""
