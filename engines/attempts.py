"""One plan built in child processes: an order and a machine go in, a plan with its sidecar is in the cache after.

Each attempt gets half the workspace of the one before as long as memory is short.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from appliance.errors import BoothError
from engines.cache import Cache, sha256_of, store
from engines.child import Outcome, Report, run_builder
from engines.plans import (
    Machine,
    PlanOrder,
    PlanRecord,
    order_facts,
    plan_key,
    plan_path,
    record_path,
    record_text,
    timing_path,
)  # fmt: skip

log = logging.getLogger(__name__)

Progress = Callable[[float], None]
"Gets a share 0..1 that never falls, at least every half second as long as the work goes on."

ATTEMPTS = 3
WORKSPACE_CAP_MB = 2048
WORKSPACE_FLOOR_MB = 64
MEMINFO = Path("/proc/meminfo")


class Attempts:
    """The attempts at one plan. Owner: whoever holds the plan's lock."""

    def __init__(self, cache: Cache, order: PlanOrder, machine: Machine) -> None:
        """Nothing happens yet."""
        self._order = order
        self._machine = machine
        self._timings = timing_path(cache, machine)
        self._plan = plan_path(cache, order, machine)

    def build(self, progress: Progress, limit_s: float) -> None:
        """Build until a plan is kept. Raises BoothError with TensorRT's reason and the cure."""
        workspace_mb, complaint = self._order.workspace_mb or free_workspace_mb(), ""
        for attempt in range(ATTEMPTS):
            size_mb = max(workspace_mb >> attempt, 1)
            outcome = self._try(size_mb, progress, limit_s)
            complaint = outcome.complaint
            if not complaint:
                return
            if not outcome.memory_short:
                raise BoothError(f"{self._order.name}: no plan was built: {complaint}")
            log.warning("%s: no plan with %d MB of workspace: %s", self._order.name, size_mb, complaint)
        raise BoothError(
            f"{self._order.name}: memory is too short to build a plan, even with {size_mb} MB of workspace "
            f"({complaint}); end other programs or add swap, then run: booth engines build"
        )

    def _try(self, workspace_mb: int, progress: Progress, limit_s: float) -> Outcome:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(
            prefix=f"partial-{self._plan.stem}-", dir=self._plan.parent
        ) as folder:
            scratch = Path(folder)
            outcome = run_builder([], self._task(workspace_mb, scratch), self._listener(progress), limit_s)
            if not outcome.complaint:
                self._keep(scratch, outcome.report["built"], workspace_mb, time.monotonic() - started)
        return outcome

    def _task(self, workspace_mb: int, scratch: Path) -> Report:
        """Return the order as builder.py reads it."""
        files = {"onnx": self._order.onnx, "timings": self._timings}
        made = {"plan": scratch / "plan", "new_timings": scratch / "timings"}
        paths = {name: str(path) for name, path in {**files, **made}.items()}
        return {**order_facts(self._order), "workspace_mb": workspace_mb, **paths}

    def _listener(self, progress: Progress) -> Callable[[Report], None]:
        def hear(report: Report) -> None:
            if "warning" in report:
                log.warning("%s: %s", self._order.name, report["warning"])
            progress(report.get("progress", 0.0))

        return hear

    def _keep(self, scratch: Path, built: Report, workspace_mb: int, seconds: float) -> None:
        """Give the files their names: the sidecar last, without which a plan does not count."""
        record = PlanRecord(
            key=plan_key(self._order, self._machine), order={"name": self._order.name, **order_facts(self._order)},
            machine=asdict(self._machine), precision=built["precision"], workspace_mb=workspace_mb,
            layers=built["layers"], seconds=round(seconds, 1), plan_sha256=sha256_of(scratch / "plan"),
        )  # fmt: skip
        try:
            (scratch / "record").write_text(record_text(record), encoding="utf-8")
            record_path(self._plan).unlink(missing_ok=True)
            store(scratch / "plan", self._plan)
            store(scratch / "record", record_path(self._plan))
            if (scratch / "timings").exists():
                store(scratch / "timings", self._timings)
        except OSError as error:
            cure = "make room there, then run: booth engines build"
            raise BoothError(f"cannot keep the plan {self._plan} ({error.strerror}); {cure}") from error


def free_workspace_mb(meminfo: Path = MEMINFO) -> int:
    """Return half of the memory that can be had (MemAvailable: GPU and CPU share it), within bounds."""
    for line in meminfo.read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("MemAvailable:"):
            half_mb = int(line.split()[1]) // 1024 // 2
            return min(max(half_mb, WORKSPACE_FLOOR_MB), WORKSPACE_CAP_MB)
    return WORKSPACE_FLOOR_MB
