"""What the builder's child process tells: words and phases of TensorRT go in, JSON lines for the parent come out."""

from __future__ import annotations

import json
import os
from typing import Any, TextIO

from engines.phases import Phases

PARSED, BUILT = 0.05, 0.95
"Shares of the whole at which the search for kernels begins and ends."


class Reports:
    """The way to the parent: one JSON object a line."""

    def __init__(self, sink: TextIO) -> None:
        self._sink = sink
        self.errors: list[str] = []
        "What TensorRT has complained of."

    def tell(self, **report: object) -> None:
        """Write one report."""
        print(json.dumps(report), file=self._sink, flush=True)

    def progress(self, share: float) -> None:
        """Tell how far the build is, 0..1."""
        self.tell(progress=round(share, 4))


def take_standard_output() -> TextIO:
    """Return the standard output for reports alone; what libraries print there goes to the standard error."""
    sink = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return sink


def logger_of(trt: Any, reports: Reports) -> Any:
    """Return a logger of TensorRT that keeps its errors and reports its warnings."""

    class Logger(trt.ILogger):  # type: ignore[misc]
        def __init__(self) -> None:
            trt.ILogger.__init__(self)

        def log(self, severity: Any, text: str) -> None:
            if severity in {trt.ILogger.Severity.ERROR, trt.ILogger.Severity.INTERNAL_ERROR}:
                reports.errors.append(" ".join(text.split()))
            elif severity == trt.ILogger.Severity.WARNING:
                reports.tell(warning=" ".join(text.split()))

    return Logger()


def monitor_of(trt: Any, reports: Reports) -> Any:
    """Return a progress monitor (TensorRT 10 and later), None where there are none."""
    if not hasattr(trt, "IProgressMonitor"):
        return None
    phases = Phases(lambda share: reports.progress(PARSED + (BUILT - PARSED) * share))

    class Monitor(trt.IProgressMonitor):  # type: ignore[misc]
        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)

        def phase_start(self, name: str, parent: str | None, steps: int) -> None:
            phases.start(name, parent, steps)

        def step_complete(self, name: str, step: int) -> bool:
            phases.step(name, step)
            return True

        def phase_finish(self, name: str) -> None:
            phases.finish(name)

    return Monitor()
