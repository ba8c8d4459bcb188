"""A process that goes on until it is told to stop, under strace: a command in; its trace, once it ended, out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.uplink.consumer import wait_for
from tests.walls.tracing import Trace, closely_traced, require_strace, surroundings, trace_from

PATIENCE_S = 30.0


class Served:
    """What is left of it."""

    trace: Trace


@contextmanager
def served(process: str, settings: Path, log: Path, folder: Path) -> Iterator[Served]:
    """`booth run PROCESS` from `with` to its end, when it gets a SIGTERM; it has to end well."""
    command = [sys.executable, "-m", "appliance", "run", process, "--config", str(settings)]
    said, left = log.with_suffix(".said"), Served()
    with said.open("wb") as errors:
        child = subprocess.Popen(
            [*closely_traced(require_strace(), log), *command], cwd=folder, env=surroundings(), stderr=errors
        )
    try:
        yield left
        # The process itself and not strace, which would leave it alone.
        first = wait_until(lambda: log.read_text(encoding="ascii").partition(" ")[0])
        os.kill(int(first), signal.SIGTERM)
        child.wait(PATIENCE_S)
    finally:
        child.kill()
        child.wait()
    errors_said = said.read_text(encoding="utf-8", errors="replace")
    assert child.returncode == 0, errors_said
    # A file of its own takes the place of the pipe that a log goes to.
    left.trace = renamed(trace_from(log, child.returncode, errors_said, folder), str(said))


def renamed(seen: Trace, said: str) -> Trace:
    writes = [write._replace(target="pipe:[2]") if write.target == said else write for write in seen.writes]
    return Trace(**{**vars(seen), "writes": writes})


def wait_until(fact: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """First true value of `fact`; a process under strace takes its time."""
    return wait_for(fact, seconds)
