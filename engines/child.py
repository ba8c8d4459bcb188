"""The builder's child process as its parent sees it: an order goes in, what came of it comes out.

The child may run out of memory, be killed or hang without harm to the booth; it never outlives the call.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

PULSE_S = 0.5
TEARDOWN_S = 60.0
"Long enough to let go of a GPU."
Report = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How a child has ended."""

    report: Report = field(default_factory=dict)
    "The last one that was not of progress or a warning."
    complaint: str = ""
    "Why it failed, one line; empty when it did not."
    memory_short: bool = False
    "It ran out of memory, or was killed, which is how the kernel tells the same."


def run_builder(
    arguments: list[str], order: Report, hear: Callable[[Report], None], limit_s: float
) -> Outcome:
    """Run `python -m engines.builder` to its end, which comes after `limit_s` at the latest.

    `hear` gets each report, and an empty one every half second while the child says nothing.
    """
    command = [sys.executable, "-m", "engines.builder", *arguments]
    # The fakes of the tests and the packages of the system come first; `engines` may lie in a checkout.
    places = [place for place in (os.environ.get("PYTHONPATH"), str(Path(__file__).parents[1])) if place]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "CUDA_MODULE_LOADING": "LAZY"}
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=environment,
            start_new_session=True,
        )  # fmt: skip
        try:
            _give(child, order)
            last = _listen(child, hear, time.monotonic() + limit_s)
            return _outcome(child.wait(TEARDOWN_S), last, said)
        except (TimeoutError, subprocess.TimeoutExpired):
            return Outcome(
                complaint=f"TensorRT came to no end within {limit_s:.0f} s; run: booth engines build"
            )
        finally:
            _end(child)


def _give(child: subprocess.Popen[bytes], order: Report) -> None:
    assert child.stdin
    # A child that failed before it read its order says why in its report.
    with suppress(BrokenPipeError):
        child.stdin.write(json.dumps({**order, "parent": os.getpid()}).encode())
        child.stdin.close()


def _listen(child: subprocess.Popen[bytes], hear: Callable[[Report], None], deadline: float) -> Report:
    """Pass on what the child says and return its last word on the work itself."""
    last: Report = {}
    for report in _reports(child, deadline):
        hear(report)
        last = report if report and not {"progress", "warning"} & set(report) else last
    return last


def _reports(child: subprocess.Popen[bytes], deadline: float) -> Iterator[Report]:
    """Yield what the child says until it says no more. Raises TimeoutError at the deadline."""
    assert child.stdout
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while (left_s := deadline - time.monotonic()) > 0:
            if not selector.select(min(PULSE_S, left_s)):
                yield {}
                continue
            piece = os.read(child.stdout.fileno(), 1 << 16)
            if not piece:
                return
            *lines, rest = (rest + piece).split(b"\n")
            yield from map(json.loads, lines)
    raise TimeoutError


def _outcome(status: int, last: Report, said: IO[bytes]) -> Outcome:
    if status < 0:
        return Outcome(last, f"killed by {signal.Signals(-status).name}", memory_short=True)
    if "failure" in last:
        return Outcome(last, last["failure"], last["memory_short"])
    return Outcome(last, "" if last and not status else _last_words(said) or f"ended with status {status}")


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child with all that it may have started; it leads a process group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()
