"""TensorRT plans on this machine: an order goes in, the path of a whole plan comes out, built only when it must be.

The build runs in a child process (builder.py): it takes minutes and may run out of memory, and the booth lives on.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from appliance.errors import BoothError, PlanRefused
from engines.attempts import Attempts, Progress
from engines.cache import Cache, opened_lock
from engines.child import run_builder
from engines.plans import Machine, PlanOrder, is_whole, plan_path, quarantine_plan

Loaded = TypeVar("Loaded")

PROBE_LIMIT_S = 120.0
BUILD_LIMIT_S = 7200.0
"Ten minutes are usual on an Orin Nano; a level above 3 can take an hour."
LOCK_PAUSE_S = 0.2


def read_machine() -> Machine:
    """Return TensorRT's version and the GPU, asked for in a child process (a second or two).

    Raises BoothError where there is no TensorRT, no driver or no GPU.
    """
    outcome = run_builder(["--probe"], {}, lambda _: None, PROBE_LIMIT_S)
    if outcome.complaint:
        raise BoothError(f"what TensorRT runs on here cannot be told: {outcome.complaint}")
    return Machine(**outcome.report["machine"])


def build_plan(
    cache: Cache, order: PlanOrder, progress: Progress, machine: Machine | None = None,
    limit_s: float = BUILD_LIMIT_S,
) -> Path:  # fmt: skip
    """Return the plan of the order for this machine: at once when there is a whole one, else built now.

    `machine` saves the child that asks for it. A damaged plan goes to quarantine and is built anew. Two processes
    that want the same plan build it once. Call it from a thread that lives as long as the build: the child ends with
    it. Raises BoothError when TensorRT cannot build it, with the cure.
    """
    machine = machine or read_machine()
    plan = plan_path(cache, order, machine)
    if is_whole(plan):
        return plan
    rising = _rising(progress)
    _check_writable(cache)
    with _alone(plan, rising):
        if not is_whole(plan):
            if plan.exists():
                quarantine_plan(plan, "its bytes are not those that were built")
            Attempts(cache, order, machine).build(rising, limit_s)
    rising(1.0)
    return plan


def load_plan(
    cache: Cache, order: PlanOrder, progress: Progress, load: Callable[[Path], Loaded],
    machine: Machine | None = None,
) -> Loaded:  # fmt: skip
    """Build the plan when it must be, and load it; one that `load` refuses (PlanRefused) is built anew once."""
    machine = machine or read_machine()
    plan = build_plan(cache, order, progress, machine)
    try:
        return load(plan)
    except PlanRefused as error:
        quarantine_plan(plan, str(error))
    return load(build_plan(cache, order, progress, machine))


def _rising(progress: Progress) -> Progress:
    """Return a progress that never falls, whatever a second attempt says."""
    highest = 0.0

    def rise(share: float) -> None:
        nonlocal highest
        highest = max(highest, min(share, 1.0))
        progress(highest)

    return rise


def _check_writable(cache: Cache) -> None:
    """Raise BoothError before minutes are spent on a plan that cannot be kept."""
    try:
        cache.plans.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache.plans) as probe:
            probe.write(b"\0" * 4096)
    except OSError as error:
        raise BoothError(
            f"cannot write into {cache.plans} ({error.strerror}), where plans are kept; "
            "give this user the folder, make room, or set XDG_CACHE_HOME to another one"
        ) from error


@contextmanager
def _alone(plan: Path, progress: Progress) -> Iterator[None]:
    """Hold the one right to build this plan, once no other process has it; what a killed build left goes away."""
    with opened_lock(plan.with_suffix(".lock")) as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                progress(0.0)
                time.sleep(LOCK_PAUSE_S)
        for leftover in plan.parent.glob(f"partial-{plan.stem}-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield
